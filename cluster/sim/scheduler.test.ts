import fc from 'fast-check'
import { expect, test } from 'vitest'
import { Scheduler } from './scheduler.ts'

test('whatever is scheduled runs in the order of time, then of the calls, near or far, unless cancelled', () => {
  const delay = fc.oneof(fc.nat(100), fc.nat(20_000), fc.nat(5_000_000), fc.constantFrom(8191, 8192, 8193, 4e9))
  fc.assert(
    fc.property(fc.array(fc.record({ delay, again: fc.option(delay), cancelled: fc.boolean() })), (timers) => {
      const scheduler = new Scheduler()
      const ran: { at: number; order: number }[] = []
      const expected: { at: number; order: number }[] = []
      let order = 0
      for (const { delay: us, again, cancelled } of timers) {
        const mine = order++
        const cancel = scheduler.after(us, () => {
          ran.push({ at: scheduler.monotonicUs(), order: mine })
          if (again === null) return
          const next = order++
          expected.push({ at: us + again, order: next })
          scheduler.post(again, () => ran.push({ at: scheduler.monotonicUs(), order: next }))
        })
        if (cancelled) cancel()
        else expected.push({ at: us, order: mine })
      }
      while (scheduler.step());
      expect(ran).toEqual(expected.sort((a, b) => a.at - b.at || a.order - b.order))
    }),
  )
})

test('running up to a moment runs nothing later, and then it is that moment', () => {
  const scheduler = new Scheduler()
  const ran: number[] = []
  for (const us of [5, 10_000, 20_000, 3_000_000]) scheduler.post(us, () => ran.push(us))
  scheduler.runUntil(10_000)
  expect([ran, scheduler.monotonicUs()]).toEqual([[5, 10_000], 10_000])
  scheduler.post(1, () => ran.push(10_001))
  scheduler.runUntil(2_999_999)
  expect(ran).toEqual([5, 10_000, 10_001, 20_000])
  expect([scheduler.step(), scheduler.step(), scheduler.monotonicUs()]).toEqual([true, false, 3_000_000])
})
