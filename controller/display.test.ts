import { stripVTControlCharacters } from 'node:util'
import { expect, test } from 'vitest'
import { statusLine } from './display.ts'

test.each([
  [[], 'no fault'],
  [['kill leader', 'partition halves'], 'kill leader, partition halves'],
])('the status line says how much, how well, who leads, and what is broken: %s', (faults, last) => {
  const facts = { elapsedMs: 12_345, opsPerSecond: 1234.5, ok: 9_876, fail: 12, info: 3, leader: 'n2 leads term 5' }
  const line = stripVTControlCharacters(statusLine({ ...facts, faults }))
  expect(line).toBe(`12.3 s · 1,235 ops/s · ok 9,876 · fail 12 · info 3 · n2 leads term 5 · ${last}`)
})
