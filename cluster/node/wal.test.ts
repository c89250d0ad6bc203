import { expect, test } from 'vitest'
import { decodeWalRecord, encodeWalRecord, frame, parse, type WalRecord } from './wal.ts'

const records: WalRecord[] = [
  { type: 'hard-state', hardState: { term: 3, vote: undefined } },
  { type: 'hard-state', hardState: { term: 4, vote: 'n2' } },
  { type: 'entry', entry: { index: 1, term: 4, kind: 'noop', payload: '' } },
  { type: 'entry', entry: { index: 2, term: 4, kind: 'command', payload: '{"f":"write","key":"é","value":1}' } },
]

test('a record reads back as it was written', () => {
  const { records: texts } = parse(frame(records.map(encodeWalRecord)), 'wal')
  expect(texts.map(decodeWalRecord)).toEqual(records)
})

test('a log cut at any byte gives the whole records before the cut, and says where the torn one begins', () => {
  const texts = records.map(encodeWalRecord)
  const bytes = frame(texts)
  const ends = texts.map((_text, at) => frame(texts.slice(0, at + 1)).length)
  for (let cut = 0; cut <= bytes.length; cut++) {
    const whole = ends.filter((end) => end <= cut).length
    expect(parse(bytes.subarray(0, cut), 'wal')).toEqual({
      records: texts.slice(0, whole),
      goodBytes: ends[whole - 1] ?? 0,
    })
  }
})

test('a flipped bit before the last record is damage, not a torn tail', () => {
  const bytes = frame(records.map(encodeWalRecord))
  const lastStart = frame(records.slice(0, -1).map(encodeWalRecord)).length
  for (let at = 0; at < lastStart; at++) {
    for (let bit = 0; bit < 8; bit++) {
      const damaged = bytes.slice()
      damaged[at] = damaged[at]! ^ (1 << bit)
      expect(tryParse(damaged), `byte ${at}, bit ${bit}`).toBe('damage')
    }
  }
  const damaged = bytes.slice()
  damaged[10] = damaged[10]! ^ 1
  expect(() => parse(damaged, 'wal-7')).toThrow('wal-7: the record at byte 0 does not match its checksum')
})

test('a flipped length that reaches just the end of the file is damage too', () => {
  const bytes = frame(['x'.repeat(32), 'y'.repeat(56)])
  bytes[3] = bytes[3]! ^ 64
  expect(() => parse(bytes, 'wal-3')).toThrow('wal-3: the record at byte 0 does not match its checksum')
})

test('zeros behind the last record count as torn: some file systems leave them after a crash', () => {
  const bytes = frame(records.map(encodeWalRecord))
  const padded = new Uint8Array(bytes.length + 100)
  padded.set(bytes)
  expect(parse(padded, 'wal').goodBytes).toBe(bytes.length)
})

function tryParse(bytes: Uint8Array): number | 'damage' {
  try {
    return parse(bytes, 'wal').records.length
  } catch {
    return 'damage'
  }
}
