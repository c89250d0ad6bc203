import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { afterAll, expect, test } from 'vitest'
import { writeColumns } from '../results/columns.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { DamagedHistory, historyFile, readRecorded, refusing } from './recorded-history.ts'

const fixture = join(import.meta.dirname, '..', 'checker', 'fixtures', 'illegal-stale-read.jsonl')
const dir = mkdtempSync(join(tmpdir(), 'faultline-recorded-'))
afterAll(() => rmSync(dir, { recursive: true }))

const quick = { columnsDo: () => true }
const jepsen = '{:process 1, :type :invoke, :f :write, :value 2}\n{:process 1, :type :ok, :f :write, :value 2}\n'

test('a history of our own is read as columns, any other as events', () => {
  expect(readRecorded(fixture, quick)).toMatchObject({ columns: { length: 3 }, notes: [] })
  const other = join(dir, 'other.edn')
  writeFileSync(other, jepsen)
  for (const options of [quick, { format: 'jepsen' }] as const) {
    const recorded = readRecorded(other, options)
    expect(recorded).toMatchObject({ format: 'jepsen', model: 'cas-register', notes: [] })
    expect(recorded).toHaveProperty('events.length', 2)
  }
})

test('columns are made only for those for whom they do', () => {
  for (const options of [{}, { columnsDo: () => false }]) {
    const recorded = readRecorded(fixture, options)
    expect(recorded).toMatchObject({ format: 'faultline', model: 'register' })
    expect(recorded).toHaveProperty('events.length', 6)
  }
})

test('a torn history is read by the ordinary reader, which says what is missing', () => {
  const torn = join(dir, 'torn.jsonl')
  writeFileSync(torn, readFileSync(fixture).subarray(0, -9))
  expect(readRecorded(torn, quick)).toMatchObject({ notes: ['line 7 was torn off and is left out'] })
})

test('the columns beside a run’s history are used while they belong to it, else a note says that they were not', () => {
  const run = join(dir, 'run')
  mkdirSync(run)
  const file = join(run, 'history.jsonl')
  writeFileSync(file, readFileSync(fixture))
  expect(historyFile(run)).toBe(file)
  writeColumns(run, 0)
  const both = { columns: { length: 3 }, notes: [] }
  expect(readRecorded(file, quick)).toMatchObject(both)
  appendFileSync(file, 'x')
  expect(readRecorded(file, quick).notes).toEqual([
    'history.columns was not used: history.jsonl has changed since it was made',
    'line 8 was torn off and is left out',
  ])
})

test('a file that is not there, that looks like nothing, or that is damaged is a usage error', () => {
  const garbage = join(dir, 'garbage')
  writeFileSync(garbage, '\u0000 not a history')
  const bent = join(dir, 'bent.jsonl')
  writeFileSync(bent, readFileSync(fixture, 'utf8').replace('"timeUs":', '"timeUs":9'))
  const messageOf = (run: () => unknown) => {
    try {
      return run()
    } catch (error) {
      expect(error).toBeInstanceOf(UsageError)
      return String(error)
    }
  }
  expect(messageOf(() => historyFile(join(dir, 'nowhere')))).toContain('no such file')
  expect(messageOf(() => historyFile(dir))).toContain('no history.jsonl in it')
  expect(messageOf(() => readRecorded(garbage, {}))).toContain('looks like none of the formats')
  expect(messageOf(() => readRecorded(bent, {}))).toContain('the checksum is')
})

test('what is compressed is unpacked, and bytes that are no text are damage', () => {
  const packed = join(dir, 'packed.edn.gz')
  writeFileSync(packed, gzipSync(jepsen))
  expect(readRecorded(packed, {})).toMatchObject({ format: 'jepsen', events: { length: 2 } })
  writeFileSync(packed, gzipSync(jepsen).subarray(0, -9))
  expect(() => readRecorded(packed, {})).toThrow('unexpected end of file')
  const odd = join(dir, 'odd.edn')
  for (const [bytes, message] of [
    [Buffer.from('[0 :invoke :write "\xfc"]', 'latin1'), 'line 1, column 20: this is no UTF-8'],
    [Buffer.from('\ufeff[0 :invoke', 'utf16le'), 'this is UTF-16; UTF-8 was expected'],
    [Buffer.from(''), 'looks like none of the formats'],
  ] as const) {
    writeFileSync(odd, bytes)
    expect(() => readRecorded(odd, {})).toThrow(DamagedHistory)
    expect(() => readRecorded(odd, {})).toThrow(message)
  }
})

test('damage knows its place; what is not the fault of the history is no damage', () => {
  const file = join(dir, 'open.edn')
  writeFileSync(file, `${jepsen}{:process 1`)
  const damage = { line: 3, column: 1, message: expect.stringMatching(/^line 3, column 1: /) }
  expect(() => readRecorded(file, {})).toThrow(expect.objectContaining({ name: 'DamagedHistory', damage }))
  expect(() => readRecorded(dir, {})).toThrow(DamagedHistory)
  const bug = () => {
    throw new TypeError('a defect of ours')
  }
  expect(() => refusing(file, undefined, bug)).toThrow(TypeError)
})
