import { describe, expect, test } from 'vitest'
import { bugs } from '../cluster/bugs/index.ts'
import { systems } from '../cluster/systems/index.ts'
import { workloads } from '../workloads/index.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { type Asked, defaults, drawPlan } from './draw-plan.ts'

test('a fault that finds no room in the main phase is refused, as the run would prove less than it seems to', () => {
  expect(() => drawPlan({ seed: '1', faults: ['kill'], durationMs: 2_000 })).toThrow('no room for kill')
  expect(drawPlan({ seed: '1', faults: [], durationMs: 2_000 }).faults).toEqual([])
})

test('without a wish, everything has its default', () => {
  const { faults, ...plan } = drawPlan({ seed: '1' })
  expect(plan).toEqual({
    plan: 1,
    seed: '1',
    system: { name: 'raft-kv', nodes: 5, options: defaultsOf(systems['raft-kv'].options) },
    workload: { name: 'register', options: defaultsOf(workloads.register.options) },
    clients: 10,
    durationMs: 30_000,
    opTimeoutMs: 1_000,
    recoveryMs: 15_000,
  })
  expect(new Set(faults.map(({ fault }) => fault))).toEqual(new Set(defaults.faults.map(kindOf)))
})

test('equal questions give equal plans, and another seed gives other faults', () => {
  const asked: Asked = { seed: 'a', bug: 'commit-old-term', durationMs: 60_000 }
  expect(drawPlan(asked)).toEqual(drawPlan({ ...asked }))
  expect(drawPlan({ ...asked, seed: 'b' }).faults).not.toEqual(drawPlan(asked).faults)
})

test('what clients and nodes are does not change which faults are drawn', () => {
  const plain = drawPlan({ seed: '3' })
  const other = drawPlan({ seed: '3', workload: 'append', clients: 3, opTimeoutMs: 50, systemOptions: { tickMs: 5 } })
  expect(other.faults).toEqual(plain.faults)
})

describe('a bug', () => {
  test.each(Object.entries(bugs))('%s brings the settings under which it shows', (bug, { shows }) => {
    const plan = drawPlan({ seed: '1', bug })
    expect(plan.system.bug).toBe(bug)
    expect(plan.workload.name).toBe(shows.workload)
    expect(plan.system.options).toMatchObject(shows.options ?? {})
    expect(plan.workload.options).toMatchObject(shows.workloadOptions ?? {})
    if (shows.nodes !== undefined) expect(plan.system.nodes).toBe(shows.nodes)
    if (shows.timeLimitS !== undefined) expect(plan.durationMs).toBe(shows.timeLimitS * 1000)
    expect(new Set(plan.faults.map(({ fault }) => fault))).toEqual(new Set(shows.faults.map(kindOf)))
  })

  test('gives way, setting by setting, to what was asked for', () => {
    const { shows } = bugs['leader-local-read']
    expect(shows).toMatchObject({ workload: 'register', nodes: 3, options: { checkQuorum: false } })
    const asked = { workload: 'append', nodes: 7, faults: ['kill'], durationMs: 9_000 }
    const plan = drawPlan({
      seed: '1',
      bug: 'leader-local-read',
      ...asked,
      systemOptions: { checkQuorum: true },
      workloadOptions: { keys: 2 },
    })
    expect(plan).toMatchObject({
      system: { nodes: 7, bug: 'leader-local-read', options: { checkQuorum: true } },
      workload: { name: 'append', options: { keys: 2 } },
      durationMs: 9_000,
    })
    expect(new Set(plan.faults.map(({ fault }) => fault))).toEqual(new Set(['kill']))
  })
})

describe('what can not be is a usage error that names what was given, what is there, and what to type', () => {
  test.each<[string, Partial<Asked>, { given: string; expected: string; type: string }]>([
    ['system', { system: 'raft' }, { given: "'raft'", expected: 'raft-kv, single-copy', type: '--system raft-kv' }],
    ['workload', { workload: 'appends' }, { given: "'appends'", expected: 'register, append', type: 'append' }],
    ['fault', { faults: ['kill', 'pauses'] }, { given: "'pauses'", expected: 'partition, kill, pause', type: 'pause' }],
    ['bug', { bug: 'vote-no-check' }, { given: "'vote-no-check'", expected: 'commit-old-term', type: 'vote-no-log' }],
    ['too many nodes', { nodes: 10 }, { given: '--nodes 10', expected: '1 to 9 nodes', type: '--nodes 5' }],
    ['no nodes', { nodes: 0 }, { given: '--nodes 0', expected: '1 to 9 nodes', type: '--nodes 5' }],
    ['half a node', { nodes: 2.5 }, { given: '--nodes 2.5', expected: '1 to 9 nodes', type: '--nodes 5' }],
    [
      'more nodes than the system has',
      { system: 'single-copy', nodes: 3 },
      { given: '--nodes 3', expected: 'single-copy has 1 to 1 nodes', type: '--nodes 1' },
    ],
    [
      'a bug in a system that takes none',
      { system: 'stale-replica', bug: 'commit-old-term' },
      { given: '--bug commit-old-term with --system stale-replica', expected: 'carry a bug', type: '--bug' },
    ],
    [
      'option of the system',
      { systemOptions: { tick: 5 } },
      { given: 'unknown option tick', expected: "the system's options", type: '--set tickMs=' },
    ],
    [
      'a value of another type',
      { systemOptions: { tickMs: 'fast' } },
      { given: 'option tickMs: got "fast"', expected: 'of its type', type: '--set tickMs=' },
    ],
    [
      'option of a system that has none',
      { system: 'single-copy', systemOptions: { tickMs: 5 } },
      { given: 'unknown option tickMs', expected: "the system's options", type: 'no --set at all' },
    ],
    [
      'more clients than make sense',
      { clients: 10_001 },
      { given: '--clients 10001', expected: '10000 clients at most', type: '--clients 10' },
    ],
    [
      'option of the workload',
      { workloadOptions: { key: 1 } },
      { given: "option 'key' of workload 'register'", expected: 'rate, keys', type: 'keys=4' },
    ],
    [
      'a value of the workload out of its range',
      { workloadOptions: { keys: 0 } },
      { given: 'keys=0', expected: 'number from 1 to', type: 'keys=4' },
    ],
  ])('%s', (_title, asked, expected) => {
    const usage = usageOf(() => drawPlan({ seed: '1', ...asked }))
    for (const field of ['given', 'expected', 'type'] as const) expect(usage[field]).toContain(expected[field])
  })
})

/** `partition:isolate-leader` → `partition`. */
function kindOf(asked: string): string {
  return asked.split(':')[0] ?? ''
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

function defaultsOf(options: Readonly<Record<string, { readonly default: unknown }>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(options).map(([name, option]) => [name, option.default]))
}
