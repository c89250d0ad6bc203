/**
 * Where a walk stands: what is linearized, in which order, and which returns are passed; and the way back. Kept in the
 * form in which configurations are remembered, so that nothing is copied to look one up.
 */

import { at } from '../ints.ts'
import type { Entries } from './entries.ts'
import type { PendingGroups } from './pending-groups.ts'
import type { Workspace } from './workspace.ts'

/** Who wants to know what is linearized and what no longer is, by operation's number. */
export interface Follower {
  lift(number: number): void
  unlift(number: number): void
}

/** The words of a configuration that are not bits: level, and state. */
const headWords = 2

export class Position {
  /**
   * Level; state; a bit for each slot whose operation is linearized; a bit for each slot unless its operation is eager
   * and linearized; a bit for each pending operation that is used. An operation has a bit of one of these kinds only.
   */
  readonly configuration: Int32Array
  /**
   * How many words stand before the last two kinds of bits. Of two configurations alike in these words, one is as good
   * if it has no bit of those that the other has not: as much of what changes nothing is done, no more is used up.
   */
  readonly keyLength: number
  /** How many returns are passed, and how many required operations are not linearized. */
  level = 0
  remaining: number
  /** What is linearized, in order: a required operation's number, or ~group. */
  readonly trail: Int32Array
  trailLength = 0
  readonly #entries: Entries
  readonly #groups: PendingGroups
  readonly #follower: Follower | undefined
  readonly #classes: Int32Array
  readonly #isEager: Int32Array
  /** 1 for required operations that are linearized. */
  readonly #done: Int32Array
  /** Where the bits of the last two kinds begin. */
  readonly #eagerWord: number
  readonly #usedWord: number

  /** `isEager`: 1 for classes of operations that change nothing and are placed as soon as they fit. */
  constructor(
    { entries, classes, trail, done }: Workspace,
    isEager: Int32Array,
    hasEager: boolean,
    groups: PendingGroups,
    follower: Follower | undefined,
  ) {
    this.#entries = entries
    this.#groups = groups
    this.#follower = follower
    this.#classes = classes
    this.#isEager = isEager
    this.trail = trail
    this.remaining = entries.required
    // The end of the list is one more, and never done.
    this.#done = done.fill(0, 0, entries.required + 1)
    const slotWords = (entries.slots + 31) >>> 5
    this.keyLength = headWords + slotWords
    this.#eagerWord = this.keyLength
    this.#usedWord = this.keyLength + (hasEager ? slotWords : 0)
    this.configuration = new Int32Array(this.#usedWord + ((groups.members + 31) >>> 5))
    this.configuration.fill(-1, this.#eagerWord, this.#usedWord)
  }

  linearize(move: number): void {
    this.trail[this.trailLength++] = move
    if (move < 0) {
      const member = this.#groups.use(~move)
      this.#flip(this.#usedWord, member)
      this.#follower?.lift(this.#groups.numberOf(member))
      return
    }
    const { next, previous } = this.#entries
    const before = at(previous, move)
    const after = at(next, move)
    next[before] = after
    previous[after] = before
    this.#follower?.lift(move)
    this.#done[move] = 1
    this.remaining--
    this.#flipSlot(move)
    if (move === at(this.#entries.byReturn, this.level)) this.#passReturns()
  }

  /** Behind its return, an operation needs its bit no longer; its slot may be another's by then. */
  #passReturns(): void {
    const { byReturn } = this.#entries
    let passed = at(byReturn, this.level)
    for (; at(this.#done, passed) === 1; passed = at(byReturn, this.level)) {
      this.#flipSlot(passed)
      this.level++
    }
  }

  /** Back to where the trail was this long and so many returns were passed. */
  undo(trailLength: number, level: number): void {
    const { next, previous, byReturn } = this.#entries
    while (this.level > level) {
      this.level--
      this.#flipSlot(at(byReturn, this.level))
    }
    while (this.trailLength > trailLength) {
      const move = at(this.trail, --this.trailLength)
      if (move < 0) {
        const member = this.#groups.giveBack(~move)
        this.#flip(this.#usedWord, member)
        this.#follower?.unlift(this.#groups.numberOf(member))
        continue
      }
      next[at(previous, move)] = move
      previous[at(next, move)] = move
      this.#follower?.unlift(move)
      this.#done[move] = 0
      this.remaining++
      this.#flipSlot(move)
    }
  }

  /**
   * Bits are flipped, not set and cleared, so that the order in which they are undone does not matter where two
   * operations have had one slot.
   */
  #flipSlot(operation: number): void {
    const isEager = at(this.#isEager, at(this.#classes, operation)) === 1
    this.#flip(isEager ? this.#eagerWord : headWords, at(this.#entries.slot, operation))
  }

  #flip(firstWord: number, bit: number): void {
    const word = firstWord + (bit >>> 5)
    this.configuration[word] = at(this.configuration, word) ^ (1 << (bit & 31))
  }
}
