import { describe, expect, test } from 'vitest'
import type { LoadedRun } from '../results/run.ts'
import { drawPlan } from './draw-plan.ts'
import { differences } from './same-run.ts'
import { runSimulated } from './simulate.ts'

const run = runSimulated(drawPlan({ seed: '3', faults: ['kill'], durationMs: 6000, workloadOptions: { rate: 5 } }))

/** As it comes back from its files. */
function recorded(): Pick<LoadedRun, 'history' | 'events' | 'evidence' | 'outcome'> {
  const { result, systemEvents: events, outcome } = run
  return structuredClone({ history: result.events, events, evidence: result.evidence, outcome })
}

const { history, events, evidence, outcome } = recorded()

test('a run is the same as itself, also where it was never judged', () => {
  expect(differences(recorded(), run)).toEqual([])
  expect(differences({ history, events, evidence: [] }, run)).toEqual([])
})

describe('a run differs', () => {
  test.each<[string, Partial<ReturnType<typeof recorded>>, string[]]>([
    ['in an op', { history: history.with(4, { ...history[4]!, process: 99 }) }, ['op 4']],
    ['in an op too few', { history: history.slice(0, -1) }, [`op ${history.length - 1}`]],
    ['in an op too many', { history: [...history, history[0]!] }, [`op ${history.length}`]],
    ['in the time of an event', { events: events.with(7, { ...events[7]!, timeUs: 1 }) }, ['event of the system 7']],
    [
      'in what shows that a fault bit',
      { evidence: evidence.with(0, { ...evidence[0]!, bit: 'it rained' }) },
      ['evidence of fault 0'],
    ],
    ['in outcome and cause', { outcome: { ...outcome!, outcome: 'stuck', cause: 'nobody led' } }, ['outcome', 'cause']],
    [
      'in everything',
      { history: [], events: [], evidence: [] },
      ['op 0', 'event of the system 0', 'evidence of fault 0'],
    ],
  ])('%s', (_title, changed, expected) => {
    expect(differences({ ...recorded(), ...changed }, run).map(({ what }) => what)).toEqual(expected)
  })

  test('and both sides are shown', () => {
    const changed = { ...recorded(), outcome: { ...outcome!, cause: 'nobody led' } }
    expect(differences(changed, run)).toEqual([{ what: 'cause', recorded: 'nobody led', now: run.outcome.cause }])
  })
})
