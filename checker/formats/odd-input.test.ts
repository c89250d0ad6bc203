/** What becomes of files that are not what they should be: an error with its place, and never a verdict. */
import { gzipSync } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { columnsFromJsonl } from '../columns/from-jsonl.ts'
import { crc32 } from './crc32.ts'
import type { Json } from './event.ts'
import { FormatError } from './format-error.ts'
import { eventPairs } from './go-operations.ts'
import { readHistory } from './guess.ts'
import { decode, encodeEvent, encodeHeader } from './jsonl.ts'
import { pairs } from './pairs.ts'
import { anEvent } from './script.fixture.ts'
import { textOf } from './text.ts'

const bytes = (text: string) => new TextEncoder().encode(text)
const joined = (...parts: readonly (string | readonly number[])[]) =>
  Uint8Array.from(parts.flatMap((part) => (typeof part === 'string' ? [...bytes(part)] : [...part])))

describe('bytes', () => {
  test.each([
    ['a byte that begins no character', joined('ab\nü\ufffdc', [0xff], 'd'), 'line 2, column 4: this is no UTF-8'],
    ['a character that is torn off', joined('abc', [0xc3]), 'line 1, column 4: this is no UTF-8'],
    ['half a pair of surrogates', joined('\n\n', [0xed, 0xa0, 0x80]), 'line 3, column 1: this is no UTF-8'],
    ['UTF-16', joined([0xff, 0xfe], 'a'), 'line 1, column 1: this is UTF-16; UTF-8 was expected'],
    ['gzip', gzipSync('x'), 'line 1, column 1: this is compressed by gzip; unpack it first'],
  ])('with %s are no text', (_, given, message) => {
    expect(() => textOf(given)).toThrow(new FormatError(message.replace(/^.*?: /, ''), ...placeOf(message)))
  })

  test('may begin with a mark, and are read as they are else', () => {
    expect(textOf(joined([0xef, 0xbb, 0xbf], 'aü\u2028\ufffd'))).toBe('aü\u2028\ufffd')
    expect(textOf(joined())).toBe('')
  })
})

function placeOf(message: string): [number, number] {
  const [, line, column] = /line (\d+), column (\d+)/.exec(message) ?? []
  return [Number(line), Number(column)]
}

const header = { 'faultline-history': 1, workload: 'w', model: 'register' } as const
const ours = [
  encodeHeader(header),
  encodeEvent({ ...anEvent(1, 0, 'invoke', 'write', 5), index: 0 }),
  encodeEvent({ ...anEvent(2, 0, 'ok', 'write', {}), index: 1 }),
].join('')

describe('our own format', () => {
  test('may have gone through programs that change the ends of lines or mark the beginning', () => {
    const changed = `\ufeff${ours.replaceAll('\n', '\r\n')}`
    expect(readHistory(changed)).toEqual(readHistory(ours))
    expect(readHistory(changed.slice(0, -1))).toEqual(readHistory(ours))
    expect(decode(changed.slice(0, -2)).notes).toEqual([])
    expect(decode(changed.slice(0, -5)).notes).toEqual(['line 3 was torn off and is left out'])
  })

  test.each(['9007199254740993', '1e999', '-1E+400', '1e-400'])(
    'may hold no number that a double does not: %s',
    (number) => {
      const body = `{"index":1,"timeUs":2,"process":0,"type":"ok","f":"read","output":{"value":${number}}}`
      const line = `${body.slice(0, -1)},"sum":"${crc32(body)}"}\n`
      const text = `${encodeHeader(header)}${encodeEvent({ ...anEvent(1, 0, 'invoke', 'read'), index: 0 })}${line}`
      expect(() => readHistory(text)).toThrow(`line 3, column 76: ${number} is too large to be kept exactly`)
      expect(columnsFromJsonl(bytes(text))).toBeUndefined()
      for (const value of [0.1234567890123456, 1e300, 5e-324]) {
        const exact = { ...anEvent(2, 0, 'ok', 'read', { value }), index: 1 }
        expect(decode(text.replace(line, encodeEvent(exact))).events[1]).toEqual(exact)
      }
    },
  )
})

