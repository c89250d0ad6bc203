import fc from 'fast-check'
import { expect, test } from 'vitest'
import { withArena } from '../arena.ts'
import { sortByKey, sortByTime } from './sort.ts'

const times = fc.oneof(
  fc.array(fc.nat(20)),
  fc.array(fc.double({ noNaN: true }), { minLength: 30, maxLength: 60 }),
  // Far from sorted, so that insertion gives up.
  fc.array(fc.integer(), { minLength: 50, maxLength: 300 }),
  fc.array(fc.integer({ min: -3000, max: 3000 }), { minLength: 50, maxLength: 300 }),
  // So that the buckets of equal width are not even, or have no width.
  fc.array(fc.double({ noNaN: true }), { minLength: 200, maxLength: 300 }),
  fc.array(fc.double({ noNaN: true, noDefaultInfinity: true }), { minLength: 200, maxLength: 300 }),
  fc.array(
    fc.integer({ min: 0, max: 5000 }).map((time) => time * 1e15),
    { minLength: 200, maxLength: 300 },
  ),
  fc.array(
    fc.integer({ min: 0, max: 9 }).map((time) => time * Number.MIN_VALUE),
    { minLength: 200, maxLength: 300 },
  ),
)

test('times of any sign and size are sorted, equal ones in the order given', () => {
  fc.assert(
    fc.property(times, (list) => {
      const order = Int32Array.from(list.keys())
      withArena((arena) => sortByTime(order, list.length, Float64Array.from(list), arena))
      const expected = [...list.keys()].sort((a, b) => (list[a]! < list[b]! ? -1 : list[a]! > list[b]! ? 1 : a - b))
      expect([...order]).toEqual(expected)
    }),
    { numRuns: 500, seed: 3 },
  )
})

test('only the first items are sorted by key, as many as are asked for', () => {
  const keys = fc.oneof(fc.array(fc.nat(9)), fc.array(fc.nat(0x7fffffff), { minLength: 40, maxLength: 300 }))
  fc.assert(
    fc.property(keys, fc.nat(5), (list, kept) => {
      const order = Int32Array.from(list.keys())
      const count = Math.max(0, list.length - kept)
      withArena((arena) => sortByKey(order, count, Int32Array.from(list), arena))
      const sorted = [...list.keys()].slice(0, count).sort((a, b) => list[a]! - list[b]! || a - b)
      expect([...order]).toEqual([...sorted, ...[...list.keys()].slice(count)])
    }),
    { numRuns: 500, seed: 4 },
  )
})

test('dense keys are sorted by a table, whether some are missing, or some are equal', () => {
  const positions = fc
    .uniqueArray(fc.nat(1000), { minLength: 100, maxLength: 300 })
    .chain((list) => fc.tuple(fc.constant(list), fc.oneof(fc.constant(undefined), fc.nat(99))))
  fc.assert(
    fc.property(positions, ([list, copied]) => {
      const keys = [...list]
      // Two that are equal stay in their order, with the others around them in theirs.
      if (copied !== undefined) keys[0] = keys[copied]!
      // Behind what is to be sorted there is something that has to stay.
      const order = Int32Array.from([...keys.keys()].reverse().concat(7))
      withArena((arena) => sortByKey(order, keys.length, Int32Array.from(keys), arena))
      const sorted = [...keys.keys()].reverse().sort((a, b) => keys[a]! - keys[b]!)
      expect([...order]).toEqual([...sorted, 7])
    }),
    { numRuns: 300, seed: 5 },
  )
})
