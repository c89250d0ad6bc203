/** Numbers sequences of integers: equal ones get the same number, from 0 on, in the order of their first coming. */
import { at, hashOf, roomFor, wiped } from '../ints.ts'

const minimumTable = 256
const keptWords = 1 << 16

export class Tuples {
  /** Offsets of records, 0 for a free slot. */
  #table = new Int32Array(minimumTable)
  /** A record: hash, number, length, then the sequence. */
  #words = new Int32Array(minimumTable * 4)
  #end = 1
  #size = 0

  get size(): number {
    return this.#size
  }

  get bytes(): number {
    return (this.#table.length + this.#words.length) * Int32Array.BYTES_PER_ELEMENT
  }

  reset(): void {
    if (this.#size > 0) this.#table = wiped(this.#table, minimumTable)
    if (this.#words.length > keptWords) this.#words = new Int32Array(minimumTable * 4)
    this.#end = 1
    this.#size = 0
  }

  /** The number of the sequence that stands in `source` from `start` up to `end`. */
  numberOf(source: Int32Array, start: number, end: number): number {
    const hash = hashOf(source, start, end)
    const table = this.#table
    const mask = table.length - 1
    let slot = hash & mask
    for (let record = at(table, slot); record !== 0; record = at(table, slot)) {
      if (at(this.#words, record) === hash && this.#holds(record, source, start, end))
        return at(this.#words, record + 1)
      slot = (slot + 1) & mask
    }
    return this.#add(slot, hash, source, start, end)
  }

  #holds(record: number, source: Int32Array, start: number, end: number): boolean {
    const words = this.#words
    if (at(words, record + 2) !== end - start) return false
    const offset = record + 3 - start
    for (let i = start; i < end; i++) {
      if (at(words, offset + i) !== at(source, i)) return false
    }
    return true
  }

  #add(slot: number, hash: number, source: Int32Array, start: number, end: number): number {
    const record = this.#end
    this.#end = record + 3 + end - start
    this.#words = roomFor(this.#words, this.#end)
    this.#words[record] = hash
    this.#words[record + 1] = this.#size
    this.#words[record + 2] = end - start
    for (let i = start; i < end; i++) this.#words[record + 3 + i - start] = at(source, i)
    this.#table[slot] = record
    this.#size++
    if (this.#size * 2 > this.#table.length) this.#widen()
    return this.#size - 1
  }

  #widen(): void {
    const table = new Int32Array(this.#table.length * 2)
    const mask = table.length - 1
    for (let record = 1; record < this.#end; record += 3 + at(this.#words, record + 2)) {
      let slot = at(this.#words, record) & mask
      while (at(table, slot) !== 0) slot = (slot + 1) & mask
      table[slot] = record
    }
    this.#table = table
  }
}
