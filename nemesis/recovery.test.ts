import { expect, test } from 'vitest'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import type { NodeStatus } from '../cluster/system.ts'
import { type Answer, type Call, type Script, ScriptedSystem } from '../workloads/fixtures/scripted-system.ts'
import type { Recovery } from './evidence.ts'
import { checkRecovery, probeKey } from './recovery.ts'

const nodes = ['n1', 'n2', 'n3']

function run(script: (nowMs: () => number) => Partial<Script>, boundMs = 5000) {
  const scheduler = new Scheduler()
  scheduler.runUntil(7_000_000)
  const nowMs = () => scheduler.monotonicUs() / 1000 - 7000
  const system = new ScriptedSystem({ nodes, scheduler, ...script(nowMs) })
  const results: Recovery[] = []
  const cancel = checkRecovery({ system, clock: scheduler, boundMs, done: (recovery) => results.push(recovery) })
  return { system, results, cancel, at: (ms: number) => scheduler.runUntil((7000 + ms) * 1000) }
}

/** Only n3 answers, and only from this time on; the others name it. */
const leaderFrom =
  (fromMs: number, nowMs: () => number) =>
  ({ node, request }: Call): Answer => {
    if (node !== 'n3') return { type: 'fail', error: 'not_leader', leader: 'n3' }
    if (nowMs() < fromMs) return 'silent'
    return { type: 'ok', output: request.f === 'read' ? { value: 1 } : {} }
  }

function status(node: string, commit: number, applied: number, role = 'follower'): NodeStatus {
  return { node, role, term: 3, leader: 'n3', commit, applied, counters: {} }
}

test('a system without a status has come back when it serves', () => {
  const { system, results, at } = run((nowMs) => ({ answer: leaderFrom(0, nowMs) }))
  at(10_000)
  expect(results).toEqual([{ servedMs: 23, behind: [], boundMs: 5000 }])
  expect(system.calls.map(({ node, request }) => `${request.f} ${request.key} ${node}`)).toEqual([
    `write ${probeKey} n1`,
    `write ${probeKey} n3`,
    `read ${probeKey} n3`,
  ])
  expect(system.connections.filter((line) => line.startsWith('open')).length).toBe(
    system.connections.filter((line) => line.startsWith('close')).length,
  )
})

test('it has caught up when every node applied what the leader had committed when it first served', () => {
  const { results, at } = run((nowMs) => ({
    answer: leaderFrom(0, nowMs),
    status: (node) =>
      node === 'n3'
        ? status(node, Math.floor(nowMs()), Math.floor(nowMs()), 'leader') // Goes on committing.
        : status(node, 500, node === 'n1' ? 1000 : Math.max(0, Math.floor(nowMs()) - 200)),
  }))
  at(10_000)
  // Commit was 24 when it first served; n2 lags 200 ms behind.
  expect(results).toHaveLength(1)
  expect(results[0]).toMatchObject({ servedMs: 23, behind: [], boundMs: 5000 })
  expect(results[0]?.caughtUpMs).toBeGreaterThanOrEqual(224)
  expect(results[0]?.caughtUpMs).toBeLessThan(300)
})

test('nodes that stay behind are named with what they said', () => {
  const { results, at } = run((nowMs) => ({
    answer: leaderFrom(0, nowMs),
    status: (node) =>
      node === 'n3' ? status(node, 40, 40, 'leader') : node === 'n2' ? status(node, 10, 10) : undefined,
  }))
  at(4999)
  expect(results).toEqual([])
  at(10_000)
  expect(results).toEqual([{ servedMs: 23, behind: ['n1: no answer', 'n2: applied 10 of 40'], boundMs: 5000 }])
})

test('a leader that thinks it still leads does not say what is committed', () => {
  const { results, at } = run((nowMs) => ({
    answer: leaderFrom(0, nowMs),
    status: (node) => (node === 'n3' ? status(node, 40, 40, 'leader') : { ...status(node, 60, 40, 'leader'), term: 2 }),
  }))
  at(10_000)
  expect(results).toEqual([{ servedMs: 23, caughtUpMs: 24, behind: [], boundMs: 5000 }])
})

test('it asks until the system serves', () => {
  const { results, at } = run((nowMs) => ({ answer: leaderFrom(1500, nowMs) }))
  at(10_000)
  expect(results[0]?.servedMs).toBeGreaterThan(1500)
  expect(results[0]?.servedMs).toBeLessThan(2300)
})

test('a write without a read is not served', () => {
  const { results, at } = run(() => ({
    answer: ({ request }) => (request.f === 'read' ? 'silent' : { type: 'ok', output: {} }),
  }))
  at(10_000)
  expect(results).toEqual([
    { behind: [expect.stringMatching(/^nobody answered a write and a read; last n\d: time-out$/)], boundMs: 5000 },
  ])
})

test('two nodes that name each other do not keep it from a third', () => {
  const { results, at } = run(() => ({
    answer: ({ node, request }): Answer =>
      node === 'n3'
        ? { type: 'ok', output: request.f === 'read' ? { value: 1 } : {} }
        : { type: 'fail', error: 'not_leader', leader: node === 'n1' ? 'n2' : 'n1' },
  }))
  at(10_000)
  expect(results[0]?.servedMs).toBeLessThan(500)
})

test('once cancelled it asks nobody and says nothing', () => {
  const { system, results, cancel, at } = run(() => ({ answer: () => 'silent' }))
  at(1500)
  cancel()
  const asked = system.calls.length
  at(20_000)
  expect([results, system.calls.length]).toEqual([[], asked])
})
