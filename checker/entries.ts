/**
 * The history as the search walks it: a doubly linked list of calls and returns in the order of time, from which a
 * linearized operation is lifted and, on the way back, put in again (Wing & Gong 1993; Lowe 2017, section 3).
 * Operations that never returned have no place in the list; they wait beside it.
 */
import { isPending, type Operation } from './operation.ts'

/** Entry 2 i is the call of required operation i, entry 2 i + 1 its return; operations are numbered by their calls. */
export class Entries {
  /** For each required operation its index in the given list. */
  readonly required: readonly number[]
  /** For each pending operation its index in the given list, in the order of calls. */
  readonly pending: readonly number[]
  /** The place in time of each pending operation's call, comparable with `position`. */
  readonly pendingCall: readonly number[]
  /** The place in time of each entry. */
  readonly position: Int32Array
  /** The list's anchor: before its first entry and behind its last. */
  readonly anchor: number
  readonly next: Int32Array
  readonly #previous: Int32Array

  constructor(operations: readonly Operation<unknown, unknown>[]) {
    const moments = momentsOf(operations)
    const required: number[] = []
    const pending: number[] = []
    const pendingCall: number[] = []
    const numberOf = new Map<number, number>()
    for (const [place, { index, isReturn, isOpen }] of moments.entries()) {
      if (isReturn) continue
      if (isOpen) {
        pending.push(index)
        pendingCall.push(place)
      } else {
        numberOf.set(index, required.length)
        required.push(index)
      }
    }
    this.required = required
    this.pending = pending
    this.pendingCall = pendingCall
    this.anchor = required.length * 2
    this.position = new Int32Array(this.anchor + 1)
    this.next = new Int32Array(this.anchor + 1)
    this.#previous = new Int32Array(this.anchor + 1)
    let last = this.anchor
    for (const [place, { index, isReturn }] of moments.entries()) {
      const number = numberOf.get(index)
      if (number === undefined) continue
      const entry = number * 2 + (isReturn ? 1 : 0)
      this.position[entry] = place
      this.next[last] = entry
      this.#previous[entry] = last
      last = entry
    }
    this.next[last] = this.anchor
    this.#previous[this.anchor] = last
    this.position[this.anchor] = moments.length
  }

  after(entry: number): number {
    return this.next[entry] ?? this.anchor
  }

  before(entry: number): number {
    return this.#previous[entry] ?? this.anchor
  }

  positionOf(entry: number): number {
    return this.position[entry] ?? 0
  }

  /** Takes an operation's call and return out of the list. */
  lift(operation: number): void {
    this.#unlink(operation * 2)
    this.#unlink(operation * 2 + 1)
  }

  /** Puts them back; operations are put back in the reverse order of their lifting. */
  unlift(operation: number): void {
    this.#relink(operation * 2 + 1)
    this.#relink(operation * 2)
  }

  #unlink(entry: number): void {
    const before = this.before(entry)
    const after = this.after(entry)
    this.next[before] = after
    this.#previous[after] = before
  }

  #relink(entry: number): void {
    this.next[this.before(entry)] = entry
    this.#previous[this.after(entry)] = entry
  }
}

interface Moment {
  readonly time: number
  readonly isReturn: boolean
  readonly isOpen: boolean
  readonly index: number
}

/** Calls and returns in the order of time; at one timestamp calls come first, for equal timestamps are concurrent. */
function momentsOf(operations: readonly Operation<unknown, unknown>[]): readonly Moment[] {
  const moments: Moment[] = []
  for (const [index, operation] of operations.entries()) {
    if (!(operation.call <= operation.return)) {
      throw new RangeError(
        `operation ${operation.id} returns at ${operation.return}, before its call at ${operation.call}`,
      )
    }
    const isOpen = isPending(operation)
    moments.push({ time: operation.call, isReturn: false, isOpen, index })
    if (!isOpen) moments.push({ time: operation.return, isReturn: true, isOpen, index })
  }
  return moments.sort((a, b) => a.time - b.time || Number(a.isReturn) - Number(b.isReturn) || a.index - b.index)
}
