/**
 * An order of blocks in which each compare-and-set that may have met any of several writes of a value, and each read
 * that may have seen any of them, stands where that value is there. Such a compare-and-set begins a block that *demands*
 * its value of whatever stands before it; a write of such a value *supplies* it.
 *
 * One sweep over time, without a way back. Each block has to begin before its earliest return, and is put off until
 * then: it is *due*. Whatever falls due while a block lasts goes before it. Beyond that:
 *  - where a demand or a read finds another value, a supply goes before it: the one due first, or one that is pending;
 *  - before a value is lost, those who can use it now do: reads, and the demand that is due first;
 *  - reads also look at what a block writes and consumes on its way; a block may come early for one that is due;
 *  - what neither demands nor supplies is placed early, directly before a block that does not demand: nobody meets it.
 * It finds an order nearly always where few operations are under way at once. Nothing here is proved: whoever asks
 * holds the order against time and the register before it counts, and asks the search where there is none.
 */
import type { Arena } from '../arena.ts'
import type { Blocks } from './block-order.ts'
import { none, several } from './block-times.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import { valueAfter } from './floaters-runs.ts'
import { sortByKey } from './sort.ts'

/** How many others may be looked at for each operation, all in all, before it gives up: this stays linear. */
const looksPerOperation = 64
/** So many pending writes of other values are passed over in looking for one that supplies a value; and blocks. */
const mostPassed = 64

/**
 * Puts the roots into such an order, pending supplies among them, and gives each read its source. How many roots there
 * are then; `undefined` if it finds no order.
 */
export function sweepBlocks(blocks: Blocks, arena: Arena): number | undefined {
  return new Sweep(blocks, arena).run()
}

class Sweep {
  readonly #columns: RegisterColumns
  readonly #blocks: Blocks
  /** Roots and loose reads in the order in which they fall due, and in the order in which all of each is called. */
  readonly #byDue: Int32Array
  readonly #byRelease: Int32Array
  readonly #count: number
  /** By operation. */
  readonly #due: Int32Array
  readonly #release: Int32Array
  readonly #isPlaced: Int32Array
  /** Pending writes of values that have several writers, by their calls. */
  readonly #pending: Int32Array
  readonly #pendingCount: number
  readonly #placed: Int32Array
  #placedCount = 0
  /** Consumed writes whose value others put too: by root the first in its block, by write the next one; or -1. */
  readonly #firstInner: Int32Array
  readonly #nextInner: Int32Array
  #looksLeft: number
  #released = 0
  #pendingReleased = 0
  /** What can be placed now; some of it may have been placed since. */
  #plain: number[] = []
  #supplies: number[] = []
  #demands: number[] = []
  #reads: number[] = []
  #unused: number[] = []
  /** The value that is there, and the write that put it. */
  #value: number
  #writer: number

