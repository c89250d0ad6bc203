/**
 * The history as the search walks it. Operations that returned are numbered by their calls and stand in a doubly
 * linked list, from which a linearized one is lifted and, on the way back, put in again (Wing & Gong 1993; Lowe 2017,
 * section 3). Operations that never returned have no place in it; they wait beside it.
 *
 * How far a search has come is a level: how many returns it has passed, in the order of time. All operations that
 * returned before that are linearized, and none that is called later is; so a configuration needs a bit only for those
 * under way. Each has the bit of its slot, a number that no other operation has while this one is under way.
 */
import { at, type Ints, roomFor } from '../ints.ts'
import type { Operation } from '../operation.ts'

/** Later than any place in time. */
const never = 0x7fffffff

/** Used again for one history after the other. All arrays may be longer than what is in them. */
export class Entries {
  /** How many operations returned. They are 0 to `required` - 1; the next number is the end of the list. */
  required = 0
  /** How many did not return. Their numbers are `required` + 1 and up. */
  pending = 0
  /** The most operations that were under way at one time, pending ones not counted. */
  slots = 0
  /** The index in the given list. */
  index = new Int32Array(64)
  /** The places in time of calls and returns, distinct integers. The list's end is later than all. */
  call = new Int32Array(64)
  return = new Int32Array(64)
  /** The required operations in the order of their returns, then the list's end. */
  byReturn = new Int32Array(64)
  slot = new Int32Array(64)
  next = new Int32Array(64)
  previous = new Int32Array(64)
  /** Working space: the given times, the numbers of operations by index, and slots that are free. */
  #calls = new Float64Array(64)
  #returns = new Float64Array(64)
  #byCall = new Int32Array(64)
  #number = new Int32Array(64)
  #free = new Int32Array(64)

  reset(operations: readonly Operation<unknown, unknown>[]): void {
    this.#makeRoom(operations.length + 1)
    let required = 0
    let i = 0
    for (const { id, call, return: end } of operations) {
      if (!(call <= end)) throw new RangeError(`operation ${id} returns at ${end}, before its call at ${call}`)
      this.#calls[i] = call
      this.#returns[i] = end
      if (end !== Number.POSITIVE_INFINITY) required++
      i++
    }
    this.required = required
    this.pending = operations.length - required
    this.#numberByCall()
    this.#orderReturns()
    this.#place()
    this.#link()
  }

  #numberByCall(): void {
    const count = this.required + this.pending
    const order = this.#byCall
    for (let i = 0; i < count; i++) order[i] = i
    sortBy(order, count, this.#calls)
    let required = 0
    let pending = this.required + 1
    for (let i = 0; i < count; i++) {
      const index = at(order, i)
      const number = this.#returns[index] === Number.POSITIVE_INFINITY ? pending++ : required++
      this.index[number] = index
      this.#number[index] = number
    }
  }

  #orderReturns(): void {
    const { byReturn, required } = this
    for (let i = 0; i < required; i++) byReturn[i] = at(this.index, i)
    sortBy(byReturn, required, this.#returns)
    for (let i = 0; i < required; i++) byReturn[i] = at(this.#number, at(byReturn, i))
    byReturn[required] = required
  }

  /** Merges calls and returns; at one timestamp calls come first, for equal timestamps are concurrent. */
  #place(): void {
    const { required } = this
    const count = required + this.pending
    let free = 0
    let slots = 0
    let place = 0
    let level = 0
    for (let i = 0; i < count; i++) {
      const index = at(this.#byCall, i)
      const moment = this.#calls[index] ?? 0
      for (; level < required; level++) {
        const returning = at(this.byReturn, level)
        if ((this.#returns[at(this.index, returning)] ?? 0) >= moment) break
        this.return[returning] = place++
        this.#free[free++] = at(this.slot, returning)
      }
      const number = at(this.#number, index)
      this.call[number] = place++
      this.return[number] = never
      if (number < required) this.slot[number] = free > 0 ? at(this.#free, --free) : slots++
    }
    for (; level < required; level++) this.return[at(this.byReturn, level)] = place++
    this.call[required] = never
    this.return[required] = never
    this.slots = slots
  }

  #link(): void {
    const { next, previous, required } = this
    for (let i = 0; i <= required; i++) {
      next[i] = i + 1
      previous[i] = i - 1
    }
    next[required] = 0
    previous[0] = required
  }

  #makeRoom(count: number): void {
    if (count <= this.index.length) return
    const room = (ints: Ints) => roomFor(ints, count)
    this.index = room(this.index)
    this.call = room(this.call)
    this.return = room(this.return)
    this.byReturn = room(this.byReturn)
    this.slot = room(this.slot)
    this.next = room(this.next)
    this.previous = room(this.previous)
    this.#byCall = room(this.#byCall)
    this.#number = room(this.#number)
    this.#free = room(this.#free)
    this.#calls = new Float64Array(this.index.length)
    this.#returns = new Float64Array(this.index.length)
  }
}

/** The most shifts of an insertion sort, per item, before a sort is called that does not depend on the order given. */
const patience = 32

/** Sorts indexes by their keys, then by themselves. Histories come nearly sorted. */
function sortBy(indexes: Int32Array, count: number, keys: Float64Array): void {
  let shifts = 0
  for (let i = 1; i < count; i++) {
    const index = at(indexes, i)
    const key = keys[index] ?? 0
    let place = i
    for (; place > 0; place--) {
      const before = at(indexes, place - 1)
      const other = keys[before] ?? 0
      if (other < key || (other === key && before < index)) break
      indexes[place] = before
    }
    indexes[place] = index
    shifts += i - place
    if (shifts > patience * count) {
      indexes.subarray(0, count).sort((a, b) => (keys[a] ?? 0) - (keys[b] ?? 0) || a - b)
      return
    }
  }
}
