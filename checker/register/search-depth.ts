/**
 * Depth-first over the levels of a history, just in time (rule R2; Lowe 2017, section 5): a step is taken only in a
 * sequence that ends with the placing of the due operation. Any linearization can be cut that way: what it places
 * between two returns can wait for the second. Configurations with a single way on push no frame and are not
 * remembered.
 */

import { kinds } from './columns.ts'
import { Records } from './dominance.ts'
import type { Lookahead } from './lookahead.ts'
import { Memo } from './memo.ts'
import type { Guide } from './plan/guide.ts'
import { Random } from './random.ts'
import type { Moves } from './search-moves.ts'
import { moveSize } from './search-moves.ts'
import { steps, type Walk } from './search-walk.ts'

export interface DepthOptions {
  /** The most choice points to visit in all, and without a level more than before. */
  readonly budget: number
  readonly stall: number
  readonly isOver: () => boolean
  /** After how many choice points without a level more the search goes back some levels to choose anew. */
  readonly patience: number
  /** How often, in 2^32, the most urgent move is not tried first but another one. */
  readonly strayChance: number
  /** Of the random numbers that decide about it. */
  readonly seed: number
  /** Whether the lookahead counts from the start, or where the search does not get on. */
  readonly isAlwaysCounting: boolean
  /** Whether it goes on from where the last run was given up, some levels before it, by a plan; the walk must be as it was. */
  readonly goesOn: boolean
  /** Whether it follows a plan, made anew whenever it goes back. */
  readonly isGuided: boolean
}

/**
 * A frame: state, spent, level, called, begun, length of the trail, first, next and end of its moves; then the
 * masks.
 */
const frameHeader = 9
/** How many returns may pass between two questions whether time is over. */
const passesPerQuestion = 1 << 15
/** After how many choices without progress the lookahead counts, and for how many levels the first time. */
const calm = 64
const firstCountSpan = 64
/** How many levels the first retreats go back at most. */
const retreatSpan = 16
/** A run that goes on begins as if so many retreats had been in vain, for each such run. */
const widerBy = 12
/** A retreat with a plan goes further back so many times at most. */
const mostRetreats = 5
/** Of ten retreats, so many go to where something that put a blamed value was used up; and to one of the last times. */
const blamedOfTen = 8
const lastTimes = 4

export class DepthSearch {
  /** Choice points visited in all runs. */
  explored = 0
  /** The most levels passed in any run. */
  deepest = -1
  /** The trail that passed them. */
  bestLength = 0
  best = new Int32Array(0)
  readonly #walk: Walk
  readonly #moves: Moves
  readonly #lookahead: Lookahead
  readonly #guide: Guide
  readonly #memo: Memo
  readonly #frameSize: number
  #frames = new Int32Array(256)
  #frameCount = 0
  /** The shortest that the trail was since `best` was kept. */
  #common = 0
  #questionIn = passesPerQuestion
  readonly #random = new Random()
  /** The most levels passed in this run, and what was explored by then. */
  #reached = 0
  #progressAt = 0
  #retreats = 0
  /** How often it went on in a row without getting further. */
  #resumed = 0
  /** Up to which level the lookahead counts, and for how many the next time. */
  #countTo = 0
  #countSpan = 0
  /** Where the moves of the choice that was just found begin. */
  #firstMove = 0

  constructor(walk: Walk, moves: Moves, lookahead: Lookahead, guide: Guide, maxBytes: number | undefined) {
    this.#walk = walk
    this.#moves = moves
    this.#lookahead = lookahead
    this.#guide = guide
    this.#memo = new Memo(new Records(walk), maxBytes)
    this.#frameSize = frameHeader + 4 * walk.words
  }

