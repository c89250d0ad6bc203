/**
 * Rule R8: whether all that must be seen can still be seen in time. An observer has to be placed before its return R,
 * so an operation that puts the value has to be placed before R too, and that takes one that is not used up and was
 * called before R, and what that one needs in turn; and enough of them for all observers (`supply.ts`).
 *
 * And whether a value that is shown can be left again: if nothing is left to put it again by the return of somebody who
 * is called later and must see it, it has to stay until that call.
 */
import type { Arena } from '../arena.ts'
import { Blame } from './blame.ts'
import { kinds, open } from './columns.ts'
import { Active } from './search-active.ts'
import { steps, type Walk } from './search-walk.ts'
import { Supply } from './supply.ts'

const none = -1
/** How many returns a look at what stands against a value may pass. */
const farthest = 256

/** How a value is shown: by a write; by a swap; by a write of the state again, and a swap then (R4, second exception). */
export const ways = { write: 0, swap: 1, rewriteAndSwap: 2 } as const

export class Lookahead {
  /** What is open at the configuration that was looked at last. */
  readonly active: Active
  /** Which values stood in the way. */
  readonly blame: Blame
  /**
   * The latest return that was found impossible to pass. Where the search ends without a completion, no order passes
   * it: each branch died at a return that it could not pass, and none of these was later.
   */
  doomed = -1
  /** Whether it is also counted how much is left: that finds more, and takes longer. */
  isCounting = true
  readonly #walk: Walk
  readonly #isOn: boolean
  readonly #supply: Supply
  /** The values that would do, in the order in which they were found; by value, when it was found last. */
  readonly #from: Int32Array
  #fromCount = 0
  readonly #reachedAt: Int32Array
  /** The state from which swaps can start, and whether one that would do was met. */
  #after = none
  #isAfterEnough = false
  #number = 0

  constructor(walk: Walk, arena: Arena) {
    this.#walk = walk
    this.active = new Active(walk, arena)
    this.blame = new Blame(walk.history.values, arena)
    this.#supply = new Supply(walk, this.active, arena)
    this.#from = arena.int32(walk.history.values)
    this.#reachedAt = arena.filled(walk.history.values, 0)
    this.#isOn = walk.rules.lookahead
  }

  /** Looks at the walk's configuration; false if it can not be completed. All below is about what was looked at. */
  look(): boolean {
    this.active.look(this.#isOn && this.isCounting)
    if (!this.#isOn || !this.isCounting) return true
    const { unserved, unservedBy } = this.active
    if (unserved >= 0 && !this.#isBeyond(unservedBy)) return this.#doomed(unservedBy, unserved)
    return this.#canServePressed()
  }

  #canServePressed(): boolean {
    const { pressed, pressedCount } = this.active
    for (let p = 0; p < pressedCount; p++) {
      if (!this.#isEnough(pressed[p] ?? 0, this.#walk.state, none, none)) return false
    }
    return true
  }

  /**
   * Whether a value can come back once the state is `after`, with one swap placed (`without`; a class c of pending ones
   * as -2 - c) and one step done (`step`); where they are -1, with any state, and nothing done that would count.
   */
  canReturn(value: number, after: number, without: number, step: number): boolean {
    if (!this.#isOn) return true
    const first = this.#earliestObserver(value, without)
    if (first < 0) return true
    const end = this.#walk.history.returns[first] ?? open
    if (this.#isBeyond(end)) return true
    if (!this.#isPut(value, step, after, end)) return this.#doomed(end, value)
    return this.#isEnough(value, after, without, step)
  }

  /**
   * Whether a value can be shown now, by a step that is a swap or not. If somebody who is called later must see it,
   * and nothing is left to put it again by then, it has to stay until that call. So nothing that returns before may
   * need another state: no other read or swap, and no write, unless it is absorbed by this very step.
   */
  canShow(value: number, way: number, step: number): boolean {
    return this.#canShow(value, way, step, false)
  }

  /** The same whatever is placed before at this level: what stands against it is called later. */
  canEverShow(value: number, step: number): boolean {
    return this.#canShow(value, ways.write, step, true)
  }

  #canShow(value: number, way: number, step: number, isEver: boolean): boolean {
    if (!this.#isOn) return true
    const { history, laterObserver } = this.#walk
    const { returns, call, earliestObserver } = history
    const later = laterObserver[value] ?? -1
    if (later < 0) return true
    const observer = earliestObserver[later] ?? 0
    const end = returns[observer] ?? open
    if (this.#isBeyond(end)) return true
    if (!this.#isPut(value, step, value, end) && !this.#canStay(value, call[observer] ?? 0, way, step, isEver)) {
      return this.#doomed(end, value)
    }
    return this.#isEnough(value, value, none, step)
  }

  #isEnough(value: number, after: number, without: number, step: number): boolean {
    if (!this.isCounting) return true
    const short = this.#supply.shortage(value, after, without, step)
    return short === open || this.#isBeyond(short) || this.#doomed(short, value)
  }

  #doomed(end: number, value: number): false {
    this.blame.add(value)
    if (end > this.doomed) this.doomed = end
    return false
  }

  #canStay(value: number, until: number, way: number, step: number, isEver: boolean): boolean {
    const walk = this.#walk
    const { byReturn, returns, kind, value: values, count } = walk.history
    const { stayAbsorbs, standsLater, rewriteAbsorbs } = walk.rules.conditions
    // A swap absorbs nothing; what was absorbed before may be placed for nothing at any time.
    const absorbsAll = way === ways.write || (way === ways.rewriteAndSwap && rewriteAbsorbs)
    const swap = (step & 3) === steps.place ? step >> 2 : none
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
          if (!isCalled || !stayAbsorbs || !(absorbsAll || walk.isAbsorbable(i))) return false
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
    this.active.look(false)
    let isPossible = true
    for (let value = 0; value < values && isPossible; value++) {
      if (value !== initial) isPossible = this.canReturn(value, initial, -1, -1)
    }
    return isPossible
  }

  /** The due operation's return can not be passed from here. */
  doom(due: number): void {
    const { value, returns } = this.#walk.history
    this.blame.add(value[due] ?? 0)
    this.doomed = Math.max(this.doomed, returns[due] ?? 0)
  }

  /** The open observer of a value that returns first. */
  #earliestObserver(value: number, without: number): number {
    const { history, laterObserver } = this.#walk
    const { returns, earliestObserver } = history
    const later = laterObserver[value] ?? none
    let first = later < 0 ? none : (earliestObserver[later] ?? none)
    let end = first < 0 ? open : (returns[first] ?? open)
    for (let i = this.active.firstObserver(value); i >= 0; i = this.active.nextObserver[i] ?? none) {
      if (i === without || (returns[i] ?? 0) > end) continue
      first = i
      end = returns[i] ?? open
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
    const { kind, value: values } = this.#walk.history
    const without = step >= 0 && (step & 3) !== steps.use ? step >> 2 : none
    for (let i = this.active.firstServer(value); i >= 0; i = this.active.nextServer[i] ?? none) {
      if (i === without) continue
      if (kind[i] === kinds.write) return true
      if (this.#walk.rules.conditions.swapsPut) this.#reach(values[i] ?? 0)
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
      if (this.#isLeft(c, c === usedNow ? 1 : 0, end)) this.#reach(pending.from[c] ?? 0)
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
