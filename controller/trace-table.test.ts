import { expect, test } from 'vitest'
import { type Plan, planVersion } from '../nemesis/plan.ts'
import { drawPlan } from './draw-plan.ts'
import { traceTable } from './trace-table.ts'

/** Spelled out, so that no default that changes changes the transcript. */
const plan: Plan = {
  plan: planVersion,
  seed: '1',
  system: { name: 'raft-kv', nodes: 2, options: {} },
  workload: { name: 'register', options: drawPlan({ seed: '1', workload: 'register' }).workload.options },
  clients: 1,
  durationMs: 1_000,
  opTimeoutMs: 500,
  recoveryMs: 5_000,
  faults: [],
}

test('a table shows an election line by line, on the history’s clock', () => {
  expect(`\n${traceTable(plan, { fromS: 0.45, untilS: 0.453 })}\n`).toMatchInlineSnapshot(`
    "
       time (s)  node  peer      what
       0.450000  n1              timer
       0.450000  n1              pre-candidate of term 0
       0.450330  n2    ← n1      pre-vote for me? last 0/0 · term 1 · took 330 µs
       0.450537  n1    ← n2      pre-vote granted · term 1 · took 207 µs
       0.450537  n1              candidate of term 1
       0.450557  n1              disk append
       0.450796  n1              disk sync
       0.451091  n1              disk sync
       0.451294  n2    ← n1      vote for me? last 0/0 · term 1 · took 203 µs
       0.451294  n2              follower of term 1
       0.451314  n2              disk append
       0.451645  n2              disk sync
       0.451973  n2              disk sync
       0.452151  n1    ← n2      vote granted · term 1 · took 178 µs
       0.452151  n1              leader of term 1
       0.452171  n1              disk append
       0.452377  n2    ← n1      append 1 prev 0/0 commit 0 · term 1 · took 226 µs
       0.452397  n2              disk append
       0.452457  n1              disk sync
       0.452722  n2              disk sync
       0.452855  n1    ← n2      append ok match 1 · term 1 · took 133 µs
    "
  `)
})

test('a window shows the lines of the whole table that lie in it', () => {
  const [head, ...lines] = traceTable(plan, {
    fromS: Number.NEGATIVE_INFINITY,
    untilS: Number.POSITIVE_INFINITY,
  }).split('\n')
  const within = lines.filter((line) => Number.parseFloat(line) >= 0.4 && Number.parseFloat(line) <= 0.7)
  expect(within.length).toBeGreaterThan(30)
  expect(traceTable(plan, { fromS: 0.4, untilS: 0.7 }).split('\n')).toEqual([head, ...within])
  expect(Number.parseFloat(lines[0]!)).toBeLessThan(0)
  expect(lines.map(Number.parseFloat)).toEqual(lines.map(Number.parseFloat).sort((a, b) => a - b))
})

test('the simulation ends with the window: an hour’s plan is traced at once', () => {
  const hour = { ...plan, durationMs: 3_600_000 }
  expect(traceTable(hour, { fromS: 0.45, untilS: 0.453 })).toBe(traceTable(plan, { fromS: 0.45, untilS: 0.453 }))
})

test('a lost message stands with its sender, with why it was lost', () => {
  const kill = {
    id: 'f1',
    fault: 'kill',
    target: { pick: 'leader', draw: 0 },
    begin: { atMs: 600 },
    forMs: 400,
  } as const
  const table = traceTable({ ...plan, faults: [kill], system: { ...plan.system, nodes: 3 } }, { fromS: 0.6, untilS: 1 })
  expect(table).toMatch(
    / n\d {4}✕ n\d {6}pre-vote for me\? last \S+ · term \d · lost \(refused\), sent [\d.]+ (ms|µs) before\n/,
  )
})

test('an empty window says so', () => {
  expect(traceTable(plan, { fromS: 0.0001, untilS: 0.0002 })).toBe(
    'nothing happened from 0.0001 s to 0.0002 s of the history',
  )
})
