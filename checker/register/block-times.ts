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

/** Who writes each value. */
export interface Written {
  /** By value: the one operation that can have written it (`length`: it was there at first), or `several`. */
  readonly writers: Int32Array
  /** The operations that write values which several can have written; those of one value in the order of their calls. */
  readonly rivals: Int32Array
  readonly rivalCount: number
}

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
  /** What returned, in that order; for each the latest call of what returned until then, and what value that showed. */
  readonly #returned: Int32Array
  readonly #latestCall: Int32Array
  readonly #latestValue: Int32Array
  /** The latest call of what showed another value than that. */
  readonly #otherCall: Int32Array
  #returnedCount = 0
  #looksLeft: number

  constructor(columns: RegisterColumns, written: Written, arena: Arena, rules: BlockRules) {
    const { length, values } = columns
    this.#columns = columns
    this.#rules = rules
    this.#looksLeft = looksPerOperation * length
    this.#firstWriter = arena.filled(values + 2, 0)
    this.#writers = arena.int32(written.rivalCount)
    this.#latestReturn = arena.int32(written.rivalCount)
    this.#pending = [arena.filled(values, none), arena.filled(values, none), arena.filled(values, none)]
    this.#returned = arena.int32(length)
    this.#latestCall = arena.int32(length)
    this.#latestValue = arena.int32(length)
    this.#otherCall = arena.int32(length)
    this.#listWriters(written)
    this.#listReturns(arena)
  }

  /** The only possible source of what an operation observed, `several` if there are more, `none` if there is none. */
  sourceOf(operation: number): number {
    const { length, value: values, call, return: returns, initial } = this.#columns
    const value = values[operation] ?? 0
    const before = this.#latestOtherCall(value, operation)
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

  #listWriters({ rivals, rivalCount }: Written): void {
    const { kind, value, next, return: returns, values } = this.#columns
    const first = this.#firstWriter
    let count = 0
    for (let k = 0; k < rivalCount; k++) {
      const i = rivals[k] ?? 0
      const written = writtenBy(kind[i] ?? 0, value[i] ?? 0, next[i] ?? 0)
      if (returns[i] !== open) {
        rivals[count++] = i
        first[written + 2] = (first[written + 2] ?? 0) + 1
      } else {
        const free = this.#pending.find((firstCalled) => firstCalled[written] === none)
        if (free !== undefined) free[written] = i
      }
    }
    for (let v = 2; v < values + 2; v++) first[v] = (first[v] ?? 0) + (first[v - 1] ?? 0)
    for (let k = 0; k < count; k++) {
      const i = rivals[k] ?? 0
      const written = writtenBy(kind[i] ?? 0, value[i] ?? 0, next[i] ?? 0)
      const place = first[written + 1] ?? 0
      first[written + 1] = place + 1
      this.#writers[place] = i
      const before = place === first[written] ? -1 : (this.#latestReturn[place - 1] ?? 0)
      this.#latestReturn[place] = Math.max(before, returns[i] ?? 0)
    }
  }

  /**
   * Only what surely took effect shows a value: what returned. A compare-and-set shows two, so one other than any. In
   * what order calls and values come can not be predicted, so there is no branch on them.
   */
  #listReturns(arena: Arena): void {
    const { length, kind, value: values, call, return: returns } = this.#columns
    const order = this.#returned
    let count = 0
    for (let i = 0; i < length; i++) if (returns[i] !== open) order[count++] = i
    sortByKey(order, count, returns, arena)
    let latest = -1
    let latestValue = none
    let other = -1
    for (let i = 0; i < count; i++) {
      const operation = order[i] ?? 0
      const said = kind[operation] ?? 0
      if (said !== kinds.refuse && said !== kinds.impossible) {
        const called = call[operation] ?? 0
        const isSwap = ((said ^ kinds.cas) - 1) >> 31
        // A negative number of its own is other than any.
        const value = ((values[operation] ?? 0) & ~isSwap) | (~(operation + 1) & isSwap)
        // What is less than 0 by its sign: whether it was called before the latest call so far.
        const beyond = called - latest
        const isEarlier = beyond >> 31
        // The earlier of the two calls is the latest of another value, if these two differ and none was later.
        const earlier = latest + (beyond & isEarlier)
        const difference = value ^ latestValue
        const isOther = (difference | -difference) >> 31
        const gain = earlier - other
        other += gain & isOther & ~(gain >> 31)
        latest = called - (beyond & isEarlier)
        latestValue = (latestValue & isEarlier) | (value & ~isEarlier)
      }
      this.#latestCall[i] = latest
      this.#latestValue[i] = latestValue
      this.#otherCall[i] = other
    }
    this.#returnedCount = count
  }

  /** The latest call of what returned before an operation was called and shows another value; -1 if nothing did. */
  #latestOtherCall(value: number, operation: number): number {
    const before = this.#returnedBefore(operation) - 1
    if (before < 0) return -1
    if (this.#latestValue[before] !== value || !this.#rules.comparesValues) return this.#latestCall[before] ?? -1
    return this.#otherCall[before] ?? -1
  }

  /** How many had returned when an operation was called. */
  #returnedBefore(operation: number): number {
    const { call, return: returns } = this.#columns
    const position = call[operation] ?? 0
    const isBefore = (place: number) => (returns[this.#returned[place] ?? 0] ?? 0) < position
    // Where no position is left out, each before this one is a call or a return.
    const likely = position - operation
    const count = this.#returnedCount
    if (likely >= 0 && likely <= count && (likely === 0 || isBefore(likely - 1))) {
      if (likely === count || !isBefore(likely)) return likely
    }
    let low = 0
    let high = count
    while (low < high) {
      const middle = (low + high) >>> 1
      if (isBefore(middle)) low = middle + 1
      else high = middle
    }
    return low
  }
}

/**
 * The value that an operation puts; `none` if it puts none. Without a branch, as kinds come in no order that could be
 * predicted: `next` is -1 but for a `cas`, so all that there is to do is to take the value of a `write` instead.
 */
export function writtenBy(kind: number, value: number, next: number): number {
  return next & (value | (-(kind ^ kinds.write) >> 31))
}
