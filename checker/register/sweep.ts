/**
 * All configurations of a level at a time, from the first level to the last: memory is needed for one level only, and
 * where nothing is left, no order passes that return. With a bound on how many are kept, the best of each level go on
 * (a beam search); then an empty level says nothing. Steps between two returns are as in the depth-first search.
 */
import { Records } from './dominance.ts'
import type { Lookahead } from './lookahead.ts'
import { type Moves, moveSize } from './search-moves.ts'
import { masks, type Walk } from './search-walk.ts'
import { Front } from './sweep-front.ts'
import { Paths } from './sweep-paths.ts'

export interface SweepOptions {
  /** The most configurations to expand. */
  readonly budget: number
  readonly isOver: () => boolean
  /** The most configurations to keep of a level. */
  readonly beam: number
  /** The most bytes to use. */
  readonly maxBytes: number
}

export class Sweep {
  /** Configurations expanded in all runs. */
  explored = 0
  /** Whether the last run left out a configuration. */
  hasDropped = false
  /** After `valid`: the trail that is the proof. */
  trail: Int32Array = new Int32Array(0)
  readonly #walk: Walk
  readonly #moves: Moves
  readonly #lookahead: Lookahead
  readonly #paths = new Paths()
  /** Configurations that have just passed a return. */
  #now: Front
  #next: Front
  /** Those of this level for which the due operation is still to be placed. */
  readonly #inside: Front
  /** How much of the trail belongs to the configuration that is loaded. */
  #called = 0
  #begun = 0

  constructor(walk: Walk, moves: Moves, lookahead: Lookahead) {
    this.#walk = walk
    this.#moves = moves
    this.#lookahead = lookahead
    const records = new Records(walk)
    this.#now = new Front(records)
    this.#next = new Front(records)
    this.#inside = new Front(records)
  }

  /** `illegal` only if nothing was dropped; then no order passes `lookahead.doomed`. */
  run({ budget, isOver, beam, maxBytes }: SweepOptions): 'valid' | 'illegal' | 'unknown' {
    const walk = this.#walk
    this.#restart()
    if (!this.#lookahead.canStart()) return 'illegal'
    const end = this.explored + budget
    this.#now.add(0)
    for (let level = 0; level < walk.cut; level++) {
      if (!this.#sweepLevel(level, end, isOver)) return 'unknown'
      if (this.#next.count === 0) return this.hasDropped ? 'unknown' : 'illegal'
      const isTooLarge = this.#paths.bytes + this.#now.bytes + this.#next.bytes + this.#inside.bytes > maxBytes
      this.#narrow(isTooLarge ? Math.min(beam, this.#next.count >> 1) : beam)
      if (this.#next.count === 0) return 'unknown'
      const now = this.#now
      this.#now = this.#next
      this.#next = now
      if (this.#paths.isOvergrown) this.#cutPaths()
    }
    this.trail = this.#paths.trailTo(this.#now.note(0))
    return 'valid'
  }

  #restart(): void {
    this.#walk.restart()
    this.#moves.length = 0
    this.#paths.clear()
    this.#now.clear()
    this.#next.clear()
    this.hasDropped = false
    this.#called = 0
    this.#begun = 0
  }

  /** False if the budget or the time ran out. */
  #sweepLevel(level: number, end: number, isOver: () => boolean): boolean {
    const walk = this.#walk
    this.#next.clear()
    this.#inside.clear()
    for (let i = 0; i < this.#now.count; i++) {
      this.#load(this.#now, i, level, this.#called, this.#begun)
      walk.callUpToDue()
      this.#settle(this.#now.note(i))
    }
    const called = walk.called
    const begun = walk.begun
    for (let i = 0; i < this.#inside.count; i++) {
      if (this.explored >= end || ((i & 255) === 0 && isOver())) return false
      this.#expand(i, level, called, begun)
    }
    this.#called = called
    this.#begun = begun
    if (this.#next.count > 1) this.#next.prune()
    return true
  }

  #load(front: Front, index: number, level: number, called: number, begun: number): void {
    const walk = this.#walk
    walk.rewind(0, called, begun)
    walk.level = level
    front.load(index)
  }

  /** Files the walk's configuration, with what it did since the node, where it belongs. */
  #settle(before: number): void {
    const walk = this.#walk
    const node = this.#paths.extend(before, walk.trail, 0, walk.trailLength)
    if (walk.isOpen(walk.due)) {
      this.#inside.add(node)
      return
    }
    const level = walk.level
    walk.pass()
    this.#next.add(node)
    walk.level = level
  }

  #expand(index: number, level: number, called: number, begun: number): void {
    const walk = this.#walk
    const moves = this.#moves
    this.explored++
    this.#load(this.#inside, index, level, called, begun)
    moves.length = 0
    moves.find()
    if (moves.length === 0) this.#lookahead.doom(walk.due)
    for (let move = 0; move < moves.length; move += moveSize) {
      if (move > 0) this.#load(this.#inside, index, level, called, begun)
      const before = moves.list[move] ?? -1
      if (before !== -1) walk.apply(before)
      walk.apply(moves.list[move + 1] ?? 0)
      this.#settle(this.#inside.note(index))
    }
  }

  /** Keeps the best of the next level: those with few reads open, few writes that must still be shown, little used. */
  #narrow(beam: number): void {
    const front = this.#next
    if (front.count <= beam) return
    this.hasDropped = true
    const scores = new Float64Array(front.count)
    for (let i = 0; i < front.count; i++) {
      front.load(i)
      // The number breaks ties, so that the same history gets the same verdict.
      scores[i] = this.#score() * front.count + i
    }
    scores.sort()
    const best = Array.from(scores.subarray(0, beam), (score) => score % front.count).sort((a, b) => a - b)
    front.keep(best, beam)
  }

  #score(): number {
    const { open, words, spent } = this.#walk
    let score = spent
    for (let word = 0; word < words; word++) {
      score += 2 * bitCount(open[masks.reads * words + word] ?? 0)
      score += 2 * bitCount(open[masks.swaps * words + word] ?? 0)
      score += bitCount(open[masks.fresh * words + word] ?? 0)
    }
    return score
  }

  #cutPaths(): void {
    const isLive = new Uint8Array(this.#paths.nodes)
    for (let i = 0; i < this.#now.count; i++) isLive[this.#now.note(i)] = 1
    const number = this.#paths.cut(isLive)
    for (let i = 0; i < this.#now.count; i++) this.#now.setNote(i, number[this.#now.note(i)] ?? 0)
  }
}

function bitCount(word: number): number {
  let bits = word - ((word >>> 1) & 0x55555555)
  bits = (bits & 0x33333333) + ((bits >>> 2) & 0x33333333)
  return Math.imul((bits + (bits >>> 4)) & 0x0f0f0f0f, 0x01010101) >>> 24
}
