import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import type { SystemEvent } from '../cluster/system.ts'
import { windowOf } from './evidence.ts'
import type { AnyFault, ClusterView, Resolved } from './fault.ts'
import { faults } from './registry.ts'

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
  ])('of a %s: %s', (name, _what, events, expected) => {
    expect(faults[name].bit(target, events)).toBe(expected)
  })
})

test('events count from the begin to a second after the release', () => {
  const events = [9, 10, 20, 1_000_020, 1_000_021].map(
    (timeUs): SystemEvent => ({ timeUs, type: 'node-paused', node: 'n1' }),
  )
  expect(windowOf(events, 10, 20).map(({ timeUs }) => timeUs)).toEqual([10, 20, 1_000_020])
  expect(windowOf(events, 10).map(({ timeUs }) => timeUs)).toEqual([10, 20, 1_000_020, 1_000_021])
})
