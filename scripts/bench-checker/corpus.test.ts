import { describe, expect, test } from 'vitest'
import { check } from '../../checker/check.ts'
import { casRegister } from '../../checker/models/index.ts'
import type { Limits } from '../../checker/procedure.ts'
import { decideRegister } from '../../checker/register/search.ts'
import { registerColumns } from '../../checker/register/translate.ts'
import { named, names, random } from './corpus.ts'
import { withPhantomRead, withStaleRead } from './damage.ts'
import { generate, type Shape } from './generate.ts'

const shape: Shape = {
  operations: 200,
  clients: 5,
  idle: 0,
  indeterminate: 5,
  keys: 1,
  values: 'unique',
  refusals: 'found',
  aims: 'seen',
  deletes: 0,
  seed: 1,
}
const shapes: readonly Partial<Shape>[] = [
  {},
  { values: 50, indeterminate: 0 },
  { keys: 3, deletes: 10 },
  { values: 60, indeterminate: 0, aims: 'any', idle: 2 },
  { refusals: 'blind', deletes: 10, indeterminate: 20 },
]

test('there are forty histories, each with a name of its own', () => {
  expect(new Set(names).size).toBe(40)
})

test('some are illegal, and each size is there', () => {
  const all = names.map(named)
  expect(all.filter(({ expected }) => expected === 'illegal').length).toBeGreaterThanOrEqual(8)
  expect(new Set(all.map(({ size }) => size))).toEqual(new Set([1000, 10_000, 100_000, 1_000_000]))
})

describe.each(shapes)('histories with %j', (special) => {
  test('are legal, and illegal with a stale read or a phantom', () => {
    for (let seed = 1; seed <= 20; seed++) {
      const legal = generate({ ...shape, ...special, seed })
      expect(check(casRegister, legal).verdict).toBe('valid')
      expect(check(casRegister, withStaleRead(legal)).verdict).toBe('illegal')
      expect(check(casRegister, withPhantomRead(legal)).verdict).toBe('illegal')
    }
  })
})

test('a name and a number always give the same history', () => {
  const name = 'unique-1e3-c20-i5-blind-valid'
  expect(named(name).operations()).toEqual(named(name).operations())
  expect(random(1000, 3).operations()).toEqual(random(1000, 3).operations())
  expect(random(1000, 3).operations()).not.toEqual(random(1000, 5).operations())
})

test('a client has one operation open at a time, and a new number after one that stays open', () => {
  const freeAt = new Map<number, number>()
  for (const { process, call, return: end } of generate({ ...shape, indeterminate: 20 })) {
    expect(call).toBeGreaterThan(freeAt.get(process) ?? -1)
    freeAt.set(process, end)
  }
  expect([...freeAt.values()].filter((end) => end === Infinity).length).toBeGreaterThan(20)
})

// From level to level, without a plan, 150,000 configurations do not suffice for most of these.
test.each([183, 394, 421, 687, 747, 980])('random history %i is decided within 10,000 configurations', (number) => {
  const { model, operations } = random(1000, number)
  const columns = registerColumns(model, operations())
  const limits: Limits = { budget: 10_000, attempt: 0, isOver: () => false }
  expect(columns && decideRegister(columns, limits).verdict).toBe('valid')
})
