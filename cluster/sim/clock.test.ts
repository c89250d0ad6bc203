import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SimClock } from './clock.ts'
import { Scheduler } from './scheduler.ts'

function world(): { scheduler: Scheduler; clock: SimClock; at: (ms: number) => void } {
  const scheduler = new Scheduler()
  return { scheduler, clock: new SimClock(scheduler), at: (ms) => scheduler.runUntil(ms * 1000) }
}

test.each([
  [0, 1_000_000],
  [100_000, 909_091],
  [1_000_000, 500_000],
  [-500_000, 2_000_000],
])('at %i ppm a timer of one second runs after %i true microseconds', (ratePpm, trueUs) => {
  const { scheduler, clock } = world()
  clock.set({ offsetUs: 0, ratePpm })
  let ranUs = 0
  clock.after(1_000_000, () => {
    ranUs = scheduler.monotonicUs()
  })
  scheduler.runUntil(5_000_000)
  expect(ranUs).toBe(trueUs)
})

test('an offset makes wall time jump, and monotonic time go on', () => {
  const { scheduler, clock, at } = world()
  at(1000)
  clock.set({ offsetUs: -60_000_000, ratePpm: 0 })
  expect(clock.wallUs() - scheduler.wallUs()).toBe(-60_000_000)
  expect(clock.monotonicUs()).toBe(1_000_000)
})

test('a reset sets wall time right, tells by how much it jumped, and leaves monotonic time where it is', () => {
  const { scheduler, clock, at } = world()
  clock.set({ offsetUs: 7, ratePpm: 100_000 })
  at(1000)
  expect(clock.reset()).toBe(-100_007)
  expect([clock.wallUs(), clock.monotonicUs()]).toEqual([scheduler.wallUs(), 1_100_000])
  at(2000)
  expect([clock.wallUs(), clock.monotonicUs()]).toEqual([scheduler.wallUs(), 2_100_000])
})

test('however the clock is bent, monotonic time never goes back and no timer runs early', () => {
  const change = fc.record({ ratePpm: fc.integer({ min: -900_000, max: 2_000_000 }), offsetUs: fc.integer() })
  fc.assert(
    fc.property(fc.array(fc.tuple(fc.nat(5000), change, fc.nat(20_000))), (steps) => {
      const { scheduler, clock } = world()
      let ran = 0
      for (const [us, error, timerUs] of steps) {
        const beforeUs = clock.monotonicUs()
        scheduler.runUntil(scheduler.monotonicUs() + us)
        clock.set(error)
        expect(clock.monotonicUs()).toBeGreaterThanOrEqual(beforeUs)
        const dueUs = clock.monotonicUs() + timerUs
        clock.after(timerUs, () => {
          ran++
          expect(clock.monotonicUs()).toBeGreaterThanOrEqual(dueUs)
        })
      }
      scheduler.runUntil(scheduler.monotonicUs() + 1_000_000)
      expect(ran).toBe(steps.length)
    }),
  )
})

test('a cancelled timer does not run, though the clock was slowed down before it was due', () => {
  const { clock, at } = world()
  let ran = false
  const cancel = clock.after(1000, () => {
    ran = true
  })
  clock.set({ offsetUs: 0, ratePpm: -500_000 })
  at(1.5)
  cancel()
  at(10)
  expect(ran).toBe(false)
})
