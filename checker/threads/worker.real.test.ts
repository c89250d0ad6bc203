import { expect, test } from 'vitest'
import { check } from '../check.ts'
import { ModelError } from '../model-error.ts'
import { register } from '../models/index.ts'
import type { Progress } from '../watch.ts'
import { checkInWorker } from './worker.ts'

const module = new URL('../fixtures/slow-model.ts', import.meta.url)
const one = [{ id: 0, process: 0, input: 'x', output: 'y', call: 0, return: 1 }]
const write = (id: number, value: number, call: number, end: number) => ({
  id,
  process: id,
  input: { f: 'write', key: 'x', value } as const,
  output: {},
  call,
  return: end,
})
const read = (id: number, value: number, call: number, end: number) => ({
  id,
  process: id,
  input: { f: 'read', key: 'x' } as const,
  output: { value },
  call,
  return: end,
})
const stale = [write(0, 1, 0, 1), write(1, 2, 2, 3), read(2, 1, 4, 5)]

test('a check in a thread answers as one here does, with the very operations that were given', async () => {
  for (const operations of [stale, stale.slice(0, 2), []]) {
    const there = await checkInWorker({ name: 'register' }, operations)
    expect(there).toEqual(check(register, operations))
    expect(there.partitions[0]?.operations[0]).toBe(operations[0])
  }
  const zero = [read(0, 0, 0, 1)]
  expect((await checkInWorker({ name: 'register', initial: 0 }, zero)).verdict).toBe('valid')
})

test('a step that never comes back is terminated when the time is up', async () => {
  const { verdict, partitions } = await checkInWorker({ module, export: 'endless' }, one, { timeLimitMs: 50 })
  expect([verdict, partitions[0]?.reason]).toEqual(['unknown', 'the thread was terminated after 50 ms'])
})

test('a limit that is longer than a timer can wait ends nothing', async () => {
  for (const timeLimitMs of [2 ** 31, Number.POSITIVE_INFINITY]) {
    expect((await checkInWorker({ name: 'register' }, stale, { timeLimitMs })).verdict).toBe('illegal')
  }
})

test('a signal ends the check at once', async () => {
  const controller = new AbortController()
  const running = checkInWorker({ module, export: 'endless' }, one, { signal: controller.signal })
  controller.abort(new Error('enough'))
  await expect(running).rejects.toThrow('enough')
  await expect(checkInWorker({ name: 'register' }, [], { signal: controller.signal })).rejects.toThrow('enough')
})

test('memory that runs out ends the thread alone', async () => {
  const limits = { maxOldGenerationSizeMb: 32 }
  const { verdict, partitions } = await checkInWorker({ module, export: 'greedy' }, one, limits)
  expect([verdict, partitions[0]?.reason]).toEqual(['unknown', 'the thread ran out of memory'])
})

test('what the model throws, and a model that is not there, are errors here', async () => {
  const failing: unknown = await checkInWorker({ module, export: 'failing' }, one).catch((error: unknown) => error)
  expect(failing).toBeInstanceOf(ModelError)
  expect(failing).toMatchObject({ function: 'step', operation: 0, cause: new RangeError('a step that throws') })
  expect(String(failing)).toContain('the model\'s step on operation 0 (input "x", output "y") threw RangeError')
  const unsendable = checkInWorker({ module, export: 'unsendable' }, one)
  await expect(unsendable).rejects.toThrow("the model's init threw Error: with a function in it")
  await expect(checkInWorker({ module, export: 'noModel' }, one)).rejects.toThrow('it lacks the function init or step')
  await expect(checkInWorker({ module, export: 'missing' }, one)).rejects.toThrow('exports no missing')
})

test('progress is reported from the thread, and annotations come along', async () => {
  const many = Array.from({ length: 70_000 }, (_, i) => write(i, i, 2 * i, 2 * i + 1))
  const seen: Progress[] = []
  const annotations = [{ tag: 'faults', start: 0, text: 'a pause' }]
  const result = await checkInWorker({ name: 'register' }, many, {
    onProgress: (progress) => seen.push(progress),
    annotations,
  })
  expect([result.verdict, result.annotations]).toEqual(['valid', annotations])
  expect(seen).toEqual([{ partitionsDone: 1, partitions: 1, explored: result.explored, key: 'x' }])
})