  /** After `valid`, the walk's trail is the proof. After `illegal`, no order passes `lookahead.doomed`. */
  run({
    budget,
    stall,
    isOver,
    patience,
    strayChance,
    seed,
    isAlwaysCounting,
    goesOn,
    isGuided,
  }: DepthOptions): 'valid' | 'illegal' | 'unknown' {
    this.#lookahead.isCounting = isAlwaysCounting
    this.#guide.leave()
    this.#countSpan = firstCountSpan
    this.#countTo = 0
    this.#random.seed(seed)
    if (goesOn && this.#frameCount > 0) {
      this.#retreats = widerBy * ++this.#resumed
      this.#retreatAndPlan(false)
      this.#reached = this.#walk.level
    } else {
      this.#restart()
      if (!this.#lookahead.canStart()) return 'illegal'
      if (isGuided) this.#plan()
    }
    const last = this.explored + budget
    let end = Math.min(last, this.explored + stall)
    let patienceNow = patience
    this.#progressAt = this.explored
    for (;;) {
      switch (this.#descend(isOver)) {
        case 'passed':
          return 'valid'
        case 'over':
          return this.#giveUp()
        case 'choice':
          if (this.explored >= end || ((this.explored & 511) === 0 && isOver())) return this.#giveUp()
          this.explored++
          this.#count(isAlwaysCounting)
          if (this.#walk.level > this.#reached) {
            this.#reached = this.#walk.level
            this.#progressAt = this.explored
            end = Math.min(last, this.explored + stall)
            patienceNow = patience
            this.#retreats = 0
          }
          if (this.explored - this.#progressAt > patienceNow && this.#frameCount > 0) {
            patienceNow += patienceNow >> 2
            if (isOver()) return this.#giveUp()
            if (isGuided) this.#retreatAndPlan(true)
            else this.#retreat()
          } else if (isGuided && this.#guide.isEnding(this.#walk.level)) {
            this.#plan()
            this.#moves.length = this.#firstMove
          } else {
            this.#push(strayChance)
            this.#takeNext()
          }
          break
        default:
          this.keepIfBest()
          if (!this.#takeNext()) return 'illegal'
      }
    }
  }

  #giveUp(): 'unknown' {
    this.keepIfBest()
    return 'unknown'
  }

  /** Where it gets on easily, it does not pay to count; where it gets stuck, it counts for a while, longer if that is soon after. */
  #count(isAlwaysCounting: boolean): void {
    const lookahead = this.#lookahead
    if (lookahead.isCounting) {
      if (!isAlwaysCounting && this.#walk.level > this.#countTo) lookahead.isCounting = false
    } else if (this.explored - this.#progressAt > calm) {
      lookahead.isCounting = true
      this.#countSpan = this.#reached - this.#countTo > this.#countSpan ? firstCountSpan : 2 * this.#countSpan
      this.#countTo = this.#reached + this.#countSpan
    }
  }

  #restart(): void {
    this.#walk.restart()
    this.#common = 0
    this.#memo.clear()
    this.#moves.length = 0
    this.#frameCount = 0
    this.#reached = 0
    this.#retreats = 0
    this.#resumed = 0
  }

  /** Goes on as long as there is a single way; a choice's moves are then the last of the list. */
  #descend(isOver: () => boolean): 'passed' | 'choice' | 'stuck' | 'over' {
    const walk = this.#walk
    const moves = this.#moves
    while (walk.level < walk.cut) {
      if (--this.#questionIn <= 0) {
        this.#questionIn = passesPerQuestion
        if (isOver()) return 'over'
      }
      walk.callUpToDue()
      if (!walk.isOpen(walk.due)) {
        walk.pass()
        continue
      }
      const first = moves.length
      moves.find()
      const found = moves.length - first
      this.#firstMove = first
      if (found > moveSize && !this.#memo.covers()) return 'choice'
      moves.length = first
      if (found !== moveSize) {
        if (found === 0) this.#lookahead.doom(walk.due)
        return 'stuck'
      }
      this.#take(first)
    }
    return 'passed'
  }

