/** Plans of random histories: what a link says holds, and what can be seen from a distance is seen. */
import { describe, expect, test } from 'vitest'
import { withArena } from '../../arena.ts'
import { kinds, type RegisterColumns } from '../columns.ts'
import { allRegisterRules } from '../rules.ts'
import { chances, columnsFrom, played, scattered } from '../search-histories.suite.ts'
import { prepare } from '../search-history.ts'
import { Walk } from '../search-walk.ts'
import { windows } from '../windows.ts'
import { Plan } from './plan.ts'
import { Stretch } from './stretch.ts'

const none = -1

function planned(columns: RegisterColumns, seed: number, levels = 1000): Plan {
  return withArena((arena) => {
    const walk = new Walk(prepare(columns, allRegisterRules, arena), allRegisterRules, arena)
    walk.callUpToDue()
    const plan = new Plan(new Stretch(walk, windows(walk.history, arena)))
    plan.make(levels, seed)
    return plan
  })
}

/** What is wrong with a plan's links. */
function* objections({ stretch, links }: Plan): Generator<string> {
  const { count, meets, puts, call, returns, isRequired } = stretch
  const loose = new Set(links.loose.subarray(0, links.looseCount))
  const swapOf = new Map<number, number>()
  const reads = new Set<number>()
  for (let node = 0; node < count; node++) {
    for (let read = links.firstRead[node]!; read !== none; read = links.nextRead[read]!) {
      if (links.source[read] !== node) yield `${read} hangs on ${node} and does not know it`
      reads.add(read)
    }
  }
  for (let node = 0; node < count; node++) {
    const source = links.source[node]!
    if (loose.has(node) !== links.isLoose(node)) yield `${node} is not sure whether it is loose`
    if (source === none) {
      if (loose.has(node) && meets[node] === none) yield `${node} is loose and meets nothing`
      continue
    }
    if (loose.has(node)) yield `${node} is loose and has a source`
    if (puts[source] !== meets[node]) yield `${node} meets ${meets[node]} but ${source} puts ${puts[source]}`
    if (stretch.isSwap(node)) {
      if (swapOf.has(source)) yield `${node} and ${swapOf.get(source)} take the same value away`
      swapOf.set(source, node)
      if (links.swap[source] !== node) yield `${source} does not know of ${node}`
    } else if (!reads.has(node)) yield `${source} does not know of the read ${node}`
    const isNeeded = isRequired[node] === 1 || links.swap[node] !== none || links.firstRead[node] !== none
    if (!isNeeded) yield `${node} takes a value and nobody needs it`
    let steps = 0
    for (let before = source; before !== none; before = links.source[before]!) {
      if (call[before]! >= returns[node]!) yield `${before} is called after ${node} returned`
      if (++steps > count) return yield `a circle at ${node}`
    }
  }
}

describe('a plan', () => {
  test('links what can follow each other, no value is taken twice, and nothing goes in circles', () => {
    let linked = 0
    let loose = 0
    for (let seed = 1; seed <= 3000; seed++) {
      const columns = seed % 2 === 0 ? played(seed, 60) : scattered(seed, 20)
      const plan = planned(columns, seed, seed % 3 === 0 ? 7 : 1000)
      expect({ seed, objections: [...objections(plan)] }).toEqual({ seed, objections: [] })
      loose += plan.links.looseCount
      for (let node = 0; node < plan.stretch.count; node++) if (plan.links.source[node] !== none) linked++
    }
    expect(linked).toBeGreaterThan(10 * loose)
    expect(loose).toBeGreaterThan(100)
  })

  test('stays whole when two that do the same change places', () => {
    let exchanged = 0
    for (let seed = 1; seed <= 1000; seed++) {
      const below = chances(seed)
      const plan = planned(played(seed, 60), seed)
      const { count, meets, puts, call } = plan.stretch
      // Called before all that returns, they can stand anywhere in each other's place.
      call.fill(0, 0, count)
      for (let k = 0; k < 20; k++) {
        const a = below(count)
        const b = below(count)
        if (a === b || puts[a] === none || meets[a] !== meets[b] || puts[a] !== puts[b]) continue
        if (plan.links.isLoose(a) || plan.links.isLoose(b)) continue
        plan.links.exchange(a, b)
        exchanged++
        expect({ seed, objections: [...objections(plan)].filter((o) => !o.includes('nobody needs it')) }).toEqual({
          seed,
          objections: [],
        })
      }
    }
    expect(exchanged).toBeGreaterThan(500)
  })

  test('knows each of its operations by name, wherever the walk stands', () => {
    let open = 0
    for (let seed = 1; seed <= 500; seed++) {
      const below = chances(seed)
      withArena((arena) => {
        const history = prepare(played(seed, 80, true), allRegisterRules, arena)
        const walk = new Walk(history, allRegisterRules, arena)
        const stretch = new Stretch(walk, windows(history, arena))
        // Places of operations that returned are taken again by later ones, so the order of slots is not that of calls.
        for (let levels = below(history.count); walk.level < levels; walk.pass()) walk.callUpToDue()
        walk.callUpToDue()
        stretch.take(20)
        for (let node = 1; node < stretch.count; node++) expect(stretch.nodeOf(stretch.name[node]!)).toBe(node)
        for (let node = 1; node < stretch.firstPending; node++) if (stretch.name[node]! < walk.called) open++
        const calls = stretch.call.subarray(1, stretch.firstPending)
        expect(calls).toEqual(calls.toSorted())
      })
    }
    expect(open).toBeGreaterThan(1000)
  })

  test('leaves a write to the one that has no other', () => {
    // Both writes of 1 are there for the first swap, and the later one alone for the second.
    const columns = columnsFrom(
      [
        { kind: kinds.write, value: 1, next: -1, call: 0, return: 20 },
        { kind: kinds.write, value: 1, next: -1, call: 1, return: 90 },
        { kind: kinds.cas, value: 1, next: 2, call: 2, return: 19 },
        { kind: kinds.cas, value: 1, next: 3, call: 60, return: 80 },
        ...Array.from({ length: 12 }, (_, i) => ({
          kind: kinds.write,
          value: 0,
          next: -1,
          call: 21 + 3 * i,
          return: 22 + 3 * i,
        })),
      ],
      0,
    )
    for (let seed = 1; seed <= 50; seed++) {
      const { links, stretch } = planned(columns, seed)
      expect({ seed, loose: links.looseCount }).toEqual({ seed, loose: 0 })
      expect(stretch.name[links.source[stretch.nodeOf(2)]!]).toBe(0)
    }
  })

  test('of a part of the history requires nothing of what returns later', () => {
    const columns = played(8, 60, true)
    const ends = columns.return.subarray(0, columns.length).toSorted()
    const { stretch } = planned(columns, 1, 5)
    expect(stretch.end).toBe(5)
    expect(stretch.isRequired.subarray(1, stretch.firstPending)).toContain(0)
    for (let node = 1; node < stretch.firstPending; node++) {
      expect(stretch.isRequired[node] === 1).toBe(stretch.returns[node]! <= ends[4]!)
    }
  })
})
