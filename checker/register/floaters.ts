/**
 * Finds a place for compare-and-sets that were refused and do not say what they met, given an order of the writes: a
 * moment at which the register does not hold the expected value.
 *
 * Write k takes effect just after some position p(k): not before its own call, not before the calls of what observed
 * the write before it, not before p(k - 1). Those are least positions; floaters only ever move them to the right, each
 * time no further than any solution must. A run is a longest sequence of writes of one value e. A refused one of e has
 * no place exactly if its interval lies within a run: called after its first write, returned before the first write
 * after it. That can not come earlier, so the run must begin later: just after the call, the refused one directly
 * before it. If in the end each write comes before its own return and those of its observers and of all later ones,
 * every operation has its place; if not, none of this order of writes does.
 */
import type { Arena } from '../arena.ts'
import type { BlockRules } from './block-rules.ts'
import type { Sources } from './block-sources.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import { Refusals } from './floaters-refusals.ts'
import { findRuns, type Runs, valueAfter } from './floaters-runs.ts'

export interface Placement {
  readonly columns: RegisterColumns
  readonly sources: Sources
  /** The writes in their order; the first is `length`, for the initial value. */
  readonly segments: Int32Array
  readonly segmentCount: number
  readonly arena: Arena
  readonly rules: BlockRules
}

/** Makes the write after which it stands the `source` of each. False if one has no place. */
export function placeFloaters(placement: Placement): boolean {
  return new Floaters(placement).place()
}

class Floaters {
  readonly #columns: RegisterColumns
  readonly #sources: Sources
  readonly #segments: Int32Array
  readonly #count: number
  readonly #rules: BlockRules
  readonly #runs: Runs
  readonly #refusals: Refusals
  /** p, and what it must be below. */
  readonly #positions: Int32Array
  readonly #deadlines: Int32Array

  constructor({ columns, sources, segments, segmentCount, arena, rules }: Placement) {
    this.#columns = columns
    this.#sources = sources
    this.#segments = segments
    this.#count = segmentCount
    this.#rules = rules
    this.#runs = findRuns(columns, segments, segmentCount, arena)
    this.#refusals = new Refusals(columns, sources.refusalCount, arena)
    this.#positions = arena.int32(segmentCount)
    this.#deadlines = arena.int32(segmentCount)
  }

  place(): boolean {
    this.#findBounds()
    return this.#makeRoom() && this.#assign()
  }

  #findBounds(): void {
    const { call, return: returns, length } = this.#columns
    const { latestRead, earliestRead } = this.#sources
    let position = -1
    for (let k = 0; k < this.#count; k++) {
      const writer = this.#segments[k] ?? 0
      if (writer < length) position = Math.max(position, call[writer] ?? 0)
      this.#positions[k] = position
      position = Math.max(position, latestRead[writer] ?? -1)
    }
    let deadline = open
    for (let k = this.#count - 1; k > 0; k--) {
      const writer = this.#segments[k] ?? 0
      deadline = Math.min(deadline, returns[writer] ?? 0, earliestRead[writer] ?? open)
      this.#deadlines[k] = deadline
    }
  }

  /**
   * The call that a run waits for is before the end of that run, so what comes after the run stays
   * where it is, and one pass from right to left is enough.
   */
  #makeRoom(): boolean {
    this.#refusals.begin()
    const { starts, values, count } = this.#runs
    for (let run = count - 1; run >= 0; run--) {
      const start = starts[run] ?? 0
      const after = starts[run + 1] ?? 0
      const end = after < this.#count ? (this.#positions[after] ?? 0) : open
      const called = this.#refusals.latestCallBefore(values[run] ?? 0, end)
      if (called < 0) continue
      if (start === 0 || !this.#moveTo(start, called)) return false
    }
    return true
  }

  /** Moves a write, and all after it, as far as a position. False if one then comes too late. */
  #moveTo(segment: number, position: number): boolean {
    for (let k = segment; k < this.#count && (this.#positions[k] ?? 0) < position; k++) {
      this.#positions[k] = position
      if (position > (this.#deadlines[k] ?? 0) && this.#rules.keepsDeadlines) return false
    }
    return true
  }

  /** Stands each in the segment that is under way at its call if it fits there, or else in the next that begins. */
  #assign(): boolean {
    const { length, kind, value, call, return: returns } = this.#columns
    for (let i = 0; i < length; i++) {
      if (kind[i] !== kinds.refuse) continue
      let k = this.#segmentAt(call[i] ?? 0)
      while (k < this.#count && valueAfter(this.#columns, this.#segments[k] ?? 0) === value[i]) k++
      if (k === this.#count || (this.#positions[k] ?? 0) > (returns[i] ?? 0)) return false
      this.#sources.source[i] = this.#segments[k] ?? 0
    }
    return true
  }

  /** The last write that takes effect before a position. */
  #segmentAt(position: number): number {
    let low = 0
    let high = this.#count - 1
    while (low < high) {
      const middle = (low + high + 1) >>> 1
      if ((this.#positions[middle] ?? 0) < position) low = middle
      else high = middle - 1
    }
    return low
  }
}
