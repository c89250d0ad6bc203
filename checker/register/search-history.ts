/**
 * A register's history as its search walks it: the operations that returned, numbered by their calls, the pending ones
 * in classes, and what can be known of both before the search begins. All in arrays of an arena.
 */
import type { Arena } from '../arena.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import type { RegisterRules } from './rules.ts'
import { classify, type PendingClasses } from './search-pending.ts'

/** Operations are numbers below `count`; where one is missing there is -1. Arrays may be longer than said. */
export interface SearchHistory {
  readonly count: number
  /** One of `kinds`, without `impossible`; a swap's two values differ. */
  readonly kind: Int32Array
  /** What it reads, writes or expects. */
  readonly value: Int32Array
  /** What a swap puts. */
  readonly next: Int32Array
  readonly call: Int32Array
  readonly returns: Int32Array
  /** Its place in the columns. */
  readonly source: Int32Array
  /** Operations in the order of their returns: the levels of the search. */
  readonly byReturn: Int32Array
  /** A number that no other operation has while it is active: its bit in the masks of a configuration. */
  readonly slot: Int32Array
  /** Who had the slot before. */
  readonly before: Int32Array
  /** How many words of 32 slots a mask has. */
  readonly words: number
  readonly initial: number
  /** Value ids are below this. The last one stands for all values that nobody observes (R7). */
  readonly values: number
  /** The next operation in call order that observes the same value; by value, the first one. */
  readonly nextObserver: Int32Array
  readonly firstObserver: Int32Array
  /** Of an observer and those after it in call order that observe the same value, the first to return. */
  readonly earliestObserver: Int32Array
  /** The same in call order for operations that put a value. */
  readonly nextWriter: Int32Array
  readonly firstWriter: Int32Array
  /** The last return of a refused compare-and-set, by value; -1 if there is none. */
  readonly lastRefusal: Int32Array
  /** The last of all values; -1 if there is none. */
  readonly latestRefusal: number
  readonly pending: PendingClasses
}

export function prepare(columns: RegisterColumns, rules: RegisterRules, arena: Arena): SearchHistory {
  const names = nameValues(columns, rules, arena)
  const length = columns.length
  const required = {
    kind: arena.int32(length),
    value: arena.int32(length),
    next: arena.int32(length),
    call: arena.int32(length),
    returns: arena.int32(length),
    source: arena.int32(length),
  }
  let count = 0
  for (let i = 0; i < length; i++) {
    const returns = columns.return[i] ?? 0
    if (returns === open) continue
    let kind = columns.kind[i] ?? 0
    const value = columns.value[i] ?? 0
    const next = columns.next[i] ?? 0
    if (kind === kinds.cas && value === next) kind = kinds.read
    required.kind[count] = kind
    required.value[count] = names.name[value] ?? 0
    required.next[count] = kind === kinds.cas ? (names.name[next] ?? 0) : -1
    required.call[count] = columns.call[i] ?? 0
    required.returns[count] = returns
    required.source[count] = i
    count++
  }
  const values = columns.values + 1
  const byReturn = sortByReturn(required.returns, count, arena)
  const history = {
    count,
    ...required,
    byReturn,
    ...assignSlots(required.call, required.returns, byReturn, count, arena),
    initial: names.name[columns.initial] ?? 0,
    values,
    ...chainByValue(required, count, values, arena),
  }
  const pending = classify({ columns, ...names, ...history, rules }, arena)
  return { ...history, pending }
}

