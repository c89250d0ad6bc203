/**
 * Tells the writers of a value apart by time, where several may have written it: the initial value written again,
 * deletes, a value written twice.
 *
 * A write is no possible source of an observation if it was called after the observation had returned; nor if
 * something that took effect was called after the write had returned, had returned before the observation was called,
 * and shows that another value was there at that moment: then that value was there between the two. If one write is
 * left, the observation saw it in every linearization, which is all that the argument for blocks asks for.
 */
import type { Arena } from '../arena.ts'
import type { BlockRules } from './block-rules.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import { sortByKey } from './sort.ts'

/** In place of the operation that wrote a value: nobody, or one of several. */
export const none = -1
export const several = -2

/** How many writes may be looked at for each operation, all in all, before the question is left to others. */
const looksPerOperation = 16

export class TimedSources {
  readonly #columns: RegisterColumns
  readonly #rules: BlockRules
  /** Where the writers of each value that returned begin in `#writers`, which has them in the order of their calls. */
  readonly #firstWriter: Int32Array
  readonly #writers: Int32Array
  /** The latest return of a value's writers as far as each. */
  readonly #latestReturn: Int32Array
  /** By value: the pending writer that was called first, and the next two. More would not help to tell them apart. */
  readonly #pending: readonly Int32Array[]
  /** Positions of returns in order; for each the latest call of what returned until then, and what value it showed. */
  readonly #returned: Int32Array
  readonly #latestCall: Int32Array
  readonly #latestValue: Int32Array
  /** The latest call of what showed another value than that. */
  readonly #otherCall: Int32Array
  #returnedCount = 0
  #looksLeft: number

  /** `writers` says which values have several. */
  constructor(columns: RegisterColumns, writers: Int32Array, arena: Arena, rules: BlockRules) {
    const { length, values } = columns
    this.#columns = columns
    this.#rules = rules
    this.#looksLeft = looksPerOperation * length
    this.#firstWriter = arena.filled(values + 2, 0)
    this.#writers = arena.int32(length)
    this.#latestReturn = arena.int32(length)
    this.#pending = [arena.filled(values, none), arena.filled(values, none), arena.filled(values, none)]
    this.#returned = arena.int32(length)
    this.#latestCall = arena.int32(length)
    this.#latestValue = arena.int32(length)
    this.#otherCall = arena.int32(length)
    this.#listWriters(writers, arena)
    this.#listReturns(arena)
  }

  /** The only possible source of what an operation observed, `several` if there are more, `none` if there is none. */
  sourceOf(operation: number): number {
    const { length, value: values, call, return: returns, initial } = this.#columns
    const value = values[operation] ?? 0
    const before = this.#latestOtherCall(value, call[operation] ?? 0)
    const returned = returns[operation] ?? 0
    let found = value === initial && before < 0 && this.#rules.countsInitial ? length : none
    const from = this.#firstWriter[value] ?? 0
    for (let i = this.#lastCalledBefore(value, returned); i >= from; i--) {
      if ((this.#latestReturn[i] ?? 0) < before) break
      if (this.#looksLeft-- <= 0) return several
      const writer = this.#writers[i] ?? 0
      const overwritten = this.#rules.keepsOverlapping ? (returns[writer] ?? 0) : (call[writer] ?? 0)
      if (overwritten < before || writer === operation) continue
      if (found !== none) return several
      found = writer
    }
    for (const firstCalled of this.#pending) {
      const writer = firstCalled[value] ?? none
      if (writer === none || writer === operation || (call[writer] ?? 0) > returned) continue
      if (found !== none) return several
      found = writer
    }
    return found
  }

  /** Where the last of a value's writers that was called before a position stands; before the first one if none was. */
  #lastCalledBefore(value: number, position: number): number {
    let low = (this.#firstWriter[value] ?? 0) - 1
    let high = (this.#firstWriter[value + 1] ?? 0) - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#columns.call[this.#writers[middle] ?? 0] ?? 0) < position) low = middle
      else high = middle - 1
    }
    return low
  }

  /** Of the values that have several. */
  #listWriters(only: Int32Array, arena: Arena): void {
    const { length, kind, value, next, return: returns, values } = this.#columns
    const { countsPending } = this.#rules
    const found = arena.int32(length)
    const first = this.#firstWriter
    let count = 0
    for (let i = 0; i < length; i++) {
      const written = writtenBy(kind[i] ?? 0, value[i] ?? 0, next[i] ?? 0)
      if (written === none || only[written] !== several) continue
      if (returns[i] !== open) {
        found[count++] = i
        first[written + 2] = (first[written + 2] ?? 0) + 1
      } else if (countsPending) {
        const free = this.#pending.find((firstCalled) => firstCalled[written] === none)
        if (free !== undefined) free[written] = i
      }
    }
    for (let v = 2; v < values + 2; v++) first[v] = (first[v] ?? 0) + (first[v - 1] ?? 0)
    for (let k = 0; k < count; k++) {
      const i = found[k] ?? 0
      const written = writtenBy(kind[i] ?? 0, value[i] ?? 0, next[i] ?? 0)
      const place = first[written + 1] ?? 0
      first[written + 1] = place + 1
      this.#writers[place] = i
      const before = place === first[written] ? -1 : (this.#latestReturn[place - 1] ?? 0)
      this.#latestReturn[place] = Math.max(before, returns[i] ?? 0)
    }
  }

  /** Only what surely took effect shows a value: what returned. A compare-and-set shows two, so one other than any. */
  #listReturns(arena: Arena): void {
    const { length, kind, value: values, call, return: returns } = this.#columns
    const order = arena.int32(length)
    let count = 0
    for (let i = 0; i < length; i++) {
      if (returns[i] !== open && kind[i] !== kinds.refuse && kind[i] !== kinds.impossible) order[count++] = i
    }
    sortByKey(order, count, returns, arena)
    let latest = -1
    let latestValue = none
    let other = -1
    for (let i = 0; i < count; i++) {
      const operation = order[i] ?? 0
      const called = call[operation] ?? 0
      const value = kind[operation] === kinds.cas ? none : (values[operation] ?? 0)
      if (called > latest) {
        if (value !== latestValue || value === none) other = latest
        latest = called
        latestValue = value
      } else if (value !== latestValue || value === none) {
        other = Math.max(other, called)
      }
      this.#returned[i] = returns[operation] ?? 0
      this.#latestCall[i] = latest
      this.#latestValue[i] = latestValue
      this.#otherCall[i] = other
    }
    this.#returnedCount = count
  }

  /** The latest call of what returned before a position and shows another value; -1 if nothing did. */
  #latestOtherCall(value: number, position: number): number {
    let low = 0
    let high = this.#returnedCount
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#returned[middle] ?? 0) < position) low = middle + 1
      else high = middle
    }
    if (low === 0) return -1
    if (this.#latestValue[low - 1] !== value || !this.#rules.comparesValues) return this.#latestCall[low - 1] ?? -1
    return this.#otherCall[low - 1] ?? -1
  }
}

/** The value that an operation puts; `none` if it puts none. */
export function writtenBy(kind: number, value: number, next: number): number {
  if (kind === kinds.write) return value
  return kind === kinds.cas ? next : none
}
