/**
 * Decides sets and lists that only grow, by items no two of which are alike, and are read as a whole: in time linear in
 * the size of what was read. Of two reads one must have seen all that the other saw (of a list: a beginning of it), so
 * reads are in one order up to those that saw the same, and each item that was seen came between two of them. An item
 * that nobody has seen came after all reads, or, if its operation did not return, it need not have come at all.
 */
import type { Item } from '../models/object.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Limits } from '../procedure.ts'
import { illegal, outOfLimits } from './container-history.ts'
import { decideByPlaces, nowhere } from './places.ts'

type Answer = readonly Item[] | boolean | null
type GrowthOperation = Operation<{ readonly f: string; readonly value?: Item }, Answer>

interface Growth {
  /** Operations that bring an item, by the item. */
  readonly bringers: ReadonlyMap<Item, number>
  readonly reads: readonly Read[]
}

interface Read {
  readonly index: number
  readonly items: readonly Item[]
}

/** `undefined` if something is removed or looked for alone, if an item is added twice, or if an answer is missing. */
export function decideGrowingSet(operations: readonly GrowthOperation[], limits: Limits): Decision | undefined {
  const growth = growthOf(operations, 'add')
  if (growth === undefined) return undefined
  const reason = outOfLimits(operations, limits)
  if (reason !== undefined) return reason
  const places = new Int32Array(operations.length).fill(nowhere)
  let seen = 0
  let place = 0
  for (const { index, items } of growth.reads.toSorted((a, b) => a.items.length - b.items.length)) {
    if (new Set(items).size < items.length) return illegal([index])
    if (items.length > seen) place += 2
    for (const item of items) {
      const bringer = growth.bringers.get(item)
      if (bringer === undefined) return illegal([index])
      if (places[bringer] !== nowhere) continue
      places[bringer] = place - 1
      seen++
    }
    // All that any earlier read saw was counted; more than this read's own means that it lacks something.
    if (seen !== items.length) return illegal()
    places[index] = place
  }
  return decideByPlaces(operations, withUnseen(operations, growth, places, place + 1))
}

/** `undefined` if an item is appended twice, or if an answer is missing. */
export function decideList(operations: readonly GrowthOperation[], limits: Limits): Decision | undefined {
  const growth = growthOf(operations, 'append')
  if (growth === undefined) return undefined
  const reason = outOfLimits(operations, limits)
  if (reason !== undefined) return reason
  const places = new Int32Array(operations.length).fill(nowhere)
  let longest: readonly Item[] = []
  for (const { items } of growth.reads) if (items.length > longest.length) longest = items
  for (const { index, items } of growth.reads) {
    if (items.some((item, i) => item !== longest[i])) return illegal()
    places[index] = 2 * items.length
  }
  for (const [i, item] of longest.entries()) {
    const bringer = growth.bringers.get(item)
    // Nobody appended it, or it stands there twice.
    if (bringer === undefined || places[bringer] !== nowhere) {
      const read = growth.reads.find(({ items }) => items === longest)
      return illegal(read && [read.index, ...(bringer === undefined ? [] : [bringer])])
    }
    places[bringer] = 2 * i + 1
  }
  return decideByPlaces(operations, withUnseen(operations, growth, places, 2 * longest.length + 1))
}

function growthOf(operations: readonly GrowthOperation[], bring: string): Growth | undefined {
  const bringers = new Map<Item, number>()
  const reads: Read[] = []
  for (const [index, { input, output, return: end }] of operations.entries()) {
    const { f, value } = input
    if (f === bring && value !== undefined) {
      if (bringers.has(value) || output === false || Number.isNaN(value)) return undefined
      bringers.set(value, index)
    } else if (f !== 'read') return undefined
    else if (Array.isArray(output) && end !== Number.POSITIVE_INFINITY) reads.push({ index, items: output })
    else if (end !== Number.POSITIVE_INFINITY) return undefined
  }
  return { bringers, reads }
}

function withUnseen(
  operations: readonly GrowthOperation[],
  { bringers }: Growth,
  places: Int32Array,
  last: number,
): Int32Array {
  for (const index of bringers.values()) {
    const isOpen = operations[index]?.return === Number.POSITIVE_INFINITY
    if (places[index] === nowhere && !isOpen) places[index] = last
  }
  return places
}
