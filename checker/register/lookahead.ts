/**
 * Rule R8: whether a value that is not the state can be seen again in time. Its open observer with the earliest return
 * R has to be placed before R, so an operation that puts the value has to be placed before R too, and that takes one
 * that is not used up and was called before R. An observer that must have another operation between itself and the
 * one before it, which needs or puts another state, takes one more.
 *
 * And whether a value that is shown can be left again: if nothing is left to put it again by the return of somebody who
 * is called later and must see it, it has to stay until that call.
 */
import type { Arena } from '../arena.ts'
import { kinds, open } from './columns.ts'
import { masks, steps, type Walk } from './search-walk.ts'

const none = -1
/** How many returns a look at what stands against a value may pass. */
const farthest = 256
/** How often a value's being put again is looked for. */
const mostPuts = 8
const unknown = -2

export class Lookahead {
  readonly #walk: Walk
  readonly #isOn: boolean
  /**
   * The latest return that was found impossible to pass. Where the search ends without a completion, no order passes
   * it: each branch died at a return that it could not pass, and none of these was later.
   */
  doomed = -1

  /** The values that would do, in the order in which they were found; by value, when it was found last. */
  readonly #from: Int32Array
  #fromCount = 0
  readonly #reachedAt: Int32Array
  /** The state from which swaps can start, and whether one that would do was met. */
  #after = none
  #isAfterEnough = false
  #number = 0
  /** By operation, what `#separate` found. */
  readonly #separateFrom: Int32Array

  constructor(walk: Walk, arena: Arena) {
    this.#walk = walk
    this.#from = arena.int32(walk.history.values)
    this.#reachedAt = arena.filled(walk.history.values, 0)
    this.#separateFrom = arena.filled(walk.history.count, unknown)
    this.#isOn = walk.rules.lookahead
  }

  /**
   * Whether a value can come back once the state is `after`, with one active operation placed (`without`) and one step
   * done (`step`); where they are -1, with any state, and nothing done that would count.
   */
  canReturn(value: number, after: number, without: number, step: number): boolean {
    if (!this.#isOn) return true
    const first = this.#earliestObserver(value, without)
    if (first < 0) return true
    const end = this.#walk.history.returns[first] ?? open
    if (this.#isBeyond(end)) return true
    if (!this.#isPut(value, step, after, end)) return this.#doomed(end)
    return this.#isPutForAll(value, step, first, 1)
  }

  /**
   * Whether a value can be shown now, by a step that is a swap or not. If somebody who is called later must see it,
   * and nothing is left to put it again by then, it has to stay until that call. So nothing that returns before may
   * need another state: no other read or swap, and no write, unless it is absorbed by this very step.
   */
  canShow(value: number, isSwap: boolean, step: number): boolean {
    return this.#canShow(value, isSwap, step, false)
  }

  /** The same whatever is placed before at this level: what stands against it is called later. */
  canEverShow(value: number, step: number): boolean {
    return this.#canShow(value, false, step, true)
  }

  #canShow(value: number, isSwap: boolean, step: number, isEver: boolean): boolean {
    if (!this.#isOn) return true
    const { history, laterObserver, called } = this.#walk
    const { returns, call, earliestObserver } = history
    const later = laterObserver[value] ?? -1
    if (later < 0) return true
    const observer = earliestObserver[later] ?? 0
    const end = returns[observer] ?? open
    if (this.#isBeyond(end)) return true
    if (!this.#isPut(value, step, value, end) && !this.#canStay(value, call[observer] ?? 0, isSwap, step, isEver)) {
      return this.#doomed(end)
    }
    return this.#isPutForAll(value, step, this.#earliestCalledAfter(later, this.#earliestOther(called, value)), 0)
  }

  #doomed(end: number): false {
    if (end > this.doomed) this.doomed = end
    return false
  }

  /**
   * Whether enough is left to put the value for the given observer, and for all later ones that need it to be put
   * again since some change lies between: the n-th of these needs n operations, called before its return, and `before`
   * of them are known to be there.
   */
  #isPutForAll(value: number, step: number, observer: number, before: number): boolean {
    const { returns } = this.#walk.history
    let at = before > 0 ? this.#separate(observer) : observer
    let count = 0
    for (let needed = before + 1; at >= 0 && needed <= mostPuts; needed++) {
      const end = returns[at] ?? open
      if (this.#isBeyond(end)) return true
      // Whatever puts the value by one return does so by a later one.
      if (count < needed) count = this.#countPuts(value, step, end)
      if (count < needed) return this.#doomed(end)
      at = this.#separate(at)
    }
    return true
  }

  /** The first to return of the observers of the same value that have a change between the given one and them. */
  #separate(observer: number): number {
    const known = this.#separateFrom[observer] ?? unknown
    if (known !== unknown) return known
    const { value, calledAtReturn, nextObserver } = this.#walk.history
    const other = this.#earliestOther(calledAtReturn[observer] ?? 0, value[observer] ?? 0)
    const found = this.#earliestCalledAfter(nextObserver[observer] ?? none, other)
    this.#separateFrom[observer] = found
    return found
  }

  /** The earliest return of the operations numbered from `first` on that need or put another state than the value. */
  #earliestOther(first: number, value: number): number {
    const { history, rules } = this.#walk
    const { earliestOther, earliestOtherValue, earliestThird } = history
    if (!rules.conditions.otherBetween) return none
    return (earliestOtherValue[first] === value ? earliestThird[first] : earliestOther[first]) ?? open
  }

  /** Of a chain of observers, the first to return of those called after a position. */
  #earliestCalledAfter(observer: number, position: number): number {
    const { call, nextObserver, earliestObserver } = this.#walk.history
    let at = observer
    while (at >= 0 && (call[at] ?? 0) < position) at = nextObserver[at] ?? none
    return at < 0 ? none : (earliestObserver[at] ?? none)
  }

