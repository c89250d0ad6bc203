import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import type { HistoryEvent } from '../formats/event.ts'
import { encodeEvent, encodeHeader } from '../formats/jsonl.ts'
import { type AskedOfColumns, loadColumns } from './as-columns.ts'
import { main } from './main.ts'

const dir = mkdtempSync(join(tmpdir(), 'as-columns-'))
afterAll(() => rmSync(dir, { recursive: true }))

/** Writes and reads in turn, one of which is stale: more than a megabyte, from where on the command reads columns. */
const events = Array.from({ length: 5000 }, (_, i): readonly HistoryEvent[] => {
  const op = { timeUs: 2 * i, process: i % 3, f: i % 2 === 0 ? 'write' : 'read', key: 'k' }
  const asked = i % 2 === 0 ? { value: i } : {}
  const seen = i === 4001 ? i - 3 : i - 1
  const answer = i % 2 === 0 ? {} : { output: { value: seen } }
  return [
    { ...op, index: 2 * i, type: 'invoke', ...asked },
    { ...op, index: 2 * i + 1, timeUs: 2 * i + 1, type: 'ok', ...asked, ...answer },
  ]
}).flat()
const header = encodeHeader({ 'faultline-history': 1, workload: 'w', model: 'register' })
const text = [header, ...events.map(encodeEvent)].join('')
const bytes = Buffer.from(text)

async function facts(name: string, content: string, ...args: readonly string[]) {
  const path = join(dir, name)
  writeFileSync(path, content)
  let out = ''
  const output = { out: (more: string) => (out += more), err: () => {}, hasColour: false }
  const code = await main(['--json', ...args, path], output)
  const { verdict, model, operations, cause, notes } = JSON.parse(out).files[0]
  return { code, verdict, model, operations, kind: cause?.kind, core: cause?.core, notes }
}

test('a history of our own format is columns', () => {
  expect(loadColumns(bytes, {})).toMatchObject({ columns: { length: 5000 }, notes: [] })
  expect(loadColumns(bytes, { model: 'cas-register' })).toMatchObject({ columns: { length: 5000 } })
})

test.each<[string, AskedOfColumns, Buffer]>([
  ['another initial value', { initial: null }, bytes],
  ['a single key', { key: 'k' }, bytes],
  ["a model of the user's own", { own: { init: () => 0, step: () => [0] } }, bytes],
  ['a model of another object', { model: 'queue' }, bytes],
  ['a torn last line', {}, bytes.subarray(0, -9)],
])('%s needs the ordinary reader', (_title, asked, given) => {
  expect(loadColumns(given, asked)).toBeUndefined()
})

test('a large one is told of alike, however it is read', async () => {
  expect(text.length).toBeGreaterThan(1 << 20)
  const told = await facts('large.jsonl', text)
  expect(told).toMatchObject({ code: 1, model: 'register', operations: 5000, kind: 'stale read', notes: [] })
  expect(await facts('large.jsonl', text, '--initial', 'null')).toEqual(told)
  const other = await facts('large.jsonl', text, '--workers', '2', '--model', 'cas-register')
  expect(other).toEqual({ ...told, model: 'cas-register' })
  const torn = await facts('torn.jsonl', text.slice(0, -9))
  expect(torn).toEqual({ ...told, operations: 4999, notes: ['line 10001 was torn off and is left out'] })
})
