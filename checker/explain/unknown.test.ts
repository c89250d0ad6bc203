/** What is said of a key that was not decided. */
import { expect, test } from 'vitest'
import { check } from '../check.ts'
import { pairs, type RecordedOperation } from '../formats/pairs.ts'
import { anEvent, type Line, script } from '../formats/script.fixture.ts'
import { casRegister } from '../models/index.ts'
import type { PartitionResult } from '../result.ts'
import { adviseUnknown } from './unknown.ts'

function undecided(lines: readonly Line[], more: (operations: readonly RecordedOperation[]) => object = () => ({})) {
  const { operations } = pairs(script(lines))
  const base: PartitionResult<RecordedOperation> = {
    key: 'k7',
    verdict: 'unknown',
    operations,
    size: operations.length,
    engine: 'register search',
    explored: 1,
    linearization: [],
    blocked: [],
  }
  return adviseUnknown({ ...base, ...more(operations) })
}

const write = (ms: number, process: number, value: number, end: 'ok' | 'info' = 'ok'): Line[] => [
  anEvent(ms, process, 'invoke', 'write', value),
  anEvent(ms + 1, process, end, 'write', end === 'ok' ? {} : 'timeout'),
]

test('it says how far an order reaches, what is in the way, and what to change', () => {
  const advice = undecided(
    [...write(1, 1, 5), ...write(3, 2, 5, 'info'), ...write(5, 3, 6, 'info'), ...write(7, 1, 7), ...write(9, 1, 8)],
    (operations) => ({ stuck: operations.at(-1), blocked: operations.slice(1, 3), reason: 'the budget ran out' }),
  )
  expect(advice.text).toBe(
    'Undecided on key k7: 2 of 3 returns (66 %) fit into an order (the budget ran out). 2 writes without an answer are in the way: each may have taken effect at any later moment, or never. To get a verdict next time: write each value once per key (5 came 2 times); wait longer for answers, or spread the load over more keys (2 of 5 operations had none).',
  )
  expect(advice.open).toEqual([{ f: 'write', count: 2 }])
})

test('what is open is counted by what it does, up to where it got stuck', () => {
  const { open } = undecided(
    [
      ...write(1, 1, 1, 'info'),
      anEvent(3, 2, 'invoke', 'cas', [1, 2]),
      ...write(4, 3, 2, 'info'),
      ...write(6, 4, 3),
      ...write(8, 5, 4, 'info'),
    ],
    (operations) => ({ stuck: operations[3] }),
  )
  expect(open).toEqual([
    { f: 'write', count: 2 },
    { f: 'cas', count: 1 },
  ])
})

test('a refusal that does not say what it met, and many clients at once, are worth a change', () => {
  const clients = Array.from({ length: 13 }, (_, process) =>
    anEvent(1, process, 'invoke', 'cas', [process, 100 + process]),
  )
  const ends = Array.from({ length: 13 }, (_, process) => anEvent(2, process, 'ok', 'cas', { swapped: false }))
  expect(undecided([...clients, ...ends]).changes).toEqual([
    'let a refused compare-and-set say what it found (13 did not)',
    'have fewer clients per key (up to 13 were at work on it at once)',
  ])
})

test('a history without repeated values, blind refusals or open operations needs no change', () => {
  const { text, changes } = undecided([...write(1, 1, 1), ...write(3, 1, 2)])
  expect(changes).toEqual([])
  expect(text).toBe('Undecided on key k7: the engine does not say how many of 2 returns fit into an order.')
})

test('what the checker itself leaves undecided can be explained', () => {
  const lines = Array.from({ length: 60 }, (_, i) => [
    ...write(10 * i, 100 + i, i % 3, i % 2 === 0 ? 'info' : 'ok'),
    anEvent(10 * i + 3, 1, 'invoke', 'cas', [i % 3, (i + 1) % 3]),
    anEvent(10 * i + 4, 1, 'ok', 'cas', { swapped: i % 2 === 0 }),
  ]).flat()
  const { operations } = pairs(script(lines))
  const { verdict, partitions } = check(casRegister, operations, { maxMemoryBytes: 1 })
  expect(verdict).toBe('unknown')
  const { passed, returns, changes } = adviseUnknown(partitions[0]!)
  expect(returns).toBe(90)
  expect(passed === undefined || passed < returns).toBe(true)
  expect(changes[0]).toBe('write each value once per key (0 came 30 times, 1 came 30 times, 2 came 30 times)')
})
