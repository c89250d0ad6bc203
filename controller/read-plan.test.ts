import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '../workloads/usage-error.ts'
import { drawPlan } from './draw-plan.ts'
import { drawSimPlan } from './draw-sim-plan.ts'
import { readPlan } from './read-plan.ts'

const dir = mkdtempSync(join(tmpdir(), 'faultline-plan-'))
afterAll(() => rmSync(dir, { recursive: true }))

const file = join(dir, 'plan.json')
const plan = drawPlan({ seed: '7', bug: 'leader-local-read', durationMs: 60_000 })
const fault = { ...plan.faults[0]!, id: 'f1' }

function readBack(text: string): ReturnType<typeof readPlan> {
  writeFileSync(file, text)
  return readPlan(file)
}

test('a file of regressions/ is read for the plan inside it', () => {
  expect(readBack(JSON.stringify({ note: 'why', expect: { outcome: 'illegal' }, plan }))).toEqual(plan)
})

test('only known nodes can be named, and only by faults that take names', () => {
  const aimed = (name: string, nodes: readonly string[]) =>
    JSON.stringify({ ...plan, faults: [{ ...fault, fault: name, target: { pick: 'these', draw: 0, nodes } }] })
  expect(readBack(aimed('kill', ['n1', 'n3'])).faults).toHaveLength(1)
  expect(() => readBack(aimed('kill', ['n9']))).toThrow(UsageError)
  expect(() => readBack(aimed('kill', []))).toThrow(UsageError)
  expect(() => readBack(aimed('clock', ['n1']))).toThrow(UsageError)
})

test('a plan that was stored is read back as it was', () => {
  expect(plan.faults.some(({ begin }) => 'on' in begin)).toBe(true)
  expect(readBack(JSON.stringify(plan))).toEqual(plan)
})

test('so is one that was drawn for the simulation', () => {
  for (const seed of ['1', '2', '3', '4', '5']) {
    const swarm = drawSimPlan({ isSwarm: true, worldSeed: 'w' }, seed)
    expect(readBack(JSON.stringify(swarm))).toEqual(swarm)
  }
})

test('options that a plan leaves out are filled in', () => {
  const { system, workload } = plan
  const short = {
    ...plan,
    system: { ...system, options: { tickMs: 10 } },
    workload: { ...workload, options: { keys: 2 } },
  }
  expect(readBack(JSON.stringify(short))).toEqual({
    ...plan,
    system: { ...system, options: { ...system.options, tickMs: 10 } },
    workload: { ...workload, options: { ...workload.options, keys: 2 } },
  })
})

