import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { SystemEvent } from '../../cluster/system.ts'
import { isRare, progressOf, reachedAt } from './progress.ts'

type Told = readonly [timeUs: number, node: string, commit: number, applied: number]

const progress = ([timeUs, node, commit, applied]: Told): SystemEvent => ({
  timeUs,
  type: 'trace',
  node,
  event: { type: 'progress', commit, applied },
})

const recovered = (timeUs: number, node: string, commit: number): SystemEvent => ({
  timeUs,
  type: 'trace',
  node,
  event: { type: 'recovered', term: 3, commit, lastIndex: 900 },
})

test('at any moment a node is as far as it last told, whatever was packed', () => {
  const telling = fc.tuple(fc.integer({ min: -50, max: 500 }), fc.constantFrom('n1', 'n2'), fc.nat(90), fc.nat(90))
  const moments = fc.integer({ min: -60, max: 510 })
  fc.assert(
    fc.property(fc.array(telling), moments, (told, timeUs) => {
      const inOrder = told.toSorted(([a], [b]) => a - b)
      const packed = JSON.parse(JSON.stringify(progressOf(inOrder.map(progress))))
      for (const node of ['n1', 'n2']) {
        const last = inOrder.findLast(([us, who]) => who === node && us <= timeUs)
        const wanted = last === undefined ? undefined : { timeUs: last[0], commit: last[2], applied: last[3] }
        expect(reachedAt(packed, node, timeUs)).toEqual(wanted)
      }
    }),
  )
})

test('of too many it keeps some, always the last one, and every restart', () => {
  const told = Array.from({ length: 100 }, (_, at) => progress([at * 10, 'n1', at, at]))
  const events = [...told.slice(0, 50), recovered(495, 'n1', 30), ...told.slice(50)]
  const packed = progressOf(events, 10)
  expect(packed[0]?.timeUs.length).toBeLessThanOrEqual(12)
  expect(reachedAt(packed, 'n1', 1e6)).toEqual({ timeUs: 990, commit: 99, applied: 99 })
  expect(reachedAt(packed, 'n1', 496)).toEqual({ timeUs: 495, commit: 30, applied: 30 })
})

test('only progress is told too often to be an event of its own', () => {
  expect(isRare(progress([1, 'n1', 1, 1]))).toBe(false)
  expect(isRare(recovered(1, 'n1', 1))).toBe(true)
  expect(isRare({ timeUs: 1, type: 'node-ready', node: 'n1' })).toBe(true)
})
