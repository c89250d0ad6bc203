import { expect, test } from 'vitest'
import type { Span } from '../spans.ts'
import { timeFrame } from './axis.ts'
import { sample } from './timeline.ts'

const frame = timeFrame(0, 1_000_000)

function span(process: number, callUs: number, longUs: number, outcome: Span['outcome'] = 'ok'): Span {
  return { process, f: 'read', text: 'read', outcome, callUs, endUs: callUs + longUs }
}

test('a history that fits is drawn whole', () => {
  const spans = [span(0, 1, 1), span(0, 3, 1)]
  expect(sample(spans, frame, 2, () => false)).toEqual({ shown: spans, columnPx: 0 })
})

test('of many ops in one place the longest of each outcome is drawn, and those of an anomaly always', () => {
  const many = Array.from({ length: 900 }, (_, at) => span(0, at, at === 450 ? 99 : 1))
  const wanted = span(0, 7, 1)
  const failed = span(0, 8, 1, 'fail')
  const all = [...many, wanted, failed]
  const { shown, columnPx } = sample(all, frame, 10, (one) => one.callUs === wanted.callUs)
  expect(columnPx).toBe(1)
  expect(shown).toHaveLength(3)
  expect(shown).toEqual(expect.arrayContaining([many[450], failed, expect.objectContaining({ callUs: 7 })]))
})

test('however dense a history is, no more than the limit is drawn', () => {
  const outcomes = ['ok', 'fail', 'info'] as const
  const dense = Array.from({ length: 20_000 }, (_, at) => span(at % 40, at * 50, 10, outcomes[at % 3]))
  for (const limit of [50, 500, 4_000]) {
    const { shown } = sample(dense, frame, limit, () => false)
    expect(shown.length).toBeLessThanOrEqual(limit)
    expect(shown.length).toBeGreaterThan(limit / 5)
  }
})
