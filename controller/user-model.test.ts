import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkHistory, type OwnModel } from 'porcupine-ts/cli'
import type { HistoryEvent } from 'porcupine-ts/formats'
import { afterAll, expect, test } from 'vitest'
import { UsageError } from '../workloads/usage-error.ts'
import { isModelFile, loadModel } from './user-model.ts'

const dir = mkdtempSync(join(tmpdir(), 'faultline-model-'))
afterAll(() => rmSync(dir, { recursive: true }))

const begin: HistoryEvent = {
  index: 0,
  timeUs: 1,
  process: 0,
  type: 'invoke',
  f: 'push',
  key: 'q',
  value: [1, { a: 2 }],
}
const events: readonly HistoryEvent[] = [
  begin,
  { ...begin, index: 1, process: 1, f: 'pop' },
  { ...begin, index: 2, timeUs: 4, type: 'ok' },
  { ...begin, index: 3, timeUs: 5, process: 1, f: 'pop', type: 'ok', output: { popped: 1 } },
  { ...begin, index: 4, timeUs: 6, process: 1, type: 'invoke' },
  { ...begin, index: 5, timeUs: 7, process: 1, type: 'fail' },
  { ...begin, index: 6, timeUs: 8, process: 2, type: 'invoke' },
]

const loaded = { format: 'faultline', model: 'heap', initial: null, notes: [], events } as const
const now = () => 0

test('a user’s model gets inputs and outputs as they were recorded', async () => {
  const seen: unknown[] = []
  const own: OwnModel = {
    init: () => 0,
    step(state, input, output) {
      seen.push([input, output])
      return [state]
    },
  }
  expect((await checkHistory(loaded, { own, now })).operations).toBe(3)
  const input = { f: 'push', key: 'q', value: [1, { a: 2 }] }
  expect(seen).toEqual(
    expect.arrayContaining([
      [input, null],
      [{ ...input, f: 'pop' }, { popped: 1 }],
    ]),
  )
})

test('a model is a module’s export, in TypeScript or JavaScript', async () => {
  const path = join(dir, 'own.ts')
  writeFileSync(
    path,
    `export const model = {
      init: (): number => 0,
      step: (count: number, input: { f: string }, output: unknown) => (input.f === 'push' ? [count + 1] : count > 0 ? [count - 1] : []),
    }`,
  )
  const own = await loadModel(path)
  expect((await checkHistory(loaded, { own, now })).verdict).toBe('valid')
  const pops = events.slice(1).filter(({ f }) => f === 'pop')
  expect((await checkHistory({ ...loaded, events: pops }, { own, now })).verdict).toBe('illegal')
})

test.each([
  ['that is not there', undefined, 'no such file'],
  ['that exports no model', 'export const other = 1', 'which exports no model'],
  ['whose model is none', 'export const model = { init: () => 0 }', 'whose model lacks init or step'],
  ['that does not load', 'export const = 1', 'which can not be loaded'],
])('a file %s is a usage error', async (name, text, message) => {
  const path = join(dir, `${name.replaceAll(' ', '-')}.mjs`)
  if (text !== undefined) writeFileSync(path, text)
  const error: unknown = await loadModel(path).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(UsageError)
  expect(String(error)).toContain(message)
})

test('what looks like a file is one, what looks like a name is one', () => {
  expect(['./my-model.ts', 'model.js', 'a/b', 'm.mts'].map(isModelFile)).toEqual([true, true, true, true])
  expect(['cas-register', 'register', 'append-kv', 'queue'].map(isModelFile)).toEqual([false, false, false, false])
})
