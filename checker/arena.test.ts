import { expect, test } from 'vitest'
import { withArena } from './arena.ts'

test('one decision after another gets the same memory', () => {
  const first = withArena((arena) => arena.int32(100))
  expect(withArena((arena) => arena.int32(90))).toBe(first)
})

test('a decision within another gets memory of its own, and gives it back', () => {
  withArena((outer) => {
    const mine = outer.filled(50, 1)
    const theirs = withArena((inner) => inner.filled(50, 2))
    expect(theirs).not.toBe(mine)
    expect(mine.subarray(0, 50)).toEqual(new Int32Array(50).fill(1))
    expect(outer.int32(50)).not.toBe(mine)
    expect(withArena((inner) => inner.int32(50))).toBe(theirs)
  })
})

test('memory is given back when a decision throws', () => {
  const before = withArena((arena) => arena.float64(10))
  expect(() =>
    withArena((arena) => {
      arena.float64(10)
      throw new Error('a bug')
    }),
  ).toThrow('a bug')
  expect(withArena((arena) => arena.float64(10))).toBe(before)
})

test('memory of a very large history is not kept', () => {
  const large = withArena((arena) => arena.int32(1 << 23))
  expect(large.length).toBeGreaterThanOrEqual(1 << 23)
  expect(withArena((arena) => arena.int32(1))).not.toBe(large)
})
