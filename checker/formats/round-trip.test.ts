/** What goes through another format and back. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryEvent } from './event.ts'
import { type FormatName, guessFormat, readHistory } from './guess.ts'
import { histories } from './histories.fixture.ts'
import type { History } from './history.ts'
import { encodeHeader } from './jsonl.ts'
import { writers } from './writers.ts'

const anyValue = fc.oneof(
  fc.constant(null),
  fc.boolean(),
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((each) => (Object.is(each, -0) ? 0 : each)),
  fc.string({ unit: 'grapheme', maxLength: 5 }),
  fc.constantFrom(':a', 'a b', '', '-1', 'nil', '</script>', '\ud800'),
)
const ours = histories({
  functions: ['read', 'write', 'delete', 'append', 'cas'],
  values: anyValue,
  keys: fc.constantFrom('x', 'k 2', '', '"', '7'),
})
const mixed = histories({
  functions: ['read', 'write', 'cas'],
  values: fc.oneof(
    anyValue,
    fc.jsonValue({ maxDepth: 2 }).map((each) => JSON.parse(JSON.stringify(each))),
  ),
  keys: fc.constantFrom('x', undefined),
})
const header = { 'faultline-history': 1, workload: 'w', model: 'append-kv', initial: 'é', seed: 7 } as const

function historyOf(events: readonly HistoryEvent[]): History {
  return { events, model: header.model, initial: header.initial, notes: [], header }
}

describe.each<FormatName>(['jepsen', 'jepsen-json', 'porcupine', 'faultline'])('our own history as %s', (format) => {
  test.each([
    ['with keys', ours],
    ['with keys here and there, and values of any kind', mixed],
  ])('%s comes back as it was', (_, generator) => {
    fc.assert(
      fc.property(generator, (events) => {
        const text = writers[format](historyOf(events))
        const back = readHistory(text, format)
        expect(back.events).toEqual(events)
        // Without an op there is no place for a header.
        if (events.length > 0) expect(back).toEqual(historyOf(events))
        if (events.length > 0) expect(guessFormat(text)).toBe(format)
      }),
      { numRuns: 100 },
    )
  })

  test('keeps fractions of a nanosecond, fields that are unknown, and indexes with gaps', () => {
    const events: HistoryEvent[] = [
      {
        index: 3,
        timeUs: 0.1234567,
        process: 1,
        type: 'invoke',
        f: 'enqueue',
        value: { a: [1] },
        extra: { deep: { b: null } },
      },
      { index: 9, timeUs: 1e13 / 7, process: 1, type: 'ok', f: 'enqueue', output: null },
    ]
    const kept = format === 'faultline' ? events.map((event, index) => ({ ...event, index })) : events
    expect(readHistory(writers[format](historyOf(events)), format).events).toEqual(kept)
  })
})

describe.each<[FormatName, fc.Arbitrary<readonly HistoryEvent[]>]>([
  [
    'kv-text',
    histories({ functions: ['read', 'write', 'append'], values: fc.string(), keys: fc.string(), isPlain: true }),
  ],
  [
    'etcd-log',
    histories({
      functions: ['read', 'write', 'cas'],
      values: fc.integer(),
      keys: fc.constant(undefined),
      isPlain: true,
    }),
  ],
  [
    'etcd-operations',
    histories({ functions: ['read', 'write', 'delete'], values: fc.string(), keys: fc.string(), isPlain: true }),
  ],
])('a history that %s has words for', (format, generator) => {
  test('comes back as it was, but for the times that the format has no place for', () => {
    const bare = ({ index: _, timeUs: __, value, ...rest }: HistoryEvent) => ({
      ...rest,
      ...(value === undefined || (format === 'etcd-operations' && rest.type !== 'invoke') ? {} : { value }),
    })
    fc.assert(
      fc.property(generator, (events) => {
        const back = readHistory(writers[format](historyOf(events)), format)
        expect(back.events.map(bare)).toEqual(spread(events, format).map(bare))
      }),
      { numRuns: 100 },
    )
  })
})

/** What is kept as operations comes back in the order of times, equal ones in the order of their calls. */
function spread(events: readonly HistoryEvent[], format: FormatName): readonly HistoryEvent[] {
  if (format !== 'etcd-operations') return events
  const calls = events.filter(({ type }) => type === 'invoke')
  const paired = calls.flatMap((call) => {
    const end = events.find(({ index, process }) => index > call.index && process === call.process)
    return end === undefined ? [call] : [call, end]
  })
  return paired.sort((a, b) => a.timeUs - b.timeUs)
}

const unwritable: readonly [FormatName, Partial<HistoryEvent>, string][] = [
  ['etcd-log', { key: 'x', f: 'read' }, 'event 0 can not be written as an etcd log: it has a key'],
  ['etcd-log', { f: 'write', value: 'a' }, 'an etcd log: "a" is no whole number'],
  ['kv-text', { f: 'cas', value: [1, 2] }, 'key-value text: there is no cas'],
  ['kv-text', { f: 'read' }, 'key-value text: it has no key'],
  ['etcd-operations', { f: 'cas', value: ['a', 'b'] }, 'etcd operations: there is no cas'],
  ['etcd-operations', { f: 'write', value: 3 }, 'etcd operations: its value is 3, not a text'],
]

test.each(unwritable)('%s refuses %j', (format, event, message) => {
  const whole = { index: 0, timeUs: 0, process: 0, type: 'invoke', f: 'read', ...event } as const
  expect(() => writers[format](historyOf([whole]))).toThrow(message)
})

const data = process.env.FAULTLINE_DATA ?? join(import.meta.dirname, '../../../shared/data')
const folders = ['knossos/cas-register/good', 'knossos/cas-register/bad', 'porcupine/kv', 'porcupine/etcd']

describe.skipIf(!existsSync(data))('recorded histories (skipped where FAULTLINE_DATA has none)', () => {
  test.each(folders)('%s: each comes back from its own format and from ours', (folder) => {
    for (const file of existsSync(data) ? readdirSync(join(data, folder)) : []) {
      const text = readFileSync(join(data, folder, file), 'utf8')
      const format = guessFormat(text)
      if (format === undefined) throw new Error(`${file} looks like no format`)
      const { events, model, initial } = readHistory(text)
      for (const through of [format, 'faultline', 'jepsen', 'porcupine'] as const) {
        const written = writers[through](readHistory(text))
        const back = readHistory(written, through)
        expect(back.events.map((event, index) => ({ ...event, index }))).toEqual(
          events.map((event, index) => ({ ...event, index })),
        )
        if (through === format || through === 'faultline') expect(back).toMatchObject({ model, initial })
      }
    }
  })
})

test('a header is kept where only a header is', () => {
  expect(readHistory(writers.faultline(historyOf([])))).toEqual(historyOf([]))
  expect(encodeHeader(header)).toBe(writers.faultline(historyOf([])))
})
