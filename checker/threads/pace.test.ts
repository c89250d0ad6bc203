import { expect, test } from 'vitest'
import { Pace } from './pace.ts'

const threshold = { afterMs: 500, attempt: 2, restMs: 2000 }

interface Round {
  readonly attempt: number
  readonly startMs: number
  readonly size: number
  readonly played: readonly number[]
}

test.each<[string, Round, number, boolean]>([
  ['an early moment', { attempt: 0, startMs: 0, size: 1000, played: [1] }, 499, false],
  ['a round that is soon over', { attempt: 0, startMs: 0, size: 1000, played: [300, 300] }, 600, false],
  ['a long round', { attempt: 0, startMs: 0, size: 1000, played: [100, 50] }, 600, true],
  ['the beginning of a later round', { attempt: 1, startMs: 3000, size: 1000, played: [] }, 3000, false],
  ['a later round that is soon over', { attempt: 1, startMs: 3000, size: 500, played: [50] }, 3100, false],
  ['a later round that is long', { attempt: 1, startMs: 3000, size: 5000, played: [50] }, 3100, true],
  ['the end of a round', { attempt: 0, startMs: 0, size: 1000, played: [1000] }, 9000, false],
  ['turns that are long themselves', { attempt: 2, startMs: 700, size: 20, played: [] }, 700, true],
])('%s', (_title, { attempt, startMs, size, played }, nowMs, expected) => {
  const pace = new Pace(threshold, 0)
  if (attempt > 0) {
    // What an earlier round took does not count.
    pace.begin(0, 0, () => 100_000)
    pace.end(1)
  }
  pace.begin(attempt, startMs, () => size)
  for (const each of played) {
    pace.begin(attempt, nowMs, () => 1_000_000)
    pace.end(each)
  }
  expect(pace.isWorthwhile(nowMs)).toBe(expected)
})
