/**
 * What is open at a configuration, by value: who could put it, who waits for it, and by when. Made anew before the ways
 * on from a configuration are looked for.
 *
 * Part of rule R8: where a single swap is left to put a value in time for somebody who waits for it, the swap has to
 * come before that one's return, and so what the swap expects has to be there by then. This is passed on from value to
 * value. A pending swap need not happen at all, so if it is the one, the value that it expects is *demanded*.
 */
import type { Arena } from '../arena.ts'
import { kinds, open } from './columns.ts'
import { masks, type Walk } from './search-walk.ts'
import { lastServers, windows } from './windows.ts'

const none = -1
/** Instead of the only one that can serve. */
const several = -1
const nobody = -0x7fffffff
/** How many returns ahead each observer is looked at by itself. */
const horizon = 96

export class Active {
  /** By operation: the next in its chain. */
  readonly nextServer: Int32Array
  readonly nextObserver: Int32Array
  /** By open read or swap: the position before which it has to be placed; its return, or earlier. */
  readonly by: Int32Array
  /** Values that are wanted earlier than their observers return. */
  readonly pressed: Int32Array
  pressedCount = 0
  /** A value that somebody must meet by a position, though nothing is left to serve that one; -1 if there is none. */
  unserved = none
  unservedBy = none
  /** By operation: where its window begins (`supply.ts`); of what can serve it, the last called, or -1. */
  readonly since: Int32Array
  readonly lastServer: Int32Array
  /** The due return: whatever is placed next comes before it. */
  now = 0
  readonly #walk: Walk
  #number = 0
  /** By value: the number under which the others were noted. */
  readonly #notedAt: Int32Array
  readonly #firstServer: Int32Array
  readonly #firstObserver: Int32Array
  readonly #demandBy: Int32Array
  readonly #demandClass: Int32Array
  /** What was noted, and is to be looked at again. */
  readonly #values: Int32Array
  #valueCount = 0

  constructor(walk: Walk, arena: Arena) {
    const { count, values } = walk.history
    const room = 128 * walk.words
    this.#walk = walk
    this.nextServer = arena.int32(count)
    this.nextObserver = arena.int32(count)
    this.by = arena.int32(count)
    this.since = windows(walk.history, arena)
    this.lastServer = lastServers(walk.history, this.since, arena)
    this.pressed = arena.int32(room)
    this.#values = arena.int32(room)
    this.#notedAt = arena.filled(values, 0)
    this.#firstServer = arena.int32(values)
    this.#firstObserver = arena.int32(values)
    this.#demandBy = arena.int32(values)
    this.#demandClass = arena.int32(values)
  }

  /** The first in the chain of open writes of a value and open swaps to it; -1 if there is none. */
  firstServer(value: number): number {
    return this.#notedAt[value] === this.#number ? (this.#firstServer[value] ?? none) : none
  }

  /** The first in the chain of open reads of a value and open swaps from it; -1 if there is none. */
  firstObserver(value: number): number {
    return this.#notedAt[value] === this.#number ? (this.#firstObserver[value] ?? none) : none
  }

  /** By when a pending swap that is needed has to meet a value; `open` if none is needed. */
  demandBy(value: number): number {
    return this.#notedAt[value] === this.#number ? (this.#demandBy[value] ?? open) : open
  }

  /** The class of that swap. */
  demandClass(value: number): number {
    return this.#demandClass[value] ?? none
  }

  /** Notes what is open at the walk's configuration, and by when; `isHurrying`: also what has to come earlier for others. */
  look(isHurrying: boolean): void {
    const { open: masksOpen, words, inSlot, history, due } = this.#walk
    const { kind, value, next, returns } = history
    this.#number++
    this.#valueCount = 0
    this.pressedCount = 0
    this.unserved = none
    this.now = returns[due] ?? 0
    for (let word = 0; word < words; word++) {
      let rest = (masksOpen[word] ?? 0) | (masksOpen[words + word] ?? 0)
      for (; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        this.#addServer(value[i] ?? 0, i)
      }
      for (rest = masksOpen[masks.swaps * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        this.#addServer(next[i] ?? 0, i)
        this.#addObserver(value[i] ?? 0, i)
      }
      for (rest = masksOpen[masks.reads * words + word] ?? 0; rest !== 0; rest &= rest - 1) {
        const i = inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0
        if (kind[i] === kinds.read) this.#addObserver(value[i] ?? 0, i)
      }
    }
    if (isHurrying) this.#hurry()
  }

  #note(value: number): void {
    if (this.#notedAt[value] === this.#number) return
    this.#notedAt[value] = this.#number
    this.#firstServer[value] = none
    this.#firstObserver[value] = none
    this.#demandBy[value] = open
    this.#lookAgain(value)
  }

  /** Where there is no room, less is known: that loses only time. */
  #lookAgain(value: number): void {
    if (this.#valueCount < this.#values.length) this.#values[this.#valueCount++] = value
  }

  #addServer(value: number, i: number): void {
    this.#note(value)
    this.nextServer[i] = this.#firstServer[value] ?? none
    this.#firstServer[value] = i
  }

