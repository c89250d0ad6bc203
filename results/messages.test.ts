import { appendFileSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { exampleEnvironment, examplePlan, illegalRun, stuckRun, validRun, withMessages } from './examples.ts'
import { failureOf, isNear, isStoredMessage, nearest } from './messages.ts'
import { createRun, readRun } from './store.ts'

const at = (sentUs: number, receivedUs?: number) => ({ sentUs, ...(receivedUs === undefined ? {} : { receivedUs }) })

test('a run failed when the op was answered that could not be put in order', () => {
  const { outcome, events } = illegalRun()
  expect(failureOf(outcome, events, 20_000_000).timeUs).toBe(outcome!.anomaly!.blocked!.returnUs)
})

test('where no op is blocked, the last answer of the core counts', () => {
  const { outcome, events } = illegalRun()
  const { blocked: _, ...anomaly } = outcome!.anomaly!
  expect(failureOf({ ...outcome!, anomaly }, events, 20_000_000).timeUs).toBe(anomaly.core[2]!.returnUs)
})

test('a crash is the failure of a run that ended by it, and the end that of any other', () => {
  const { outcome } = validRun()
  const deaths = [
    { timeUs: 1_000, type: 'node-dead' as const, node: 'n1', wanted: true, how: 'SIGKILL' },
    { timeUs: 2_000, type: 'node-dead' as const, node: 'n2', wanted: false, how: 'gone' },
  ]
  expect(failureOf({ ...outcome!, outcome: 'node-crash' }, deaths, 9_000)).toEqual({ timeUs: 2_000, what: 'n2 died' })
  expect(failureOf(stuckRun().outcome, deaths, 9_000)).toEqual({ timeUs: 9_000, what: 'the end of the run' })
})

test.each([
  ['sent long before', at(7_999_999), false],
  ['sent 2 s before', at(8_000_000), true],
  ['sent long before, but held until it', at(1, 9_000_000), true],
  ['sent 0.2 s after', at(10_200_000, 10_300_000), true],
  ['sent later', at(10_200_001), false],
])('a message %s: kept %j', (_title, message, isKept) => {
  expect(isNear({ timeUs: 10_000_000, what: '' }, message)).toBe(isKept)
})

test('of too many messages the nearest are kept, in order, and rather those before the failure', () => {
  const messages = [at(100), at(200), at(300), at(400), at(500)]
  expect(nearest(messages, { timeUs: 300, what: '' }, 3)).toEqual([at(100), at(200), at(300)])
  const many = Array.from({ length: 6_000 }, (_, sentUs) => at(sentUs))
  const kept = nearest(many, { timeUs: 6_000, what: '' })
  expect(kept).toEqual(many.slice(-5_000))
})

test('a message that came late is as near as its arrival', () => {
  expect(nearest([at(0, 299), at(200)], { timeUs: 300, what: '' }, 1)).toEqual([at(0, 299)])
})

const whole = { sentUs: 1, from: 'n1', to: 'n2', type: 'vote-reply', term: 1, text: 'vote granted' }
test.each([
  [whole, true],
  [{ ...whole, receivedUs: 2 }, true],
  [{ ...whole, lost: 'reset', isHeartbeat: true }, true],
  [{ ...whole, sentUs: Number.POSITIVE_INFINITY }, false],
  [{ ...whole, receivedUs: '2' }, false],
  [{ ...whole, lost: 3 }, false],
  [{ ...whole, text: undefined }, false],
  ['text', false],
  [null, false],
])('%j is a message: %j', (value, isOne) => {
  expect(isStoredMessage(value)).toBe(isOne)
})

test('messages are read back as they were written, without lines that are damaged', () => {
  const root = mkdtempSync(join(tmpdir(), 'faultline-messages-'))
  try {
    const stored = createRun(root, 'run', { plan: examplePlan, environment: exampleEnvironment })
    expect(readRun(stored.dir)).not.toHaveProperty('messages')
    const { messages } = withMessages(illegalRun({ ops: 100 }))
    stored.writeMessages(messages!)
    const loaded = readRun(stored.dir)
    expect(loaded.messages).toEqual(messages)
    expect(loaded.files).toContain('messages.jsonl')
    appendFileSync(join(stored.dir, 'messages.jsonl'), '{"sentUs":"soon"}\n{"sen')
    const damaged = readRun(stored.dir)
    expect(damaged.messages).toEqual(messages)
    expect(damaged.notes).toEqual(
      expect.arrayContaining([
        'messages.jsonl: the last line is torn and was left out.',
        'messages.jsonl: 1 damaged line left out.',
      ]),
    )
  } finally {
    rmSync(root, { recursive: true })
  }
})
