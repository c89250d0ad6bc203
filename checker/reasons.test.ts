/** Nothing is left undecided without saying why. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type CheckOptions, check } from './check.ts'
import { checkColumns } from './columns/check-columns.ts'
import { columnsOf } from './columns/columns-of.ts'
import { randomEvents } from './columns/random-events.fixture.ts'
import type { Json } from './formats/event.ts'
import { pairs, type RecordedOperation } from './formats/pairs.ts'
import { casRegister } from './models/index.ts'
import type { CheckResult } from './result.ts'

const shape = {
  values: fc.constantFrom<Json>(1, 2, null),
  functions: ['read', 'write', 'delete', 'cas'] as const,
  hasVersions: false,
  most: 14,
}
const limits = fc.record({
  maxConfigurations: fc.option(fc.oneof(fc.nat(3), fc.nat(2000)), { nil: undefined }),
  ticksLeft: fc.option(fc.nat(6), { nil: undefined }),
  maxMemoryBytes: fc.option(fc.constantFrom(0, 1, 1 << 12), { nil: undefined }),
  procedures: fc.constantFrom(undefined, [], ['register search']),
})

function optionsOf({ maxConfigurations, ticksLeft, maxMemoryBytes, procedures }: Limits): CheckOptions {
  let now = 0
  return {
    ...(maxConfigurations === undefined ? {} : { maxConfigurations }),
    ...(ticksLeft === undefined ? {} : { timeLimitMs: ticksLeft, now: () => now++ }),
    ...(maxMemoryBytes === undefined ? {} : { maxMemoryBytes }),
    ...(procedures === undefined ? {} : { internal: { procedures } }),
  }
}

type Limits = typeof limits extends fc.Arbitrary<infer T> ? T : never

test('every unknown has a reason, and nothing else has one, whatever ended the check', () => {
  const seen = new Set<string | undefined>()
  const look = ({ partitions, verdict }: CheckResult<RecordedOperation>) => {
    for (const { verdict, reason } of partitions) {
      expect(reason === undefined || reason.length === 0).toBe(verdict !== 'unknown')
      seen.add(reason)
    }
    expect(verdict === 'unknown').toBe(
      partitions.some((each) => each.verdict === 'unknown') && !partitions.some((each) => each.verdict === 'illegal'),
    )
  }
  fc.assert(
    fc.property(randomEvents(shape), limits, (events, given) => {
      const { operations, failed } = pairs(events)
      look(check(casRegister, operations, optionsOf(given)))
      const columns = columnsOf({ model: 'cas-register', operations, failed })
      if (columns !== undefined) look(checkColumns(columns, optionsOf(given)))
    }),
    { numRuns: 400 },
  )
  expect([...seen].filter((reason) => reason !== undefined).sort()).toEqual(
    expect.arrayContaining([
      'another part of the history is illegal, and the check ended before its turn',
      'the budget of configurations ran out',
      'the budget of configurations ran out before its turn',
      'time was up before its turn',
    ]),
  )
})

test('a budget that is none is an error', () => {
  expect(() => check(casRegister, [], { maxConfigurations: Number.NaN })).toThrow('maxConfigurations is NaN')
  expect(() => check(casRegister, [], { maxConfigurations: -1 })).toThrow('a number from 0 on')
})
