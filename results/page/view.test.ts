import fc from 'fast-check'
import { expect, test } from 'vitest'
import { centred, clamped, panned, type View, zoomed } from './view.ts'

const bounds: View = { fromUs: 0, toUs: 1e7 }
const views = fc
  .tuple(fc.integer({ min: -2e7, max: 2e7 }), fc.integer({ min: 0, max: 3e7 }))
  .map(([fromUs, long]) => clamped({ fromUs, toUs: fromUs + long }, bounds))

test('whatever is done, the view stays within the run and wide enough to see something', () => {
  fc.assert(
    fc.property(views, fc.double({ min: 0.01, max: 100, noNaN: true }), fc.integer(), (view, factor, at) => {
      for (const next of [
        zoomed(view, factor, at, bounds),
        panned(view, at, bounds),
        centred(view, { fromUs: at, toUs: at + 5 }, bounds),
      ]) {
        expect(next.fromUs).toBeGreaterThanOrEqual(0)
        expect(next.toUs).toBeLessThanOrEqual(1e7 + 1e-6)
        expect(next.toUs - next.fromUs).toBeGreaterThan(19)
      }
    }),
  )
})

test('zooming keeps what is under the pointer where it is', () => {
  const view = { fromUs: 2e6, toUs: 4e6 }
  const next = zoomed(view, 0.5, 2.5e6, bounds)
  expect(next).toEqual({ fromUs: 2.25e6, toUs: 3.25e6 })
  expect(zoomed(next, 2, 2.5e6, bounds)).toEqual(view)
})

test('panning stops at the ends and keeps its width', () => {
  expect(panned({ fromUs: 1e6, toUs: 2e6 }, -5e6, bounds)).toEqual({ fromUs: 0, toUs: 1e6 })
  expect(panned({ fromUs: 1e6, toUs: 2e6 }, 5e7, bounds)).toEqual({ fromUs: 9e6, toUs: 1e7 })
})

test('an op that is gone to is in the middle, and neither a hair nor larger than the window', () => {
  const op = { fromUs: 5_000_000, toUs: 5_002_000 }
  expect(centred(bounds, op, bounds)).toEqual({ fromUs: 4_941_000, toUs: 5_061_000 })
  const long = { fromUs: 1e6, toUs: 5e6 }
  expect(centred({ fromUs: 0, toUs: 100 }, long, bounds)).toEqual({ fromUs: 0, toUs: 8e6 })
})
