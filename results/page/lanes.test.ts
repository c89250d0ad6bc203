import fc from 'fast-check'
import type { HistoryEvent } from 'porcupine-ts/formats'
import { expect, test } from 'vitest'
import { packOps, unpackOps } from '../report/ops.ts'
import { firstAfter, layLanes } from './lanes.ts'

const drawn = fc.array(
  fc.record({ key: fc.nat(2), callUs: fc.nat(1000), tookUs: fc.option(fc.nat(300)), process: fc.nat(3) }),
  { minLength: 1, maxLength: 40 },
)

/** Each op has a process of its own, so that any two may overlap. */
function opsOf(ops: readonly { key: number; callUs: number; tookUs: number | null }[]) {
  const events = ops.flatMap(({ key, callUs, tookUs }, process) => {
    const who = { process, f: 'read', key: `k${key}`, client: process }
    const invoke = { ...who, type: 'invoke' as const, timeUs: callUs }
    return tookUs === null ? [invoke] : [invoke, { ...who, type: 'ok' as const, timeUs: callUs + tookUs }]
  })
  const order = (type: HistoryEvent['type']): number => (type === 'invoke' ? 0 : 1)
  const sorted = events.sort((a, b) => a.timeUs - b.timeUs || order(a.type) - order(b.type))
  return unpackOps(packOps(sorted.map((event, index) => ({ index, ...event }))))
}

test('every op has its lane, in the group of its key, and no two in a lane overlap or touch', () => {
  fc.assert(
    fc.property(drawn, (all) => {
      const ops = opsOf(all)
      const { groups, height } = layLanes(
        ops,
        Int32Array.from({ length: ops.length }, (_, at) => at),
        'key',
      )
      const seen = groups.flatMap(({ name, lanes }) =>
        lanes.flatMap((lane) => {
          for (const [i, at] of lane.ops.entries()) {
            expect(ops.names.key[ops.key[at]!]).toBe(name)
            if (i > 0) expect(ops.endUs[lane.ops[i - 1]!]).toBeLessThan(ops.callUs[at]!)
          }
          return lane.ops
        }),
      )
      expect(seen.toSorted((a, b) => a - b)).toEqual(Array.from({ length: ops.length }, (_, at) => at))
      const tops = groups.flatMap(({ lanes }) => lanes.map(({ top }) => top))
      expect(new Set(tops).size).toBe(tops.length)
      expect(Math.max(...tops)).toBeLessThan(height)
    }),
  )
})

test('a group has as many lanes as ops overlap at one moment, no more', () => {
  fc.assert(
    fc.property(drawn, (all) => {
      const ops = opsOf(all.map((op) => ({ ...op, key: 0 })))
      const places = Array.from({ length: ops.length }, (_, at) => at)
      const most = Math.max(
        ...places.map(
          (at) =>
            places.filter((other) => ops.callUs[other]! <= ops.callUs[at]! && ops.endUs[other]! >= ops.callUs[at]!)
              .length,
        ),
      )
      expect(layLanes(ops, places, 'key').groups[0]!.lanes).toHaveLength(most)
    }),
  )
})

test('groups go by number, k2 before k10, and only what is shown has one', () => {
  const ops = opsOf([10, 2, 1].map((key) => ({ key, callUs: key, tookUs: 1 })))
  expect(layLanes(ops, [0, 1, 2], 'key').groups.map(({ name }) => name)).toEqual(['k1', 'k2', 'k10'])
  expect(layLanes(ops, [1], 'client').groups).toHaveLength(1)
  expect(layLanes(ops, [], 'node')).toMatchObject({ groups: [], height: 4 })
})

test('drawing begins with the first op that has not ended before the window', () => {
  const ops = opsOf([0, 100, 200].map((callUs) => ({ key: 0, callUs, tookUs: 50 })))
  const lane = [0, 1, 2]
  expect([-1, 50, 51, 150, 250, 251].map((fromUs) => firstAfter(ops, lane, fromUs))).toEqual([0, 0, 1, 1, 2, 3])
})
