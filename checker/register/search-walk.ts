/**
 * One configuration of the register search, and the steps from it: what a depth-first search walks up and down, and a
 * sweep loads and stores. Operations that returned are all placed; so the level (how many returns are passed), the
 * state, masks over the slots of active operations and how many pending operations were used say everything.
 */
import type { Arena } from '../arena.ts'
import { kinds } from './columns.ts'
import type { RegisterRules } from './rules.ts'
import type { SearchHistory } from './search-history.ts'

/**
 * Steps, as numbers: an operation or a class, times four, and what is done with it. In the trail a pending operation
 * stands by its member number, and fuel as -1 - level.
 */
export const steps = {
  /** A read, a refused compare-and-set or a swap is placed. */
  place: 0,
  /** A write is made visible. */
  show: 1,
  /** A write is absorbed. */
  absorb: 2,
  /** The next member of a class of pending operations takes effect. */
  use: 3,
} as const

/** The step that uses up any pending write that nobody will want any more. */
export const useFuel = -2

/** What a mask is of; the masks of a configuration lie behind each other in this order. */
export const masks = {
  /** Writes that nothing could absorb yet. */
  fresh: 0,
  /** Writes that were active when another one was made visible. */
  absorbable: 1,
  swaps: 2,
  /** Reads and refused compare-and-sets. */
  reads: 3,
} as const

export class Walk {
  readonly history: SearchHistory
  readonly rules: RegisterRules
  readonly words: number
  /** All four masks. */
  readonly open: Int32Array
  /** By class: how many are used. */
  readonly used: Int32Array
  /** By slot of operations and of classes: who has it at this level. */
  readonly inSlot: Int32Array
  readonly classInSlot: Int32Array
  /** By value: the first operation not called yet that observes it, or puts it. */
  readonly laterObserver: Int32Array
  readonly laterWriter: Int32Array
  readonly trail: Int32Array
  state: number
  level = 0
  /** How many operations, and classes, have been called. */
  called = 0
  begun = 0
  /** How many pending writes were used that are fuel by now. */
  spent = 0
  trailLength = 0
  /** Levels from here on are not looked at. */
  cut: number

  constructor(history: SearchHistory, rules: RegisterRules, arena: Arena) {
    const { words, values, pending } = history
    this.history = history
    this.rules = rules
    this.words = words
    this.open = arena.filled(4 * words, 0)
    this.used = arena.filled(pending.count, 0)
    this.inSlot = arena.filled(32 * words, -1)
    this.classInSlot = arena.filled(pending.slots, -1)
    this.laterObserver = arena.int32(values)
    this.laterWriter = arena.int32(values)
    this.laterObserver.set(history.firstObserver.subarray(0, values))
    this.laterWriter.set(history.firstWriter.subarray(0, values))
    // Every operation stands in the trail once at most.
    this.trail = arena.int32(history.count + 2 * pending.members + 1)
    this.state = history.initial
    this.cut = history.count
  }

  /** The operation with the next return. */
  get due(): number {
    return this.history.byReturn[this.level] ?? 0
  }

  /** Calls what is called before the due return, where that is still to be done. */
  callUpToDue(): void {
    const { call, returns, pending } = this.history
    const end = returns[this.due] ?? 0
    while (this.called < this.history.count && (call[this.called] ?? 0) < end) this.#call(this.called++)
    while (this.begun < pending.count && (pending.memberCall[pending.start[this.begun] ?? 0] ?? 0) < end) {
      const slot = pending.slot[this.begun] ?? -1
      if (slot >= 0) this.classInSlot[slot] = this.begun
      this.begun++
    }
  }