  /** How many operations are left that can put the value by a return; not counted beyond what is looked for. */
  #countPuts(value: number, step: number, end: number): number {
    const { history, laterWriter, used } = this.#walk
    const { call, nextWriter, pending } = history
    const usedNow = step >= 0 && (step & 3) === steps.use ? step >> 2 : none
    let count = 0
    for (let c = pending.firstWrite[value] ?? none; c >= 0; c = pending.nextWrite[c] ?? none) {
      if (this.#isLeft(c, c === usedNow ? 1 : 0, end)) count += (pending.size[c] ?? 0) - (used[c] ?? 0)
    }
    let c = pending.firstSwapTo[value] ?? none
    for (; c >= 0 && count < mostPuts; c = pending.nextSwapTo[c] ?? none) {
      if (this.#isLeft(c, c === usedNow ? 1 : 0, end)) count += (pending.size[c] ?? 0) - (used[c] ?? 0)
    }
    if (count >= mostPuts) return count
    count += this.#countActivePuts(value, step)
    let i = laterWriter[value] ?? none
    for (; i >= 0 && (call[i] ?? 0) < end && count < mostPuts; i = nextWriter[i] ?? none) count++
    return count
  }

  #countActivePuts(value: number, step: number): number {
    const { history, open: masksOpen, words, inSlot } = this.#walk
    const { value: values, next } = history
    const without = step >= 0 && (step & 3) !== steps.use ? step >> 2 : none
    let count = 0
    for (let word = 0; word < words; word++) {
      let rest = (masksOpen[word] ?? 0) | (masksOpen[words + word] ?? 0)
      for (; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (values[i] === value && i !== without) count++
      }
      for (rest = masksOpen[masks.swaps * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (next[i] === value && i !== without) count++
      }
    }
    return count
  }

  #canStay(value: number, until: number, isSwap: boolean, step: number, isEver: boolean): boolean {
    const walk = this.#walk
    const { byReturn, returns, kind, value: values, count } = walk.history
    const { stayAbsorbs, standsLater } = walk.rules.conditions
    const swap = isSwap && (step & 3) === steps.place ? step >> 2 : none
    const last = Math.min(count, walk.level + farthest)
    for (let level = walk.level; level < last; level++) {
      const i = byReturn[level] ?? 0
      if ((returns[i] ?? 0) > until) return true
      const isCalled = i < walk.called
      if (i === swap || (isCalled && ((isEver && standsLater) || !walk.isOpen(i)))) continue
      switch (kind[i]) {
        case kinds.read:
          if (values[i] !== value) return false
          break
        case kinds.refuse:
          if (values[i] === value) return false
          break
        case kinds.write:
          if (!isCalled || !stayAbsorbs || (isSwap && !walk.isAbsorbable(i))) return false
          break
        default:
          return false
      }
    }
    return true
  }

