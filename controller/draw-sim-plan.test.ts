import { describe, expect, test } from 'vitest'
import { bugs } from '../cluster/bugs/index.ts'
import type { Plan } from '../nemesis/plan.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { drawPlan } from './draw-plan.ts'
import { drawSimPlan, type SimAsked } from './draw-sim-plan.ts'

const swarm: SimAsked = { isSwarm: true }
const seeds = Array.from({ length: 60 }, (_none, at) => String(at + 1))
const plansOf = (asked: SimAsked): Plan[] => seeds.map((seed) => drawSimPlan(asked, seed))

test('a swarm differs from seed to seed in all that was left open', () => {
  const plans = plansOf(swarm)
  const distinct = (what: (plan: Plan) => unknown): number =>
    new Set(plans.map((plan) => JSON.stringify(what(plan)))).size
  expect(distinct(({ faults }) => faults)).toBe(seeds.length)
  expect(distinct(({ system }) => system.nodes)).toBeGreaterThan(2)
  expect(distinct(({ system }) => system.options)).toBeGreaterThan(50)
  expect(distinct(({ workload }) => workload.name)).toBe(2)
  expect(distinct(({ clients }) => clients)).toBeGreaterThan(4)
  expect(distinct(({ durationMs }) => durationMs)).toBeGreaterThan(5)
  expect(distinct(({ sweep }) => sweep)).toBe(2)
  expect(distinct(({ world }) => world)).toBeGreaterThan(3)
})

test('the same seed gives the same plan, and one that survives being stored', () => {
  const plans = plansOf(swarm)
  expect(plansOf({ ...swarm })).toEqual(plans)
  expect(JSON.parse(JSON.stringify(plans))).toEqual(plans)
  expect(plans.map(({ seed }) => seed)).toEqual(seeds)
})

test('what was typed stands, whatever the seed draws', () => {
  const asked: SimAsked = {
    isSwarm: true,
    nodes: 3,
    clients: 4,
    durationMs: 7_000,
    opTimeoutMs: 333,
    recoveryMs: 4_444,
    workload: 'append',
    faults: ['kill'],
    systemOptions: { tickMs: 13, preVote: false },
    workloadOptions: { keys: 3 },
  }
  for (const plan of plansOf(asked)) {
    expect(plan).toMatchObject({
      system: { name: 'raft-kv', nodes: 3, options: { tickMs: 13, preVote: false } },
      workload: { name: 'append', options: { keys: 3 } },
      clients: 4,
      durationMs: 7_000,
      opTimeoutMs: 333,
      recoveryMs: 4_444,
    })
    // Patterns of several faults have a life of their own.
    expect(plan.faults.filter(({ composite, fault }) => composite === undefined && fault !== 'kill')).toEqual([])
  }
  expect(new Set(plansOf(asked).map(({ system }) => system.options.snapshotEvery)).size).toBeGreaterThan(1)
})

test.each([
  ['classic', true, ['register']],
  ['appends', 10, ['append']],
  ['keys', 2, ['append', 'register']],
] as const)('an option of a workload draws one that has it: %s', (option, value, workloads) => {
  const plans = plansOf({ isSwarm: true, workloadOptions: { [option]: value } })
  expect(Array.from(new Set(plans.map(({ workload }) => workload.name))).toSorted()).toEqual(workloads)
  expect(new Set(plans.map(({ workload }) => workload.options[option]))).toEqual(new Set([value]))
})

describe('a bug', () => {
  test.each(Object.entries(bugs))('%s is not masked by an option that the swarm draws', (bug, { shows }) => {
    for (const plan of plansOf({ ...swarm, bug })) {
      expect(plan.system.bug).toBe(bug)
      expect(plan.system.options).toMatchObject(shows.options ?? {})
    }
  })

  test('is masked all the same where that was asked for', () => {
    expect(bugs['leader-local-read'].shows.options).toEqual({ checkQuorum: false })
    const plan = drawSimPlan({ ...swarm, bug: 'leader-local-read', systemOptions: { checkQuorum: true } }, '1')
    expect(plan.system.options.checkQuorum).toBe(true)
  })
})

describe('the plain plan, the same as of a real run, is drawn', () => {
  test.each<[string, SimAsked]>([
    ['where it was asked for', { isSwarm: false, nodes: 3 }],
    ['for a bug', { isSwarm: false, bug: 'leader-local-read' }],
    ['for single-copy, which has no swarm', { isSwarm: true, system: 'single-copy' }],
    ['for stale-replica, which has no swarm', { isSwarm: true, system: 'stale-replica', durationMs: 5_000 }],
  ])('%s', (_title, asked) => {
    const { isSwarm: _isSwarm, ...rest } = asked
    expect(drawSimPlan(asked, '9')).toEqual(drawPlan({ ...rest, seed: '9' }))
  })
})

test.each([true, false])('another world leaves ops and faults as they are (swarm: %s)', (isSwarm) => {
  const plan = drawSimPlan({ isSwarm }, '4')
  const other = drawSimPlan({ isSwarm, worldSeed: '4/2' }, '4')
  expect(other).toEqual({ ...plan, world: { ...plan.world, seed: '4/2' } })
})

test.each<[string, Partial<SimAsked>]>([
  ['a bug that is not there', { bug: 'vote-no-check' }],
  ['an option that is not there', { systemOptions: { tick: 5 } }],
  ['a bug in a system that takes none', { system: 'single-copy', bug: 'commit-old-term' }],
  ['a fault that is not there', { faults: ['kil'] }],
  ['an option that no workload has', { workloadOptions: { classik: true } }],
  ['options of two workloads', { workloadOptions: { classic: true, appends: 10 } }],
])('%s is a usage error', (_title, asked) => {
  expect(() => drawSimPlan({ ...swarm, ...asked }, '1')).toThrow(UsageError)
})
