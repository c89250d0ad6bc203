import { expect, test } from 'vitest'
import { Log } from './log.ts'
import type { Entry } from './message.ts'

const entries = [3, 4, 100, 1].map((size, at): Entry => {
  return { index: at + 1, term: 1, kind: 'command', payload: 'x'.repeat(size) }
})
const log = new Log({ snapshot: { index: 0, term: 0 }, entries })

test.each([
  [1, 10, 1000, [1, 2, 3, 4]],
  [1, 2, 1000, [1, 2]],
  [1, 10, 7, [1, 2]],
  [1, 10, 6, [1]],
  [3, 10, 10, [3]],
  [4, 10, 0, [4]],
  [5, 10, 10, []],
])(
  'from %i on, at most %i entries and %i characters: one entry at least, however large',
  (from, limit, size, indexes) => {
    expect(log.sliceUpTo(from, limit, size).map(({ index }) => index)).toEqual(indexes)
  },
)
