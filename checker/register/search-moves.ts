/**
 * The ways on from a configuration at which the due operation is still to be placed: rules R4 to R7, and R8 for each
 * way. A move is one step, or a rewrite and the swap that it was for.
 */
import type { Arena } from '../arena.ts'
import { kinds, open } from './columns.ts'
import { type Lookahead, ways } from './lookahead.ts'
import type { Guide } from './plan/guide.ts'
import { masks, steps, useFuel, type Walk } from './search-walk.ts'

/** A move takes three places in the list: the step before the step or -1, the step, and how late it is wanted. */
export const moveSize = 3

const none = -1

export class Moves {
  list = new Int32Array(256)
  length = 0
  readonly #walk: Walk
  readonly #lookahead: Lookahead
  readonly #guide: Guide
  /** Found at this configuration: all entries below are valid where they carry its number. */
  #number = 0
  /** By value: when it was wanted last, and by when the first that waits for it returns. */
  readonly #wantedAt: Int32Array
  readonly #wantedBy: Int32Array
  readonly #wants: Int32Array
  #wantCount = 0
  /** By value: the first to return of the open writes of it, and of the swaps from the state to it. */
  readonly #writerAt: Int32Array
  readonly #writer: Int32Array
  readonly #swapperAt: Int32Array
  readonly #swapper: Int32Array
  /** All open writes, and all swaps from the state. */
  readonly #writes: Int32Array
  #writeCount = 0
  readonly #swaps: Int32Array
  #swapCount = 0
  /** Whether a refused compare-and-set waits for another state; the earliest return of those. */
  #refusedBy = open
  /** Whether the state can be left, if no observer of it is placed by that. */
  #canLeave = true

  constructor(walk: Walk, lookahead: Lookahead, guide: Guide, arena: Arena) {
    const { values } = walk.history
    this.#walk = walk
    this.#lookahead = lookahead
    this.#guide = guide
    this.#wantedAt = arena.filled(values, 0)
    this.#wantedBy = arena.int32(values)
    this.#wants = arena.int32(values)
    this.#writerAt = arena.filled(values, 0)
    this.#writer = arena.int32(values)
    this.#swapperAt = arena.filled(values, 0)
    this.#swapper = arena.int32(values)
    this.#writes = arena.int32(32 * walk.words)
    this.#swaps = arena.int32(32 * walk.words)
  }

