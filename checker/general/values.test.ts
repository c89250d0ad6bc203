/** Which values are one and the same to the general search, and which are not. */
import { expect, test } from 'vitest'
import { Tuples } from './tuples.ts'
import { Values } from './values.ts'

class Point {
  readonly x = 1
}

const point = new Point()
const method = () => 1
const symbol = Symbol('a')

test.each<[string, unknown, unknown]>([
  ['the same string', 'ab', `a${'b'.slice(0)}`],
  ['zero and minus zero', 0, -0],
  ['not a number', Number.NaN, Number.NaN],
  ['large integers', 10n ** 30n, 10n ** 30n],
  ['fields in another order', { a: 1, b: { c: [1], d: 2 } }, { b: { d: 2, c: [1] }, a: 1 }],
  ['an object without a prototype', { a: 1 }, Object.assign(Object.create(null), { a: 1 })],
  ['nested lists', [1, [2, []], {}], [1, [2, []], {}]],
  ['the same instance', [point, method, symbol], [point, method, symbol]],
])('%s: one value', (_, a, b) => {
  const values = new Values()
  expect(values.numberOf(a)).toBe(values.numberOf(b))
})

test('all these are different values, and keep their numbers', () => {
  const different: unknown[] = [
    1,
    '1',
    1n,
    true,
    'true',
    null,
    undefined,
    'null',
    '',
    [],
    {},
    [[]],
    [undefined],
    [null],
    [1, 2],
    [2, 1],
    [[1], 2],
    [1, [2]],
    { 0: 1, 1: 2 },
    { a: 1 },
    { a: '1' },
    { b: 1 },
    { a: 1, b: undefined },
    { a: { b: 1 } },
    { a: undefined },
    ['a', 1],
    point,
    new Point(),
    method,
    () => 1,
    symbol,
    Symbol('a'),
    new Date(0),
    new Date(0),
  ]
  const values = new Values()
  const numbers = different.map((value) => values.numberOf(value))
  expect(new Set(numbers).size).toBe(different.length)
  expect(different.map((value) => values.numberOf(value))).toEqual(numbers)
})

test('after a reset nothing is known of what was before', () => {
  const values = new Values()
  const first = values.numberOf({ a: 'x' })
  values.reset()
  values.numberOf('something else')
  expect(values.numberOf({ b: 'y' })).not.toBe(values.numberOf({ a: 'x' }))
  values.reset()
  expect(values.numberOf({ a: 'x' })).toBe(first)
})

test('sequences are numbered as they come, also when there are very many', () => {
  const tuples = new Tuples()
  const source = new Int32Array(3)
  const numberOf = (i: number) => {
    source.set([i & 255, i >> 8, i])
    return tuples.numberOf(source, 0, 3)
  }
  for (let round = 0; round < 2; round++) {
    for (let i = 0; i < 20_000; i++) if (numberOf(i) !== i) expect.fail(`sequence ${i} is number ${numberOf(i)}`)
  }
  expect(tuples.numberOf(source, 0, 2)).toBe(20_000)
  expect(tuples.size).toBe(20_001)
})
