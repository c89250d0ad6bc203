/**
 * Rule R8, counted: whether enough is left that puts a value for all who wait for it.
 *
 * Something *serves* an observer if the observer meets the very value that it put. It has to be called before the
 * observer returns. And it can not have returned before the call of something that puts a value, or shows another one,
 * and that had returned itself when the observer was called: that lies between the two. So an observer has a window,
 * from the latest such call to its return, and is served by what is active at some time of it. The state serves as if
 * what put it returned now.
 *
 * Of two swaps each has a server of its own, for it takes the value away. So have a swap and a read that was called
 * after its return, and two observers of which one has a window that begins after the other's return: there is
 * something between them. So as many servers are needed as there are observers of which any two are so; looked at are
 * all swaps, chains of others, and swaps with late windows (the necessary half of Hall 1935).
 */
import type { Arena } from '../arena.ts'
import { kinds, open } from './columns.ts'
import type { Active } from './search-active.ts'
import { steps, type Walk } from './search-walk.ts'

const none = -1
/** How many observers of a value that are called later are looked at. To look at fewer loses only foresight. */
const mostLater = 16

export class Supply {
  readonly #walk: Walk
  readonly #active: Active
  /**
   * The observers of the value in question, in the order in which they have to be placed: where their windows begin and
   * end, when they were called, whether they are swaps, who they are (-1: a demand), and how many there are in the
   * longest chain that ends with each.
   */
  readonly #begins: Int32Array
  readonly #ends: Int32Array
  readonly #calls: Int32Array
  readonly #isSwap: Int32Array
  readonly #who: Int32Array
  readonly #chains: Int32Array
  #count = 0
  /** How many of the first observers are swaps. */
  #swaps = 0
  /** When those return that are open, or the state, and can serve. */
  readonly #returns: Int32Array
  #servers = 0
  /** What is asked: the value, what the state is then, and the step that is done. */
  #value = none
  #after = none
  #step = none

  constructor(walk: Walk, active: Active, arena: Arena) {
    this.#walk = walk
    this.#active = active
    const room = 32 * walk.words + mostLater + 1
    this.#begins = arena.int32(room)
    this.#ends = arena.int32(room)
    this.#calls = arena.int32(room)
    this.#isSwap = arena.int32(room)
    this.#who = arena.int32(room)
    this.#chains = arena.int32(room)
    this.#returns = arena.int32(room)
  }

  /**
   * A return that can not be passed once the state is `after`, with one swap placed (`without`; a class c of pending
   * ones as -2 - c) and one step done (`step`); `open` if none is found.
   */
  shortage(value: number, after: number, without: number, step: number): number {
    this.#value = value
    this.#after = after
    this.#step = step
    this.#collectObservers(without)
    if (this.#count === 0) return open
    this.#collectServers()
    const short = this.#shortageOfAll()
    return short === open ? this.#shortageLater() : short
  }

  /** Of late windows those that have lost something by the step: the others were looked at when they did. */
  #shortageLater(): number {
    const { now } = this.#active
    const lastLost = this.#returnOfStep()
    if (lastLost <= now) return open
    let swaps = 0
    for (let n = 0; n < this.#count; n++) {
      const begin = this.#begins[n] ?? 0
      if (begin <= now) continue
      swaps += this.#isSwap[n] ?? 0
      if (begin <= lastLost && !this.#isServed(n)) return this.#ends[n] ?? 0
    }
    let short: number = open
    for (let n = 0; n < this.#count && short === open && swaps > 1; n++) {
      const begin = this.#begins[n] ?? 0
      if (this.#isSwap[n] === 1 && begin > now && begin <= lastLost) short = this.#shortageSince(begin, swaps)
    }
    return short
  }

  #returnOfStep(): number {
    const step = this.#step
    if (step < 0) return none
    return (step & 3) === steps.use ? open : (this.#walk.history.returns[step >> 2] ?? 0)
  }

  #collectObservers(without: number): void {
    const { history, laterObserver } = this.#walk
    const { returns, nextObserver } = history
    const active = this.#active
    const value = this.#value
    this.#count = 0
    for (let i = active.firstObserver(value); i >= 0; i = active.nextObserver[i] ?? none) {
      if (i !== without) this.#add(i, active.by[i] ?? 0)
    }
    const demand = active.demandBy(value)
    if (demand !== open && without !== -2 - active.demandClass(value)) this.#insert(demand, none, 1, none, none)
    let i = laterObserver[value] ?? none
    for (let seen = 0; i >= 0 && seen < mostLater; i = nextObserver[i] ?? none, seen++) this.#add(i, returns[i] ?? 0)
  }

  #add(i: number, end: number): void {
    const { kind, call } = this.#walk.history
    this.#insert(end, this.#active.since[i] ?? 0, kind[i] === kinds.cas ? 1 : 0, call[i] ?? 0, i)
  }

