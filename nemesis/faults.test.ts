import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import type { SystemEvent } from '../cluster/system.ts'
import { clockErrorOf } from './clock.ts'
import { windowOf } from './evidence.ts'
import type { AnyFault, ClusterView, Resolved } from './fault.ts'
import { faults } from './registry.ts'
import { weatherOf } from './weather.ts'

const registry: readonly [string, AnyFault][] = Object.entries(faults)
const nodes = ['n1', 'n2', 'n3']
const links = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })))
const view: ClusterView = { nodes, links, leader: 'n2' }

describe.each(registry)('%s', (_name, fault) => {
  test('plans only what it can resolve, and every pick it knows', () => {
    const picks = new Set<string>()
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const target = fault.plan(seededRandom(seed))
        picks.add(target.pick)
        const resolved = fault.resolve(target, view)
        expect(resolved.nodes.length).toBeGreaterThan(0)
        expect(resolved.text).not.toBe('')
      }),
      { numRuns: 300, seed: 1 },
    )
    expect(picks).toEqual(new Set(fault.picks))
  })
})

const target: Resolved = { nodes: ['n1', 'n2'], links: links.slice(0, 2), text: '' }
const at = { timeUs: 0 }
const healed = (link: { from: string; to: string }, held: number, destroyed = 0): SystemEvent => ({
  ...at,
  type: 'link-healed',
  link,
  held,
  destroyed,
})

const died = (node: string, how: string): SystemEvent => ({ ...at, type: 'node-dead', node, wanted: true, how })
const mended = (node: string, slowed: number, failed: number): SystemEvent => ({
  ...at,
  type: 'disk-healed',
  node,
  slowed,
  failed,
})
const flipped = (node: string): SystemEvent => ({
  ...at,
  type: 'disk-broken',
  node,
  how: 'flip',
  where: 'wal-0 byte 3',
})
const cleared = (from: string, to: string, dropped: number, duplicated: number, delayed: number): SystemEvent => ({
  ...at,
  type: 'link-weather',
  link: { from, to },
  dropped,
  duplicated,
  delayed,
})

describe('what proves that it bit', () => {
  test.each<[keyof typeof faults, string, SystemEvent[], string | undefined]>([
    ['kill', 'nothing', [], undefined],
    ['kill', 'a target died', [{ ...at, type: 'node-dead', node: 'n2', wanted: true, how: 'SIGKILL' }], 'n2 died'],
    ['kill', 'it died by itself', [{ ...at, type: 'node-dead', node: 'n2', wanted: false, how: 'exit 1' }], undefined],
    ['kill', 'another died', [{ ...at, type: 'node-dead', node: 'n3', wanted: true, how: 'SIGKILL' }], undefined],
    ['kill', 'a target froze', [{ ...at, type: 'node-paused', node: 'n1' }], undefined],
    ['pause', 'a target froze', [{ ...at, type: 'node-paused', node: 'n1' }], 'n1 froze'],
    ['pause', 'another froze', [{ ...at, type: 'node-paused', node: 'n3' }], undefined],
    ['partition', 'only the cut', [{ ...at, type: 'link-cut', link: { from: 'n1', to: 'n2' } }], undefined],
    ['partition', 'a silent link', [healed({ from: 'n1', to: 'n2' }, 0)], undefined],
    ['partition', 'another link', [healed({ from: 'n3', to: 'n2' }, 5)], undefined],
    [
      'partition',
      'both links',
      [healed({ from: 'n1', to: 'n2' }, 5), healed({ from: 'n1', to: 'n3' }, 1, 2)],
      '2 of 2 cut links held 6 frames and destroyed 2 connections',
    ],
    ['power', 'a target died', [died('n1', 'power cut')], 'n1 died'],
    ['power', 'another died', [died('n3', 'power cut')], undefined],
    [
      'clock',
      'a clock was set',
      [{ ...at, type: 'clock-set', node: 'n2', offsetUs: 0, ratePpm: 5 }],
      'the clock of n2 was wrong',
    ],
    ['clock', 'it was only reset', [{ ...at, type: 'clock-reset', node: 'n2', jumpedUs: 5 }], undefined],
    [
      'weather',
      'frames were disturbed on a link',
      [cleared('n1', 'n2', 1, 2, 3), cleared('n1', 'n3', 0, 0, 1)],
      'on 2 of 2 links 1 frames were lost, 2 came twice, 4 were held or overtaken',
    ],
    ['weather', 'nothing was sent', [cleared('n1', 'n2', 0, 0, 0)], undefined],
    ['weather', 'another link', [cleared('n3', 'n2', 1, 2, 3)], undefined],
  ])('of a %s: %s', (name, _what, events, expected) => {
    expect((faults[name] as AnyFault).bit(target, events, { pick: '', draw: 0 })).toBe(expected)
  })

  test.each<[string, string, SystemEvent[], string | undefined]>([
    ['slow', 'it was used', [mended('n1', 7, 0)], '7 disk operations of n1 took long'],
    ['slow', 'it was not used', [mended('n1', 0, 0)], undefined],
    ['error', 'it was used', [mended('n1', 0, 2)], '2 disk operations of n1 failed'],
    [
      'full',
      'its node died',
      [died('n1', 'disk: ENOSPC'), mended('n1', 0, 1)],
      '1 disk operations of n1 failed, and it died',
    ],
    ['full', 'another was used', [mended('n3', 0, 1)], undefined],
    ['error', 'only slow', [mended('n1', 3, 0)], undefined],
    ['flip', 'nobody read it', [flipped('n1')], undefined],
    [
      'flip',
      'its node refused it',
      [flipped('n1'), died('n1', 'disk: checksum')],
      'n1 refused to start on a turned bit at wal-0 byte 3',
    ],
    ['flip', 'its node died of something else', [flipped('n1'), died('n1', 'SIGKILL')], undefined],
  ])('of a disk, %s: %s', (pick, _what, events, expected) => {
    expect(faults.disk.bit(target, events, { pick, draw: 0 })).toBe(expected)
  })

  test.each<[string, SystemEvent[], string | undefined]>([
    ['its node died there', [died('n1', 'crash point after-sync')], 'n1 died at after-sync'],
    ['its node died elsewhere by chance', [died('n1', 'crash point after-send')], undefined],
    ['its node was killed', [died('n1', 'SIGKILL')], undefined],
  ])('of a crash point: %s', (_what, events, expected) => {
    expect(faults['crash-point'].bit(target, events, { pick: 'after-sync', draw: 0 })).toBe(expected)
  })
})

