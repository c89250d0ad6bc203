/**
 * The log in memory: the entries above a base that compaction moves up, and how far they are saved, synced, committed
 * and applied. Raft sections 5.3 and 7. Indexes are absolute; entries are shared, never changed.
 */
import assert from 'node:assert/strict'
import type { Entry, LogPosition } from './message.ts'
import type { Restored } from './ready.ts'

export class Log {
  /** The place right before the first entry held. */
  #base: LogPosition
  #entries: Entry[]
  #commit: number
  #applied: number
  /** All up to here is on disk. */
  #synced: number
  /** The first index that was not given to the driver for writing. */
  #unsaved: number

  constructor(restored: Pick<Restored, 'snapshot' | 'entries'>) {
    this.#base = { index: restored.snapshot.index, term: restored.snapshot.term }
    this.#entries = [...restored.entries]
    this.#entries.forEach((entry, i) => {
      assert.equal(entry.index, this.#base.index + 1 + i, 'the restored log has a gap')
    })
    this.#commit = this.#base.index
    this.#applied = this.#base.index
    this.#synced = this.lastIndex
    this.#unsaved = this.lastIndex + 1
  }

  get base(): LogPosition {
    return this.#base
  }
  get firstIndex(): number {
    return this.#base.index + 1
  }
  get lastIndex(): number {
    return this.#base.index + this.#entries.length
  }
  get last(): LogPosition {
    const { index, term } = this.#entries.at(-1) ?? this.#base
    return { index, term }
  }
  get commit(): number {
    return this.#commit
  }
  get applied(): number {
    return this.#applied
  }
  get synced(): number {
    return this.#synced
  }
  get hasUnsaved(): boolean {
    return this.#unsaved <= this.lastIndex
  }
  get hasUnapplied(): boolean {
    return this.#commit > this.#applied
  }

  /** The term at an index, also at the base; `undefined` below it and beyond the end. */
  termAt(index: number): number | undefined {
    return index === this.#base.index ? this.#base.term : this.#entries[index - this.firstIndex]?.term
  }

  /** Up to `limit` entries from an index on; none where that was compacted. */
  slice(from: number, limit: number): readonly Entry[] {
    const start = from - this.firstIndex
    return start < 0 ? [] : this.#entries.slice(start, start + limit)
  }

  /** As `slice`, but no more payload than `characters` in all; one entry at least, however large. */
  sliceUpTo(from: number, limit: number, characters: number): readonly Entry[] {
    const entries = this.slice(from, limit)
    let sum = 0
    const end = entries.findIndex(({ payload }, at) => {
      sum += payload.length
      return at > 0 && sum > characters
    })
    return end < 0 ? entries : entries.slice(0, end)
  }

  /** The last index with this term, not above `upTo`. Terms never fall along a log, so halving finds it. */
  lastOfTerm(term: number, upTo: number): number | undefined {
    const index = this.#countBelow(term + 1, upTo) + this.#base.index
    return this.termAt(index) === term ? index : undefined
  }

  /** The first index held that has the term found at `index`. */
  firstOfTermAt(index: number): number {
    return this.#countBelow(this.termAt(index) ?? 0, index) + this.firstIndex
  }

  append(entries: readonly Entry[]): void {
    for (const entry of entries) {
      assert.equal(entry.index, this.lastIndex + 1)
      this.#entries.push(entry)
    }
  }

  /** Drops the entries from `index` on and says how many those were. Whether it may, `rules.mayTruncate` says before. */
  truncate(index: number): number {
    const dropped = this.#entries.splice(index - this.firstIndex).length
    this.#unsaved = Math.min(this.#unsaved, index)
    this.#synced = Math.min(this.#synced, index - 1)
    this.#commit = Math.min(this.#commit, index - 1)
    return dropped
  }

  /** Never goes back, nor beyond the end. */
  commitTo(index: number): void {
    this.#commit = Math.max(this.#commit, Math.min(index, this.lastIndex))
  }

  /** Starts over at a snapshot's place. */
  reset(base: LogPosition): void {
    this.#base = { index: base.index, term: base.term }
    this.#entries = []
    this.#commit = base.index
    this.#synced = base.index
    this.#unsaved = base.index + 1
  }

  /** Drops the entries up to and including `index`. */
  compact(index: number): void {
    const to = Math.min(index, this.#commit)
    const term = this.termAt(to)
    if (to <= this.#base.index || term === undefined) return
    this.#entries.splice(0, to - this.#base.index)
    this.#base = { index: to, term }
    this.#unsaved = Math.max(this.#unsaved, this.firstIndex)
    this.#synced = Math.max(this.#synced, to)
  }

  /** The entries that wait to be written; from now on they count as given away. */
  takeUnsaved(): readonly Entry[] {
    const entries = this.slice(this.#unsaved, Number.POSITIVE_INFINITY)
    this.#unsaved = this.lastIndex + 1
    return entries
  }

  /** What was given away up to `index` is on disk, except what was replaced meanwhile. */
  syncedTo(index: number): void {
    this.#synced = Math.max(this.#synced, Math.min(index, this.#unsaved - 1))
  }

  /** The committed entries that wait to be applied. A snapshot stands for those below the base. */
  unapplied(): readonly Entry[] {
    const from = Math.max(this.#applied, this.#base.index)
    return this.slice(from + 1, Math.max(0, this.#commit - from))
  }

  appliedTo(index: number): void {
    this.#applied = Math.max(this.#applied, index)
  }

  /** How many of the entries up to `upTo` have a lower term; they come first. */
  #countBelow(term: number, upTo: number): number {
    let low = 0
    let high = Math.max(0, Math.min(upTo, this.lastIndex) - this.#base.index)
    while (low < high) {
      const middle = (low + high) >>> 1
      if ((this.#entries[middle]?.term ?? 0) < term) low = middle + 1
      else high = middle
    }
    return low
  }
}
