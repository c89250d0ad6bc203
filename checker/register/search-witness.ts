/** From the trail of a walk to an order of operations, as the checker replays it. */
import type { Arena } from '../arena.ts'
import type { RegisterColumns } from './columns.ts'
import type { SearchHistory } from './search-history.ts'
import { steps } from './search-walk.ts'

/**
 * The order, as places in the partition's list. Read backwards, a trail shows an absorbed write before the write that
 * absorbs it: the next one that is visible, which was made visible last before the absorbed one returned. Its place is
 * directly before that one.
 */
export function orderOf(
  columns: RegisterColumns,
  history: SearchHistory,
  trail: { readonly entries: Int32Array; readonly length: number },
  arena: Arena,
): Int32Array {
  const { pending, source } = history
  const fuel = new Fuel(history, trail, arena)
  const order = new Int32Array(trail.length)
  const absorbed = arena.int32(trail.length)
  let absorbedCount = 0
  let to = trail.length
  for (let at = trail.length - 1; at >= 0; at--) {
    const entry = trail.entries[at] ?? 0
    const step = entry & 3
    const i = entry >> 2
    if (entry >= 0 && step === steps.absorb) {
      absorbed[absorbedCount++] = source[i] ?? 0
      continue
    }
    const isPending = entry < 0 || step === steps.use
    const member = entry < 0 ? fuel.last() : i
    const column = (isPending ? pending.memberSource[member] : source[i]) ?? 0
    order[--to] = columns.operation[column] ?? 0
    const isWrite = isPending ? (pending.from[pending.memberClass[member] ?? 0] ?? 0) < 0 : step === steps.show
    for (; isWrite && absorbedCount > 0; absorbedCount--) {
      order[--to] = columns.operation[absorbed[absorbedCount - 1] ?? 0] ?? 0
    }
  }
  return order
}

/**
 * Which pending writes stand for the fuel that was used. A write is fuel from the level on at which it has been called
 * and its class is of no use any more, and once fuel, it stays so: whichever is fuel by then will do.
 */
class Fuel {
  readonly #chosen: Int32Array
  #left = 0

  constructor(history: SearchHistory, trail: { readonly entries: Int32Array; readonly length: number }, arena: Arena) {
    const { pending, byReturn, returns } = history
    const levels: number[] = []
    const isUsed = new Set<number>()
    for (let at = 0; at < trail.length; at++) {
      const entry = trail.entries[at] ?? 0
      if (entry < 0) levels.push(-1 - entry)
      else if ((entry & 3) === steps.use) isUsed.add(entry >> 2)
    }
    this.#chosen = arena.int32(levels.length)
    if (levels.length === 0) return
    const isFuel = (member: number) => (pending.from[pending.memberClass[member] ?? 0] ?? 0) < 0 && !isUsed.has(member)
    const fuelFrom = (member: number) =>
      Math.max(
        pending.memberCall[member] ?? 0,
        lastReturn(history, pending.lastLevel[pending.memberClass[member] ?? 0] ?? 0),
      )
    const members = Array.from({ length: pending.members }, (_, member) => member)
      .filter(isFuel)
      .sort((a, b) => fuelFrom(a) - fuelFrom(b))
    for (const level of levels) {
      const member = members[this.#left] ?? -1
      if (member < 0 || fuelFrom(member) >= (returns[byReturn[level] ?? 0] ?? 0))
        throw new Error('there is no fuel left')
      this.#chosen[this.#left++] = member
    }
  }

  /** The members from the last used to the first. */
  last(): number {
    return this.#chosen[--this.#left] ?? 0
  }
}

function lastReturn({ byReturn, returns, count }: SearchHistory, level: number): number {
  if (level < 0) return -1
  return level >= count ? Number.POSITIVE_INFINITY : (returns[byReturn[level] ?? 0] ?? 0)
}
