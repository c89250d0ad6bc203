import { mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CheckedHistory } from 'porcupine-ts/cli'
import { encodeEvent, encodeHeader, type HistoryEvent } from 'porcupine-ts/formats'
import { afterAll, describe, expect, test } from 'vitest'
import { type Asked, checkRecorded } from './check-recorded.ts'
import { DamagedHistory, readRecorded } from './recorded-history.ts'

const fixtures = join(import.meta.dirname, '..', 'checker', 'fixtures')
const histories = readdirSync(fixtures).filter((name) => /^(?:valid|illegal)-.*\.jsonl$/.test(name))
const dir = mkdtempSync(join(tmpdir(), 'faultline-check-'))
afterAll(() => rmSync(dir, { recursive: true }))

const stale = join(fixtures, 'illegal-stale-read.jsonl')

/**
 * What must not depend on how a history was read. Small histories have engines of their own where they are read as
 * events, and two engines may find two cores of one anomaly.
 */
async function essence(checked: CheckedHistory) {
  const { checkMs: _, explainMs: __, explored: ___, partitions, page, cause, ...facts } = checked
  return {
    ...facts,
    cause: cause && { key: cause.key, kind: cause.kind, confirmed: cause.confirmed, weaker: cause.weaker },
    partitions: partitions.map(({ key, verdict, operations }) => ({ key, verdict, operations })),
    drawn: (await page('title')).includes('<svg'),
  }
}

describe('columns and events give the same answer', () => {
  test.each(histories)('%s', async (name) => {
    const file = join(fixtures, name)
    expect(readRecorded(file, { columnsDo: () => true })).toHaveProperty('columns')
    const quick = await checkRecorded(file, {})
    // An initial value of its own makes it take the events.
    const slow = await checkRecorded(file, { initial: null })
    expect(await essence(quick)).toEqual(await essence(slow))
    expect(quick.verdict).toBe(name.startsWith('valid') ? 'valid' : 'illegal')
    expect(quick.cause?.confirmed).toBe(quick.verdict === 'illegal' ? true : undefined)
  })

  test('also where they give none', async () => {
    const file = join(fixtures, 'illegal-counted-twice.jsonl')
    const quick = await checkRecorded(file, { maxConfigurations: 0 })
    expect(quick.verdict).toBe('unknown')
    expect(quick.advice).toEqual([
      expect.stringMatching(/^Undecided.*\(the budget of configurations ran out before its turn\)/),
    ])
    const slow = await checkRecorded(file, { initial: null, maxConfigurations: 0 })
    expect(await essence(quick)).toEqual(await essence(slow))
  })
})

const times = { timeUs: 0, process: 0 }
const enqueue = { ...times, index: 0, type: 'invoke', f: 'enqueue', value: 7 } as const
const queued: readonly HistoryEvent[] = [
  enqueue,
  { ...enqueue, index: 1, timeUs: 1, type: 'ok' },
  { ...times, index: 2, timeUs: 2, type: 'invoke', f: 'dequeue' },
  { ...times, index: 3, timeUs: 3, type: 'ok', f: 'dequeue', output: 7 },
]

function written(name: string, model: string, events: readonly HistoryEvent[]): string {
  const header = encodeHeader({ 'faultline-history': 1, workload: 'w', model })
  const file = join(dir, name)
  writeFileSync(file, [header, ...events.map(encodeEvent)].join(''))
  return file
}

test('a header that names the model of an object needs no --model, and may be overruled', async () => {
  const file = written('queue.jsonl', 'queue', queued)
  expect(await checkRecorded(file, {})).toMatchObject({ verdict: 'valid', model: 'queue', format: 'faultline' })
  expect(await checkRecorded(file, { model: 'queue' })).toMatchObject({ verdict: 'valid' })
  const empty = queued.map((event) => (event.index === 3 ? { ...event, output: null } : event))
  expect(await checkRecorded(written('lost.jsonl', 'queue', empty), {})).toMatchObject({
    verdict: 'illegal',
    cause: { confirmed: true, core: { length: 2 } },
  })
  await expect(checkRecorded(file, { model: 'stack' })).rejects.toThrow(/queue\.jsonl: event 0: /)
})

test('a model of one’s own goes by the name of its file, whatever the header names', async () => {
  const own = { init: () => 0, step: (state: unknown) => [state] }
  const file = written('heap.jsonl', 'heap', queued)
  expect(await checkRecorded(file, { own, model: './heap.ts' })).toMatchObject({ verdict: 'valid', model: './heap.ts' })
})

test('an illegal history says what is left of it, and a model that fails is refused', async () => {
  expect((await checkRecorded(stale, {})).cause?.weaker).toMatchObject({ sequential: 'yes' })
  const own = {
    init: () => 0,
    step: () => {
      throw new RangeError('boom')
    },
  }
  const run = () => checkRecorded(stale, { own, model: './own.ts' })
  await expect(run()).rejects.toThrow(DamagedHistory)
  await expect(run()).rejects.toThrow("the model's step on operation 0")
  await expect(checkRecorded(stale, { own, model: './own.ts', initial: 1 })).rejects.toThrow('takes no initial value')
})

test('a single key is checked alone', async () => {
  const file = join(dir, 'keys.edn')
  writeFileSync(
    file,
    '[0 :invoke :read [1 nil]]\n[0 :ok :read [1 3]]\n[0 :invoke :write [2 7]]\n[0 :ok :write [2 7]]\n',
  )
  expect(await checkRecorded(file, {})).toMatchObject({ verdict: 'illegal', operations: 2 })
  expect(await checkRecorded(file, { key: '2' })).toMatchObject({ verdict: 'valid', operations: 1 })
  expect(await checkRecorded(file, { key: '1', initial: 3 })).toMatchObject({ verdict: 'valid', operations: 1 })
})

const misfits: readonly [title: string, file: () => string, asked: Asked, told: string][] = [
  ['a key that it does not have', () => stale, { key: 'nope' }, 'it has no operation of the key nope; expected one of'],
  ['a key where there are none', () => written('q.jsonl', 'queue', queued), { key: 'a' }, 'expected no --key'],
  ['an initial value of an object', () => stale, { model: 'queue', initial: 0 }, 'queue takes no initial'],
  ['a model that nobody has', () => written('h.jsonl', 'heap', queued), {}, 'it names a model that nobody has'],
  ['ops that the model lacks', () => written('r.jsonl', 'register', queued), {}, 'event 0: '],
  [
    'ops that the model lacks though columns have them',
    () => join(fixtures, 'valid-appends.jsonl'),
    { model: 'register' },
    'register knows read, write, but not append',
  ],
  [
    'two ops of a process at once',
    () => written('twice.jsonl', 'register', [enqueue, { ...enqueue, index: 1 }]),
    {},
    'process 0 begins while its event 0 is open',
  ],
]

test.each(misfits)('%s is refused and never gets a verdict', async (_title, file, asked, told) => {
  const path = file()
  const run = () => checkRecorded(path, asked)
  await expect(run()).rejects.toThrow(DamagedHistory)
  await expect(run()).rejects.toThrow(told)
})
