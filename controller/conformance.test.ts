import { describe, expect, test } from 'vitest'
import { systems } from '../cluster/systems/index.ts'
import { faults } from '../nemesis/index.ts'
import { workloads } from '../workloads/index.ts'
import { drawPlan } from './draw-plan.ts'
import { runSimulated } from './simulate.ts'

/** The tester tested, in simulation: what is right passes everything, what is wrong is caught by everything. */
const workloadNames = Object.keys(workloads)
const faultSets = [[], ...Object.keys(faults).map((name) => [name]), Object.keys(faults)]
const seeds = ['1', '2', '3']
const durationMs = 8_000

describe.each(workloadNames)('%s', (workload) => {
  test.each(faultSets.map((set) => [set.join('+') || 'no fault', set] as const))(
    'single-copy is valid under %s, and every fault bites',
    (_name, set) => {
      for (const seed of seeds) {
        const { outcome } = runSimulated(drawPlan({ seed, system: 'single-copy', workload, faults: set, durationMs }))
        expect([outcome.outcome, outcome.cause]).toEqual(['valid', expect.stringContaining('single copy')])
        expect(outcome.counts.ok).toBeGreaterThan(200)
      }
    },
  )

  test.each(faultSets.map((set) => [set.join('+') || 'no fault', set] as const))(
    'raft-kv is valid under %s, and comes back',
    (_name, set) => {
      for (const seed of seeds) {
        const { outcome } = runSimulated(drawPlan({ seed, workload, faults: set, durationMs }))
        expect([outcome.outcome, outcome.cause]).toEqual(['valid', expect.stringContaining('single copy')])
        expect(outcome.recovery?.caughtUpMs).toBeLessThan(5_000)
      }
    },
  )

  test('stale-replica is caught without a single fault', () => {
    for (const seed of seeds) {
      const { outcome } = runSimulated(drawPlan({ seed, system: 'stale-replica', workload, faults: [], durationMs }))
      expect([outcome.outcome, outcome.anomaly?.confirmed]).toEqual(['illegal', true])
    }
  })
})

test.each(Object.keys(systems))('%s: the same seed gives the same history, another seed another', (system) => {
  const run = (seed: string) => runSimulated(drawPlan({ seed, system, durationMs: 5_000 }))
  const [first, second, other] = [run('7'), run('7'), run('8')]
  expect(second.result.events).toEqual(first.result.events)
  expect(second.systemEvents).toEqual(first.systemEvents)
  expect(other.result.events).not.toEqual(first.result.events)
})

test('op k of client c is the same whatever the faults do to its timing', () => {
  const invocations = (faultNames: readonly string[]): string[][] => {
    const { result } = runSimulated(drawPlan({ seed: '7', durationMs: 6_000, faults: faultNames, workload: 'append' }))
    const clients: string[][] = Array.from({ length: 10 }, () => [])
    for (const { type, f, key, value, client, timeUs } of result.events) {
      if (type === 'invoke' && timeUs < 6_000_000) clients[client!]!.push(`${f} ${key} ${value}`)
    }
    return clients
  }
  const calm = invocations([])
  const stormy = invocations(['partition', 'kill', 'pause'])
  for (const [client, ops] of calm.entries()) {
    const common = Math.min(ops.length, stormy[client]!.length)
    expect(common).toBeGreaterThan(20)
    expect(stormy[client]!.slice(0, common)).toEqual(ops.slice(0, common))
  }
})