describe('a target in words', () => {
  test.each<[keyof typeof faults, string, number, string]>([
    ['power', 'follower', 0, 'n3'],
    ['clock', 'slow', 2, 'the clock of n2 (the leader) runs at 70 % of its speed'],
    ['clock', 'back', 2, 'the clock of n2 (the leader) jumps 1026.897 s back'],
    ['disk', 'full', 4, 'the disk of n2 (the leader): no room left'],
    ['crash-point', 'before-sync', 1, 'n2, before its next sync'],
    ['weather', 'slow', 2, 'held 26 to 75 ms: links between nodes of n2 (the leader)'],
    ['weather', 'lossy', 1, '4 % lost: all links between nodes'],
  ])('%s %s with draw %i', (name, pick, draw, text) => {
    expect(faults[name].resolve({ pick, draw }, view).text).toBe(text)
  })
})

test('what happens is in the pick, how bad it is in the draw', () => {
  for (const pick of faults.weather.picks.filter((each) => each !== 'foul' && each !== 'unsettled')) {
    const kinds = new Set<string>()
    for (let draw = 0; draw < 100; draw++) {
      const { lossPercent, duplicatePercent, reorderPercent, delayMs } = weatherOf({ pick, draw })
      if (lossPercent > 0) kinds.add('lossy')
      if (duplicatePercent > 0) kinds.add('duplicating')
      if (reorderPercent > 0) kinds.add('reordering')
      if (delayMs[0] > 0) kinds.add('slow')
      expect(delayMs[0]).toBeLessThanOrEqual(delayMs[1])
    }
    expect([...kinds]).toEqual([pick === 'crawling' ? 'slow' : pick])
  }
  for (let draw = 0; draw < 100; draw++) {
    expect(clockErrorOf({ pick: 'fast', draw })).toMatchObject({
      offsetUs: 0,
      ratePpm: expect.toSatisfy((ppm) => ppm > 0),
    })
    // At -1,000,000 it would stand still.
    expect(clockErrorOf({ pick: 'slow', draw }).ratePpm).toBeGreaterThanOrEqual(-900_000)
    expect(clockErrorOf({ pick: 'slow', draw }).ratePpm).toBeLessThan(0)
    expect(clockErrorOf({ pick: 'ahead', draw }).offsetUs).toBeGreaterThan(0)
    expect(clockErrorOf({ pick: 'back', draw }).offsetUs).toBeLessThan(0)
  }
})

test('a target that no fault knows is a bug', () => {
  expect(() => faults.weather.resolve({ pick: 'sunny', draw: 0 }, view)).toThrow("weather 'sunny' is none of")
  expect(() => faults.clock.resolve({ pick: 'sunny', draw: 0 }, view)).toThrow("clock 'sunny' is none of")
  expect(() => faults.disk.resolve({ pick: 'sunny', draw: 0 }, view)).toThrow("disk 'sunny' is none of")
  expect(() => faults['crash-point'].resolve({ pick: 'sunny', draw: 0 }, view)).toThrow("point 'sunny' is none of")
})

test('events count from the begin to a second after the release', () => {
  const events = [9, 10, 20, 1_000_020, 1_000_021].map(
    (timeUs): SystemEvent => ({ timeUs, type: 'node-paused', node: 'n1' }),
  )
  expect(windowOf(events, 10, 20).map(({ timeUs }) => timeUs)).toEqual([10, 20, 1_000_020])
  expect(windowOf(events, 10).map(({ timeUs }) => timeUs)).toEqual([10, 20, 1_000_020, 1_000_021])
})
