import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { HistoryEvent } from './event.ts'
import { FormatError } from './format-error.ts'
import { Decoder, decode, encodeEvent, encodeHeader, type Header, readJsonl } from './jsonl.ts'
import { pairs } from './pairs.ts'
import { anEvent, script } from './script.fixture.ts'

const header: Header = { 'faultline-history': 1, workload: 'register', model: 'register', initial: null, seed: 'é' }
const events = script([
  { ...anEvent(1, 0, 'invoke', 'write', 'ü\n"'), key: 'k1', client: 0, node: 'n1' },
  { ...anEvent(2, 1, 'invoke', 'read'), key: 'k1' },
  { ...anEvent(3, 0, 'ok', 'write', { version: 1 }), key: 'k1' },
  { ...anEvent(4, 1, 'ok', 'read', { value: 'ü\n"', version: 1 }), key: 'k1' },
])
const lines = [encodeHeader(header), ...events.map(encodeEvent)]
const text = lines.join('')
const summed = { sum: expect.stringMatching(/^[0-9a-f]{8}$/) }

test('a line is JSON that ends in its checksum', () => {
  expect(encodeEvent(events[1] as HistoryEvent)).toBe(
    '{"index":1,"timeUs":2000,"process":1,"type":"invoke","f":"read","key":"k1","sum":"39b15c48"}\n',
  )
  expect(lines.map((line) => JSON.parse(line))).toEqual([header, ...events].map((value) => ({ ...value, ...summed })))
})

test('what was written is read again', () => {
  expect(decode(text)).toEqual({ header, events, notes: [] })
  expect(readJsonl(text)).toEqual({ events, model: 'register', initial: null, notes: [], header })
})

test('pieces may be cut anywhere', () => {
  fc.assert(
    fc.property(fc.array(fc.nat(text.length)), (cuts) => {
      const decoder = new Decoder()
      const ends = [...cuts.sort((a, b) => a - b), text.length]
      const found = ends.flatMap((end, i) => decoder.push(text.slice(ends[i - 1] ?? 0, end)))
      expect([...found, ...decoder.end().events]).toEqual(events)
    }),
    { numRuns: 100 },
  )
})

describe('a writer that died', () => {
  test('leaves a torn last line, which is dropped with a note, and its operation stays open', () => {
    const last = lines.at(-1) ?? ''
    for (let length = 1; length < last.length - 1; length++) {
      const torn = text.slice(0, -last.length) + last.slice(0, length)
      const found = decode(torn)
      expect(found.events).toEqual(events.slice(0, -1))
      expect(found.notes).toEqual(['line 5 was torn off and is left out'])
      expect(pairs(found.events).operations.map(({ id }) => id)).toEqual([0])
    }
  })

  test('may have left a last line, without its end, that is not what its checksum says', () => {
    const found = decode(text.slice(0, -1).replace(sumOf(4), '00000000'))
    expect(found).toMatchObject({ events: events.slice(0, -1), notes: ['line 5 was torn off and is left out'] })
  })

  test('may have lost only the end of its last line', () => {
    expect(decode(text.slice(0, -1))).toEqual({ header, events, notes: [] })
  })
})

/** The digits of a line's checksum, and where they begin. */
function sumOf(line: number): string {
  return /"sum":"(\w+)"/.exec(lines[line] ?? '')?.[1] ?? ''
}
function sumColumn(line: number): number {
  return (lines[line] ?? '').indexOf(sumOf(line)) + 1
}

const damages: Record<string, [text: string, message: RegExp]> = {
  'a changed value': [
    text.replace('"version":1', '"version":7'),
    new RegExp(`^line 4, column ${sumColumn(3)}: the checksum is ${sumOf(3)}, but the line's is [0-9a-f]{8}: `),
  ],
  'a changed checksum': [
    text.replace(sumOf(1), '00000000'),
    new RegExp(`^line 2, column ${sumColumn(1)}: the checksum is 00000000, but the line's is ${sumOf(1)}: `),
  ],
  'a checksum that is none': [
    text.replace(sumOf(1), 'ABCDEFGH'),
    new RegExp(`^line 2, column ${lines[1]?.length}: the line has no checksum`),
  ],
  'a broken line in the middle': [text.replace('"process":1,', '"process":1'), /^line 3, column 37: this is not JSON/],
  'a missing line': [
    [...lines.slice(0, 2), ...lines.slice(3)].join(''),
    /^line 3, column 1: event 2 stands where 1 should/,
  ],
  'a line without a checksum': [
    text.replace(/,"sum":"[0-9a-f]+"\}\n$/, '}\n'),
    new RegExp(`^line 5, column ${(lines[4]?.length ?? 0) - ',"sum":"01234567"'.length}: the line has no checksum`),
  ],
  'no header': [lines.slice(1).join(''), /^line 1, column 1: a history begins with its header/],
  'nothing at all': ['', /^line 1, column 1: the header of the history is missing/],
  'a later version': [encodeLike({ ...header, 'faultline-history': 2 }), /version 2 of the format is not known/],
  'an event that is none': [lines[0] + encodeLike({ index: 0 }), /^line 2, column 1: an event needs/],
  'an event whose function is none': [
    lines[0] + encodeLike({ index: 0, timeUs: 0, process: 0, type: 'invoke', f: 1 }),
    /^line 2, column 1: an event needs/,
  ],
}

test.each(Object.entries(damages))('%s is an error with its place, never a history', (_, [damaged, message]) => {
  expect(() => decode(damaged)).toThrow(FormatError)
  expect(() => decode(damaged)).toThrow(message)
})

test('no single changed byte before the last line goes unnoticed', () => {
  const lastStart = text.length - (lines.at(-1) ?? '').length
  fc.assert(
    fc.property(fc.nat(lastStart - 1), fc.constantFrom('0', '9', 'x', '"', '}', ' '), (at, char) => {
      if (text[at] === char) return
      expect(() => decode(text.slice(0, at) + char + text.slice(at + 1))).toThrow(FormatError)
    }),
    { numRuns: 300 },
  )
})

test('a model that nobody knows is an error', () => {
  expect(() => readJsonl(encodeHeader({ ...header, model: 'queue' }))).toThrow('no model is called "queue"')
})

/** A line with a right checksum, whatever it holds. */
function encodeLike(value: object): string {
  return encodeHeader(value as Header)
}
