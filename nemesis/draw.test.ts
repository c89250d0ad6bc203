import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { composites } from './composites.ts'
import { drawFaults } from './draw.ts'
import type { PlannedFault } from './plan.ts'
import { faults } from './registry.ts'

const all = Object.keys(faults)
/** What a run has unless told. */
const usual = ['partition', 'kill', 'pause']
const draw = (seed: number | string, durationMs = 30_000, names = all, nodes = 5) =>
  drawFaults({ faults: names, random: seededRandom(seed), durationMs, nodes })
const seeds = Array.from({ length: 200 }, (_, seed) => seed)
const leaderPicks = ['leader', 'isolate-leader', 'one-way']
const beginMs = ({ begin }: PlannedFault) => ('atMs' in begin ? begin.atMs : begin.notBeforeMs)

test('the same seed draws the same faults, another seed others', () => {
  expect(draw(7)).toEqual(draw(7))
  expect(draw(7)).not.toEqual(draw(8))
})

test('what was drawn from the stream before does not matter', () => {
  const used = seededRandom(7)
  used.uint32()
  expect(drawFaults({ faults: all, random: used, durationMs: 30_000, nodes: 5 })).toEqual(draw(7))
})

test('a longer phase has the same faults, and more of them', () => {
  for (const seed of seeds) {
    const short = draw(seed, 30_000, usual)
    // Only the end differs: the last fault may be cut short, and there is less room to wait for an event.
    const certain = short.filter((fault) => beginMs(fault) < 20_000).slice(0, -1)
    expect(draw(seed, 60_000, usual).slice(0, certain.length)).toEqual(certain)
  }
})

test('faults are plain data with ids of their own', () => {
  const planned = draw(1)
  expect(JSON.parse(JSON.stringify(planned))).toEqual(planned)
  expect(planned.map(({ id }) => id)).toEqual(planned.map((_, index) => `f${index + 1}`))
})

test('it begins and ends quietly, and every fault lasts a while', () => {
  fc.assert(
    fc.property(
      fc.nat(),
      fc.integer({ min: 3000, max: 60_000 }),
      fc.subarray(all, { minLength: 1 }),
      (seed, ms, names) => {
        for (const fault of draw(seed, ms, names)) {
          if ('atMs' in fault.begin) {
            expect(fault.begin.atMs).toBeGreaterThanOrEqual(1500)
            expect(fault.begin.atMs + fault.forMs).toBeLessThanOrEqual(ms - 1000)
          } else {
            expect(fault.begin.notBeforeMs).toBeGreaterThanOrEqual(1500)
            expect(fault.begin.notBeforeMs + fault.begin.afterMs + fault.forMs).toBeLessThanOrEqual(ms - 1000)
          }
          expect(fault.forMs).toBeGreaterThanOrEqual(200)
          expect(fault.forMs).toBeLessThanOrEqual(4000)
        }
      },
    ),
    { numRuns: 100 },
  )
})

describe('every named fault occurs at a sure time', () => {
  test.each([5000, 8000, 10_000, 30_000])('in %i ms', (durationMs) => {
    for (const seed of seeds) {
      const sure = draw(seed, durationMs).filter(({ begin }) => 'atMs' in begin)
      expect(new Set(sure.map(({ fault }) => fault))).toEqual(new Set(all))
    }
  })
})

test('only named faults occur', () => {
  for (const seed of seeds)
    expect(new Set(draw(seed, 30_000, ['pause']).map(({ fault }) => fault))).toEqual(new Set(['pause']))
})

test('most faults aim at the leader, some overlap, some wait for an election', () => {
  const planned = seeds.map((seed) => draw(seed, 30_000, usual))
  const each = planned.flat()
  const share = (some: readonly unknown[]) => some.length / each.length
  expect(each.length / planned.length).toBeGreaterThan(6)
  expect(share(each.filter(({ target }) => leaderPicks.includes(target.pick)))).toBeGreaterThan(0.4)
  expect(share(each.filter(({ begin }) => 'on' in begin))).toBeGreaterThan(0.05)
  const overlaps = planned.flatMap((faults) =>
    faults.slice(1).filter((fault, index) => {
      const before = faults[index]
      return before !== undefined && 'atMs' in fault.begin && beginMs(fault) < beginMs(before) + before.forMs
    }),
  )
  expect(share(overlaps)).toBeGreaterThan(0.05)
})

test('a single node elects nobody, so nothing waits for that', () => {
  for (const seed of seeds) for (const { begin } of draw(seed, 30_000, all, 1)) expect(begin).toHaveProperty('atMs')
})

test('without room or names there are no faults, and an unknown name is refused', () => {
  expect(draw(1, 2500)).toEqual([])
  expect(draw(1, 30_000, [])).toEqual([])
  expect(() => draw(1, 30_000, ['sharks'])).toThrow(UsageError)
  expect(() => draw(1, 30_000, ['sharks'])).toThrow(/given fault 'sharks'; expected one of partition, kill, pause/)
})

