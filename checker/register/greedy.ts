/**
 * One quick attempt at an order of a small register history, without a way back: for histories that are easy, which
 * most recorded ones are, it takes a fraction of the time that it takes to prepare a procedure which can not fail.
 *
 * Time is walked from call to return. Reads and refusals take effect as soon as they fit. A change waits until it
 * returns, or until something that returns needs what it puts; a write that nobody needed by then goes to a moment at
 * which nobody noticed: directly before another write, or while its value was there. The rest are preferences:
 *  - of several operations that would do, the one that returns first, pending ones last, of those compare-and-sets first;
 *  - before a write takes a value away, the compare-and-set that waits for it goes, the first to return.
 *
 * What it gives is an order by construction: each operation is placed between its call and its return, and the register
 * does what it says. Where it finds none, nothing is known.
 */
import type { Arena } from '../arena.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'

/** How many changes in a row may be made for the sake of one operation. */
const mostHelp = 3
/** How many operations ahead are looked at for who wants a value. */
const farthest = 64
const none = -1

/** An order, as places in the columns, or `undefined`. */
export function greedyOrder(columns: RegisterColumns, arena: Arena): Int32Array | undefined {
  return new Greedy(columns, arena).run()
}

class Greedy {
  readonly #columns: RegisterColumns
  /** By position in time: the operation that is called or returns there. */
  readonly #events: Int32Array
  readonly #eventCount: number
  /** What is under way and not placed, in the order of calls, and pending changes that are not used. */
  readonly #active: Int32Array
  #activeCount = 0
  readonly #pending: Int32Array
  #pendingCount = 0
  readonly #isPlaced: Int32Array
  /** The order so far as a linked list: `length` of the columns is its beginning. */
  readonly #next: Int32Array
  #last: number
  /** For a write that waits: after which operation nobody would notice it. */
  readonly #unnoticedAfter: Int32Array
  #state: number
  /** How many operations have been called. */
  #called = 0

  constructor(columns: RegisterColumns, arena: Arena) {
    const { length, call, return: returns } = columns
    this.#columns = columns
    const events = arena.int32(2 * length)
    let eventCount = length
    for (let i = 0; i < length; i++) {
      events[call[i] ?? 0] = i
      const returned = returns[i] ?? 0
      if (returned === open) continue
      events[returned] = i
      eventCount++
    }
    this.#events = events
    this.#eventCount = eventCount
    this.#active = arena.int32(length)
    this.#pending = arena.int32(length)
    this.#isPlaced = arena.filled(length, 0)
    this.#next = arena.int32(length + 1)
    this.#unnoticedAfter = arena.int32(length)
    this.#last = length
    this.#next[length] = none
    this.#state = columns.initial
  }

  run(): Int32Array | undefined {
    const { call } = this.#columns
    for (let position = 0; position < this.#eventCount; position++) {
      const operation = this.#events[position] ?? 0
      if (call[operation] === position) this.#begin(operation)
      else if (this.#isPlaced[operation] === 0 && !this.#end(operation)) return undefined
    }
    return this.#order()
  }

  #begin(operation: number): void {
    this.#called = operation + 1
    const { kind, value, return: returns } = this.#columns
    if (returns[operation] === open) {
      this.#pending[this.#pendingCount++] = operation
      return
    }
    const isThere = value[operation] === this.#state
    if (isThere ? kind[operation] === kinds.read : kind[operation] === kinds.refuse) {
      this.#append(operation)
      return
    }
    this.#unnoticedAfter[operation] = isThere ? this.#last : none
    this.#active[this.#activeCount++] = operation
  }

  /** The operation returns and has not been placed. */
  #end(operation: number): boolean {
    const { kind, value } = this.#columns
    if (kind[operation] === kinds.write) {
      const after = this.#unnoticedAfter[operation] ?? none
      if (after === none || this.#isMissed(operation)) {
        this.#consume()
        this.#change(operation)
        return true
      }
      const next = this.#next[after] ?? none
      this.#next[after] = operation
      this.#next[operation] = next
      if (next === none) this.#last = operation
      this.#take(operation)
      return true
    }
    const wanted = value[operation] ?? 0
    if (kind[operation] === kinds.refuse) {
      if (!this.#leave(operation)) return false
    } else if (kind[operation] === kinds.impossible || !this.#reach(wanted, operation, mostHelp)) return false
    // Reads and refusals were placed when the value came.
    if (kind[operation] === kinds.cas) this.#change(operation)
    return true
  }

  /** Whether the next who wants the value that is there after a write would not find another write of it. */
  #isMissed(write: number): boolean {
    const { length, kind, value, next } = this.#columns
    const wanted = value[write] ?? 0
    let isWanted = false
    for (let i = 0; i < this.#activeCount; i++) {
      const each = this.#active[i] ?? 0
      if (each === write) continue
      if (kind[each] === kinds.cas ? next[each] === wanted : kind[each] === kinds.write && value[each] === wanted)
        return false
      if (value[each] === wanted && kind[each] !== kinds.refuse) isWanted = true
    }
    for (let i = this.#called; !isWanted && i < length && i < this.#called + farthest; i++) {
      if (kind[i] === kinds.cas ? next[i] === wanted : kind[i] === kinds.write && value[i] === wanted) return false
      isWanted = value[i] === wanted && kind[i] !== kinds.refuse
    }
    return isWanted && this.#state !== wanted
  }

