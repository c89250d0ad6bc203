/** The quick reader against the ordinary one, which it must never contradict. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { encodeEvent, encodeHeader, HistoryError, type HistoryEvent, type Json, pairs } from '../formats/index.ts'
import { decode } from '../formats/jsonl.ts'
import { columnsOf, Rows } from './columns-of.ts'
import { columnsFromJsonl } from './from-jsonl.ts'
import { randomEvents } from './random-events.fixture.ts'

const header = encodeHeader({ 'faultline-history': 1, workload: 'register', model: 'cas-register', initial: 'é' })
const encoder = new TextEncoder()
const bytesOf = (events: readonly HistoryEvent[]) => encoder.encode(header + events.map(encodeEvent).join(''))
const values = fc.oneof(
  fc.constantFrom<Json>(
    null,
    true,
    false,
    0,
    -0,
    1,
    '1',
    '',
    'a"\\\n',
    'ü✓💥',
    '\ud800',
    1.5,
    -3,
    1e21,
    2 ** 53,
    '\ufeffx',
  ),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.string({ unit: 'binary' }),
)
const everything = randomEvents({
  values,
  functions: ['read', 'write', 'delete', 'cas', 'append'],
  hasVersions: true,
  most: 12,
})
const byId = (a: { id: number }, b: { id: number }) => a.id - b.id

function ordinary(events: readonly HistoryEvent[]) {
  const { operations, failed } = pairs(events)
  return { operations, failed: failed.toSorted(byId) }
}

test('whatever it reads, it reads as the ordinary reader does', () => {
  let read = 0
  fc.assert(
    fc.property(everything, (events) => {
      const columns = columnsFromJsonl(bytesOf(events))
      if (columns === undefined) return
      read++
      const recorded = decode(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytesOf(events))).events
      expect(new Rows(columns).all()).toEqual(ordinary(recorded))
      expect(new Rows(columns).initial).toBe('é')
      const again = columnsOf({ model: 'cas-register', initial: 'é', ...pairs(recorded) })
      expect(again && new Rows(again).all()).toEqual(ordinary(recorded))
    }),
    { numRuns: 1500, seed: 1 },
  )
  expect(read).toBeGreaterThan(700)
})

const event: HistoryEvent = { index: 0, timeUs: 5, process: 0, type: 'invoke', f: 'write', key: 'k', value: 1 }
const ok: HistoryEvent = { ...event, index: 1, timeUs: 9, type: 'ok', output: { version: 1 } }
const read: HistoryEvent = { index: 2, timeUs: 9, process: 0, type: 'invoke', f: 'read', key: 'k' }

test.each<[string, readonly object[]]>([
  ['an op that is completed twice', [event, ok, { ...ok, index: 2 }]],
  ['an op that begins while another is open', [event, { ...event, index: 1 }]],
  ['a process that goes on after an info', [event, { ...ok, type: 'info' }, { ...event, index: 2, timeUs: 10 }]],
  ['a completion of something else', [event, { ...ok, f: 'read' }]],
  ['a completion of another key', [event, { ...ok, key: 'other' }]],
  ['an end before the beginning', [event, { ...ok, timeUs: 4 }]],
  ['an index that is left out', [event, { ...ok, index: 2 }]],
  ['a function that nobody knows', [{ ...event, f: 'push' }]],
  ['a write of a list', [{ ...event, value: [1, 2] }]],
  ['a write of nothing', [{ ...event, value: undefined }]],
  ['an append of a number', [{ ...event, f: 'append' }]],
  ['a compare-and-set of one value', [{ ...event, f: 'cas' }]],
  [
    'a compare-and-set that does not say whether it swapped',
    [
      { ...event, f: 'cas', value: [1, 2] },
      { ...ok, f: 'cas', value: [1, 2], output: {} },
    ],
  ],
  ['a process that is no whole number', [{ ...event, process: 0.5 }]],
  ['a version that is no whole number', [event, { ...ok, output: { version: 1.5 } }]],
])('%s is left to the ordinary reader', (_title, events) => {
  expect(columnsFromJsonl(bytesOf(events as HistoryEvent[]))).toBeUndefined()
})

test('fields in another order, white space and unknown fields are left to it, or read alike', () => {
  const { type, ...rest } = event
  const columns = columnsFromJsonl(bytesOf([{ type, ...rest }, ok]))
  expect(columns && new Rows(columns).all()).toEqual(ordinary([event, ok]))
  expect(columnsFromJsonl(bytesOf([{ ...event, more: 1 } as HistoryEvent]))).toBeUndefined()
})

describe('damage', () => {
  const bytes = bytesOf([event, ok, read, { ...read, index: 3, timeUs: 12, type: 'ok', output: { value: 'ä"' } }])
  const whole = columnsFromJsonl(bytes)

  test('of any byte is noticed', () => {
    expect(whole?.length).toBe(2)
    for (let at = 0; at < bytes.length - 1; at++) {
      for (const change of [1, 2, 0x20, 0x80]) {
        const damaged = bytes.slice()
        damaged[at]! ^= change
        expect(columnsFromJsonl(damaged), `byte ${at}`).toBeUndefined()
      }
    }
  })

  test('of a torn end is noticed, but for the line break', () => {
    for (let length = 0; length < bytes.length - 1; length++) {
      // Whole lines are a shorter history.
      if (bytes[length - 1] === 0x0a || bytes[length] === 0x0a) continue
      expect(columnsFromJsonl(bytes.slice(0, length)), `${length} bytes`).toBeUndefined()
    }
    expect(columnsFromJsonl(bytes.slice(0, -1))).toEqual(whole)
  })
})

test('what the ordinary reader refuses, it refuses', () => {
  const odd = fc.array(
    fc.record({ index: fc.nat(3), process: fc.nat(1), type: fc.constantFrom('invoke', 'ok', 'info') }),
    { maxLength: 4 },
  )
  let refused = 0
  fc.assert(
    fc.property(odd, (drafts) => {
      const events = drafts.map(
        (draft, index) => ({ ...event, ...draft, index, timeUs: index, output: {} }) as HistoryEvent,
      )
      try {
        pairs(events)
      } catch (error) {
        expect(error).toBeInstanceOf(HistoryError)
        refused++
        expect(columnsFromJsonl(bytesOf(events))).toBeUndefined()
      }
    }),
    { numRuns: 300, seed: 2 },
  )
  expect(refused).toBeGreaterThan(50)
})
