import { describe, expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import { workloadOptions } from '../workloads/index.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { faultNamed, faults } from './registry.ts'
import { drawSwarm, type SwarmOptions } from './swarm.ts'

const draw = (seed: number, options?: SwarmOptions) => drawSwarm(seededRandom(seed), options)
const seeds = Array.from({ length: 400 }, (_, seed) => seed)
const swarm = seeds.map((seed) => draw(seed))

test('the same seed draws the same run, another seed another', () => {
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('a run is plain data, complete, and possible', () => {
  for (const run of swarm) {
    expect(JSON.parse(JSON.stringify(run))).toEqual(run)
    expect(workloadOptions(run.workload.name, run.workload.options)).toEqual(run.workload.options)
    expect(new Set(run.faults.map(({ id }) => id)).size).toBe(run.faults.length)
    for (const { fault, target } of run.faults) {
      expect(faultNamed(fault).picks).toContain(target.pick)
      expect(run.mood.faults).toContain(fault)
    }
    expect(run.faults.length).toBeGreaterThan(0)
    expect(run.recoveryMs).toBe(15_000)
  }
})

test('an election takes the loss of several heartbeats, and a vote less than an election', () => {
  for (const { system } of swarm) {
    const { heartbeatTicks, electionTicks, voteTimeoutTicks } = system.options
    expect(Number(electionTicks) / Number(heartbeatTicks)).toBeGreaterThanOrEqual(3)
    expect(Number(voteTimeoutTicks)).toBeLessThan(Number(electionTicks))
  }
})

describe('over many seeds', () => {
  const values = (of: (run: (typeof swarm)[number]) => unknown) => new Set(swarm.map(of))

  test.each<[string, (run: (typeof swarm)[number]) => unknown, unknown[]]>([
    ['nodes', (run) => run.system.nodes, [1, 3, 4, 5, 7]],
    ['clients', (run) => run.clients, [3, 4, 5, 6, 7, 8, 9, 10]],
    ['seconds', (run) => run.durationMs / 1000, [20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30]],
    ['workload', (run) => run.workload.name, ['append', 'register']],
    ['batches', (run) => run.system.options.maxEntriesPerAppend, [1, 4, 64]],
    ['snapshots', (run) => run.system.options.snapshotEvery, [0, 20, 60, 500]],
    ['kept entries', (run) => run.system.options.keepEntries, [0, 10, 50]],
    [
      'pre-vote and quorum checks',
      ({ system: { options } }) => `${options.preVote} ${options.checkQuorum}`,
      ['true true', 'true false', 'false true', 'false false'],
    ],
    ['intensity', (run) => run.mood.intensity, [0.3, 0.6, 1, 1.5, 2.5, 4]],
    ['patterns', (run) => run.mood.composites, [true, false]],
    ['sweep', (run) => run.sweep, [true, false]],
    ['encoding', (run) => run.world?.encodesMessages, [true, false]],
    ['crash points by chance', (run) => (run.world?.crashPoints ?? 0) > 0, [true, false]],
    ['a climate', (run) => run.faults.some(({ id }) => id === 'f0'), [true, false]],
  ])('every value of %s occurs', (_what, of, expected) => expect(values(of)).toEqual(new Set(expected)))

  test.each(Object.keys(faults))('%s is in about half of the runs', (fault) => {
    const share = swarm.filter(({ mood }) => mood.faults.includes(fault)).length / swarm.length
    expect(share).toBeGreaterThan(0.4)
    expect(share).toBeLessThan(0.6)
  })
})

test('a run without snapshots arms no point of one', () => {
  for (const { system, faults } of swarm) {
    if (system.options.snapshotEvery !== 0) continue
    for (const { target } of faults) expect(target.pick).not.toContain('snapshot')
  }
})

test('a single node is broken only where it can be', () => {
  for (const seed of seeds) {
    const { faults, world } = draw(seed, { nodes: 1 })
    for (const { fault } of faults) expect(['kill', 'pause', 'power', 'clock', 'disk']).toContain(fault)
    expect(world?.crashPoints).toBe(0)
  }
})

describe('what is pinned', () => {
  test.each<[string, SwarmOptions, (run: (typeof swarm)[number]) => object]>([
    ['clients', { clients: 4 }, (run) => ({ ...run, clients: 4 })],
    ['sweep', { sweep: true }, (run) => ({ ...run, sweep: true })],
    ['a bug', { bug: 'commit-old-term' }, (run) => ({ ...run, system: { ...run.system, bug: 'commit-old-term' } })],
    [
      'an option of the system',
      { systemOptions: { preVote: false } },
      (run) => ({ ...run, system: { ...run.system, options: { ...run.system.options, preVote: false } } }),
    ],
    [
      'an option of the workload',
      { workloadOptions: { rate: 3 } },
      (run) => ({ ...run, workload: { ...run.workload, options: { ...run.workload.options, rate: 3 } } }),
    ],
  ])('is so, and nothing else changes: %s', (_what, options, expected) => {
    for (const seed of seeds.slice(0, 20)) expect(draw(seed, options)).toEqual(expected(draw(seed)))
  })

  test('faults are a subset of those, or all of them', () => {
    for (const seed of seeds.slice(0, 50)) {
      const options = { faults: ['kill:leader', 'pause'], nodes: 3 }
      const { mood, faults } = draw(seed, options)
      expect(mood.faults.length).toBeGreaterThan(0)
      for (const { fault, target } of faults) expect(fault === 'kill' ? target.pick : fault).toMatch(/^(leader|pause)$/)
      expect(draw(seed, { ...options, everyFault: true }).mood.faults).toEqual(['kill:leader', 'pause'])
      expect(draw(seed, { faults: [] }).faults).toEqual([])
    }
  })

  test('must exist', () => {
    expect(() => draw(1, { faults: ['sharks'] })).toThrow(UsageError)
    expect(() => draw(1, { workload: 'sharks' })).toThrow(UsageError)
    expect(() => draw(1, { workloadOptions: { sharks: 1 } })).toThrow(UsageError)
    expect(() => draw(1, { systemOptions: { sharks: 1 } })).toThrow('unknown option sharks')
  })
})
