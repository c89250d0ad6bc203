/**
 * Pending operations in classes of equal ones (R5): of a class the first called is used first, so a configuration says
 * how many of each class are used, and nothing more.
 */
import type { Arena } from '../arena.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import type { RegisterRules } from './rules.ts'

/**
 * Classes are numbers below `count`, in the order of their first calls; chains end with -1.
 *
 * A class is of use up to its last level: when all that observe its value have returned, nobody will want it. From
 * then on its unused writes are *fuel*, all alike: they can only serve to get away from a value that is refused.
 */
export interface PendingClasses {
  readonly count: number
  /** What a swap expects; -1 for a write. */
  readonly from: Int32Array
  readonly to: Int32Array
  /** Its members are the numbers from here on. */
  readonly start: Int32Array
  readonly size: Int32Array
  readonly lastLevel: Int32Array
  /** A number that no other class of use has at the same level. */
  readonly slot: Int32Array
  /** Which class had the slot before. */
  readonly before: Int32Array
  readonly slots: number
  readonly memberCall: Int32Array
  readonly memberClass: Int32Array
  /** Its place in the columns. */
  readonly memberSource: Int32Array
  readonly members: number
  /** By value: the first class that writes it; by class, the next. */
  readonly firstWrite: Int32Array
  readonly nextWrite: Int32Array
  /** By value: the first class of swaps that put it. */
  readonly firstSwapTo: Int32Array
  readonly nextSwapTo: Int32Array
  /** By value: the first class of swaps that expect it. */
  readonly firstSwapFrom: Int32Array
  readonly nextSwapFrom: Int32Array
  /** Whether there is anything to refuse: then fuel is counted. */
  readonly hasFuel: boolean
  /** By level: how many writes are fuel by then, used or not. Only if `hasFuel`. */
  readonly fuel: Int32Array
  /** By level: the first class for which it is the last; by class, the next. Only if `hasFuel`. */
  readonly firstEnding: Int32Array
  readonly nextEnding: Int32Array
}

export interface PendingSource {
  readonly columns: RegisterColumns
  readonly name: Int32Array
  readonly kept: Int32Array
  readonly keptCount: number
  readonly hasRefusals: boolean
  readonly values: number
  readonly count: number
  readonly kind: Int32Array
  readonly value: Int32Array
  readonly returns: Int32Array
  readonly byReturn: Int32Array
  readonly rules: RegisterRules
}

export function classify(source: PendingSource, arena: Arena): PendingClasses {
  const { columns, name, kept, keptCount, values, rules } = source
  const from = arena.int32(keptCount)
  const to = arena.int32(keptCount)
  const start = arena.int32(keptCount + 1)
  const size = arena.int32(keptCount)
  const firstCall = arena.int32(keptCount)
  const classOf = arena.int32(keptCount)
  const firstWrite = arena.filled(values, -1)
  const nextWrite = arena.int32(keptCount)
  const firstSwapTo = arena.filled(values, -1)
  const nextSwapTo = arena.int32(keptCount)
  const firstSwapFrom = arena.filled(values, -1)
  const nextSwapFrom = arena.int32(keptCount)
  let count = 0
  for (let k = 0; k < keptCount; k++) {
    const i = kept[k] ?? 0
    const isSwap = columns.kind[i] === kinds.cas
    const value = name[columns.value[i] ?? 0] ?? 0
    const put = isSwap ? (name[columns.next[i] ?? 0] ?? 0) : value
    let c = -1
    if (rules.symmetry) {
      c = (isSwap ? firstSwapTo[put] : firstWrite[put]) ?? -1
      while (isSwap && c >= 0 && from[c] !== value) c = nextSwapTo[c] ?? -1
    }
    if (c < 0) {
      c = count++
      from[c] = isSwap ? value : -1
      to[c] = put
      size[c] = 0
      firstCall[c] = columns.call[i] ?? 0
      if (isSwap) {
        nextSwapTo[c] = firstSwapTo[put] ?? -1
        firstSwapTo[put] = c
        nextSwapFrom[c] = firstSwapFrom[value] ?? -1
        firstSwapFrom[value] = c
      } else {
        nextWrite[c] = firstWrite[put] ?? -1
        firstWrite[put] = c
      }
    }
    classOf[k] = c
    size[c] = 1 + (size[c] ?? 0)
  }
  const memberCall = arena.int32(keptCount)
  const memberClass = arena.int32(keptCount)
  const memberSource = arena.int32(keptCount)
  start[0] = 0
  for (let c = 0; c < count; c++) start[c + 1] = (start[c] ?? 0) + (size[c] ?? 0)
  const filled = arena.filled(count, 0)
  for (let k = 0; k < keptCount; k++) {
    const i = kept[k] ?? 0
    const c = classOf[k] ?? 0
    const member = (start[c] ?? 0) + (filled[c] ?? 0)
    filled[c] = 1 + (filled[c] ?? 0)
    memberCall[member] = columns.call[i] ?? 0
    memberClass[member] = c
    memberSource[member] = i
  }
  const classes = {
    count,
    from,
    to,
    start,
    size,
    memberCall,
    memberClass,
    memberSource,
    members: keptCount,
    firstWrite,
    nextWrite,
    firstSwapTo,
    nextSwapTo,
    firstSwapFrom,
    nextSwapFrom,
    hasFuel: source.hasRefusals && keptCount > 0,
  }
  const lastLevel = lastLevels(source, classes, arena)
  return {
    ...classes,
    lastLevel,
    ...assignClassSlots(source, classes, firstCall, lastLevel, arena),
    ...countFuel(source, classes, lastLevel, arena),
  }
}

