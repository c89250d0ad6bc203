import { describe, expect, test } from 'vitest'
import type { OutcomeName } from '../results/outcome.ts'
import { type Mark, marks } from './marks.ts'
import { bySeverity, inTwoParts, SimTally } from './sim-campaign.ts'
import type { SimSummary } from './sim-job.ts'

const everyMark = Object.keys(marks) as Mark[]

describe('the exit code of a campaign', () => {
  test.each<[string, Partial<Record<OutcomeName, number>>, number]>([
    ['is 0 where all is well', { valid: 3 }, 0],
    ['is the worst of all', { valid: 5, unknown: 1, harness: 1 }, 3],
    ['is that of an anomaly before that of a failure of ours', { valid: 5, harness: 1, illegal: 1 }, 1],
    ['is 1 for a cluster that is stuck', { valid: 5, stuck: 1 }, 1],
    ['is 2 for a run that could not be decided', { valid: 50, unknown: 1 }, 2],
    ['forgives a swarm one vacuous run in ten', { valid: 9, vacuous: 1 }, 0],
    ['does not forgive it two', { valid: 8, vacuous: 2 }, 2],
    ['is 2 where nothing was run', {}, 2],
    ['is 2 where everything was vacuous', { vacuous: 1 }, 2],
  ])('%s', (_title, counts, exitCode) => {
    const tally = new SimTally()
    for (const [outcome, count] of Object.entries(counts) as [OutcomeName, number][]) {
      for (let run = 0; run < count; run++) tally.add(summary({ outcome }))
    }
    expect(tally.exitCode).toBe(exitCode)
  })
})

test('failures are kept in the order in which they ended; runs that prove little are none', () => {
  const tally = new SimTally()
  const seen: OutcomeName[] = ['valid', 'unknown', 'vacuous', 'illegal', 'harness', 'stuck']
  for (const [at, outcome] of seen.entries()) tally.add(summary({ seed: `${at}`, outcome }))
  expect(tally.failures.map(({ seed }) => seed)).toEqual(['1', '3', '4', '5'])
  expect(tally.runs).toBe(6)
})

test('the worst failure is told first, and of equals the one with the fewest events', () => {
  const failures = [
    summary({ seed: '1', outcome: 'unknown', events: 1 }),
    summary({ seed: '2', outcome: 'harness', events: 1 }),
    summary({ seed: '3', outcome: 'stuck', events: 9 }),
    summary({ seed: '4', outcome: 'illegal', events: 7 }),
  ]
  expect(failures.sort(bySeverity).map(({ seed }) => seed)).toEqual(['4', '3', '2', '1'])
})

test('of every kind of failure one is stored before a second of any, and none is lost', () => {
  const failures = [
    summary({ seed: '1', outcome: 'unknown' }),
    ...['2', '3', '4', '5'].map((seed) => summary({ seed, outcome: 'illegal', signature: 'illegal (stale read)' })),
    summary({ seed: '6', outcome: 'illegal', signature: 'illegal (lost update)', events: 9_999 }),
    summary({ seed: '7', outcome: 'stuck', events: 500 }),
  ]
  const seeds = (most: number): string[][] => {
    const { stored, others } = inTwoParts(failures, most)
    return [stored, others].map((part) => part.map(({ seed }) => seed))
  }
  expect(seeds(5)).toEqual([
    ['7', '2', '3', '6', '1'],
    ['4', '5'],
  ])
  expect(seeds(3)).toEqual([
    ['7', '2', '6'],
    ['3', '4', '5', '1'],
  ])
  expect(seeds(9)).toEqual([['7', '2', '3', '4', '5', '6', '1'], []])
})

test('a campaign of which more than a tenth proved little has a run to show for it', () => {
  const tally = new SimTally()
  tally.add(summary({ seed: '1', outcome: 'vacuous' }))
  for (let run = 2; run < 10; run++) tally.add(summary({}))
  expect(tally.provedLittle?.seed).toBe('1')
  tally.add(summary({}))
  expect(tally.provedLittle).toBeUndefined()
})

test('the line says how many runs, what came of them, and how fast', () => {
  const tally = new SimTally()
  expect(tally.line()).toBe('0 runs · none ended yet · 0.0 h simulated · 0 s/s and core · 0 k events/s and core')
  for (let run = 0; run < 1_200; run++) tally.add(summary({ seconds: 30, events: 20_000, ms: 100 }))
  tally.add(summary({ outcome: 'stuck', seconds: 30, events: 20_000, ms: 100 }))
  expect(tally.line()).toBe(
    '1,201 runs · 1,200 valid, 1 stuck · 10.0 h simulated · 300 s/s and core · 200 k events/s and core',
  )
})

test('the end tells recovery and every mark, and says of those that were never reached what they stand for', () => {
  const tally = new SimTally()
  for (let run = 1; run <= 100; run++) {
    tally.add(
      summary({
        caughtUpMs: run * 10,
        marks: run <= 3 ? ['leader changed', 'snapshot installed'] : ['leader changed'],
      }),
    )
  }
  tally.add(summary({ outcome: 'stuck', caughtUpMs: undefined }))
  const [, recovery, reached, ...rows] = tally.text().split('\n')
  expect(recovery).toBe('recovery: all nodes had caught up after 500 ms (median), 990 ms (p99), 1000 ms (worst)')
  expect(reached).toBe('reached:')
  expect(rows.slice(0, 2)).toEqual([
    '  leader changed               in 100 of 101 runs',
    '  snapshot installed           in 3 of 101 runs',
  ])
  const never = everyMark.filter((mark) => mark !== 'leader changed' && mark !== 'snapshot installed')
  expect(rows.slice(2)).toEqual(never.map((mark) => `  NEVER REACHED: ${mark}: ${marks[mark]}`))
})

test('a campaign that saw everything complains of nothing, and one that recovered nowhere tells no recovery', () => {
  const tally = new SimTally()
  tally.add(summary({ marks: everyMark, caughtUpMs: undefined }))
  expect(tally.text()).not.toContain('NEVER REACHED')
  expect(tally.text()).not.toContain('recovery')
})

function summary(facts: Partial<SimSummary>): SimSummary {
  return {
    seed: '1',
    workload: 'register',
    outcome: 'valid',
    cause: 'because',
    signature: facts.outcome ?? 'valid',
    marks: [],
    seconds: 20,
    events: 1_000,
    servedMs: 5,
    caughtUpMs: 10,
    ms: 50,
    ...facts,
  }
}
