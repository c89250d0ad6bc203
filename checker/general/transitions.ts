/**
 * The steps that were taken, (state, class of operation) -> state, in a hash table of its own over integers: a Map
 * ends at 2^24 entries and would need a key made of both.
 */
import { at, mixed, wiped } from '../ints.ts'

const minimumSlots = 256
const slotWords = 4

/** What `get` says of a step that is not in the table. */
export const unknownStep = -3

export class Transitions {
  /** Of a slot: state + 1 (0 for a free one), class, result, and a spare word. */
  #table = new Int32Array(minimumSlots * slotWords)
  #mask = minimumSlots - 1
  #size = 0

  get bytes(): number {
    return this.#table.length * Int32Array.BYTES_PER_ELEMENT
  }

  reset(): void {
    if (this.#size > 0) this.#table = wiped(this.#table, minimumSlots * slotWords)
    this.#mask = minimumSlots - 1
    this.#size = 0
  }

  get(state: number, operationClass: number): number {
    const table = this.#table
    const slot = this.#find(state, operationClass)
    return at(table, slot) === 0 ? unknownStep : at(table, slot + 2)
  }

  /** Remembers a step that was not known. */
  set(state: number, operationClass: number, result: number): void {
    const slot = this.#find(state, operationClass)
    this.#table[slot] = state + 1
    this.#table[slot + 1] = operationClass
    this.#table[slot + 2] = result
    this.#table[slot + 3] = 0
    this.#size++
    if (this.#size * 2 > this.#mask + 1) this.#widen()
  }

  #find(state: number, operationClass: number): number {
    const table = this.#table
    const mask = this.#mask
    let slot = hashOfStep(state, operationClass) & mask
    for (;;) {
      const found = at(table, slot * slotWords)
      if (found === 0 || (found === state + 1 && at(table, slot * slotWords + 1) === operationClass)) break
      slot = (slot + 1) & mask
    }
    return slot * slotWords
  }

  #widen(): void {
    const old = this.#table
    this.#table = new Int32Array(old.length * 2)
    this.#mask = this.#mask * 2 + 1
    for (let from = 0; from < old.length; from += slotWords) {
      if (at(old, from) === 0) continue
      const slot = this.#find(at(old, from) - 1, at(old, from + 1))
      for (let word = 0; word < slotWords; word++) this.#table[slot + word] = at(old, from + word)
    }
  }
}

function hashOfStep(state: number, operationClass: number): number {
  return mixed(Math.imul(state, 0x9e3779b1) ^ Math.imul(operationClass + 1, 0x7feb352d))
}
