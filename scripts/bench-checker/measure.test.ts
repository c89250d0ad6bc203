import { expect, test } from 'vitest'
import { estimate, type Measured, measure, quantile, ratio } from './measure.ts'
import type { Answer } from './peer.ts'

const measured = (samples: readonly number[]): Measured => ({ name: '', verdicts: new Set(), samples })

test.each([
  [[5], { median: 5, low: 5, high: 5 }],
  [[3, 1, 2], { median: 2, low: 1, high: 3 }],
  [Array.from({ length: 101 }, (_none, i) => i), { median: 50, low: 40, high: 60 }],
])('the median of %j is in its interval', (samples, expected) => {
  expect(estimate(samples)).toEqual(expected)
})

test('a ratio is taken round by round', () => {
  expect(ratio(measured([10, 40, 90]), measured([1, 2, 3]), 1000)).toEqual({ median: 20, low: 10, high: 30 })
})

test('what was cut off counts as the limit in each round', () => {
  expect(ratio(measured([Infinity]), measured([1, 2, 4]), 1000)).toEqual({ median: 500, low: 250, high: 1000 })
  expect(ratio(measured([1, 2, 4]), measured([Infinity]), 1000).median).toBe(0.002)
})

test('a quantile is the value with so many below it', () => {
  expect(quantile([4, 3, 2, 1], 0.5)).toBe(3)
  expect(quantile([1, 2, 3, 4], 0.99)).toBe(4)
})

test('contenders take turns, and one that does not answer is asked no more', async () => {
  const asked: string[] = []
  const contender = (name: string, answers: readonly Answer[]) => ({
    name,
    decide: () => {
      asked.push(name)
      return answers[Math.min(asked.filter((each) => each === name).length, answers.length) - 1] as Answer
    },
  })
  const fast: Answer = { verdict: 'valid', ms: 1 }
  const [a, b] = await measure(
    [contender('a', [fast]), contender('b', [fast, { verdict: 'unknown', ms: Infinity, reason: 'time' }])],
    { budgetMs: 10_000, fewest: 3, most: 3, warmUps: 1 },
  )
  expect(asked).toEqual(['a', 'b', 'a', 'b', 'a', 'a'])
  expect(a).toEqual({ name: 'a', verdicts: new Set(['valid']), samples: [1, 1, 1] })
  expect(b).toEqual({ name: 'b', verdicts: new Set(['unknown']), samples: [Infinity], reason: 'time' })
})
