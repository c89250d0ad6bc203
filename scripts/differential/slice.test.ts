/**
 * A fixed slice of the differential test (`scripts/differential.ts`): every engine against two judges that know no
 * cleverness, over random histories of up to 30 operations; each order is replayed, each core and return confirmed.
 */
import { expect, test } from 'vitest'
import { examineBatch } from './batch.ts'

test.each([0, 1, 2, 3])('all engines agree over slice %i of the random histories', (slice) => {
  const count = 1500
  const { failures, counts } = examineBatch({ from: 1_000_000_000 + slice * count, count, budget: 2000 })
  expect(failures).toEqual([])
  expect(counts['check: valid']).toBeGreaterThan(count / 4)
  expect(counts['check: illegal']).toBeGreaterThan(count / 10)
})