test.each<[string, unknown]>([
  ['it is no object', []],
  ['its version is 2', { ...plan, plan: 2 }],
  ['its version is undefined', {}],
  ['seed is no string', { ...plan, seed: 7 }],
  ['system is not whole', { ...plan, system: 'raft-kv' }],
  ['system is not whole', { ...plan, system: { ...plan.system, options: null } }],
  ['system.nodes is no number of nodes', { ...plan, system: { ...plan.system, nodes: '3' } }],
  ['system.bug is no name', { ...plan, system: { ...plan.system, bug: 1 } }],
  ["system 'raft'; expected one of raft-kv, single-copy", { ...plan, system: { ...plan.system, name: 'raft' } }],
  ["bug 'none'; expected one of stepdown", { ...plan, system: { ...plan.system, bug: 'none' } }],
  ['raft-kv has 1 to 9 nodes', { ...plan, system: { ...plan.system, nodes: 99 } }],
  ['unknown option tick;', { ...plan, system: { ...plan.system, options: { tick: 1 } } }],
  ['workload is not whole', { ...plan, workload: { name: 'register' } }],
  ["workload 'set'; expected one of register, append", { ...plan, workload: { ...plan.workload, name: 'set' } }],
  ["option 'keyz' of workload 'register'", { ...plan, workload: { name: 'register', options: { keyz: 1 } } }],
  ['clients is no whole number', { ...plan, clients: 2.5 }],
  ['--clients 10001; expected 10000 clients at most', { ...plan, clients: 10_001 }],
  ['clients is no number above 0', { ...plan, clients: 0 }],
  ['durationMs is no number above 0', { ...plan, durationMs: '30000' }],
  ['durationMs is more than a week', { ...plan, durationMs: 1e15 }],
  ['opTimeoutMs is more than a week', { ...plan, opTimeoutMs: 1e15 }],
  ['recoveryMs is more than a week', { ...plan, recoveryMs: 1e15 }],
  ['opTimeoutMs is no number above 0', { ...plan, opTimeoutMs: -1 }],
  ['recoveryMs is no number above 0', { ...plan, recoveryMs: undefined }],
  ['faults is no list', { ...plan, faults: {} }],
  ['faults[1]: id or fault is missing', { ...plan, faults: [fault, { ...fault, id: 2 }] }],
  ['faults[0]: target is not whole', { ...plan, faults: [{ ...fault, target: { pick: 'one' } }] }],
  ['faults[0]: forMs is no number', { ...plan, faults: [{ ...fault, forMs: -5 }] }],
  ['faults[0]: begin is missing', { ...plan, faults: [{ ...fault, begin: undefined }] }],
  ['faults[0]: begin.atMs is 1000000000, not within', withBegin({ atMs: 1e9 })],
  ['faults[0]: begin.atMs is -1, not within', withBegin({ atMs: -1 })],
  ['faults[0]: begin has neither atMs nor', { ...plan, faults: [{ ...fault, begin: { on: 'leader-elected' } }] }],
  ['faults[0]: forMs is more than a week (604800000)', { ...plan, faults: [{ ...fault, forMs: 604_800_001 }] }],
  ['faults[0]: begin is more than a week', withBegin({ on: 'leader-elected', notBeforeMs: 0, afterMs: 1e12 })],
  ['faults[0]: begin is more than a week', withBegin({ on: 'leader-elected', notBeforeMs: 1e12, afterMs: 0 })],
  ['faults[0]: begin.nth is no whole', withBegin({ on: 'leader-elected', notBeforeMs: 0, nth: 0, afterMs: 0 })],
  ["faults[0]: begin.on is 'full-moon'", withBegin({ on: 'full-moon', notBeforeMs: 0, afterMs: 0 })],
  [
    "f1: target 'everything' of partition; expected one of isolate-one",
    { ...plan, faults: [{ ...fault, fault: 'partition', target: { pick: 'everything', draw: 1 } }] },
  ],
  [
    "faults[1]: the id 'f1' is there already",
    {
      ...plan,
      faults: [
        { ...fault, id: 'f1' },
        { ...fault, id: 'f1' },
      ],
    },
  ],
  ['sweep is neither true nor false', { ...plan, sweep: 'yes' }],
  ['world is no object', { ...plan, world: 'harsh' }],
  ['world.seed is no string', { ...plan, world: { seed: 7 } }],
  ['world.encodesMessages is neither true nor false', { ...plan, world: { encodesMessages: 1 } }],
  ['world.crashPoints is no probability', { ...plan, world: { crashPoints: 2 } }],
  ["fault 'fire'; expected one of partition, kill, pause", { ...plan, faults: [{ ...fault, fault: 'fire' }] }],
])('%s', (problem, damaged) => {
  const usage = usageOf(() => readBack(JSON.stringify(damaged)))
  expect(usage.given).toContain(`--plan ${file}: `)
  expect(usage.given).toContain(problem)
  expect(usage.type).toBe('--plan results/runs/latest/plan.json')
})

test('a file that is absent, or no JSON, is refused with the reason', () => {
  expect(usageOf(() => readPlan(join(dir, 'absent.json'))).given).toContain('ENOENT')
  expect(usageOf(() => readBack('{"plan": 1,')).given).toContain('JSON')
})

function withBegin(begin: unknown): unknown {
  return { ...plan, faults: [{ ...fault, begin }] }
}

function usageOf(run: () => unknown): UsageError['usage'] {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageError) return error.usage
    throw error
  }
  throw new Error('nothing was refused')
}