const etcd = (line: string) => `INFO  jepsen.util - 0\t:invoke\t:read\tnil\n${line}`
const damaged: readonly [title: string, text: string, message: string][] = [
  [
    'a field of an op',
    '{"process":0,"type":"invoke","f":"read","process":1}',
    'line 1, column 41: "process" is there twice',
  ],
  ['a field of a value', '{"process":0,"type":"ok","f":"read","value":{"a":1,"a":2}}', '"a" is there twice'],
  [
    'one of many fields',
    `{"process":0,"type":"ok",${Array.from({ length: 20 }, (_, i) => `"x${i}":1`).join(',')},"x19":2}`,
    '"x19" is there twice',
  ],
  [
    'an operation that returns before its call',
    '{"ClientId":0,"Input":{"f":"read"},"Call":5,"Output":{},"Return":4}',
    'line 1, column 1: the operation has a Return before its Call',
  ],
  [
    'a client below 0',
    '{"ClientId":-1,"Input":{"f":"read"},"Call":5,"Output":{},"Return":6}',
    'ClientId should be a whole number from 0 on',
  ],
  [
    'a time that is a text',
    '{"process":0,"type":"ok","f":"read","time":"1"}',
    'line 1, column 44: time should be a number',
  ],
  ['a process below 0', '{"process":-1,"type":"ok","f":"read"}', 'process should be a number from 0 on'],
  ['a place with a fraction', '{"process":0,"type":"ok","f":"read","index":1.5}', 'index should be a whole number'],
  [
    'a number in a log that would be rounded',
    etcd('INFO  jepsen.util - 0\t:ok\t:read\t9007199254740993'),
    'line 2, column 33: 9007199254740993 is too large',
  ],
  [
    'a process in a log that would be rounded',
    etcd('INFO  jepsen.util - 9007199254740993\t:invoke\t:read\tnil'),
    'line 2, column 21: 9007199254740993 is no number of a process',
  ],
  [
    'a process with a fraction',
    '{:process 0.5, :type :invoke, :f :get, :key "k", :value nil}',
    ':process should be a whole number',
  ],
]

test.each(damaged)('%s is an error with its place', (_, text, message) => {
  expect(() => readHistory(text)).toThrow(FormatError)
  expect(() => readHistory(text)).toThrow(message)
})

const repeated: readonly [f: string, asked: Json, answered: Json, isSame: boolean][] = [
  ['write', 3, 3, true],
  ['write', 3, 4, false],
  ['write', 3, null, false],
  ['write', 3, [3, 3], false],
  ['append', 'a', 'b', false],
  ['cas', [1, 2], [1, 2], true],
  ['cas', [1, 2], [1, 3], false],
  ['cas', [1, 2], 1, false],
]

test.each(repeated)('%s of %j that is answered as one of %j: whether that fits is %s', (f, asked, answered, isSame) => {
  const output = f === 'cas' ? { swapped: true } : {}
  const events = [
    { ...anEvent(1, 0, 'invoke', f, asked), index: 0 },
    { ...anEvent(2, 0, 'ok', f, output), index: 1, value: answered },
  ]
  const text = [encodeHeader({ ...header, model: 'cas-register' }), ...events.map(encodeEvent)].join('')
  expect(columnsFromJsonl(bytes(text)) !== undefined).toBe(isSame)
  const read = () => pairs(readHistory(text).events).operations.length
  if (isSame) expect(read()).toBe(1)
  else
    expect(read).toThrow(`event 1: ${f} of ${JSON.stringify(asked)} is answered as one of ${JSON.stringify(answered)}`)
})

test('a text without any event of the format that it is said to have is no empty history', () => {
  expect(() => readHistory('hello\nworld\n', 'etcd-log')).toThrow('no line of it is an event of an etcd log')
  expect(readHistory('', 'etcd-log').events).toEqual([])
})

test('operations of Go fit together whatever their order, also where clients end and begin at one moment', () => {
  const operation = fc.record({ client: fc.nat(1), call: fc.nat(4), length: fc.nat(2), isOpen: fc.boolean() })
  fc.assert(
    fc.property(fc.array(operation, { maxLength: 8 }), (drafts) => {
      const given = drafts.map(({ client, call, length, isOpen }, at) => ({
        at,
        client,
        input: null,
        output: {} as Json,
        call: BigInt(call),
        return: isOpen ? undefined : BigInt(call + length),
        metadata: null,
        said: {
          f: 'write',
          value: at,
          end: isOpen ? ({ type: 'open' } as const) : ({ type: 'ok', output: {} } as const),
        },
      }))
      const events = eventPairs(given)
        .flatMap(({ invocation, completion }) => (completion === undefined ? [invocation] : [invocation, completion]))
        .sort((a, b) => a.index - b.index)
      const times = pairs(events).operations.map(({ input, call, return: end }) => ({ input, call, end }))
      expect(
        times.toSorted(
          (a, b) => Number('value' in a.input && a.input.value) - Number('value' in b.input && b.input.value),
        ),
      ).toEqual(
        given.map(({ call, return: end, said: { value } }) => ({
          input: { f: 'write', value },
          call: Number(call) / 1000,
          end: end === undefined ? Number.POSITIVE_INFINITY : Number(end) / 1000,
        })),
      )
    }),
    { numRuns: 500 },
  )
})
