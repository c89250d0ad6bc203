import { describe, expect, test } from 'vitest'
import { check, replay } from './check.ts'
import type { Model } from './model.ts'
import { casRegister, type KvInput, type KvOutput, register } from './models/index.ts'
import type { Operation } from './operation.ts'

type KvOperation = Operation<KvInput, KvOutput>

/** What the procedures of a model decide needs no search; these tests are about what a search says. */
const generalOnly = { internal: { procedures: [] } }

let nextId = 0
function operation(
  input: KvInput,
  output: KvOutput | undefined,
  call: number,
  end = Number.POSITIVE_INFINITY,
): KvOperation {
  return { id: nextId++, process: nextId, input, output, call, return: end }
}
const write = (value: number, call: number, end?: number, key = 'x') =>
  operation({ f: 'write', key, value }, end ? {} : undefined, call, end)
const read = (value: number | null, call: number, end: number, key = 'x') =>
  operation({ f: 'read', key }, { value }, call, end)

test('no operations at all are valid', () => {
  expect(check(register, [])).toEqual({ verdict: 'valid', partitions: [], explored: 0 })
})

test('a valid history comes with an order that replays, pending operations where they took effect', () => {
  const [pending, unused, other, first, second] = [
    write(1, 0),
    write(3, 0),
    write(2, 1, 2),
    read(2, 3, 4),
    read(1, 5, 6),
  ]
  const { verdict, partitions } = check(register, [pending, unused, other, first, second])
  expect(verdict).toBe('valid')
  expect(partitions[0]?.linearization).toEqual([other, first, pending, second])
})

test('an illegal one comes with the longest order and what could not follow it', () => {
  const operations = [write(1, 0, 1), read(1, 2, 3), write(2, 2, 9), read(7, 4, 6), read(1, 7, 8)]
  const [partition] = check(register, operations, generalOnly).partitions
  expect(partition?.verdict).toBe('illegal')
  expect(partition?.linearization).toEqual(operations.slice(0, 3))
  expect(partition?.stuck).toEqual(operations[3])
  expect(partition?.blocked).toEqual([operations[3]])
})

test('keys are decided on their own, and the first illegal one ends the check', () => {
  const hard = Array.from({ length: 40 }, (_, i) => write(i, 0, 100, 'hard'))
  const operations = [
    ...hard,
    write(1, 0, 1, 'good'),
    read(1, 2, 3, 'good'),
    read(9, 0, 1, 'bad'),
    read(null, 2, 3, 'bad'),
    read(null, 4, 5, 'bad'),
  ]
  const { verdict, partitions } = check(register, operations)
  expect(verdict).toBe('illegal')
  expect(partitions.map(({ key, verdict: each }) => [key, each])).toEqual([
    ['hard', 'unknown'],
    ['good', 'valid'],
    ['bad', 'illegal'],
  ])
})

describe('a budget that runs out', () => {
  const values = Array.from({ length: 14 }, (_, i) => i)
  const stubborn = [...values.map((i) => write(i, 0, 100)), ...values.map((i) => read(i, 101 + i, 101 + i))]

  test('gives unknown, names the partition, and says how far it came', () => {
    const { verdict, partitions, explored } = check(register, [write(1, 0, 1, 'y'), ...stubborn], {
      maxConfigurations: 5000,
      ...generalOnly,
    })
    expect({ verdict, explored }).toEqual({ verdict: 'unknown', explored: 5000 })
    expect(partitions.map(({ key, verdict: each }) => [key, each])).toEqual([
      ['y', 'valid'],
      ['x', 'unknown'],
    ])
    expect(partitions[1]?.linearization.length).toBeGreaterThan(0)
    expect(partitions[1]?.stuck).toBeDefined()
  })

  test('may be one of time', () => {
    let now = 0
    const clock = () => now++
    expect(check(register, stubborn, { timeLimitMs: 5, now: clock, ...generalOnly }).verdict).toBe('unknown')
    expect(() => check(register, stubborn, { timeLimitMs: -1 })).toThrow('from 0 on')
  })
})

test('an operation that returns before its call is an error', () => {
  expect(() => check(register, [write(1, 5, 4)])).toThrow('before its call')
})

test('a model that calls a change read-only is found out', () => {
  const lying = { ...register, readOnly: () => true }
  expect(() => check(lying, [write(1, 0, 1)], generalOnly)).toThrow('read-only')
})

test('a replay objects to a wrong order, a missing operation and a refused one', () => {
  const [first, second] = [write(1, 0, 1), read(1, 2, 3)]
  expect(replay(register, [first, second], [first, second])).toBeUndefined()
  expect(replay(register, [write(2, 2, 3), first], [])).toMatch('returned before')
  expect(replay(register, [first], [first, second])).toMatch('is missing')
  expect(replay(register, [second], [])).toMatch('refuses')
  expect(replay(register, [first, first], [])).toMatch('twice')
})

test('a model may have several next states: a coin that was thrown and then looked at', () => {
  const coin: Model<string, 'throw' | 'look', string> = {
    init: () => 'heads',
    step: (state, input, output) => {
      if (input === 'throw') return ['heads', 'tails']
      return output === undefined || output === state ? [state] : []
    },
  }
  const at = (id: number, input: 'throw' | 'look', output: string) => ({
    id,
    process: 0,
    input,
    output,
    call: 2 * id,
    return: 2 * id + 1,
  })
  expect(check(coin, [at(0, 'throw', ''), at(1, 'look', 'tails')]).verdict).toBe('valid')
  expect(check(coin, [at(0, 'throw', ''), at(1, 'look', 'edge')]).verdict).toBe('illegal')
  expect(check(coin, [at(0, 'throw', ''), at(1, 'look', 'tails'), at(2, 'look', 'heads')]).verdict).toBe('illegal')
})

test('200 unanswered writes and compare-and-sets do not make a history hard', () => {
  const pending = Array.from({ length: 100 }, (_, i) => [
    write(1000 + i, i),
    operation({ f: 'cas', key: 'x', value: [i, 5000 + i] }, undefined, i),
  ])
  const seen = Array.from({ length: 100 }, (_, i) => [write(i, 10 * i, 10 * i + 2), read(i, 10 * i + 3, 10 * i + 4)])
  const { verdict, explored } = check(casRegister, [...pending, ...seen].flat())
  expect(verdict).toBe('valid')
  expect(explored).toBeLessThan(2000)
})
