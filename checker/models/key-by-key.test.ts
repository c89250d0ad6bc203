/** A store as one object whose keys nothing joins: each key alone, and all together again. */
import { expect, test } from 'vitest'
import { check } from '../check.ts'
import { chances, isLegal, randomHistory, separateTextsSubject, textsSubject } from '../general/subjects.fixture.ts'
import type { Operation } from '../operation.ts'
import { replay } from '../replay.ts'
import { appendKv } from './append-kv.ts'
import { casRegister } from './cas-register.ts'
import { type WholeKvInput, type WholeKvOutput, wholeKv } from './whole-kv.ts'

type WholeOperation = Operation<WholeKvInput, WholeKvOutput>

const write = (id: number, key: string | undefined, value: number, call = id * 10): WholeOperation => ({
  id,
  process: id,
  input: { f: 'write', value, ...(key === undefined ? {} : { key }) },
  output: {},
  call,
  return: call + 5,
})
const read = (id: number, key: string | undefined, value: number | null, call = id * 10): WholeOperation => ({
  ...write(id, key, 0, call),
  input: { f: 'read', ...(key === undefined ? {} : { key }) },
  output: { value },
})
const engineOf = (operations: readonly WholeOperation[], model = wholeKv(casRegister)) =>
  check(model, operations).partitions[0]?.engine

test('verdicts are those of brute force, and orders are of the whole store', () => {
  const model = wholeKv(appendKv)
  const below = chances(11)
  const seen = { valid: 0, illegal: 0 }
  for (let round = 0; round < 800; round++) {
    const operations = randomHistory(separateTextsSubject, below, { most: 9, span: 14 })
    const { verdict, partitions } = check(model, operations)
    expect(verdict, `round ${round}`).toBe(isLegal(model, operations) ? 'valid' : 'illegal')
    const [partition] = partitions
    if (partition?.engine !== 'key by key') continue
    seen[verdict === 'valid' ? 'valid' : 'illegal']++
    expect(replay(model, partition.linearization, verdict === 'valid' ? operations : [])).toBeUndefined()
    if (partition.core !== undefined) expect(isLegal(model, partition.core)).toBe(false)
  }
  expect(Math.min(seen.valid, seen.illegal)).toBeGreaterThan(100)
})

test('a core says which operations of the whole they are', () => {
  const operations = [write(0, 'x', 1), write(1, 'y', 1), read(2, 'x', 1), { ...read(3, 'y', 7), return: 45 }]
  const overlapping = write(4, 'y', 2, 42)
  const [partition] = check(wholeKv(casRegister), [...operations, overlapping]).partitions
  expect(partition).toMatchObject({ verdict: 'illegal', engine: 'key by key', core: [operations[3]] })
})

test('no key and an empty one are one key', () => {
  const operations = [write(0, undefined, 1), write(1, '', 2), read(2, undefined, 1)]
  expect(check(wholeKv(casRegister), operations)).toMatchObject({ verdict: 'illegal' })
  expect(engineOf(operations)).toBe('key by key')
})

test('transactions, and models that begin or step otherwise, are for the search', () => {
  const operations = [write(0, 'x', 1), read(1, 'x', 1)]
  const model = wholeKv(casRegister)
  expect(engineOf(operations)).toBe('key by key')
  expect(engineOf(operations, { ...model, init: () => ({ x: { value: 1, version: 0 } }) })).toBe('general search')
  expect(engineOf(operations, { ...model, step: (state) => [state] })).toBe('general search')
  const swap: WholeOperation = {
    ...write(2, 'x', 1),
    input: { f: 'txn', value: [{ f: 'read', key: 'x' }] },
    output: undefined,
  }
  expect(engineOf([...operations, swap])).toBe('general search')
  const below = chances(3)
  for (let round = 0; round < 50; round++) {
    const texts = randomHistory(textsSubject, below, { most: 9, span: 14 })
    const isJoined = texts.some(({ input }) => input.f === 'txn')
    if (isJoined) expect(check(wholeKv(appendKv), texts).partitions[0]?.engine).toBe('general search')
  }
})