  /** Appends the moves of the walk's configuration to the list, the most urgent first. */
  find(): void {
    const first = this.length
    if (!this.#lookahead.look()) return
    this.#look()
    if (this.#isDueHopeless()) return
    this.#passWantsOn()
    this.#canLeave = this.#lookahead.canReturn(this.#walk.state, none, none, none)
    this.#addSwaps()
    if (this.#canLeave) {
      this.#addWrites()
      this.#addPendingWrites()
    }
    this.#addReads()
    this.#addDue()
    if (this.length > first + moveSize) this.#guide.favour(this.list, first, this.length)
    this.#sort(first)
  }

  /** Whether the due operation waits for a value that, rule R8, can not be shown at this level, whatever comes before. */
  #isDueHopeless(): boolean {
    const { history, due, state, words, open: masksOpen, inSlot } = this.#walk
    const { kind, value, next, pending } = history
    const wanted = value[due] ?? 0
    if (kind[due] === kinds.write || kind[due] === kinds.refuse || wanted === state) return false
    if (this.#writerAt[wanted] === this.#number) {
      if (this.#lookahead.canEverShow(wanted, ((this.#writer[wanted] ?? 0) << 2) | steps.show)) return false
    }
    for (let word = 0; word < words; word++) {
      for (let rest = masksOpen[masks.swaps * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (next[i] === wanted && this.#lookahead.canEverShow(wanted, none)) return false
      }
    }
    for (let c = pending.firstWrite[wanted] ?? -1; c >= 0; c = pending.nextWrite[c] ?? -1) {
      if (this.#walk.isUsable(c) && this.#lookahead.canEverShow(wanted, (c << 2) | steps.use)) return false
    }
    for (let c = pending.firstSwapTo[wanted] ?? -1; c >= 0; c = pending.nextSwapTo[c] ?? -1) {
      if (this.#walk.isUsable(c) && this.#lookahead.canEverShow(wanted, none)) return false
    }
    return this.#walk.rules.lookahead
  }

  /** One pass over what is open. */
  #look(): void {
    const { open: masksOpen, words, inSlot, state, rules, history } = this.#walk
    const { kind, value, next, returns } = history
    this.#number++
    this.#wantCount = 0
    this.#writeCount = 0
    this.#swapCount = 0
    this.#refusedBy = open
    for (let word = 0; word < words; word++) {
      let rest = (masksOpen[word] ?? 0) | (masksOpen[words + word] ?? 0)
      for (; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        this.#writes[this.#writeCount++] = i
        this.#note(this.#writerAt, this.#writer, value[i] ?? 0, i)
      }
      for (rest = masksOpen[masks.swaps * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (value[i] === state) {
          this.#swaps[this.#swapCount++] = i
          this.#note(this.#swapperAt, this.#swapper, next[i] ?? 0, i)
        } else {
          this.#want(value[i] ?? 0, this.#lookahead.active.by[i] ?? 0)
        }
      }
      for (rest = masksOpen[masks.reads * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (kind[i] === kinds.read) this.#want(value[i] ?? 0, returns[i] ?? 0)
        else if (rules.conditions.refusalsWant) this.#refusedBy = Math.min(this.#refusedBy, returns[i] ?? 0)
      }
    }
  }

  /** Rule R5: the first to return stands for all that do the same. */
  #note(at: Int32Array, who: Int32Array, name: number, i: number): void {
    const { history, rules } = this.#walk
    const { returns } = history
    if (at[name] === this.#number) {
      const isEarlier = (returns[i] ?? 0) < (returns[who[name] ?? 0] ?? 0)
      if (isEarlier !== rules.conditions.firstToReturn) return
    }
    at[name] = this.#number
    who[name] = i
  }

  #want(value: number, by: number): void {
    if (value === this.#walk.state) return
    if (this.#wantedAt[value] !== this.#number) {
      this.#wantedAt[value] = this.#number
      this.#wantedBy[value] = by
      this.#wants[this.#wantCount++] = value
    } else if (by < (this.#wantedBy[value] ?? 0)) {
      this.#wantedBy[value] = by
    }
  }

  #isWanted(value: number): boolean {
    return this.#wantedAt[value] === this.#number
  }

  /** Rule R6: who wants the result of a pending swap wants what the swap expects. */
  #passWantsOn(): void {
    const { history, rules } = this.#walk
    const { pending } = history
    if (pending.count === 0 || !rules.conditions.wantsPass) return
    if (!rules.goalDirected) {
      for (let c = 0; c < pending.count; c++) {
        if ((pending.from[c] ?? -1) >= 0 && this.#walk.isUsable(c)) this.#want(pending.from[c] ?? 0, open - 1)
      }
    }
    for (let w = 0; w < this.#wantCount; w++) {
      const value = this.#wants[w] ?? 0
      this.#wantWhatPuts(value, this.#wantedBy[value] ?? open)
    }
    if (!rules.conditions.detours || !this.#isStateTaken() || !this.#hasFresh()) return
    const known = this.#wantCount
    this.#wantWhatPuts(this.#walk.state, open - 1)
    for (let w = known; w < this.#wantCount; w++) this.#wantWhatPuts(this.#wants[w] ?? 0, open - 1)
  }

  #wantWhatPuts(value: number, by: number): void {
    const { pending } = this.#walk.history
    for (let c = pending.firstSwapTo[value] ?? -1; c >= 0; c = pending.nextSwapTo[c] ?? -1) {
      if (this.#walk.isUsable(c)) this.#want(pending.from[c] ?? 0, by)
    }
  }

  /** Whether a swap could take the state away that is offered by `#addSwaps`. */
  #isStateTaken(): boolean {
    const { history, state } = this.#walk
    const { pending } = history
    if (this.#swapCount > 0) return true
    for (let c = pending.firstSwapFrom[state] ?? -1; c >= 0; c = pending.nextSwapFrom[c] ?? -1) {
      if (this.#walk.isUsable(c) && (this.#isWanted(pending.to[c] ?? 0) || this.#refusedBy !== open)) return true
    }
    return false
  }

  /** Swaps from the state, each also with a rewrite before it. */
  #addSwaps(): void {
    const { history, rules, state } = this.#walk
    const { next, pending } = history
    const rewriter = this.#rewriter()
    for (let s = 0; s < this.#swapCount; s++) {
      const i = this.#swaps[s] ?? 0
      const put = next[i] ?? 0
      if (rules.symmetry && this.#swapper[put] !== i) continue
      const by = Math.min(this.#lookahead.active.by[i] ?? 0, this.#isWanted(put) ? (this.#wantedBy[put] ?? 0) : open)
      this.#addSwap(put, i, (i << 2) | steps.place, rewriter, by)
    }
    for (let c = pending.firstSwapFrom[state] ?? -1; c >= 0; c = pending.nextSwapFrom[c] ?? -1) {
      if (!this.#walk.isUsable(c)) continue
      const put = pending.to[c] ?? 0
      if (rules.symmetry && this.#swapperAt[put] === this.#number) continue
      const by = Math.min(this.#isWanted(put) ? (this.#wantedBy[put] ?? 0) : open, this.#refusedBy)
      if (by === open && rules.goalDirected && rules.onDemand) continue
      this.#addSwap(put, -2 - c, (c << 2) | steps.use, rewriter, by)
    }
  }

  #addSwap(put: number, swap: number, step: number, rewriter: number, by: number): void {
    const { state } = this.#walk
    const lookahead = this.#lookahead
    if (lookahead.canShow(put, ways.swap, step) && lookahead.canReturn(state, put, swap, none)) {
      this.#push(none, step, by)
    }
    if (rewriter === none) return
    if (lookahead.canShow(put, ways.rewriteAndSwap, step) && lookahead.canReturn(state, put, swap, rewriter)) {
      this.#push(rewriter, step, by)
    }
  }

  /** Rule R4, second exception: the step that writes the state again, if that helps a write (be it itself). */
  #rewriter(): number {
    const { state, rules } = this.#walk
    if (!rules.conditions.rewrites || !rules.onDemand || !this.#hasFresh()) return none
    const { rewritesForOthers } = rules.conditions
    if (this.#writerAt[state] === this.#number) {
      const i = this.#writer[state] ?? 0
      return rewritesForOthers || !this.#walk.isAbsorbable(i) ? (i << 2) | steps.show : none
    }
    const c = this.#usableWrite(state)
    return c < 0 || !rewritesForOthers ? none : (c << 2) | steps.use
  }

  #usableWrite(value: number): number {
    const { pending } = this.#walk.history
    for (let c = pending.firstWrite[value] ?? -1; c >= 0; c = pending.nextWrite[c] ?? -1) {
      if (this.#walk.isUsable(c)) return c
    }
    return none
  }

  /** Rule R4: writes of values that somebody waits for. */
  #addWrites(): void {
    const { history, rules, state } = this.#walk
    for (let w = 0; w < this.#writeCount; w++) {
      const i = this.#writes[w] ?? 0
      const value = history.value[i] ?? 0
      if (rules.symmetry && this.#writer[value] !== i) continue
      const by = this.#waitedFor(value)
      if (by === open && rules.onDemand) continue
      if (value === state && rules.onDemand) continue
      if (value !== state && !this.#lookahead.canShow(value, ways.write, (i << 2) | steps.show)) continue
      this.#push(none, (i << 2) | steps.show, by)
    }
  }

  /** The earliest return of an operation that waits for a value, or for any but the state. */
  #waitedFor(value: number): number {
    if (value === this.#walk.state) return open
    const { conditions } = this.#walk.rules
    if (!conditions.demandBeforeWrites && this.#walk.history.kind[this.#walk.due] === kinds.write) return open
    return Math.min(this.#isWanted(value) ? (this.#wantedBy[value] ?? 0) : open, this.#refusedBy)
  }

  #addPendingWrites(): void {
    const { history, rules, classInSlot } = this.#walk
    const { pending } = history
    if (pending.count === 0) return
    if (this.#refusedBy !== open || !rules.onDemand) {
      for (let slot = 0; slot < pending.slots; slot++) {
        const c = classInSlot[slot] ?? -1
        if (c >= 0 && (pending.from[c] ?? 0) < 0) this.#addPendingWrite(c)
      }
      if (this.#walk.hasFuel()) this.#push(none, useFuel, this.#refusedBy)
      return
    }
    for (let w = 0; w < this.#wantCount; w++) {
      const value = this.#wants[w] ?? 0
      for (let c = pending.firstWrite[value] ?? -1; c >= 0; c = pending.nextWrite[c] ?? -1) this.#addPendingWrite(c)
    }
  }

  #addPendingWrite(c: number): void {
    const { history, rules, state } = this.#walk
    const value = history.pending.to[c] ?? 0
    if (!this.#walk.isUsable(c)) return
    if (rules.symmetry && this.#writerAt[value] === this.#number) return
    const by = this.#waitedFor(value)
    if (by === open && rules.onDemand) return
    if (value !== state && !this.#lookahead.canShow(value, ways.write, (c << 2) | steps.use)) return
    this.#push(none, (c << 2) | steps.use, by)
  }

  /** Without rule R1, placing a read is a move like others. */
  #addReads(): void {
    const { open: masksOpen, words, inSlot, state, rules, history } = this.#walk
    if (rules.eagerReads) return
    for (let word = 0; word < words; word++) {
      for (let rest = masksOpen[masks.reads * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if ((history.kind[i] === kinds.read) !== (history.value[i] === state)) continue
        this.#push(none, (i << 2) | steps.place, history.returns[i] ?? 0)
      }
    }
  }

  /**
   * The due operation itself, if it is a write. An absorbable one is shown, in case somebody who is called later wants
   * its value, or placed for nothing; to try that last finds orders sooner. Another one has to be shown now.
   */
  #addDue(): void {
    const { history, rules, state, due } = this.#walk
    if (history.kind[due] !== kinds.write) return
    const end = history.returns[due] ?? 0
    const value = history.value[due] ?? 0
    const isAbsorbable = this.#walk.isAbsorbable(due)
    if (isAbsorbable && (value !== state || !rules.onDemand)) {
      if (value === state || this.#lookahead.canReturn(value, state, none, (due << 2) | steps.show)) {
        this.#push(none, (due << 2) | steps.absorb, open)
      }
      if (!rules.conditions.lateVisible || !this.#mayMatter(value, end)) return
    }
    const isThere = this.#waitedFor(value) !== open || !rules.onDemand
    const step = (due << 2) | steps.show
    if (
      value === state ? rules.onDemand : !isThere && this.#canLeave && this.#lookahead.canShow(value, ways.write, step)
    ) {
      this.#push(none, step, end)
    }
  }

  /**
   * Whether showing the due write could serve somebody who is called later: one that wants its value, or one that
   * refuses the state, or a value that would be put by a write that it absorbs.
   */
  #mayMatter(value: number, end: number): boolean {
    const { history, laterObserver, state, rules } = this.#walk
    const { pending, lastRefusal, latestRefusal } = history
    if ((laterObserver[value] ?? -1) >= 0 || (pending.firstSwapFrom[value] ?? -1) >= 0) return true
    if (latestRefusal <= end || !rules.conditions.laterRefusals) return false
    return (lastRefusal[state] ?? -1) > end || this.#hasFresh()
  }

  #hasFresh(): boolean {
    const { words, open: masksOpen } = this.#walk
    let fresh = 0
    for (let word = 0; word < words; word++) fresh |= masksOpen[masks.fresh * words + word] ?? 0
    return fresh !== 0
  }

  #push(before: number, step: number, by: number): void {
    if (this.length + moveSize > this.list.length) {
      const list = new Int32Array(2 * this.list.length)
      list.set(this.list)
      this.list = list
    }
    this.list[this.length++] = before
    this.list[this.length++] = step
    this.list[this.length++] = by
  }

  /** By insertion: there are few. */
  #sort(first: number): void {
    const list = this.list
    for (let at = first + moveSize; at < this.length; at += moveSize) {
      const before = list[at] ?? 0
      const step = list[at + 1] ?? 0
      const by = list[at + 2] ?? 0
      let to = at
      for (; to > first && (list[to - 1] ?? 0) > by; to -= moveSize) {
        list[to] = list[to - moveSize] ?? 0
        list[to + 1] = list[to - 2] ?? 0
        list[to + 2] = list[to - 1] ?? 0
      }
      list[to] = before
      list[to + 1] = step
      list[to + 2] = by
    }
  }
}
