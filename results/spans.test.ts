import type { HistoryEvent } from 'porcupine-ts/formats'
import { expect, test } from 'vitest'
import { actorOf, describe as describeOp, endsOf, shownOperation, spansOf } from './spans.ts'

type Fields = Omit<HistoryEvent, 'index' | 'timeUs' | 'process' | 'type'>

const read: Fields = { f: 'read', key: 'k' }
const cas: Fields = { f: 'cas', key: 'k', value: [3, 4] }
const texts: [asked: Fields, end: Partial<HistoryEvent> | undefined, text: string][] = [
  [read, { type: 'ok', output: { value: 7, version: 12 } }, 'read: 7 (version 12)'],
  [read, { type: 'ok', output: { value: null } }, 'read: absent'],
  [read, { type: 'ok', output: { value: 'a' } }, 'read: "a"'],
  [read, undefined, 'read: no answer'],
  [{ f: 'write', value: 3 }, { type: 'ok', output: { version: 4 } }, 'write 3: ok (version 4)'],
  [{ f: 'write', value: 3 }, { type: 'fail', error: 'connection refused' }, 'write 3: failed, connection refused'],
  [{ f: 'write', value: 3 }, { type: 'info', error: 'time-out' }, 'write 3: no answer (time-out)'],
  [{ f: 'delete' }, { type: 'ok', output: {} }, 'delete: ok'],
  [cas, { type: 'ok', output: { swapped: true, version: 12 } }, 'cas 3 → 4: swapped (version 12)'],
  [cas, { type: 'ok', output: { swapped: false, found: 7, version: 12 } }, 'cas 3 → 4: found 7 (version 12)'],
  [cas, { type: 'ok', output: { swapped: false, found: null } }, 'cas 3 → 4: found absent'],
  [cas, { type: 'ok', output: { swapped: false } }, 'cas 3 → 4: refused'],
  [{ f: 'cas', value: [null, 4] }, undefined, 'cas absent → 4: no answer'],
  [read, { type: 'ok', output: { value: `${'x'.repeat(60)}END` } }, `read: "${'x'.repeat(19)}…${'x'.repeat(21)}END"`],
]

test.each(texts)('%j ended by %j reads as %s', (asked, end, text) => {
  const invoke: HistoryEvent = { index: 0, timeUs: 0, process: 1, type: 'invoke', ...asked }
  expect(describeOp(invoke, end && { ...invoke, type: 'ok', ...end })).toBe(text)
})

const event = (type: HistoryEvent['type'], process: number, timeUs: number, more: Partial<HistoryEvent> = {}) => ({
  index: 0,
  type,
  process,
  timeUs,
  f: 'read',
  ...more,
})

test('ops are paired by process, stay in the order of their calls, and open ones are indeterminate', () => {
  const history = [
    event('invoke', 0, 10),
    event('invoke', 1, 20, { client: 7, node: 'n2', key: 'k' }),
    event('ok', 1, 30, { output: { value: 1 } }),
    event('ok', 9, 31),
    event('invoke', 1, 40),
    event('fail', 1, 50),
  ]
  expect(spansOf(history)).toEqual([
    { process: 0, f: 'read', text: 'read: no answer', outcome: 'info', callUs: 10 },
    {
      process: 1,
      client: 7,
      node: 'n2',
      key: 'k',
      f: 'read',
      text: 'read: 1',
      outcome: 'ok',
      callUs: 20,
      endUs: 30,
    },
    { process: 1, f: 'read', text: 'read: failed', outcome: 'fail', callUs: 40, endUs: 50 },
  ])
  expect(endsOf(history)).toEqual(
    spansOf(history).map(({ outcome, key }) => ({ outcome, ...(key === undefined ? {} : { key }) })),
  )
})

test('an op that the client gave up is shown as one that never returned', () => {
  const invoke = event('invoke', 3, 10)
  expect(shownOperation(invoke, event('info', 3, 99, { error: 'time-out' }))).toEqual({
    process: 3,
    f: 'read',
    text: 'read: no answer (time-out)',
    callUs: 10,
  })
  expect(shownOperation(invoke, event('ok', 3, 99)).returnUs).toBe(99)
})

test('people see clients where they are known, else processes', () => {
  expect([actorOf({ process: 13, client: 3 }), actorOf({ process: 13 })]).toEqual(['c3', 'p13'])
})