  #insert(end: number, begin: number, isSwap: number, call: number, operation: number): void {
    const ends = this.#ends
    const begins = this.#begins
    const swaps = this.#isSwap
    const calls = this.#calls
    const who = this.#who
    let at = this.#count++
    for (; at > 0 && (ends[at - 1] ?? 0) > end; at--) {
      ends[at] = ends[at - 1] ?? 0
      begins[at] = begins[at - 1] ?? 0
      swaps[at] = swaps[at - 1] ?? 0
      calls[at] = calls[at - 1] ?? 0
      who[at] = who[at - 1] ?? 0
    }
    ends[at] = end
    begins[at] = begin
    swaps[at] = isSwap
    calls[at] = call
    who[at] = operation
  }

  #collectServers(): void {
    const { history, rules } = this.#walk
    const time = rules.conditions.overlappingServe ? history.returns : history.call
    const active = this.#active
    const step = this.#step
    const done = step >= 0 && (step & 3) !== steps.use ? step >> 2 : none
    this.#servers = 0
    for (let i = active.firstServer(this.#value); i >= 0; i = active.nextServer[i] ?? none) {
      if (i !== done) this.#returns[this.#servers++] = time[i] ?? 0
    }
    if (this.#after === this.#value && rules.conditions.stateServes) this.#returns[this.#servers++] = active.now
  }

  #shortageOfAll(): number {
    const { history, laterWriter, rules } = this.#walk
    const { call, nextWriter } = history
    let supply = this.#servers
    let later = laterWriter[this.#value] ?? none
    let needed = 0
    let known = 0
    for (let n = 0; n < this.#count; n++) {
      // Needed is no more than one for each.
      const end = this.#ends[n] ?? 0
      for (; later >= 0 && supply <= n && (call[later] ?? 0) < end; later = nextWriter[later] ?? none) supply++
      if (supply > n) continue
      for (; known <= n; known++)
        needed = Math.max(needed, rules.conditions.readsShare ? this.#needed(known) : known + 1)
      if (supply < needed && supply + this.#pending(end, needed - supply) < needed) return end
    }
    return open
  }

  /** How many servers the first observers need, the n-th among them; asked for one after the other. */
  #needed(n: number): number {
    const calledAt = this.#calls[n] ?? 0
    const since = this.#begins[n] ?? 0
    const isRead = this.#isSwap[n] === 0
    let swaps = 0
    let longest = 0
    for (let m = 0; m < n; m++) {
      const end = this.#ends[m] ?? 0
      if (end >= calledAt) break
      if (isRead && this.#isSwap[m] === 1) swaps++
      if (end < since) longest = Math.max(longest, this.#chains[m] ?? 0)
    }
    const chain = 1 + Math.max(swaps, longest)
    this.#chains[n] = chain
    this.#swaps = (n === 0 ? 0 : this.#swaps) + (this.#isSwap[n] ?? 0)
    return Math.max(chain, this.#swaps)
  }

  #isServed(n: number): boolean {
    const { history, laterWriter, called } = this.#walk
    const { call, returns, nextWriter } = history
    if ((this.#active.lastServer[this.#who[n] ?? 0] ?? none) >= called) return true
    const begin = this.#begins[n] ?? 0
    const end = this.#ends[n] ?? 0
    for (let s = 0; s < this.#servers; s++) if ((this.#returns[s] ?? 0) >= begin) return true
    for (let i = laterWriter[this.#value] ?? none; i >= 0 && (call[i] ?? 0) < end; i = nextWriter[i] ?? none) {
      if ((returns[i] ?? 0) >= begin) return true
    }
    return this.#pending(end, 1) > 0
  }

  /** Of the swaps with windows that begin at a position or later; there are no more than `most`. */
  #shortageSince(begin: number, most: number): number {
    const { history, laterWriter } = this.#walk
    const { call, returns, nextWriter } = history
    let supply = 0
    for (let s = 0; s < this.#servers; s++) if ((this.#returns[s] ?? 0) >= begin) supply++
    if (supply >= most) return open
    let i = laterWriter[this.#value] ?? none
    let needed = 0
    for (let n = 0; n < this.#count; n++) {
      if (this.#isSwap[n] === 0 || (this.#begins[n] ?? 0) < begin) continue
      needed++
      const end = this.#ends[n] ?? 0
      for (; i >= 0 && supply < needed && (call[i] ?? 0) < end; i = nextWriter[i] ?? none) {
        if ((returns[i] ?? 0) >= begin) supply++
      }
      if (supply < needed && supply + this.#pending(end, needed - supply) < needed) return end
    }
    return open
  }

  /** How many pending operations called before a position are left to put the value; no more than `most` are counted. */
  #pending(end: number, most: number): number {
    const { pending } = this.#walk.history
    let count = 0
    let c = pending.firstWrite[this.#value] ?? none
    for (; c >= 0 && count < most; c = pending.nextWrite[c] ?? none) count += this.#leftOf(c, end, most - count)
    c = pending.firstSwapTo[this.#value] ?? none
    for (; c >= 0 && count < most; c = pending.nextSwapTo[c] ?? none) {
      const left = this.#leftOf(c, end, most - count)
      const expected = pending.from[c] ?? 0
      if (left > 0 && (expected === this.#after || this.#active.canBeThere(expected, end))) count += left
    }
    return count
  }

  #leftOf(c: number, end: number, most: number): number {
    const { history, used, rules } = this.#walk
    const { pending } = history
    if (!rules.conditions.pendingPut) return 0
    const isUsedNow = this.#step >= 0 && this.#step >> 2 === c && (this.#step & 3) === steps.use
    const usedBy = (used[c] ?? 0) + (isUsedNow ? 1 : 0)
    const limit = Math.min(most, (pending.size[c] ?? 0) - usedBy)
    const first = (pending.start[c] ?? 0) + usedBy
    let count = 0
    while (count < limit && (pending.memberCall[first + count] ?? 0) < end) count++
    return count
  }
}
