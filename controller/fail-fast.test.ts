import { expect, test } from 'vitest'
import { drawPlan } from './draw-plan.ts'
import { drawSimPlan } from './draw-sim-plan.ts'
import { withAlarm } from './fail-fast.ts'
import { judge } from './judge.ts'
import type { SessionResult } from './session.ts'
import { runSimulated } from './simulate.ts'

const buggy = drawSimPlan({ bug: 'leader-local-read', isSwarm: false, durationMs: 20_000 }, '1')

test('a run over nodes with a bug is frozen within a second of its first violation, and of it is illegal', () => {
  const whole = runSimulated(buggy)
  const { outcome, result, systemEvents } = runSimulated(buggy, { failFast: true })
  expect([whole.outcome.outcome, outcome.outcome]).toEqual(['illegal', 'illegal'])
  const { alarm, timeUs } = result.frozen!
  expect(alarm).toMatchObject({ isExact: true, key: outcome.anomaly!.key })
  expect(timeUs - alarm.time).toBeLessThan(1_000_000)
  expect(result.events.length).toBeLessThan(whole.result.events.length)
  // The beginning is the very same run.
  const same = result.events.filter((event) => event.timeUs < alarm.time)
  expect(same).toEqual(whole.result.events.slice(0, same.length))
  // What was broken or frozen stays so, and nothing else runs on.
  const after = systemEvents.filter((event) => event.timeUs > timeUs).map(({ type }) => type)
  expect(after).not.toContain('node-resumed')
  expect(after).not.toContain('link-healed')
  expect(systemEvents.filter(({ type }) => type === 'node-paused').length).toBeGreaterThanOrEqual(3)
  expect(result.events.filter(({ type, timeUs: at }) => type === 'ok' && at > timeUs + 100_000)).toEqual([])
  expect(outcome.notes[0]).toMatch(
    /^--fail-fast: the history became illegal on key k\d+ at \d+\.\d{3} s, and all nodes were frozen at \d+\.\d{3} s$/,
  )
  expect(outcome.notes).toContainEqual(expect.stringContaining('also vacuous: the run was interrupted'))
})

test.each(['register', 'append'])('a correct run of %s is not disturbed by being watched', (workload) => {
  const plan = drawSimPlan({ workload, isSwarm: true }, '7')
  const [plain, watched] = [runSimulated(plan), runSimulated(plan, { failFast: true })]
  expect(watched.result).toEqual(plain.result)
  expect(watched.outcome.outcome).toBe(plain.outcome.outcome)
})

test('an alarm that the whole history does not bear out is a failure of the tester', () => {
  const plan = drawPlan({ seed: '1' })
  const quiet: SessionResult = {
    events: [],
    evidence: [],
    recovery: undefined,
    nodes: [],
    unread: [],
    crashes: [],
    harness: [],
    isInterrupted: true,
  }
  const operation = { id: 0, process: 0, input: { f: 'read' } as const, output: undefined, call: 0, return: 1 }
  const alarm = {
    key: 'k1',
    operation,
    time: 1_000_000,
    isExact: true,
    init: { value: null, version: 0 },
    operations: [],
  }
  const judged = judge(plan, 'register', quiet, { lagMs: 0, lagBoundMs: 0 })
  expect(withAlarm(judged, { ...quiet, frozen: { alarm, timeUs: 1_200_000 } }, '')).toMatchObject({
    outcome: 'harness',
    cause: 'the monitor raised an alarm on key k1 at 1.000 s, but the history is linearizable',
  })
  expect(withAlarm(judged, quiet, '')).toBe(judged)
})
