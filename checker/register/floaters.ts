/**
 * Finds a place for what belongs to no block, given an order of the writes: compare-and-sets that were refused and do
 * not say what they met, which need a moment at which the register does not hold the expected value; and reads that
 * may have seen any of several writes of their value, which need a moment at which it holds that.
 *
 * Write k takes effect just after some position p(k): not before its own call, not before the calls of what observed
 * the write before it, not before p(k - 1). Those are least positions; floaters only ever move them to the right, each
 * time no further than any solution must:
 *   - A run is a longest sequence of writes of one value e. A refused one of e has no place exactly if its interval
 *     lies within a run: called after its first write, returned before the first write after it. That can not come
 *     earlier, so the run must begin later: just after the call, the refused one directly before it.
 *   - A read of v has no place exactly if each run of v that begins before its return has ended before its call. Runs
 *     can not begin earlier, so one of them must end later: just after the call. If an earlier one does, so does the
 *     last of them, since the order is given; so it is the last.
 * If in the end each write comes before its own return and those of its observers and of all later ones, every
 * operation has its place; if not, none of this order of writes does.
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

/** Moving one kind can move the other; how often before the question is left to others. */
const maximumRounds = 32

/** Makes the write after which it stands the `source` of each floater. False if one has no place, or it takes long. */
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
  /** The reads that may have seen several writes. */
  readonly #reads: Int32Array
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
    this.#reads = arena.int32(sources.looseCount)
    this.#positions = arena.int32(segmentCount)
    this.#deadlines = arena.int32(segmentCount)
    for (let i = 0, count = 0; count < sources.looseCount; i++) if (this.#isLoose(i)) this.#reads[count++] = i
  }

  #isLoose(operation: number): boolean {
    return this.#columns.kind[operation] === kinds.read && this.#sources.source[operation] === -1
  }

  place(): boolean {
    this.#findBounds()
    for (let round = 0; round < maximumRounds; round++) {
      if (!this.#makeRoom()) return false
      const moved = this.#stretch()
      if (moved === 'never') return false
      if (moved === 'no') return this.#assign()
    }
    return false
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
   * For the refused. The call that a run waits for is before the end of that run, so what comes after the run stays
   * where it is, and one pass from right to left is enough.
   */
  #makeRoom(): boolean {
    if (!this.#refusals.begin()) return true
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

  /** For the reads. */
  #stretch(): 'no' | 'yes' | 'never' {
    const { call, value, return: returns } = this.#columns
    let moved: 'no' | 'yes' = 'no'
    for (let i = 0; i < this.#sources.looseCount; i++) {
      const read = this.#reads[i] ?? 0
      const run = this.#lastRunBefore(value[read] ?? 0, returns[read] ?? 0)
      if (run < 0) return 'never'
      const after = this.#runs.starts[run + 1] ?? 0
      const called = call[read] ?? 0
      if (after >= this.#count || (this.#positions[after] ?? 0) >= called) continue
      if (!this.#moveTo(after, called)) return 'never'
      moved = 'yes'
    }
    return moved
  }

  /** The last run of a value that begins before a position; -1 if none does. */
  #lastRunBefore(value: number, position: number): number {
    const { first, byValue, starts } = this.#runs
    let low = (first[value] ?? 0) - 1
    let high = (first[value + 1] ?? 0) - 1
    while (low < high) {
      const middle = (low + high + 1) >> 1
      if ((this.#positions[starts[byValue[middle] ?? 0] ?? 0] ?? 0) < position) low = middle
      else high = middle - 1
    }
    return low < (first[value] ?? 0) ? -1 : (byValue[low] ?? 0)
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
      const isRefusal = kind[i] === kinds.refuse
      if (!isRefusal && !this.#isLoose(i)) continue
      let k = this.#segmentAt(call[i] ?? 0)
      const fits = (segment: number) =>
        (valueAfter(this.#columns, this.#segments[segment] ?? 0) === value[i]) !== isRefusal
      while (k < this.#count && !fits(k)) k++
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
