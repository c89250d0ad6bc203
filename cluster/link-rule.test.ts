import fc from 'fast-check'
import { expect, test } from 'vitest'
import { linkVerdict } from './link-rule.ts'
import { seededRandom } from './random.ts'
import type { LinkVerdict, LinkWeather } from './system.ts'

const calm: LinkWeather = { lossPercent: 0, duplicatePercent: 0, reorderPercent: 0, delayMs: [0, 0] }

function verdicts(weather: LinkWeather, count: number, seed = 'link'): LinkVerdict[] {
  const random = seededRandom(seed)
  return Array.from({ length: count }, () => linkVerdict(weather, random))
}

test('calm weather lets everything pass', () => {
  expect(verdicts(calm, 200).every((verdict) => verdict.do === 'pass')).toBe(true)
})

test.each([
  ['lossPercent', 'drop'],
  ['duplicatePercent', 'duplicate'],
  ['reorderPercent', 'reorder'],
] as const)('%s is the share of frames that the link treats so: %s', (condition, what) => {
  const share = (percent: number): number =>
    verdicts({ ...calm, [condition]: percent }, 4000).filter((verdict) => verdict.do === what).length / 4000
  expect([share(0), share(100)]).toEqual([0, 1])
  expect(share(30)).toBeGreaterThan(0.27)
  expect(share(30)).toBeLessThan(0.33)
})

test('a delay is within its bounds and reaches both', () => {
  const delays = verdicts({ ...calm, delayMs: [3, 6] }, 500).map((verdict) =>
    verdict.do === 'delay' ? verdict.ms : -1,
  )
  expect([...new Set(delays)].sort()).toEqual([3, 4, 5, 6])
})

test('a frame that is overtaken falls behind every frame that is only delayed', () => {
  for (const verdict of verdicts({ ...calm, reorderPercent: 50, delayMs: [0, 9] }, 500))
    if (verdict.do === 'reorder') expect(verdict.ms).toBeGreaterThan(9)
})

test('taking one condition away does not re-roll the others', () => {
  const weather = fc.record({
    lossPercent: fc.nat(100),
    duplicatePercent: fc.nat(100),
    reorderPercent: fc.nat(100),
    delayMs: fc.constant<[number, number]>([0, 5]),
  })
  fc.assert(
    fc.property(weather, fc.string(), (before, seed) => {
      const after = verdicts({ ...before, reorderPercent: 0, duplicatePercent: 0 }, 50, seed)
      verdicts(before, 50, seed).forEach((verdict, at) => {
        expect(after[at]!.do === 'drop').toBe(verdict.do === 'drop')
        if (verdict.do === 'delay' || verdict.do === 'pass') expect(after[at]).toEqual(verdict)
      })
    }),
    { numRuns: 50 },
  )
})