  #addObserver(value: number, i: number): void {
    this.#note(value)
    this.nextObserver[i] = this.#firstObserver[value] ?? none
    this.#firstObserver[value] = i
    this.by[i] = this.#walk.history.returns[i] ?? 0
  }

  /** Looks at each of the observers with the next returns by itself, then at values, as far as more gets known. */
  #hurry(): void {
    const { history, level, called, cut, state } = this.#walk
    const { byReturn, kind, value, returns } = history
    const last = Math.min(cut, level + horizon)
    for (let l = level; l < last; l++) {
      const i = byReturn[l] ?? 0
      if ((kind[i] !== kinds.read && kind[i] !== kinds.cas) || (this.lastServer[i] ?? none) >= called) continue
      if (i < called && !this.#walk.isOpen(i)) continue
      this.#hurryFor(value[i] ?? 0, this.since[i] ?? 0, returns[i] ?? 0)
      if (this.unserved >= 0) return
    }
    for (let v = 0; v < this.#valueCount && this.unserved < 0; v++) {
      const value = this.#values[v] ?? 0
      const end = value === state ? open : this.#earliestEnd(value)
      if (end !== open) this.#hurryFor(value, none, end)
    }
  }

  #hurryFor(value: number, begin: number, end: number): void {
    const { history } = this.#walk
    const only = this.#onlyServer(value, begin, end)
    if (only === nobody) {
      this.unserved = value
      this.unservedBy = end
    } else if (only >= 0) {
      if (end >= (this.by[only] ?? 0)) return
      this.by[only] = end
      this.#press(history.value[only] ?? 0)
    } else if (only !== several) {
      const wanted = history.pending.from[-2 - only] ?? 0
      this.#note(wanted)
      if (end >= (this.#demandBy[wanted] ?? open)) return
      this.#demandBy[wanted] = end
      this.#demandClass[wanted] = -2 - only
      this.#press(wanted)
    }
  }

  #press(value: number): void {
    if (this.pressedCount < this.pressed.length) this.pressed[this.pressedCount++] = value
    this.#lookAgain(value)
  }

  /** The earliest position by which somebody who waits for a value, or is called later, has to meet it. */
  #earliestEnd(value: number): number {
    const { history, laterObserver } = this.#walk
    const later = laterObserver[value] ?? none
    let end = later < 0 ? open : (history.returns[history.earliestObserver[later] ?? 0] ?? open)
    for (let i = this.firstObserver(value); i >= 0; i = this.nextObserver[i] ?? none) {
      end = Math.min(end, this.by[i] ?? open)
    }
    return Math.min(end, this.demandBy(value))
  }

  /**
   * The one operation that is left to serve an observer with a window, if it is a swap; a class c of pending ones as
   * -2 - c. Swaps whose value can not be there are left out. What a swap needs has no window: what came between the
   * swap and the observer's others may have met that value.
   */
  #onlyServer(value: number, begin: number, end: number): number {
    const { history, laterWriter, state, rules } = this.#walk
    const { call, returns, kind, value: values, nextWriter, pending } = history
    const needBegin = rules.conditions.needsNoWindow ? none : begin
    if (value === state && begin <= this.now && rules.conditions.stateServes) return several
    const time = rules.conditions.overlappingServe ? returns : call
    let only = nobody
    for (let i = this.firstServer(value); i >= 0; i = this.nextServer[i] ?? none) {
      if ((time[i] ?? 0) < begin) continue
      if (kind[i] === kinds.write) return several
      if (!this.#canBeThere(values[i] ?? 0, needBegin, end)) continue
      if (only !== nobody) return several
      only = i
    }
    let later = laterWriter[value] ?? none
    for (; later >= 0 && (call[later] ?? 0) < end && rules.conditions.hurriedAlone; later = nextWriter[later] ?? none) {
      if ((returns[later] ?? 0) >= begin) return several
    }
    for (let c = pending.firstWrite[value] ?? none; c >= 0; c = pending.nextWrite[c] ?? none) {
      if (this.#isLeft(c, end)) return several
    }
    for (let c = pending.firstSwapTo[value] ?? none; c >= 0; c = pending.nextSwapTo[c] ?? none) {
      if (!this.#isLeft(c, end) || !this.#canBeThere(pending.from[c] ?? 0, needBegin, end)) continue
      if (only !== nobody) return several
      only = -2 - c
    }
    return only
  }

  /** Whether a value is there, or something is left that puts it by a return, whatever that may need. */
  canBeThere(value: number, end: number): boolean {
    return this.#canBeThere(value, none, end)
  }

  #canBeThere(value: number, begin: number, end: number): boolean {
    const { history, laterWriter, state } = this.#walk
    const { call, returns, nextWriter, pending } = history
    if (value === state && begin <= this.now) return true
    for (let i = this.firstServer(value); i >= 0; i = this.nextServer[i] ?? none) {
      if ((returns[i] ?? 0) >= begin) return true
    }
    for (let i = laterWriter[value] ?? none; i >= 0 && (call[i] ?? 0) < end; i = nextWriter[i] ?? none) {
      if ((returns[i] ?? 0) >= begin) return true
    }
    for (let c = pending.firstWrite[value] ?? none; c >= 0; c = pending.nextWrite[c] ?? none) {
      if (this.#isLeft(c, end)) return true
    }
    for (let c = pending.firstSwapTo[value] ?? none; c >= 0; c = pending.nextSwapTo[c] ?? none) {
      if (this.#isLeft(c, end)) return true
    }
    return false
  }

  #isLeft(c: number, end: number): boolean {
    const { history, used, rules } = this.#walk
    const { pending } = history
    const count = used[c] ?? 0
    if (count >= (pending.size[c] ?? 0) || !rules.conditions.pendingPut) return false
    return (pending.memberCall[(pending.start[c] ?? 0) + count] ?? 0) < end
  }
}