  #take(move: number): void {
    const before = this.#moves.list[move] ?? -1
    if (before !== -1) this.#walk.apply(before)
    this.#walk.apply(this.#moves.list[move + 1] ?? 0)
  }

  #push(strayChance: number): void {
    const walk = this.#walk
    const at = this.#frameCount * this.#frameSize
    if (at + this.#frameSize > this.#frames.length) this.#frames = grown(this.#frames)
    const frames = this.#frames
    frames[at] = walk.state
    frames[at + 1] = walk.spent
    frames[at + 2] = walk.level
    frames[at + 3] = walk.called
    frames[at + 4] = walk.begun
    frames[at + 5] = walk.trailLength
    frames[at + 6] = this.#firstMove
    frames[at + 7] = this.#firstMove
    frames[at + 8] = this.#moves.length
    for (let i = 0; i < 4 * walk.words; i++) frames[at + frameHeader + i] = walk.open[i] ?? 0
    this.#frameCount++
    if (strayChance > 0 && this.#random.draw() < strayChance) this.#stray()
  }

  /**
   * Takes the next way of the last choice that has one left. A choice is remembered when a way has failed, not before:
   * where the first ways lead to the end, there is no need to remember anything.
   */
  #takeNext(): boolean {
    while (this.#frameCount > 0) {
      const at = (this.#frameCount - 1) * this.#frameSize
      const next = this.#frames[at + 7] ?? 0
      const end = this.#frames[at + 8] ?? 0
      if (next < end) {
        this.#restore(at)
        if (next === (this.#frames[at + 6] ?? 0) + moveSize) this.#memo.add()
        this.#frames[at + 7] = next + moveSize
        this.#moves.length = end
        this.#take(next)
        return true
      }
      this.#frameCount--
    }
    return false
  }

  /**
   * Goes back some levels, to a choice that is made anew and differently, as if the search had begun there. What was
   * visited since is forgotten, all memory with it: nothing may be superfluous because of what was not finished.
   */
  #retreat(): void {
    const frame = this.#frameToRetreatTo(true)
    this.#memo.clear()
    this.#goBackTo(frame)
    this.#frameCount = frame + 1
    const at = frame * this.#frameSize
    this.#frames[at + 7] = this.#firstMove
    this.#moves.length = this.#frames[at + 8] ?? 0
    this.#stray()
    this.#takeNext()
  }

  /** The same, but from there the moves are found anew, by a plan; further back where it says at once that something is lost. */
  #retreatAndPlan(mayBlame: boolean): void {
    this.#memo.clear()
    for (let tries = 0; tries < mostRetreats && this.#frameCount > 0; tries++) {
      const frame = this.#frameToRetreatTo(mayBlame && tries === 0)
      this.#goBackTo(frame)
      this.#frameCount = frame
      this.#moves.length = this.#firstMove
      this.#plan()
      if (!this.#guide.isShort()) return
    }
  }

  #goBackTo(frame: number): void {
    const at = frame * this.#frameSize
    this.#restore(at)
    this.#firstMove = this.#frames[at + 6] ?? 0
    this.#progressAt = this.explored
  }

  #plan(): void {
    this.#walk.callUpToDue()
    this.#guide.plan(this.#random.draw())
  }

  /** Where a value was lost that is missed now, or some levels back, the further the more often it was tried. */
  #frameToRetreatTo(mayBlame: boolean): number {
    const frames = this.#frames
    const isBlamed = mayBlame && this.#random.draw() % 10 < blamedOfTen
    const loss = isBlamed ? this.#lastLossOf(this.#lookahead.blame.draw(this.#random.draw())) : -1
    const span = retreatSpan << Math.min(20, this.#retreats++ >> 2)
    const level = this.#reached - (this.#random.draw() % span)
    let frame = this.#frameCount - 1
    for (; frame > 0; frame--) {
      const at = frame * this.#frameSize
      if (loss >= 0 ? (frames[at + 5] ?? 0) <= loss : (frames[at + 2] ?? 0) <= level) break
    }
    return frame
  }

  /** Where in the trail something that puts a value was used up, one of the last times; -1 if it never was. */
  #lastLossOf(value: number): number {
    const { trail, history, trailLength } = this.#walk
    const { kind, value: values, next, pending } = history
    let skip = this.#random.draw() % lastTimes
    let found = -1
    for (let at = trailLength - 1; at >= 0 && skip >= 0; at--) {
      const entry = trail[at] ?? 0
      if (entry < 0) continue
      const i = entry >> 2
      let put = kind[i] === kinds.write ? values[i] : kind[i] === kinds.cas ? next[i] : -1
      if ((entry & 3) === steps.use) put = pending.to[pending.memberClass[i] ?? 0]
      if (put !== value) continue
      found = at
      skip--
    }
    return found
  }

  #restore(at: number): void {
    const walk = this.#walk
    const frames = this.#frames
    walk.rewind(frames[at + 5] ?? 0, frames[at + 3] ?? 0, frames[at + 4] ?? 0)
    walk.state = frames[at] ?? 0
    walk.spent = frames[at + 1] ?? 0
    walk.level = frames[at + 2] ?? 0
    for (let i = 0; i < 4 * walk.words; i++) walk.open[i] = frames[at + frameHeader + i] ?? 0
    if (walk.trailLength < this.#common) this.#common = walk.trailLength
  }

  /** Puts another of the new frame's moves first. */
  #stray(): void {
    const { list, length } = this.#moves
    const first = this.#firstMove
    const count = (length - first) / moveSize
    const other = first + moveSize * (1 + (this.#random.draw() % (count - 1)))
    for (let i = 0; i < moveSize; i++) {
      const kept = list[first + i] ?? 0
      list[first + i] = list[other + i] ?? 0
      list[other + i] = kept
    }
  }

  /**
   * Keeps the walk's trail if it passes more returns than any before. Only what differs from the trail kept before is
   * copied, so keeping costs no more than walking did.
   */
  keepIfBest(): void {
    const walk = this.#walk
    if (walk.level <= this.deepest) return
    this.deepest = walk.level
    const length = walk.trailLength
    if (this.best.length < length) {
      const larger = new Int32Array(2 * length + 64)
      larger.set(this.best)
      this.best = larger
    }
    const common = Math.min(this.#common, this.bestLength)
    this.best.set(walk.trail.subarray(common, length), common)
    this.bestLength = length
    this.#common = length
  }
}

function grown(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length)
  larger.set(array)
  return larger
}
