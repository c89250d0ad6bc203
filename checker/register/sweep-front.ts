/** The configurations of one level of a sweep, of which none makes another superfluous (rule R9). */
import type { Records } from './dominance.ts'

const firstRoom = 1 << 10
const firstBuckets = 1 << 6

export class Front {
  /** How many there are; their numbers are below this. */
  count = 0
  readonly #records: Records
  /** Each is the next in its chain, what the owner wants to know of it, and a record. */
  #entries = new Int32Array(firstRoom)
  #buckets = new Int32Array(firstBuckets)
  readonly #stride: number

  constructor(records: Records) {
    this.#records = records
    this.#stride = 2 + records.size
  }

  get bytes(): number {
    return 4 * (this.#entries.length + this.#buckets.length)
  }

  clear(): void {
    if (this.count > 0) this.#buckets.fill(0)
    this.count = 0
  }

  note(index: number): number {
    return this.#entries[index * this.#stride + 1] ?? 0
  }

  setNote(index: number, note: number): void {
    this.#entries[index * this.#stride + 1] = note
  }

  load(index: number): void {
    this.#records.load(this.#entries, index * this.#stride + 2)
  }

  /** Adds the walk's configuration, unless another one makes it superfluous. False if so. */
  add(note: number): boolean {
    const at = this.count * this.#stride
    if (at + this.#stride > this.#entries.length) {
      const larger = new Int32Array(Math.max(2 * this.#entries.length, at + this.#stride))
      larger.set(this.#entries)
      this.#entries = larger
    }
    const entries = this.#entries
    const records = this.#records
    records.write(entries, at + 2)
    const bucket = records.hash(entries, at + 2) & (this.#buckets.length - 1)
    const first = this.#buckets[bucket] ?? 0
    for (let other = first; other > 0; other = entries[(other - 1) * this.#stride] ?? 0) {
      if (records.covers(entries, (other - 1) * this.#stride + 2, entries, at + 2)) return false
    }
    entries[at] = first
    entries[at + 1] = note
    this.count++
    this.#buckets[bucket] = this.count
    if (this.count > 2 * this.#buckets.length) this.#rehash()
    return true
  }

  /** Keeps the configurations of the given numbers, which ascend. */
  keep(indexes: ArrayLike<number>, count: number): void {
    for (let to = 0; to < count; to++) {
      const from = (indexes[to] ?? 0) * this.#stride
      this.#entries.copyWithin(to * this.#stride, from, from + this.#stride)
    }
    this.count = count
    this.#buckets.fill(0)
    this.#chainAll()
  }

  /** Removes those that a later one makes superfluous; needed now and then only. */
  prune(): void {
    const kept: number[] = []
    const isGone = new Uint8Array(this.count)
    for (let bucket = 0; bucket < this.#buckets.length; bucket++) this.#pruneChain(this.#buckets[bucket] ?? 0, isGone)
    for (let i = 0; i < this.count; i++) if (isGone[i] === 0) kept.push(i)
    if (kept.length < this.count) this.keep(kept, kept.length)
  }

  #pruneChain(first: number, isGone: Uint8Array): void {
    const entries = this.#entries
    for (let one = first; one > 0; one = entries[(one - 1) * this.#stride] ?? 0) {
      // Later ones stand nearer to the front of the chain.
      for (
        let older = entries[(one - 1) * this.#stride] ?? 0;
        older > 0;
        older = entries[(older - 1) * this.#stride] ?? 0
      ) {
        if (isGone[older - 1] === 1) continue
        if (this.#records.covers(entries, (one - 1) * this.#stride + 2, entries, (older - 1) * this.#stride + 2)) {
          isGone[older - 1] = 1
        }
      }
    }
  }

  #rehash(): void {
    this.#buckets = new Int32Array(4 * this.#buckets.length)
    this.#chainAll()
  }

  #chainAll(): void {
    for (let i = 0; i < this.count; i++) {
      const at = i * this.#stride
      const bucket = this.#records.hash(this.#entries, at + 2) & (this.#buckets.length - 1)
      this.#entries[at] = this.#buckets[bucket] ?? 0
      this.#buckets[bucket] = i + 1
    }
  }
}
