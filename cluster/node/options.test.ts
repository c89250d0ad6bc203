import { expect, test } from 'vitest'
import { raftKvOptions, readOptions } from './options.ts'

test('what is not given has its default', () => {
  const defaults = Object.fromEntries(Object.entries(raftKvOptions).map(([name, spec]) => [name, spec.default]))
  expect(readOptions(raftKvOptions, {})).toEqual(defaults)
  expect(readOptions(raftKvOptions, { tickMs: 7, preVote: false })).toEqual({ ...defaults, tickMs: 7, preVote: false })
})

test.each([
  [{ tickMs: 0 }, 'option tickMs: got 0, expected a whole number from 1 to 1000000000, e.g. 25'],
  [{ electionTicks: 1 }, 'option electionTicks: got 1, expected a whole number from 2 to 1000000000'],
  [{ electionTicks: 2.5 }, 'option electionTicks: got 2.5, expected a whole number'],
  [{ snapshotEvery: -1 }, 'option snapshotEvery: got -1, expected a whole number from 0 to 1000000000'],
  [{ tickMs: 3e9 }, 'option tickMs: got 3000000000, expected a whole number from 1 to 1000000000'],
  [{ preVote: 1 }, 'option preVote: got 1, expected a boolean, e.g. true'],
  [{ tickms: 1 }, 'unknown option tickms; there are tickMs,'],
])('%j is refused', (given, message) => {
  expect(() => readOptions(raftKvOptions, given)).toThrow(message)
})