  #call(i: number): void {
    const { kind, value, next, slot, nextObserver, nextWriter } = this.history
    const s = slot[i] ?? 0
    const v = value[i] ?? 0
    this.inSlot[s] = i
    let mask: number = masks.reads
    switch (kind[i]) {
      case kinds.read:
        this.laterObserver[v] = nextObserver[i] ?? -1
        if (this.rules.eagerReads && v === this.state) return this.#note(i, steps.place)
        break
      case kinds.refuse:
        if (this.rules.eagerReads && v !== this.state) return this.#note(i, steps.place)
        break
      case kinds.write:
        this.laterWriter[v] = nextWriter[i] ?? -1
        mask = this.rules.conditions.absorbsActive ? masks.fresh : masks.absorbable
        break
      default:
        this.laterObserver[v] = nextObserver[i] ?? -1
        this.laterWriter[next[i] ?? 0] = nextWriter[i] ?? -1
        mask = masks.swaps
    }
    this.#set(mask, s)
  }

  /** Whether an operation that was called is still to be placed. */
  isOpen(i: number): boolean {
    const slot = this.history.slot[i] ?? 0
    const word = slot >>> 5
    const { open, words } = this
    const all =
      (open[word] ?? 0) | (open[words + word] ?? 0) | (open[2 * words + word] ?? 0) | (open[3 * words + word] ?? 0)
    return ((all >>> (slot & 31)) & 1) === 1
  }

  isAbsorbable(i: number): boolean {
    return this.#has(masks.absorbable, this.history.slot[i] ?? 0)
  }

  /** Passes the due return, for which everything is placed. */
  pass(): void {
    const { pending } = this.history
    if (pending.hasFuel) {
      for (let c = pending.firstEnding[this.level] ?? -1; c >= 0; c = pending.nextEnding[c] ?? -1) {
        this.spent += this.used[c] ?? 0
      }
    }
    this.level++
  }

  apply(step: number): void {
    const { kind, value, next, slot, pending, values } = this.history
    if (step === useFuel) {
      this.spent++
      this.trail[this.trailLength++] = -1 - this.level
      return this.#write(values - 1)
    }
    const i = step >> 2
    switch (step & 3) {
      case steps.place: {
        const isSwap = kind[i] === kinds.cas
        this.#clear(isSwap ? masks.swaps : masks.reads, slot[i] ?? 0)
        this.#note(i, steps.place)
        if (isSwap) this.#enter(next[i] ?? 0)
        return
      }
      case steps.show:
        this.#clear(masks.fresh, slot[i] ?? 0)
        this.#clear(masks.absorbable, slot[i] ?? 0)
        this.#note(i, steps.show)
        return this.#write(value[i] ?? 0)
      case steps.absorb:
        this.#clear(masks.absorbable, slot[i] ?? 0)
        return this.#note(i, steps.absorb)
      default: {
        const count = this.used[i] ?? 0
        this.used[i] = count + 1
        this.#note((pending.start[i] ?? 0) + count, steps.use)
        if ((pending.from[i] ?? 0) < 0) this.#write(pending.to[i] ?? 0)
        else this.#enter(pending.to[i] ?? 0)
      }
    }
  }

  /** A blind write is visible: all other active ones can be absorbed by it (R3). */
  #write(state: number): void {
    const { open, words } = this
    if (this.rules.absorption) {
      for (let word = 0; word < words; word++) {
        open[words + word] = (open[words + word] ?? 0) | (open[word] ?? 0)
        open[word] = 0
      }
    }
    this.#enter(state)
  }

  /** The state changes: reads that it satisfies are placed (R1). */
  #enter(state: number): void {
    this.state = state
    if (!this.rules.eagerReads) return
    const { kind, value } = this.history
    const first = masks.reads * this.words
    for (let word = 0; word < this.words; word++) {
      let rest = this.open[first + word] ?? 0
      if (rest === 0) continue
      let left = rest
      for (; rest !== 0; rest &= rest - 1) {
        const bit = 31 - Math.clz32(rest & -rest)
        const i = this.inSlot[(word << 5) + bit] ?? 0
        if ((value[i] === state) !== (kind[i] === kinds.read)) continue
        left &= ~(1 << bit)
        this.#note(i, steps.place)
      }
      this.open[first + word] = left
    }
  }

  /** Takes back all steps and calls after the given moment. State, masks, level and `spent` are the caller's to set. */
  rewind(trailLength: number, called: number, begun: number): void {
    const { kind, value, next, slot, before, pending } = this.history
    while (this.trailLength > trailLength) {
      const entry = this.trail[--this.trailLength] ?? 0
      if (entry < 0 || (entry & 3) !== steps.use) continue
      const c = pending.memberClass[entry >> 2] ?? 0
      this.used[c] = (this.used[c] ?? 0) - 1
    }
    while (this.called > called) {
      const i = --this.called
      this.inSlot[slot[i] ?? 0] = before[i] ?? -1
      const k = kind[i]
      if (k === kinds.read || k === kinds.cas) this.laterObserver[value[i] ?? 0] = i
      if (k === kinds.write) this.laterWriter[value[i] ?? 0] = i
      if (k === kinds.cas) this.laterWriter[next[i] ?? 0] = i
    }
    while (this.begun > begun) {
      const c = --this.begun
      const s = pending.slot[c] ?? -1
      if (s >= 0) this.classInSlot[s] = pending.before[c] ?? -1
    }
  }

  /** Back to the beginning of the history. */
  restart(): void {
    this.rewind(0, 0, 0)
    this.open.fill(0, 0, 4 * this.words)
    this.used.fill(0, 0, this.history.pending.count)
    this.state = this.history.initial
    this.level = 0
    this.spent = 0
  }

  /** The next member of a class of pending operations was called before the due return, and is of use. */
  isUsable(c: number): boolean {
    const { pending, returns } = this.history
    const count = this.used[c] ?? 0
    if (count >= (pending.size[c] ?? 0) || (pending.lastLevel[c] ?? 0) < this.level) return false
    const called = pending.memberCall[(pending.start[c] ?? 0) + count] ?? 0
    return called < (returns[this.due] ?? 0) || !this.rules.conditions.deadline
  }

  /**
   * What a step places, by one number: the operation, or for a pending one `history.count` and its member number; -1 for
   * fuel.
   */
  nameOf(step: number): number {
    const { count, pending } = this.history
    if (step === useFuel) return -1
    const i = step >> 2
    return (step & 3) === steps.use ? count + (pending.start[i] ?? 0) + (this.used[i] ?? 0) : i
  }

  /** The same for what put the state; if nothing did yet, the number after all others. */
  lastShown(): number {
    const { count, pending, kind } = this.history
    for (let at = this.trailLength - 1; at >= 0; at--) {
      const entry = this.trail[at] ?? 0
      if (entry < 0) return -1
      const step = entry & 3
      const i = entry >> 2
      if (step === steps.use) return count + i
      if (step === steps.show || (step === steps.place && kind[i] === kinds.cas)) return i
    }
    return count + pending.members
  }

  hasFuel(): boolean {
    const { pending } = this.history
    return pending.hasFuel && (pending.fuel[this.level] ?? 0) > this.spent
  }

  #note(i: number, step: number): void {
    this.trail[this.trailLength++] = (i << 2) | step
  }

  #set(mask: number, slot: number): void {
    const at = mask * this.words + (slot >>> 5)
    this.open[at] = (this.open[at] ?? 0) | (1 << (slot & 31))
  }

  #clear(mask: number, slot: number): void {
    const at = mask * this.words + (slot >>> 5)
    this.open[at] = (this.open[at] ?? 0) & ~(1 << (slot & 31))
  }

  #has(mask: number, slot: number): boolean {
    return (((this.open[mask * this.words + (slot >>> 5)] ?? 0) >>> (slot & 31)) & 1) === 1
  }
}