test('a fault asked for with a target has that target each time, and nothing else changes', () => {
  const draw = (faultNames: readonly string[]) =>
    drawFaults({ faults: faultNames, random: seededRandom(5), durationMs: 30_000, nodes: 5 })
  const free = draw(['partition'])
  const aimed = draw(['partition:isolate-leader'])
  expect(aimed.length).toBeGreaterThan(3)
  expect(aimed).toEqual(free.map((fault) => ({ ...fault, target: { ...fault.target, pick: 'isolate-leader' } })))
  expect(() => draw(['partition:leader'])).toThrow(
    "given fault 'partition:leader'; expected partition: followed by one of",
  )
})

test('the usual faults of a seed stay what they are', () => {
  const text = draw('recorded', 12_000, usual).map(
    ({ id, fault, target, begin, forMs }) =>
      `${id} ${fault} ${target.pick} ${target.draw} ${JSON.stringify(begin)} ${forMs}`,
  )
  expect(text).toMatchInlineSnapshot(`
    [
      "f1 kill all 2922391198 {"atMs":1500} 1406",
      "f2 pause minority 3566920085 {"atMs":3863} 1980",
      "f3 partition bridge 1922396284 {"atMs":4536} 1080",
      "f4 kill all 2116774399 {"on":"leader-elected","notBeforeMs":4536,"afterMs":7} 1041",
      "f5 partition isolate-one 3053710529 {"atMs":8727} 1209",
    ]
  `)
})

describe('intensity', () => {
  const mean = (intensity: number, lengthScale = 1) => {
    const planned = seeds.map((seed) =>
      drawFaults({ faults: usual, random: seededRandom(seed), durationMs: 30_000, nodes: 5, intensity, lengthScale }),
    )
    return {
      count: planned.flat().length / seeds.length,
      forMs: planned.flat().reduce((sum, { forMs }) => sum + forMs, 0) / planned.flat().length,
    }
  }

  test('makes faults more, not longer', () => {
    const [calm, normal, stormy] = [mean(0.3), mean(1), mean(4)]
    expect(calm.count).toBeLessThan(normal.count * 0.8)
    expect(stormy.count).toBeGreaterThan(normal.count * 1.3)
    expect(Math.abs(stormy.forMs - normal.forMs)).toBeLessThan(normal.forMs * 0.1)
  })

  test('a length scale makes them shorter or longer', () => {
    expect(mean(1, 0.25).forMs).toBeLessThan(mean(1).forMs * 0.4)
    expect(mean(1, 1.5).forMs).toBeGreaterThan(mean(1).forMs * 1.2)
  })
})

describe('composites', () => {
  const mixed = (seed: number, names = all, nodes = 5) =>
    drawFaults({ faults: names, random: seededRandom(seed), durationMs: 30_000, nodes, composites: true })
  const patterns = (planned: readonly PlannedFault[]) => new Set(planned.flatMap(({ composite }) => composite ?? []))

  test('each occurs, next to single faults, with ids that say what belongs together', () => {
    const planned = seeds.map((seed) => mixed(seed))
    expect(patterns(planned.flat())).toEqual(new Set(Object.keys(composites)))
    for (const each of planned) {
      expect(new Set(each.map(({ id }) => id)).size).toBe(each.length)
      for (const { id, composite } of each) expect(/^f\d+\.\d+$/.test(id)).toBe(composite !== undefined)
      for (const group of Map.groupBy(each, ({ id }) => id.split('.')[0]).values()) {
        expect(new Set(group.map(({ composite }) => composite)).size).toBe(1)
      }
      expect(each.some(({ composite }) => composite === undefined)).toBe(true)
    }
  })

  test('they use named faults only, and none that was asked for with a target', () => {
    for (const seed of seeds) {
      for (const { fault } of mixed(seed, ['kill', 'power'])) expect(['kill', 'power']).toContain(fault)
      for (const { target } of mixed(seed, ['kill:leader', 'partition'])) expect(target.pick).not.toBe('one')
    }
    const of = (names: string[]) => patterns(seeds.flatMap((seed) => mixed(seed, names)))
    expect(of(['kill', 'power'])).toEqual(new Set(['kill-and-power', 'flap']))
    expect(of(['kill:leader', 'clock:slow'])).toEqual(new Set())
  })

  test('they end before the quiet end', () => {
    for (const seed of seeds) {
      for (const { begin, forMs } of mixed(seed)) {
        expect(('atMs' in begin ? begin.atMs : begin.notBeforeMs + begin.afterMs) + forMs).toBeLessThanOrEqual(29_000)
      }
    }
  })

  test('there is none where a single node is left without a majority', () => {
    for (const seed of seeds) expect(patterns(mixed(seed, all, 2))).toEqual(new Set())
  })
})
