import { expect, test } from 'vitest'
import { exitCodeOf, type OutcomeName } from './outcome.ts'

const cases: [names: OutcomeName[], code: number][] = [
  [['valid'], 0],
  [['valid', 'valid'], 0],
  [['illegal'], 1],
  [['stuck'], 1],
  [['invariant'], 1],
  [['node-crash'], 1],
  [['unknown'], 2],
  [['vacuous'], 2],
  [['harness'], 3],
  [['valid', 'unknown'], 2],
  [['unknown', 'harness', 'valid'], 3],
  [['harness', 'vacuous', 'stuck', 'valid'], 1],
  [[], 3],
]

test.each(cases)('the runs %j together exit with %i', (names, code) => {
  expect(exitCodeOf(names)).toBe(code)
})