type Classes = Pick<PendingClasses, 'count' | 'from' | 'to' | 'members' | 'memberCall' | 'memberClass' | 'hasFuel'>

/** The level of the last return of an operation that could observe what the class puts, or what it takes away. */
function lastLevels(source: PendingSource, { count, from, to }: Classes, arena: Arena): Int32Array {
  const { kind, value, byReturn, values, rules } = source
  const last = arena.int32(count)
  if (count === 0) return last
  if (!rules.unobserved) return last.fill(open, 0, count)
  const observed = arena.filled(values, -1)
  const refused = arena.filled(values, -1)
  for (let level = 0; level < source.count; level++) {
    const i = byReturn[level] ?? 0
    const v = value[i] ?? 0
    if (kind[i] === kinds.write) continue
    observed[v] = level
    if (kind[i] === kinds.refuse) refused[v] = level
  }
  // What nobody observes is fuel from the start; a swap to it can still be the way out of what it takes.
  observed[values - 1] = -1
  for (let c = 0; c < count; c++) {
    const e = from[c] ?? -1
    last[c] = Math.max(observed[to[c] ?? 0] ?? -1, e < 0 ? -1 : (refused[e] ?? -1))
  }
  // Pending swaps observe too, as long as they are of use themselves.
  let isStable = false
  for (let pass = 0; !isStable && pass < maximumPasses; pass++) {
    isStable = true
    for (let c = 0; c < count; c++) {
      const e = from[c] ?? -1
      if (e >= 0 && (observed[e] ?? -1) < (last[c] ?? -1)) observed[e] = last[c] ?? -1
    }
    for (let c = 0; c < count; c++) {
      const level = observed[to[c] ?? 0] ?? -1
      if (level <= (last[c] ?? -1)) continue
      last[c] = level
      isStable = false
    }
  }
  // To say that a class is of use for longer than it is loses nothing but room.
  if (!isStable) last.fill(open, 0, count)
  return last
}

const maximumPasses = 16

function assignClassSlots(
  { returns, byReturn, count: levels }: PendingSource,
  { count }: Classes,
  firstCall: Int32Array,
  lastLevel: Int32Array,
  arena: Arena,
) {
  const slot = arena.int32(count)
  const before = arena.int32(count)
  const holder = arena.int32(count)
  const free = arena.int32(count)
  const ending = arena.filled(count === 0 ? 0 : levels, -1)
  const next = arena.int32(count)
  let freeCount = 0
  let slots = 0
  let level = 0
  for (let c = 0; c < count; c++) {
    // A class enters at the first level whose return comes after its first call.
    for (; level < levels && (returns[byReturn[level] ?? 0] ?? 0) < (firstCall[c] ?? 0); level++) {
      for (let gone = ending[level] ?? -1; gone >= 0; gone = next[gone] ?? -1) free[freeCount++] = slot[gone] ?? 0
    }
    const last = lastLevel[c] ?? 0
    if (last < level) {
      slot[c] = -1
      before[c] = -1
      continue
    }
    let s = slots
    if (freeCount > 0) {
      s = free[--freeCount] ?? 0
    } else {
      holder[slots++] = -1
    }
    slot[c] = s
    before[c] = holder[s] ?? -1
    holder[s] = c
    if (last < levels) {
      next[c] = ending[last] ?? -1
      ending[last] = c
    }
  }
  return { slot, before, slots }
}

function countFuel(source: PendingSource, classes: Classes, lastLevel: Int32Array, arena: Arena) {
  const { count, hasFuel, from, members, memberCall, memberClass } = classes
  const levels = hasFuel ? source.count : 0
  const fuel = arena.filled(levels + 1, 0)
  const firstEnding = arena.filled(levels, -1)
  const nextEnding = arena.int32(count)
  if (!hasFuel) return { fuel, firstEnding, nextEnding }
  for (let member = 0; member < members; member++) {
    const c = memberClass[member] ?? 0
    if ((from[c] ?? 0) >= 0) continue
    const called = levelAfter(source, memberCall[member] ?? 0)
    const level = Math.max(called, Math.min(levels, (lastLevel[c] ?? 0) + 1))
    fuel[level] = 1 + (fuel[level] ?? 0)
  }
  for (let level = 1; level < levels; level++) fuel[level] = (fuel[level] ?? 0) + (fuel[level - 1] ?? 0)
  for (let c = 0; c < count; c++) {
    const last = lastLevel[c] ?? 0
    if ((from[c] ?? 0) >= 0 || last < 0 || last >= levels) continue
    nextEnding[c] = firstEnding[last] ?? -1
    firstEnding[last] = c
  }
  return { fuel, firstEnding, nextEnding }
}

/** The first level whose return comes after a position. */
function levelAfter({ returns, byReturn, count }: PendingSource, position: number): number {
  let low = 0
  let high = count
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((returns[byReturn[middle] ?? 0] ?? 0) > position) high = middle
    else low = middle + 1
  }
  return low
}
