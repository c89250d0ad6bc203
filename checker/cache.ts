/**
 * What the search has seen: for each key (which required operations are linearized, in which state) the sets of
 * pending operations it was reached with. A hash table of its own over integers, since a Map ends at 2^24 entries.
 */
const minimumTable = 1024

export class Cache {
  /** With dominance, a configuration is also known if it was seen with a subset of the pending operations used. */
  readonly #hasDominance: boolean
  /** Offsets of records in the arena, 0 for a free slot. */
  #table = new Int32Array(minimumTable)
  #records = 0
  /**
   * A record: hash, length of the key, the key, offset of its first set (0: none).
   * A set: offset of the next one, number of pairs, then pairs of a class and how many of it were used.
   */
  #arena = new Int32Array(minimumTable * 8)
  #end = 1

  constructor(hasDominance: boolean) {
    this.#hasDominance = hasDominance
  }

  /** True if the configuration is new, which it then no longer is. `used[c]`: pending operations used of class c. */
  add(key: Int32Array, length: number, used: Int32Array): boolean {
    const record = this.#recordOf(key, length)
    const first = record + 2 + length
    let link = first
    for (let set = this.#at(link); set !== 0; set = this.#at(link)) {
      if (this.#covers(set, used)) return false
      // A set that the new one dominates will never decide anything again.
      if (this.#hasDominance && this.#isCovered(set, used)) this.#arena[link] = this.#at(set)
      else link = set
    }
    this.#prepend(first, used)
    return true
  }

  #recordOf(key: Int32Array, length: number): number {
    const hash = hashOf(key, length)
    const mask = this.#table.length - 1
    let slot = hash & mask
    for (let record = this.#table[slot] ?? 0; record !== 0; record = this.#table[slot] ?? 0) {
      if (this.#at(record) === hash && this.#hasKey(record, key, length)) return record
      slot = (slot + 1) & mask
    }
    const record = this.#allocate(3 + length)
    this.#arena[record] = hash
    this.#arena[record + 1] = length
    for (let i = 0; i < length; i++) this.#arena[record + 2 + i] = key[i] ?? 0
    this.#arena[record + 2 + length] = 0
    this.#table[slot] = record
    this.#records++
    if (this.#records * 2 > this.#table.length) this.#widen()
    return record
  }

  #hasKey(record: number, key: Int32Array, length: number): boolean {
    if (this.#at(record + 1) !== length) return false
    for (let i = 0; i < length; i++) {
      if (this.#at(record + 2 + i) !== key[i]) return false
    }
    return true
  }

  /** Whether a configuration with the pending operations `used` need not be looked at after this set. */
  #covers(set: number, used: Int32Array): boolean {
    const pairs = this.#at(set + 1)
    for (let i = 0; i < pairs; i++) {
      const mine = this.#at(set + 3 + 2 * i)
      const theirs = used[this.#at(set + 2 + 2 * i)] ?? 0
      if (this.#hasDominance ? mine > theirs : mine !== theirs) return false
    }
    return this.#hasDominance || pairs === countPairs(used)
  }

  /** Whether `used` is part of the set, so that the set says nothing that `used` will not say. */
  #isCovered(set: number, used: Int32Array): boolean {
    let found = 0
    const pairs = this.#at(set + 1)
    for (let i = 0; i < pairs; i++) {
      const theirs = used[this.#at(set + 2 + 2 * i)] ?? 0
      if (theirs > this.#at(set + 3 + 2 * i)) return false
      if (theirs > 0) found++
    }
    return found === countPairs(used)
  }

  #prepend(link: number, used: Int32Array): void {
    const pairs = countPairs(used)
    const set = this.#allocate(2 + 2 * pairs)
    this.#arena[set] = this.#at(link)
    this.#arena[set + 1] = pairs
    let at = set + 2
    for (let c = 0; c < used.length; c++) {
      const count = used[c] ?? 0
      if (count === 0) continue
      this.#arena[at++] = c
      this.#arena[at++] = count
    }
    this.#arena[link] = set
  }

  #allocate(length: number): number {
    const start = this.#end
    this.#end += length
    if (this.#end > this.#arena.length) {
      const wider = new Int32Array(Math.max(this.#arena.length * 2, this.#end))
      wider.set(this.#arena)
      this.#arena = wider
    }
    return start
  }

  #widen(): void {
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (const record of this.#table) {
      if (record === 0) continue
      let slot = this.#at(record) & mask
      while (table[slot] !== 0) slot = (slot + 1) & mask
      table[slot] = record
    }
    this.#table = table
  }

  #at(offset: number): number {
    return this.#arena[offset] ?? 0
  }
}

function countPairs(used: Int32Array): number {
  let pairs = 0
  for (const count of used) {
    if (count > 0) pairs++
  }
  return pairs
}

function hashOf(key: Int32Array, length: number): number {
  let hash = length | 0
  for (let i = 0; i < length; i++) {
    hash = Math.imul(hash ^ (key[i] ?? 0), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  hash = Math.imul(hash ^ (hash >>> 13), 0x85ebca6b)
  return hash ^ (hash >>> 16)
}