/** Rule R7, its first part: which pending operations are kept, and which values are one. */
function nameValues(columns: RegisterColumns, rules: RegisterRules, arena: Arena) {
  const { length, values, kind, value, next } = columns
  const { refusalFuel, refusedDiffers } = rules.conditions
  const wanted = arena.filled(values, 0)
  const refused = arena.filled(values, 0)
  const kept = arena.int32(length)
  let keptCount = 0
  let hasRefusals = false
  for (let i = 0; i < length; i++) {
    const v = value[i] ?? 0
    const isPending = columns.return[i] === open
    switch (kind[i]) {
      case kinds.read:
        if (!isPending) wanted[v] = 1 + (wanted[v] ?? 0)
        break
      case kinds.refuse:
        if (isPending) break
        refused[v] = 1 + (refused[v] ?? 0)
        hasRefusals = true
        break
      case kinds.cas:
        if (isPending && v === next[i]) break
        wanted[v] = 1 + (wanted[v] ?? 0)
        if (isPending) kept[keptCount++] = i
        break
      default:
        if (isPending) kept[keptCount++] = i
    }
  }
  // Without refusals, a pending operation whose value nobody observes only takes away what somebody might want. A
  // swap that goes may leave another one's value unobserved. To stop early loses nothing but time.
  let isStable = !rules.unobserved
  for (let pass = 0; !isStable && pass < maximumPasses; pass++) {
    isStable = true
    let left = 0
    for (let k = 0; k < keptCount; k++) {
      const i = kept[k] ?? 0
      const v = value[i] ?? 0
      const isSwap = kind[i] === kinds.cas
      const isWanted = (wanted[isSwap ? (next[i] ?? 0) : v] ?? 0) > 0
      const isFuel = refusalFuel && (isSwap ? (refused[v] ?? 0) > 0 : hasRefusals)
      if (isWanted || isFuel) {
        kept[left++] = i
      } else {
        isStable = false
        if (isSwap) wanted[v] = (wanted[v] ?? 0) - 1
      }
    }
    keptCount = left
  }
  const name = wanted
  for (let v = 0; v < values; v++) {
    const isObserved = (wanted[v] ?? 0) > 0 || (refusedDiffers && (refused[v] ?? 0) > 0)
    name[v] = isObserved || !rules.unobserved ? v : values
  }
  return { name, kept, keptCount, hasRefusals }
}

const maximumPasses = 8

/** Positions are dense, so a place for each of them sorts in one pass; where they are not, the comparison does. */
function sortByReturn(returns: Int32Array, count: number, arena: Arena): Int32Array {
  let last = -1
  for (let i = 0; i < count; i++) last = Math.max(last, returns[i] ?? 0)
  const byReturn = arena.int32(count)
  if (last > 8 * count + 1024) {
    for (let i = 0; i < count; i++) byReturn[i] = i
    byReturn.subarray(0, count).sort((a, b) => (returns[a] ?? 0) - (returns[b] ?? 0))
    return byReturn
  }
  const at = arena.filled(last + 1, -1)
  for (let i = 0; i < count; i++) at[returns[i] ?? 0] = i
  let place = 0
  for (let position = 0; position <= last; position++) {
    const i = at[position] ?? -1
    if (i >= 0) byReturn[place++] = i
  }
  return byReturn
}

function assignSlots(call: Int32Array, returns: Int32Array, byReturn: Int32Array, count: number, arena: Arena) {
  const slot = arena.int32(count)
  const before = arena.int32(count)
  const free = arena.int32(count)
  const last = arena.int32(count)
  let freeCount = 0
  let slots = 0
  let called = 0
  for (let level = 0; level < count; level++) {
    const due = byReturn[level] ?? 0
    const end = returns[due] ?? 0
    for (; called < count && (call[called] ?? 0) < end; called++) {
      let s = slots
      if (freeCount > 0) {
        s = free[--freeCount] ?? 0
      } else {
        last[slots++] = -1
      }
      slot[called] = s
      before[called] = last[s] ?? -1
      last[s] = called
    }
    free[freeCount++] = slot[due] ?? 0
  }
  return { slot, before, words: Math.max(1, (slots + 31) >>> 5) }
}

type Required = Pick<SearchHistory, 'kind' | 'value' | 'next' | 'call' | 'returns'>

function chainByValue({ kind, value, next, returns }: Required, count: number, values: number, arena: Arena) {
  const nextObserver = arena.int32(count)
  const earliestObserver = arena.int32(count)
  const nextWriter = arena.int32(count)
  const firstObserver = arena.filled(values, -1)
  const firstWriter = arena.filled(values, -1)
  const lastRefusal = arena.filled(values, -1)
  let latestRefusal = -1
  for (let i = count - 1; i >= 0; i--) {
    const v = value[i] ?? 0
    const k = kind[i]
    if (k === kinds.read || k === kinds.cas) {
      const later = firstObserver[v] ?? -1
      nextObserver[i] = later
      const rival = later < 0 ? i : (earliestObserver[later] ?? i)
      earliestObserver[i] = (returns[rival] ?? 0) < (returns[i] ?? 0) ? rival : i
      firstObserver[v] = i
    }
    if (k === kinds.write || k === kinds.cas) {
      const put = k === kinds.cas ? (next[i] ?? 0) : v
      nextWriter[i] = firstWriter[put] ?? -1
      firstWriter[put] = i
    }
    if (k !== kinds.refuse) continue
    lastRefusal[v] = Math.max(lastRefusal[v] ?? -1, returns[i] ?? 0)
    latestRefusal = Math.max(latestRefusal, returns[i] ?? 0)
  }
  return { latestRefusal, nextObserver, earliestObserver, nextWriter, firstObserver, firstWriter, lastRefusal }
}
