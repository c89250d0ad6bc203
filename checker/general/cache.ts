/**
 * What the search has seen: configurations, each a key, by which they are found, and a set of bits, by which one makes
 * another superfluous. A hash table of its own over integers, since a Map ends at 2^24 entries. What is forgotten
 * only costs work, so there are two generations: when the younger has filled its half of the room, the elder goes.
 */
import { at, hashOf, roomFor, wiped } from '../ints.ts'

const minimumTable = 256
const keptWords = 1 << 16

export class Cache {
  #young = new Generation()
  #old: Generation | undefined
  #keyLength = 0
  #maxWords = 0

  /** A configuration is an array of words: first the key, of this length, then bits. */
  reset(keyLength: number, maxBytes: number): void {
    this.#keyLength = keyLength
    this.#maxWords = Math.max(minimumTable * 16, maxBytes / Int32Array.BYTES_PER_ELEMENT / 2)
    this.release()
  }

  /** Forgets everything, and gives large memory back. */
  release(): void {
    this.#young.reset()
    this.#old = undefined
  }

  /**
   * True if the configuration is new, which it then no longer is. False if one was seen that has the same key and no
   * bit that this one has not.
   */
  add(configuration: Int32Array, length: number): boolean {
    const hash = hashOf(configuration, 0, this.#keyLength)
    if (this.#old?.covers(hash, configuration, this.#keyLength, length)) return false
    if (!this.#young.add(hash, configuration, this.#keyLength, length)) return false
    if (this.#young.words > this.#maxWords) this.#age()
    return true
  }

  #age(): void {
    const emptied = this.#old ?? new Generation()
    emptied.reset()
    this.#old = this.#young
    this.#young = emptied
  }
}

class Generation {
  /** Offsets of records, 0 for a free slot. */
  #table = new Int32Array(minimumTable)
  #records = 0
  /**
   * A record: hash, offset of its first set of bits, the key.
   * A set: offset of the next one, number of words, the words without the empty ones at the end.
   */
  #arena = new Int32Array(minimumTable * 8)
  #end = 1

  get words(): number {
    return this.#table.length + this.#end
  }

  reset(): void {
    if (this.#records > 0) this.#table = wiped(this.#table, minimumTable)
    if (this.#arena.length > keptWords) this.#arena = new Int32Array(minimumTable * 8)
    this.#records = 0
    this.#end = 1
  }

  covers(hash: number, configuration: Int32Array, keyLength: number, length: number): boolean {
    const record = at(this.#table, this.#slotOf(hash, configuration, keyLength))
    if (record === 0) return false
    for (let set = at(this.#arena, record + 1); set !== 0; set = at(this.#arena, set)) {
      if (this.#isWithin(set, configuration, keyLength, length)) return true
    }
    return false
  }

  add(hash: number, configuration: Int32Array, keyLength: number, length: number): boolean {
    const slot = this.#slotOf(hash, configuration, keyLength)
    let used = length
    while (used > keyLength && at(configuration, used - 1) === 0) used--
    const record = at(this.#table, slot)
    if (record === 0) {
      this.#addRecord(slot, hash, configuration, keyLength, used)
      return true
    }
    let link = record + 1
    for (let set = at(this.#arena, link); set !== 0; set = at(this.#arena, link)) {
      if (this.#isWithin(set, configuration, keyLength, length)) return false
      // A set with all the bits of the new one, and more, will never decide anything again.
      if (this.#contains(set, configuration, keyLength, used)) this.#arena[link] = at(this.#arena, set)
      else link = set
    }
    const set = this.#addSet(configuration, keyLength, used)
    this.#arena[set] = at(this.#arena, record + 1)
    this.#arena[record + 1] = set
    return true
  }

  /** The slot of the record with this key, or the free one where it would go. */
  #slotOf(hash: number, configuration: Int32Array, keyLength: number): number {
    const table = this.#table
    const mask = table.length - 1
    let slot = hash & mask
    for (let record = at(table, slot); record !== 0; record = at(table, slot)) {
      if (at(this.#arena, record) === hash && this.#hasKey(record, configuration, keyLength)) break
      slot = (slot + 1) & mask
    }
    return slot
  }

  #hasKey(record: number, configuration: Int32Array, keyLength: number): boolean {
    const arena = this.#arena
    for (let i = 0; i < keyLength; i++) {
      if (at(arena, record + 2 + i) !== at(configuration, i)) return false
    }
    return true
  }

  /** Whether all bits of the set are in the configuration. */
  #isWithin(set: number, configuration: Int32Array, keyLength: number, length: number): boolean {
    const arena = this.#arena
    const words = at(arena, set + 1)
    if (words > length - keyLength) return false
    for (let i = 0; i < words; i++) {
      if ((at(arena, set + 2 + i) & ~at(configuration, keyLength + i)) !== 0) return false
    }
    return true
  }

  /** Whether all bits of the configuration, which has none from `used` on, are in the set. */
  #contains(set: number, configuration: Int32Array, keyLength: number, used: number): boolean {
    const arena = this.#arena
    const words = used - keyLength
    if (words > at(arena, set + 1)) return false
    for (let i = 0; i < words; i++) {
      if ((at(configuration, keyLength + i) & ~at(arena, set + 2 + i)) !== 0) return false
    }
    return true
  }

  #addRecord(slot: number, hash: number, configuration: Int32Array, keyLength: number, used: number): void {
    const record = this.#allocate(2 + keyLength)
    this.#arena[record] = hash
    for (let i = 0; i < keyLength; i++) this.#arena[record + 2 + i] = at(configuration, i)
    const set = this.#addSet(configuration, keyLength, used)
    this.#arena[set] = 0
    this.#arena[record + 1] = set
    this.#table[slot] = record
    this.#records++
    if (this.#records * 2 > this.#table.length) this.#widen()
  }

  #addSet(configuration: Int32Array, keyLength: number, used: number): number {
    const set = this.#allocate(2 + used - keyLength)
    this.#arena[set + 1] = used - keyLength
    for (let i = keyLength; i < used; i++) this.#arena[set + 2 + i - keyLength] = at(configuration, i)
    return set
  }

  #allocate(length: number): number {
    const start = this.#end
    this.#end += length
    this.#arena = roomFor(this.#arena, this.#end)
    return start
  }

  #widen(): void {
    const old = this.#table
    const table = new Int32Array(old.length * 2)
    const mask = table.length - 1
    for (const record of old) {
      if (record === 0) continue
      let slot = at(this.#arena, record) & mask
      while (at(table, slot) !== 0) slot = (slot + 1) & mask
      table[slot] = record
    }
    this.#table = table
  }
}
