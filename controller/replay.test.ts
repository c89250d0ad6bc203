import type { HistoryEvent } from 'porcupine-ts/formats'
import { describe, expect, test } from 'vitest'
import type { SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import type { PlannedFault, Trigger } from '../nemesis/plan.ts'
import { illegalRun, validRun } from '../results/examples.ts'
import { drawPlan } from './draw-plan.ts'
import { anchored, rateText, rerolled, signatureOf, wilson } from './replay.ts'

const plan = drawPlan({ seed: '7', faults: ['kill'] })
const role = (timeMs: number, is: 'leader' | 'candidate'): SystemEvent => ({
  timeUs: timeMs * 1000,
  type: 'trace',
  node: 'n1',
  event: { type: 'role', role: is, term: 1 },
})

const taken = { event: { type: 'snapshot-taken', index: 3 } } as const

describe('a fault of a recorded run', () => {
  const drawn: Trigger = { atMs: 5_000 }
  const onSnapshot: Trigger = { on: 'snapshot-taken', notBeforeMs: 100, afterMs: 3 }
  const afterElection = (notBeforeMs: number, afterMs: number): Trigger => ({
    on: 'leader-elected',
    notBeforeMs,
    afterMs,
  })

  const elected = (timeMs: number): SystemEvent => role(timeMs, 'leader')
  const snapshot = (timeMs: number): SystemEvent => ({ ...role(timeMs, 'leader'), ...taken })
  const afterSnapshot = (notBeforeMs: number, afterMs: number): Trigger => ({
    on: 'snapshot-taken',
    notBeforeMs,
    afterMs,
  })
  const ended = (timeMs: number, more: Partial<HistoryEvent> = {}): HistoryEvent => ({
    index: 0,
    timeUs: timeMs * 1000,
    process: 0,
    type: 'ok',
    f: 'write',
    ...more,
  })
  const afterWrite = (notBeforeMs: number, afterMs: number): Trigger => ({
    on: 'write-acknowledged',
    notBeforeMs,
    afterMs,
  })

  test.each<[string, Trigger, number | undefined, readonly (SystemEvent | HistoryEvent)[], Trigger]>([
    ['begins when it began where nothing was near', drawn, 5_012.4, [], { atMs: 5_012 }],
    ['follows the election that it followed', drawn, 5_000, [elected(4_700)], afterElection(4_200, 300)],
    ['follows the last of two', drawn, 5_000, [elected(4_100), elected(4_900)], afterElection(4_400, 100)],
    [
      'follows the second of two that came close together',
      drawn,
      5_000,
      [elected(4_500), elected(4_900)],
      { ...afterElection(4_400, 100), nth: 2 },
    ],
    ['follows an election at the same moment', drawn, 5_000, [elected(5_000)], afterElection(4_500, 0)],
    ['follows one a second before', drawn, 5_000, [elected(4_000)], afterElection(3_500, 1_000)],
    ['has nothing to do with one longer ago', drawn, 5_000, [elected(3_999)], { atMs: 5_000 }],
    ['has nothing to do with one that came later', drawn, 5_000, [elected(5_001)], { atMs: 5_000 }],
    ['has nothing to do with a candidate', drawn, 5_000, [role(4_900, 'candidate')], { atMs: 5_000 }],
    ['does not wait for the election at the start', drawn, 200, [elected(-50)], { atMs: 200 }],
    ['waits from the start on for an early one', drawn, 500, [elected(300)], afterElection(0, 200)],
    ['follows the snapshot that it followed', drawn, 5_000, [snapshot(4_990)], afterSnapshot(4_490, 10)],
    [
      'follows the nearer of election and snapshot',
      drawn,
      5_000,
      [elected(4_300), snapshot(4_600), snapshot(5_001)],
      afterSnapshot(4_100, 400),
    ],
    [
      'follows the nearer of snapshot and election, and counts only elections',
      drawn,
      5_000,
      [snapshot(4_300), elected(4_600)],
      afterElection(4_100, 400),
    ],
    ['follows an acknowledged write', drawn, 5_000, [ended(4_960)], afterWrite(4_960, 40)],
    ['follows the last of many', drawn, 5_000, [ended(4_960), ended(4_980), ended(5_001)], afterWrite(4_980, 20)],
    [
      'follows the third of one millisecond',
      drawn,
      5_000,
      [ended(4_989), ended(4_990.1), ended(4_990.5), ended(4_990.9)],
      { ...afterWrite(4_990, 9), nth: 3 },
    ],
    ['has nothing to do with a write long ago', drawn, 5_000, [ended(4_899)], { atMs: 5_000 }],
    [
      'has nothing to do with a read, a lost write, or a compare-and-set that wrote nothing',
      drawn,
      5_000,
      [
        ended(4_990, { f: 'read' }),
        ended(4_991, { type: 'info' }),
        ended(4_992, { type: 'invoke' }),
        ended(4_993, { f: 'cas', output: { swapped: false } }),
      ],
      { atMs: 5_000 },
    ],
    [
      'follows an election rather than the writes since then',
      drawn,
      5_000,
      [elected(4_200), ended(4_999)],
      afterElection(3_700, 800),
    ],
    ['waits for its event again', onSnapshot, 5_000, [elected(4_900), ended(4_999)], onSnapshot],
    ['that never began is left as it was', drawn, undefined, [elected(4_900)], drawn],
  ])('%s', (_title, begin, beganMs, recorded, expected) => {
    const fault: PlannedFault = { ...plan.faults[0]!, id: 'f1', begin }
    const evidence: FaultEvidence = { planned: fault, ...(beganMs === undefined ? {} : { beganUs: beganMs * 1000 }) }
    const run = {
      plan: { ...plan, faults: [fault] },
      evidence: [evidence],
      events: recorded.filter((event): event is SystemEvent => !('index' in event)),
      history: recorded.filter((event): event is HistoryEvent => 'index' in event),
    }
    expect(anchored(run)).toEqual({ ...plan, faults: [{ ...fault, begin: expected }] })
  })

  test('without evidence is left as it was', () => {
    expect(anchored({ plan, evidence: [], events: [role(100, 'leader')], history: [] })).toEqual(plan)
  })
})

test('another roll changes the world, and neither ops nor faults', () => {
  expect(plan.faults.length).toBeGreaterThan(0)
  expect(rerolled(plan, '3')).toEqual({ ...plan, world: { seed: '7/3' } })
  const swarm = { ...plan, world: { seed: 'x', crashPoints: 0.1, encodesMessages: true } }
  expect(rerolled(swarm, '3')).toEqual({ ...plan, world: { seed: '7/3', crashPoints: 0.1, encodesMessages: true } })
})

test('two failures are the same one if outcome and class of anomaly are', () => {
  const { outcome } = illegalRun()
  const { anomaly, ...rest } = outcome!
  expect(signatureOf({ outcome: 'illegal', anomaly: { ...anomaly!, class: 'stale read' } })).toBe(
    'illegal (stale read)',
  )
  const { class: _class, ...unnamed } = anomaly!
  expect(signatureOf({ outcome: 'illegal', anomaly: unnamed })).toBe('illegal (anomaly)')
  expect(signatureOf({ ...rest, outcome: 'stuck' })).toBe('stuck')
  expect(signatureOf(validRun().outcome!)).toBe('valid')
})

// As of scipy.stats.binomtest(hits, tries).proportion_ci(method='wilson'), which has 1.95996 where we have 1.96.
test.each([
  [0, 0, 0, 1],
  [0, 10, 0, 0.2775],
  [1, 1, 0.2065, 1],
  [3, 10, 0.1078, 0.6032],
  [10, 10, 0.7225, 1],
  [50, 100, 0.4038, 0.5962],
  [1, 1000, 0.0002, 0.0056],
])('%d hits of %d tries are a rate between %d and %d', (hits, tries, low, high) => {
  const bounds = wilson(hits, tries)
  expect(bounds.low).toBeCloseTo(low, 3)
  expect(bounds.high).toBeCloseTo(high, 3)
})

test.each([
  [3, 10, '3 of 10 tries (95 % interval 11 % to 60 %)'],
  [1, 1, '1 of 1 try (95 % interval 21 % to 100 %)'],
  [0, 0, '0 of 0 tries (95 % interval 0 % to 100 %)'],
])('%d of %d is told with its uncertainty', (hits, tries, text) => {
  expect(rateText(hits, tries)).toBe(text)
})
