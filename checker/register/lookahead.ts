/**
 * Rule R8: whether a value that is not the state can be seen again in time. Its open observer with the earliest return
 * R has to be placed before R, so an operation that puts the value has to be placed before R too, and that takes one
 * that is not used up and was called before R.
 */
import { kinds, open } from './columns.ts'
import { masks, steps, type Walk } from './search-walk.ts'

export class Lookahead {
  readonly #walk: Walk
  readonly #isOn: boolean
  /**
   * The latest return that was found impossible to pass. Where the search ends without a completion, no order passes
   * it: each branch died at a return that it could not pass, and none of these was later.
   */
  doomed = -1

  constructor(walk: Walk) {
    this.#walk = walk
    this.#isOn = walk.rules.lookahead
  }

  /** `without`: an active operation that is taken as placed; `step`: one that is taken as done. Either may be -1. */
  canReturn(value: number, without: number, step: number): boolean {
    if (!this.#isOn) return true
    const end = this.#earliestReturn(value, without)
    if (end === open || this.#isPut(value, step, end)) return true
    if (end > this.doomed) this.doomed = end
    return false
  }

  /** Before the first step: whether every value that must be seen can be. */
  canStart(): boolean {
    const { values, initial } = this.#walk.history
    let isPossible = true
    for (let value = 0; value < values && isPossible; value++) {
      if (value !== initial) isPossible = this.canReturn(value, -1, -1)
    }
    return isPossible
  }

  /** The due operation's return can not be passed from here. */
  doom(due: number): void {
    this.doomed = Math.max(this.doomed, this.#walk.history.returns[due] ?? 0)
  }

  #earliestReturn(value: number, without: number): number {
    const { history, open: masksOpen, words, inSlot, laterObserver, cut } = this.#walk
    const { returns, byReturn, kind, value: values, earliestReturn, count } = history
    const later = laterObserver[value] ?? -1
    let end = later < 0 ? open : (earliestReturn[later] ?? open)
    for (let word = 0; word < words; word++) {
      let rest = (masksOpen[masks.swaps * words + word] ?? 0) | (masksOpen[masks.reads * words + word] ?? 0)
      for (; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (values[i] !== value || i === without || kind[i] === kinds.refuse) continue
        end = Math.min(end, returns[i] ?? open)
      }
    }
    // A search of a beginning of the history does not look beyond it.
    if (cut < count && end >= (returns[byReturn[cut] ?? 0] ?? open)) return open
    return end
  }

  #isPut(value: number, step: number, end: number): boolean {
    const { history, open: masksOpen, words, inSlot, laterWriter, rules } = this.#walk
    const { call, value: values, next } = history
    const { laterPut, pendingPut, swapsPut } = rules.conditions
    const later = laterWriter[value] ?? -1
    if (laterPut && later >= 0 && (call[later] ?? 0) < end) return true
    const without = step >= 0 && (step & 3) !== steps.use ? step >> 2 : -1
    for (let word = 0; word < words; word++) {
      let rest = (masksOpen[word] ?? 0) | (masksOpen[words + word] ?? 0)
      for (; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (values[i] === value && i !== without) return true
      }
      if (!swapsPut) continue
      for (rest = masksOpen[masks.swaps * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (next[i] === value) return true
      }
    }
    return pendingPut && this.#isPutByPending(value, step, end)
  }

  #isPutByPending(value: number, step: number, end: number): boolean {
    const { pending } = this.#walk.history
    const usedNow = step >= 0 && (step & 3) === steps.use ? step >> 2 : -1
    for (let c = pending.firstWrite[value] ?? -1; c >= 0; c = pending.nextWrite[c] ?? -1) {
      if (this.#isLeft(c, c === usedNow ? 1 : 0, end)) return true
    }
    for (let c = pending.firstSwapTo[value] ?? -1; c >= 0; c = pending.nextSwapTo[c] ?? -1) {
      if (this.#isLeft(c, 0, end)) return true
    }
    return false
  }

  #isLeft(c: number, usedMore: number, end: number): boolean {
    const { history, used } = this.#walk
    const { pending } = history
    const count = (used[c] ?? 0) + usedMore
    if (count >= (pending.size[c] ?? 0)) return false
    return (pending.memberCall[(pending.start[c] ?? 0) + count] ?? 0) < end
  }
}