  /** A search of a beginning of the history does not look beyond it. */
  #isBeyond(end: number): boolean {
    const { history, cut } = this.#walk
    const { returns, byReturn, count } = history
    return cut < count && end >= (returns[byReturn[cut] ?? 0] ?? open)
  }

  /** Before the first step: whether every value that must be seen can be. */
  canStart(): boolean {
    const { values, initial } = this.#walk.history
    let isPossible = true
    for (let value = 0; value < values && isPossible; value++) {
      if (value !== initial) isPossible = this.canReturn(value, initial, -1, -1)
    }
    return isPossible
  }

  /** The due operation's return can not be passed from here. */
  doom(due: number): void {
    this.doomed = Math.max(this.doomed, this.#walk.history.returns[due] ?? 0)
  }

  /** The open observer of a value that returns first. */
  #earliestObserver(value: number, without: number): number {
    const { history, open: masksOpen, words, inSlot, laterObserver } = this.#walk
    const { returns, kind, value: values, earliestObserver } = history
    const later = laterObserver[value] ?? none
    let first = later < 0 ? none : (earliestObserver[later] ?? none)
    let end = first < 0 ? open : (returns[first] ?? open)
    for (let word = 0; word < words; word++) {
      let rest = (masksOpen[masks.swaps * words + word] ?? 0) | (masksOpen[masks.reads * words + word] ?? 0)
      for (; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (values[i] !== value || i === without || kind[i] === kinds.refuse || (returns[i] ?? 0) > end) continue
        first = i
        end = returns[i] ?? open
      }
    }
    return first
  }

  /**
   * Whether an operation is left that puts the value in time. A swap needs what it expects: that is the state, or it
   * is to be put as well; so this looks through swaps from value to value, until it meets a write.
   */
  #isPut(value: number, step: number, after: number, end: number): boolean {
    const from = this.#from
    this.#number++
    this.#fromCount = 0
    this.#after = none
    this.#isAfterEnough = false
    this.#reach(value)
    this.#after = after
    for (let f = 0; f < this.#fromCount; f++) {
      const put = from[f] ?? 0
      if (this.#isPutByActive(put, step) || this.#isPutLater(put, end) || this.#isPutByPending(put, step, end))
        return true
      if (this.#isAfterEnough) return true
    }
    return false
  }

  #reach(value: number): void {
    if (value === this.#after && this.#walk.rules.conditions.chainsFromState) this.#isAfterEnough = true
    if (this.#reachedAt[value] === this.#number) return
    this.#reachedAt[value] = this.#number
    this.#from[this.#fromCount++] = value
  }

  #isPutByActive(value: number, step: number): boolean {
    const { history, open: masksOpen, words, inSlot, rules } = this.#walk
    const { value: values, next } = history
    const without = step >= 0 && (step & 3) !== steps.use ? step >> 2 : -1
    for (let word = 0; word < words; word++) {
      let rest = (masksOpen[word] ?? 0) | (masksOpen[words + word] ?? 0)
      for (; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (values[i] === value && i !== without) return true
      }
      if (!rules.conditions.swapsPut) continue
      for (rest = masksOpen[masks.swaps * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (next[i] === value) this.#reach(values[i] ?? 0)
      }
    }
    return false
  }

  #isPutLater(value: number, end: number): boolean {
    const { history, laterWriter, rules } = this.#walk
    const { call, kind, value: values, nextWriter } = history
    if (!rules.conditions.laterPut) return false
    for (let i = laterWriter[value] ?? -1; i >= 0 && (call[i] ?? 0) < end; i = nextWriter[i] ?? -1) {
      if (kind[i] === kinds.write) return true
      this.#reach(values[i] ?? 0)
    }
    return false
  }

  #isPutByPending(value: number, step: number, end: number): boolean {
    const { history, rules } = this.#walk
    const { pending } = history
    if (!rules.conditions.pendingPut) return false
    const usedNow = step >= 0 && (step & 3) === steps.use ? step >> 2 : -1
    for (let c = pending.firstWrite[value] ?? -1; c >= 0; c = pending.nextWrite[c] ?? -1) {
      if (this.#isLeft(c, c === usedNow ? 1 : 0, end)) return true
    }
    for (let c = pending.firstSwapTo[value] ?? -1; c >= 0; c = pending.nextSwapTo[c] ?? -1) {
      if (this.#isLeft(c, 0, end)) this.#reach(pending.from[c] ?? 0)
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