  /** Makes a value be there, for an operation that is not to be used for it. */
  #reach(wanted: number, forWhom: number, help: number): boolean {
    if (this.#state === wanted) return true
    if (help === 0) return false
    const { kind, value, next } = this.#columns
    const write = this.#firstToReturn((each) => kind[each] === kinds.write && value[each] === wanted)
    if (write !== none) {
      this.#consume()
      // That may just have brought the value.
      if (this.#state !== wanted) this.#change(write)
      return true
    }
    const swap = this.#firstToReturn(
      (each) => each !== forWhom && kind[each] === kinds.cas && next[each] === wanted && value[each] !== wanted,
    )
    if (swap !== none) {
      if (!this.#reach(value[swap] ?? 0, swap, help - 1)) return false
      if (this.#isPlaced[swap] === 0) this.#change(swap)
      return this.#state === wanted
    }
    return this.#putByPending(wanted)
  }

  /** Compare-and-sets first: they do where the right value is there, and writes will do at any time. */
  #putByPending(wanted: number): boolean {
    const { kind, value, next } = this.#columns
    let write = none
    for (let i = 0; i < this.#pendingCount; i++) {
      const each = this.#pending[i] ?? 0
      if (kind[each] === kinds.write) {
        if (write === none && value[each] === wanted) write = each
      } else if (next[each] === wanted && value[each] === this.#state) {
        this.#change(each)
        return true
      }
    }
    if (write === none) return false
    this.#consume()
    // That may just have brought the value.
    if (this.#state !== wanted) this.#change(write)
    return true
  }

  /** Makes another value be there than the one that the operation did not meet. */
  #leave(operation: number): boolean {
    const { kind, value } = this.#columns
    const leaves = (each: number) =>
      kind[each] === kinds.write ? value[each] !== this.#state : kind[each] === kinds.cas && value[each] === this.#state
    let change = this.#firstToReturn(leaves)
    for (let i = 0; change === none && i < this.#pendingCount; i++) {
      if (leaves(this.#pending[i] ?? 0)) change = this.#pending[i] ?? 0
    }
    if (change === none) return false
    this.#change(change)
    return this.#isPlaced[operation] === 1
  }

  /** The value that is there is about to go: who waits for it, and returns first, takes it. */
  #consume(): void {
    const { kind, value } = this.#columns
    const state = this.#state
    const swap = this.#firstToReturn((each) => kind[each] === kinds.cas && value[each] === state)
    if (swap !== none) this.#change(swap)
  }

  #firstToReturn(fits: (operation: number) => boolean): number {
    const { return: returns } = this.#columns
    let first = none
    for (let i = 0; i < this.#activeCount; i++) {
      const each = this.#active[i] ?? 0
      if (fits(each) && (first === none || (returns[each] ?? 0) < (returns[first] ?? 0))) first = each
    }
    return first
  }

  /** Places a write, or a compare-and-set whose value is there, and all that fits then. */
  #change(operation: number): void {
    const { kind, value, next, return: returns } = this.#columns
    const isWrite = kind[operation] === kinds.write
    const before = this.#last
    if (returns[operation] === open) this.#takePending(operation)
    else this.#take(operation)
    this.#append(operation)
    const state = (isWrite ? value[operation] : next[operation]) ?? 0
    this.#state = state
    let left = 0
    const count = this.#activeCount
    for (let i = 0; i < count; i++) {
      const each = this.#active[i] ?? 0
      const isThere = value[each] === state
      if (isThere ? kind[each] === kinds.read : kind[each] === kinds.refuse) {
        this.#append(each)
        continue
      }
      if (kind[each] === kinds.write) {
        if (isWrite) this.#unnoticedAfter[each] = before
        else if (isThere) this.#unnoticedAfter[each] = operation
      }
      this.#active[left++] = each
    }
    this.#activeCount = left
  }

  #append(operation: number): void {
    this.#isPlaced[operation] = 1
    this.#next[this.#last] = operation
    this.#next[operation] = none
    this.#last = operation
  }

  #take(operation: number): void {
    this.#isPlaced[operation] = 1
    this.#activeCount = without(this.#active, this.#activeCount, operation)
  }

  #takePending(operation: number): void {
    this.#pendingCount = without(this.#pending, this.#pendingCount, operation)
  }

  #order(): Int32Array {
    const { length } = this.#columns
    let count = 0
    for (let at = this.#next[length] ?? none; at !== none; at = this.#next[at] ?? none) count++
    const order = new Int32Array(count)
    let place = 0
    for (let at = this.#next[length] ?? none; at !== none; at = this.#next[at] ?? none) order[place++] = at
    return order
  }
}

/** Takes an item out of a list, whose other items keep their order. How many are left. */
function without(list: Int32Array, count: number, item: number): number {
  let left = 0
  for (let i = 0; i < count; i++) {
    const each = list[i] ?? 0
    if (each !== item) list[left++] = each
  }
  return left
}
