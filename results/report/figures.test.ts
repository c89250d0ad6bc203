import { expect, test } from 'vitest'
import { count, duration, moment, momentsOf, plural, shortened } from './figures.ts'

test.each([
  [0, '0 µs'],
  [850, '850 µs'],
  [999.6, '1 ms'],
  [1_250, '1.25 ms'],
  [12_340, '12.3 ms'],
  [99_960, '100 ms'],
  [340_000, '340 ms'],
  [999_600, '1 s'],
  [12_500_000, '12.5 s'],
  [120_000_000, '2 min'],
  [200_000_000, '3 min 20 s'],
])('%d µs last %s', (us, text) => {
  expect(duration(us)).toBe(text)
})

test('numbers are grouped, and words agree with them', () => {
  expect([count(7), count(1_234), count(1_234_567), plural(1, 'op'), plural(2_000, 'op')]).toEqual([
    '7',
    '1,234',
    '1,234,567',
    '1 op',
    '2,000 ops',
  ])
})

test('moments that milliseconds can not tell apart are told in microseconds', () => {
  expect(momentsOf([{ callUs: 1_000, returnUs: 9_000 }])(9_000)).toBe(moment(9_000))
  expect(momentsOf([{ callUs: 1_000, returnUs: 1_200 }, { callUs: 9_000 }])(9_000)).toBe('0.009000 s')
})

test('a long text is cut between characters', () => {
  expect([shortened('abc', 3), shortened('abcd', 3), shortened('😀😀😀', 2)]).toEqual(['abc', 'ab…', '😀…'])
})