  constructor(blocks: Blocks, arena: Arena) {
    const { columns, sources, first, last, tail } = blocks
    const { length, kind, call, return: returns, value } = columns
    const { roots, rootCount, source, cause, writers, looseCount } = sources
    this.#columns = columns
    this.#blocks = blocks
    this.#due = arena.int32(length + 1)
    this.#release = arena.int32(length + 1)
    this.#isPlaced = arena.filled(length + 1, 0)
    this.#byDue = arena.int32(rootCount + looseCount)
    this.#pending = arena.int32(length)
    this.#placed = arena.int32(length + 1)
    this.#firstInner = arena.filled(length + 1, none)
    this.#nextInner = arena.filled(length + 1, none)
    this.#looksLeft = looksPerOperation * (length + 1)
    let [count, pendingCount] = [0, 0]
    for (let i = 0; i < rootCount; i++) {
      const root = roots[i] ?? 0
      this.#linkInner(root)
      if (root === length) continue
      this.#byDue[count++] = root
      this.#due[root] = first[root] ?? 0
      this.#release[root] = last[root] ?? 0
    }
    for (let i = 0; i < length; i++) {
      if (returns[i] === open) {
        const isSupply = kind[i] === kinds.write && cause[i] === none && writers[value[i] ?? 0] === several
        if (!isSupply) continue
        this.#pending[pendingCount++] = i
        tail[i] = i
      } else if (((kind[i] ?? 0) | ~(source[i] ?? 0)) === 0) {
        // A read, which is 0, whose source is none, which is -1: rare, so to ask for both at once is to be expected right.
        this.#byDue[count++] = i
        this.#due[i] = returns[i] ?? 0
        this.#release[i] = call[i] ?? 0
      }
    }
    this.#count = count
    this.#pendingCount = pendingCount
    this.#byRelease = arena.int32(count)
    for (let k = 0; k < count; k++) this.#byRelease[k] = this.#byDue[k] ?? 0
    sortByKey(this.#byDue, count, this.#due, arena)
    sortByKey(this.#byRelease, count, this.#release, arena)
    this.#writer = length
    this.#value = columns.initial
    this.#place(length)
  }

  #linkInner(root: number): void {
    const { consumer, writers } = this.#blocks.sources
    let before = none
    for (let writer = root; (consumer[writer] ?? none) >= 0; writer = consumer[writer] ?? none) {
      if (writers[valueAfter(this.#columns, writer)] !== several) continue
      if (before === none) this.#firstInner[root] = writer
      else this.#nextInner[before] = writer
      before = writer
    }
  }

  run(): number | undefined {
    const byDue = this.#byDue
    for (let k = 0; k < this.#count; k++) {
      const item = byDue[k] ?? 0
      if (this.#isPlaced[item] === 1) continue
      const now = this.#due[item] ?? 0
      this.#releaseUntil(now)
      if (this.#isPlaced[item] === 1) continue
      if (!this.#clear(k, now)) return undefined
      if (this.#isPlaced[item] === 0 && !this.#placeDue(item) && !this.#placeWithin(k)) return undefined
      if (this.#looksLeft <= 0) return undefined
    }
    this.#blocks.sources.roots.set(this.#placed.subarray(0, this.#placedCount))
    return this.#placedCount
  }

  /** Whatever falls due before a block is over goes before it: what takes a value before what leaves one. */
  #clear(at: number, now: number): boolean {
    const root = this.#byDue[at] ?? 0
    const end = this.#release[root] ?? 0
    let to = at + 1
    while (to < this.#count && (this.#due[this.#byDue[to] ?? 0] ?? 0) < end) to++
    for (const isSupply of [false, true]) {
      for (let k = at + 1; k < to; k++) {
        const item = this.#byDue[k] ?? 0
        if (this.#isPlaced[item] === 1 || this.#isSupply(item) !== isSupply) continue
        // Only a read can be called while the block lasts.
        if (this.#isRead(item) && ((this.#release[item] ?? 0) > now || this.#canSee(root, item))) continue
        if (!this.#placeDue(item)) return false
      }
    }
    return true
  }

  /** Whether a block, if it comes next, has a place for a read. */
  #canSee(root: number, read: number): boolean {
    const { call, return: returns, value, length } = this.#columns
    const tail = this.#blocks.tail[root] ?? root
    const isLeft = tail < length && (call[tail] ?? 0) < (returns[read] ?? 0)
    if (isLeft && valueAfter(this.#columns, tail) === value[read]) return true
    return this.#seenWithin(root, read) !== none
  }

  /** The read that falls due there found no value of its own: a block that begins soon may have it on its way. */
  #placeWithin(at: number): boolean {
    const read = this.#byDue[at] ?? 0
    if (!this.#isRead(read)) return false
    for (let k = at + 1; k < this.#count && k <= at + mostPassed; k++) {
      const root = this.#byDue[k] ?? 0
      if (this.#isPlaced[root] === 1 || this.#isRead(root) || this.#seenWithin(root, read) === none) continue
      for (let i = at + 1; i < k; i++) {
        const earlier = this.#byDue[i] ?? 0
        const canWait = this.#isPlaced[earlier] === 1 || (this.#isRead(earlier) && this.#canSee(root, earlier))
        if (!canWait && !this.#placeDue(earlier)) return false
      }
      if (!this.#clear(k, this.#due[read] ?? 0)) return false
      return (this.#isPlaced[root] === 1 || this.#placeDue(root)) && this.#isPlaced[read] === 1
    }
    return false
  }

  /** A write that is consumed within a block, and that a read can have seen before it was; `none` if there is none. */
  #seenWithin(root: number, read: number): number {
    const { consumer, earliestRead } = this.#blocks.sources
    const { call, return: returns, value, length } = this.#columns
    const called = call[read] ?? 0
    for (let writer = this.#firstInner[root] ?? none; writer >= 0; writer = this.#nextInner[writer] ?? none) {
      if (this.#looksLeft-- <= 0 || (writer < length && (call[writer] ?? 0) > (returns[read] ?? 0))) return none
      const next = consumer[writer] ?? none
      const isOver = (returns[next] ?? open) < called || (earliestRead[next] ?? open) < called
      if (!isOver && valueAfter(this.#columns, writer) === value[read]) return writer
    }
    return none
  }

  /** The reads that can be called until the block is over. */
  #seeWithin(root: number): void {
    if (this.#firstInner[root] === none) return
    const look = (read: number) => {
      const writer = this.#isPlaced[read] === 0 ? this.#seenWithin(root, read) : none
      if (writer !== none) this.#see(read, writer)
    }
    for (const read of this.#reads) look(read)
    for (let k = this.#released; k < this.#count; k++) {
      const item = this.#byRelease[k] ?? 0
      if (this.#looksLeft-- <= 0 || (this.#release[item] ?? 0) > (this.#blocks.last[root] ?? 0)) break
      if (this.#isRead(item)) look(item)
    }
  }

  #releaseUntil(now: number): void {
    const pending = this.#pending
    const { call } = this.#columns
    for (; this.#pendingReleased < this.#pendingCount; this.#pendingReleased++) {
      const supply = pending[this.#pendingReleased] ?? 0
      if ((call[supply] ?? 0) > now) break
      this.#unused.push(supply)
    }
    for (; this.#released < this.#count; this.#released++) {
      const item = this.#byRelease[this.#released] ?? 0
      if ((this.#release[item] ?? 0) > now) return
      if (this.#isPlaced[item] === 1) continue
      if (this.#isRead(item)) {
        if (this.#columns.value[item] === this.#value) this.#see(item, this.#writer)
        else this.#reads.push(item)
      } else if (this.#isDemand(item)) this.#demands.push(item)
      else if (this.#isSupply(item)) this.#supplies.push(item)
      else this.#plain.push(item)
    }
  }

  #placeDue(item: number): boolean {
    const wanted = this.#columns.value[item] ?? 0
    if (this.#isRead(item)) {
      if (this.#value !== wanted && !this.#supply(wanted)) return false
      if (this.#isPlaced[item] === 0) this.#see(item, this.#writer)
      return true
    }
    if (!this.#isDemand(item)) {
      this.#beforeLoss()
      this.#placePlain()
      if (this.#isPlaced[item] === 0) this.#place(item)
      return true
    }
    if (this.#value !== wanted && !this.#supply(wanted)) return false
    if (this.#isPlaced[item] === 0) this.#place(item)
    return true
  }

  /** Makes a value be there. */
  #supply(value: number): boolean {
    const supply = this.#findSupply(value)
    if (supply === none) return false
    this.#beforeLoss()
    this.#placePlain()
    this.#place(supply)
    return this.#value === value
  }

  #findSupply(value: number): number {
    this.#looksLeft -= this.#supplies.length
    this.#supplies = this.#supplies.filter((each) => this.#isPlaced[each] === 0)
    let best = none
    for (const each of this.#supplies) {
      if (valueAfter(this.#columns, this.#blocks.tail[each] ?? each) !== value) continue
      if (best === none || (this.#due[each] ?? 0) < (this.#due[best] ?? 0)) best = each
    }
    if (best !== none) return best
    const unused = this.#unused
    for (let i = unused.length - 1; i >= 0 && i >= unused.length - mostPassed; i--) {
      const each = unused[i] ?? 0
      if (this.#columns.value[each] !== value) continue
      unused.splice(i, 1)
      return each
    }
    return none
  }

  /** The value that is there is about to go. */
  #beforeLoss(): void {
    while (this.#looksLeft > 0) {
      this.#looksLeft -= this.#demands.length
      this.#demands = this.#demands.filter((each) => this.#isPlaced[each] === 0)
      let best = none
      for (const each of this.#demands) {
        if (this.#columns.value[each] !== this.#value) continue
        if (best === none || (this.#due[each] ?? 0) < (this.#due[best] ?? 0)) best = each
      }
      if (best === none) return
      this.#place(best)
    }
  }

  #placePlain(): void {
    for (const each of this.#plain) if (this.#isPlaced[each] === 0) this.#place(each)
    this.#plain = []
  }

  #place(root: number): void {
    this.#isPlaced[root] = 1
    this.#placed[this.#placedCount++] = root
    this.#seeWithin(root)
    this.#writer = this.#blocks.tail[root] ?? root
    this.#value = valueAfter(this.#columns, this.#writer)
    if (this.#reads.length === 0) return
    this.#looksLeft -= this.#reads.length
    for (const read of this.#reads) {
      if (this.#isPlaced[read] === 0 && this.#columns.value[read] === this.#value) this.#see(read, this.#writer)
    }
    this.#reads = this.#reads.filter((each) => this.#isPlaced[each] === 0)
  }

  #isRead(item: number): boolean {
    return this.#columns.kind[item] === kinds.read
  }

  /** Of what is no read: other compare-and-sets are in the block of what they met. */
  #isDemand(root: number): boolean {
    return this.#columns.kind[root] === kinds.cas
  }

  #isSupply(item: number): boolean {
    if (this.#isRead(item) || this.#isDemand(item)) return false
    return this.#blocks.sources.writers[valueAfter(this.#columns, this.#blocks.tail[item] ?? item)] === several
  }

  #see(read: number, writer: number): void {
    const { source, latestRead, earliestRead } = this.#blocks.sources
    const { call, return: returns } = this.#columns
    this.#isPlaced[read] = 1
    source[read] = writer
    latestRead[writer] = Math.max(latestRead[writer] ?? -1, call[read] ?? 0)
    earliestRead[writer] = Math.min(earliestRead[writer] ?? open, returns[read] ?? 0)
  }
}
