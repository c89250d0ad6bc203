/** The configurations that were visited, to turn back from those that they make superfluous (`dominance.ts`). */
import type { Records } from './dominance.ts'

const firstRoom = 1 << 12
const firstBuckets = 1 << 8
/** The most integers kept where the caller set no bound. */
const mostIntegers = 1 << 27

/** Entries may be forgotten at any time: that costs time only. */
export class Memo {
  readonly #records: Records
  readonly #maximumRoom: number
  /** By hash: where the chain begins, in `#entries`; 0 if there is none. */
  #buckets = new Int32Array(firstBuckets)
  /** Each is the next in its chain, and a record. */
  #entries = new Int32Array(firstRoom)
  #length = 1
  #count = 0

  constructor(records: Records, maxBytes: number | undefined) {
    this.#records = records
    // While the table grows, the old one is there as well; and the buckets take some.
    this.#maximumRoom = Math.min(mostIntegers, Math.floor((maxBytes ?? Number.POSITIVE_INFINITY) / 10))
  }

  clear(): void {
    this.#buckets.fill(0)
    this.#length = 1
    this.#count = 0
  }

  /** Whether a remembered configuration makes the walk's superfluous. */
  covers(): boolean {
    const records = this.#records
    let other = this.#buckets[records.hashOfWalk() & (this.#buckets.length - 1)] ?? 0
    if (other === 0 || !this.#hasRoom()) return false
    const entries = this.#entries
    const own = this.#length + 1
    records.write(entries, own)
    for (; other > 0; other = entries[other] ?? 0) {
      if (records.covers(entries, other + 1, entries, own)) return true
    }
    return false
  }

  /** Remembers the walk's configuration. */
  add(): void {
    if (!this.#hasRoom()) return
    const records = this.#records
    const at = this.#length
    records.write(this.#entries, at + 1)
    const bucket = records.hash(this.#entries, at + 1) & (this.#buckets.length - 1)
    this.#entries[at] = this.#buckets[bucket] ?? 0
    this.#buckets[bucket] = at
    this.#length = at + 1 + records.size
    if (++this.#count > 2 * this.#buckets.length) this.#rehash()
  }

  /** Makes room for one more entry; where there is none left, all are forgotten. */
  #hasRoom(): boolean {
    const needed = this.#length + 1 + this.#records.size
    if (needed <= this.#entries.length) return true
    const room = Math.min(this.#maximumRoom, Math.max(needed, 2 * this.#entries.length))
    if (needed > room) {
      this.clear()
      return 2 + this.#records.size <= this.#entries.length
    }
    const entries = new Int32Array(room)
    entries.set(this.#entries)
    this.#entries = entries
    return true
  }

  #rehash(): void {
    const buckets = new Int32Array(4 * this.#buckets.length)
    const entries = this.#entries
    for (let at = 1; at < this.#length; at += 1 + this.#records.size) {
      const bucket = this.#records.hash(entries, at + 1) & (buckets.length - 1)
      entries[at] = buckets[bucket] ?? 0
      buckets[bucket] = at
    }
    this.#buckets = buckets
  }
}
