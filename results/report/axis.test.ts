import { expect, test } from 'vitest'
import { gutter, roundStep, ticks, timeAxis, timeFrame } from './axis.ts'

test.each([
  [0.3, 0.5],
  [1, 1],
  [1.01, 2],
  [26, 50],
  [50, 50],
  [0, 1],
])('the round step for %d is %d', (rough, step) => {
  expect(roundStep(rough)).toBeCloseTo(step, 12)
})

test('ticks are round and within their range', () => {
  expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10])
  expect(ticks(9_230, 9_257, 5)).toEqual([9_230, 9_240, 9_250])
})

test('time is true to scale from the gutter to the right edge', () => {
  const frame = timeFrame(1_000, 3_000)
  expect(frame.x(1_000)).toBe(gutter)
  expect(frame.x(3_000)).toBe(frame.right)
  expect(frame.x(2_000)).toBe((frame.left + frame.right) / 2)
})

test('a run without length still has an axis', () => {
  expect(timeAxis(timeFrame(5, 5), 0, 10).markup).not.toMatch(/NaN|Infinity/)
})
