import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeEvent, encodeHeader, type HistoryEvent } from 'porcupine-ts/formats'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { columnsFile, readColumns, writeColumns } from './columns.ts'
import { exampleEnvironment as environment, illegalRun, examplePlan as plan } from './examples.ts'
import { createRun } from './store.ts'

const header = { 'faultline-history': 1, workload: 'register', model: 'register' } as const
const begin = { index: 0, timeUs: 10, process: 0, type: 'invoke', f: 'write', key: 'k', value: 'ä' } as const
const events: readonly HistoryEvent[] = [begin, { ...begin, index: 1, timeUs: 20, type: 'ok', output: { version: 1 } }]

let dir = ''
let history = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultline-columns-'))
  history = join(dir, 'history.jsonl')
  writeFileSync(history, [encodeHeader(header), ...events.map(encodeEvent)].join(''))
})
afterEach(() => rmSync(dir, { recursive: true }))

test('columns are read as long as their history is what they were made from', () => {
  expect(readColumns(history)).toBeUndefined()
  expect(writeColumns(dir, 0)).toBe(true)
  expect(readColumns(history)).toMatchObject({ model: 'register', length: 1 })
  const text = readFileSync(history, 'utf8')
  writeFileSync(history, text.replace('"timeUs":10', '"timeUs":11'))
  expect(readColumns(history)).toEqual({ note: expect.stringContaining('history.jsonl has changed since') })
  writeFileSync(history, text)
  expect(readColumns(history)).toMatchObject({ length: 1 })
  appendFileSync(history, '\n')
  expect(readColumns(history)).toEqual({ note: expect.stringContaining('has changed') })
})

test('damaged columns are not used', () => {
  writeColumns(dir, 0)
  const path = join(dir, columnsFile)
  const bytes = readFileSync(path)
  bytes[bytes.length >> 1]! ^= 4
  writeFileSync(path, bytes)
  expect(readColumns(history)).toEqual({ note: 'history.columns was not used: columns whose checksum is wrong' })
})

test('a small or a damaged history gets none', () => {
  expect(writeColumns(dir)).toBe(false)
  appendFileSync(history, '{"index":2,"ti')
  expect(writeColumns(dir, 0)).toBe(false)
  expect(readColumns(history)).toBeUndefined()
})

test('a run that has finished has the columns of a large history', () => {
  const { history: some, outcome } = illegalRun({ ops: 5000 })
  const stored = createRun(dir, 'large', { plan, environment })
  const writer = stored.historyWriter({ workload: 'register', model: 'cas-register' })
  for (const event of some) writer.add(event)
  writer.close()
  expect(readColumns(join(stored.dir, 'history.jsonl'))).toBeUndefined()
  stored.writeOutcome(outcome!)
  expect(readColumns(join(stored.dir, 'history.jsonl'))).toMatchObject({ model: 'cas-register' })
})
