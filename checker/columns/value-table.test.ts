import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { KvValue } from '../models/kv.ts'
import { Values, ValueTableBuilder } from './value-table.ts'

const values: fc.Arbitrary<KvValue> = fc.oneof(
  fc.constantFrom<KvValue>(null, false, true, 0, -0, 0.5, -1, 2 ** 31, 2 ** 31 - 1, 2 ** 53, -(2 ** 31), '', '0', 'ä'),
  fc.nat(40),
  // Far ones first, so that some are there before numbers of their size have places.
  fc.nat(30_000),
  fc.double({ noNaN: true }),
  fc.string({ maxLength: 2 }),
)

test('values have the same id if they are equal, and only then, and are what comes back', () => {
  fc.assert(
    fc.property(fc.array(values, { maxLength: 300 }), fc.nat(3000), (list, counted) => {
      const builder = new ValueTableBuilder()
      const ids = new Map<KvValue, number>()
      const known = new Map<number, KvValue>()
      // Whole numbers in their order in between, as histories have them: the table of these grows.
      const all = [...list, ...Array.from({ length: counted }, (_none, k) => k * 2), ...list]
      for (const value of all) {
        const id = builder.idOf(value)
        if (id === undefined) continue
        const same = value === 0 ? 0 : value
        expect(ids.get(same) ?? id).toBe(id)
        expect(known.has(id) ? known.get(id) : same).toBe(same)
        ids.set(same, id)
        known.set(id, same)
      }
      const table = new Values(builder.build())
      for (const [id, value] of known) expect(table.at(id)).toBe(value)
    }),
    { numRuns: 60, seed: 6 },
  )
})
