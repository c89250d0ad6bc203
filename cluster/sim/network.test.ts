import { expect, test } from 'vitest'
import { seededRandom } from '../random.ts'
import type { Link, LinkWeather } from '../system.ts'
import { type Parcel, SimLink } from './network.ts'
import { Scheduler } from './scheduler.ts'

const calm: LinkWeather = { lossPercent: 0, duplicatePercent: 0, reorderPercent: 0, delayMs: [0, 0] }
const peers: Link = { from: 'n1', to: 'n2' }

/** Sends parcels 0, 1, 2 … one a millisecond, and gives what became of them. */
function sent(link: Link, weather: LinkWeather | undefined, count = 200) {
  const scheduler = new Scheduler()
  const sim = new SimLink(link, scheduler, seededRandom('network'))
  if (weather) sim.setWeather(weather)
  const arrived: number[] = []
  const lost: string[] = []
  const parcel = (number: number): Parcel => ({
    deliver: () => arrived.push(number) > 0,
    lose: (cause) => lost.push(cause),
  })
  for (let number = 0; number < count; number++) scheduler.post(number * 1000, () => sim.send(parcel(number)))
  scheduler.runUntil(count * 1000 + 1_000_000)
  return { arrived, lost, counts: sim.clearWeather() }
}

const inOrder = Array.from({ length: 200 }, (_none, number) => number)

test('without weather all arrives, in order', () => {
  expect(sent(peers, undefined)).toEqual({ arrived: inOrder, lost: [], counts: undefined })
})

test('loss drops frames without a word', () => {
  const { arrived, lost, counts } = sent(peers, { ...calm, lossPercent: 30 })
  expect(arrived.length + counts!.dropped).toBe(200)
  expect(counts!.dropped).toBeGreaterThan(30)
  expect(lost).toEqual([])
})

test('duplication delivers frames again, behind others', () => {
  const { arrived, counts } = sent(peers, { ...calm, duplicatePercent: 30 })
  expect(arrived).toHaveLength(200 + counts!.duplicated)
  expect([...new Set(arrived)]).toEqual(inOrder)
  expect(arrived).not.toEqual(arrived.toSorted((a, b) => a - b))
})

test('reordering lets frames overtake each other, and loses none', () => {
  const { arrived, counts } = sent(peers, { ...calm, reorderPercent: 30 })
  expect(arrived).not.toEqual(inOrder)
  expect(arrived.toSorted((a, b) => a - b)).toEqual(inOrder)
  expect(counts!.delayed).toBeGreaterThan(30)
})

test('a delay keeps the order', () => {
  const { arrived, counts } = sent(peers, { ...calm, delayMs: [1, 30] })
  expect([arrived, counts!.delayed]).toEqual([inOrder, 200])
})

test('on a link of clients nothing comes twice, as over one TCP connection', () => {
  const { arrived, counts } = sent({ from: 'clients', to: 'n1' }, { ...calm, duplicatePercent: 100 })
  expect([arrived, counts!.duplicated]).toEqual([inOrder, 0])
})

test('a reset loses what is on its way, whether in its lane or astray, and the next connection starts clean', () => {
  const scheduler = new Scheduler()
  const link = new SimLink(peers, scheduler, seededRandom('reset'))
  const seen: string[] = []
  const parcel = (name: string): Parcel => ({
    deliver: () => seen.push(`${name} arrived`) > 0,
    lose: (cause) => seen.push(`${name} ${cause}`),
  })
  link.setWeather({ ...calm, reorderPercent: 100 })
  link.send(parcel('astray'))
  link.setWeather({ ...calm, delayMs: [50, 50] })
  link.send(parcel('delayed'))
  link.reset()
  link.clearWeather()
  link.send(parcel('new'))
  scheduler.runUntil(40_000)
  expect(seen.sort()).toEqual(['astray reset', 'delayed reset', 'new arrived'])
  scheduler.runUntil(1_000_000)
  expect(seen).toHaveLength(3)
})

test('a cut holds what is sent, and still counts what died with its end before the heal', () => {
  const scheduler = new Scheduler()
  const link = new SimLink(peers, scheduler, seededRandom('cut'))
  const seen: string[] = []
  const parcel = (name: string): Parcel => ({
    deliver: () => seen.push(`${name} arrived`) > 0,
    lose: (cause) => seen.push(`${name} ${cause}`),
  })
  link.send(parcel('before'))
  link.cut()
  link.send(parcel('held'))
  scheduler.runUntil(1_000_000)
  expect(seen).toEqual(['before arrived'])
  link.reset()
  link.send(parcel('in vain'))
  scheduler.runUntil(2_000_000)
  expect(seen).toEqual(['before arrived', 'held reset'])
  expect(link.heal()).toEqual({ held: 2, destroyed: 2 })
  link.send(parcel('after'))
  scheduler.runUntil(3_000_000)
  expect(seen).toEqual(['before arrived', 'held reset', 'in vain reset', 'after arrived'])
})
