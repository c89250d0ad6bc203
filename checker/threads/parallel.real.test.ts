import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CheckColumnsOptions, checkColumns } from '../columns/check-columns.ts'
import { columnsOf } from '../columns/columns-of.ts'
import type { HistoryColumns } from '../columns/history-columns.ts'
import { randomEvents } from '../columns/random-events.fixture.ts'
import { pairs, type RecordedOperation } from '../formats/pairs.ts'
import type { ModelName } from '../models/index.ts'
import type { CheckResult } from '../result.ts'
import { checkColumnsInWorkers, checkSpread, type WorkersCheckOptions } from './parallel.ts'

type Draft = Pick<RecordedOperation, 'input' | 'output' | 'call' | 'return'>

/** Keys one beside the other, each with operations of its own. */
function columnsWith(model: ModelName, keys: readonly (readonly Draft[])[]): HistoryColumns {
  const operations = keys
    .flatMap((drafts, k) =>
      drafts.map((draft, i) => ({ ...draft, process: k * 100 + i, input: { ...draft.input, key: `k${k}` } })),
    )
    .sort((a, b) => a.call - b.call)
    .map((draft, id) => ({ ...draft, id }))
  const columns = columnsOf({ model, ...(model === 'append-kv' ? { initial: '' } : {}), operations })
  if (columns === undefined) throw new Error('columns can not hold this')
  return columns
}

/** Appends at once of texts that can be cut in many ways, and a read: some 2,000 configurations with ten of them. */
function appends(count: number, isLegal: boolean): readonly Draft[] {
  const tokens = ['a', 'b', 'ab', 'ba', 'aab', 'bba', 'abab', 'bb', 'aa', 'bab', 'abb', 'bbab'].slice(0, count)
  const text = tokens.toReversed().join('')
  const seen = isLegal ? text : `${text.slice(0, -3)}bbb`
  return [
    ...tokens.map((value): Draft => ({ input: { f: 'append', value }, output: {}, call: 0, return: 10 })),
    { input: { f: 'read' }, output: { value: seen }, call: 11, return: 12 },
  ]
}

/** All of a result as plain data. */
function told({ verdict, explored, partitions }: CheckResult<RecordedOperation>): object {
  const ids = (operations: readonly RecordedOperation[] | undefined) => operations?.map(({ id }) => id)
  const parts = partitions.map((each) => {
    const { key, engine, size, reason, linearization, blocked, core, stuck } = each
    const orders = { linearization: ids(linearization), blocked: ids(blocked), core: ids(core), stuck: stuck?.id }
    return { key, verdict: each.verdict, engine, size, explored: each.explored, reason, ...orders }
  })
  return { verdict, explored, parts }
}

const atOnce = { afterMs: 0, attempt: 0, restMs: 0 }

async function spread(columns: HistoryColumns, options: WorkersCheckOptions = {}): Promise<object> {
  return told(await checkSpread(columns, { workers: 2, ...options }, atOnce))
}

function alone(columns: HistoryColumns, options: CheckColumnsOptions = {}): object {
  return told(checkColumns(columns, options))
}

test('threads find what one finds, of all kinds of keys', async () => {
  const functions = ['read', 'write', 'delete', 'cas'] as const
  const shape = { values: fc.nat(3), functions, hasVersions: false, most: 12 }
  const drafts = fc
    .sample(randomEvents(shape), { numRuns: 150, seed: 7 })
    .map((events) => pairs(events).operations.filter(({ input }) => input.key !== 'y'))
    .filter((operations) => operations.length > 0)
  const versioned: readonly Draft[] = [
    { input: { f: 'write', value: 7 }, output: { version: 1 }, call: 0, return: 3 },
    { input: { f: 'read' }, output: { value: 7, version: 1 }, call: 1, return: 2 },
  ]
  const legal = [
    versioned,
    ...drafts.filter((each) => checkColumns(columnsWith('cas-register', [each])).verdict === 'valid'),
  ]
  expect(legal.length).toBeGreaterThan(10)
  const valid = columnsWith('cas-register', legal)
  expect(alone(valid)).toMatchObject({ verdict: 'valid' })
  expect(await spread(valid)).toEqual(alone(valid))
  const illegal = columnsWith('cas-register', [...legal, ...drafts])
  expect(alone(illegal)).toMatchObject({ verdict: 'illegal' })
  expect(await spread(illegal)).toEqual(alone(illegal))
})

test('of several illegal keys it is the one that one thread finds, and a budget ends at the same turn', async () => {
  const hard = columnsWith('append-kv', [
    appends(10, true),
    appends(11, false),
    appends(10, false),
    appends(4, true),
    appends(12, false),
  ])
  expect(alone(hard)).toMatchObject({ verdict: 'illegal' })
  expect(await spread(hard)).toEqual(alone(hard))
  for (const maxConfigurations of [1500, 3500]) {
    expect(alone(hard, { maxConfigurations })).toMatchObject({ verdict: 'unknown' })
    expect(await spread(hard, { maxConfigurations })).toEqual(alone(hard, { maxConfigurations }))
  }
})

test('a signal ends the check at once, also before it began', async () => {
  const columns = columnsWith('append-kv', [appends(12, false), appends(12, false)])
  const controller = new AbortController()
  const running = checkSpread(columns, { workers: 2, signal: controller.signal }, atOnce)
  controller.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  await expect(checkColumnsInWorkers(columns, { signal: controller.signal })).rejects.toThrow('enough')
})

test('time that is up makes keys unknown, and says so', async () => {
  const columns = columnsWith('append-kv', [appends(12, false), appends(12, false)])
  const { verdict, partitions } = await checkSpread(columns, { workers: 2, timeLimitMs: 0 }, atOnce)
  expect(verdict).toBe('unknown')
  for (const { reason } of partitions) expect(reason).toMatch(/^time /)
})

test('a number of threads that can not be meant is refused', async () => {
  await expect(checkColumnsInWorkers(columnsWith('register', []), { workers: 0 })).rejects.toThrow(/workers is 0/)
})
