/**
 * Finds out which item of a stack is within which (steps 2 to 4 of `stack.ts`). The items whose cores lie between two
 * moments are one task: a task falls apart at a moment that no core covers, else its root is taken away. Trees find
 * each of these in logarithmic time: how many cores cover each moment; the earliest call of a push among the items that
 * are not yet known to be pushed early enough to be root; the latest return of a pop among those that are.
 */
import { type ContainerHistory, never } from './container-history.ts'
import { CoverCounts } from './cover-counts.ts'
import { MinTree } from './min-tree.ts'
import { byKey } from './ranks.ts'
import type { StackRules, StackSteps } from './stack.ts'

/** The steps of an order of all items that have a core, or `undefined` if there is none. */
export function nested(history: ContainerHistory, rules: StackRules): StackSteps | undefined {
  return new Nesting(history, rules).run()
}

class Nesting {
  readonly #history: ContainerHistory
  readonly #rules: StackRules
  /** Items with a core, by the start of their cores. All other tables are by the place in here. */
  readonly #items: Int32Array
  readonly #size: number
  readonly #start: Int32Array
  readonly #end: Int32Array
  /** By rank: the first place whose core starts there or later. */
  readonly #placeAt: Int32Array
  /** Moments are 0 to this one, at which those end that are never popped. */
  readonly #last: number
  readonly #counts: CoverCounts
  /** Calls of pushes, of items that may be pushed too late to be root of their task. */
  readonly #waiting: MinTree
  /** Returns of pops, negated, of items that are pushed early enough. */
  readonly #candidates: MinTree
  /** Starts and ends of cores, negated, of items that are left. */
  readonly #starts: MinTree
  readonly #ends: MinTree
  readonly #operation: Int32Array
  readonly #moment: Int32Array
  #length = 0

  constructor(history: ContainerHistory, rules: StackRules) {
    this.#history = history
    this.#rules = rules
    const { items, putCall, putReturn, takeCall, ranks } = history
    this.#last = ranks.count
    this.#items = byKey(putReturn, items).filter((x) => (takeCall[x] ?? 0) > (putReturn[x] ?? 0))
    const size = this.#items.length
    this.#size = size
    this.#start = this.#items.map((x) => putReturn[x] ?? 0)
    this.#end = this.#items.map((x) => Math.min(takeCall[x] ?? 0, this.#last))
    this.#placeAt = placesByRank(this.#start, this.#last)
    this.#counts = new CoverCounts(this.#last + 1)
    this.#waiting = new MinTree(this.#items.map((x) => putCall[x] ?? 0))
    this.#candidates = new MinTree(new Int32Array(size).fill(none))
    this.#starts = new MinTree(this.#start)
    this.#ends = new MinTree(this.#end.map((end) => -end))
    for (let place = 0; place < size; place++) this.#count(place, 1)
    this.#operation = new Int32Array(2 * size)
    this.#moment = new Int32Array(2 * size)
  }

  run(): StackSteps | undefined {
    /** Tasks [from, to], later ones first; -1 - place says that this item's pop comes next. */
    const tasks: number[] = this.#size === 0 ? [] : [this.#last, 0]
    for (let from = tasks.pop(); from !== undefined; from = tasks.pop()) {
      const to = tasks.pop() ?? 0
      if (from < 0) {
        this.#emit(this.#history.take, -1 - from, to)
        continue
      }
      const low = this.#placeAt[from] ?? 0
      const high = this.#placeAt[to] ?? this.#size
      const start = this.#starts.least(low, high)
      if (start === none) continue
      const end = -this.#ends.least(low, high)
      const gap = this.#counts.firstZero(start + 1, end)
      if (gap >= 0) {
        tasks.push(end, gap, gap, start)
        continue
      }
      const root = this.#root(low, high, start, end)
      if (root < 0) return undefined
      this.#takeAway(root)
      this.#emit(this.#history.put, root, start)
      tasks.push(end, -1 - root, end, start)
    }
    return { length: this.#length, operation: this.#operation, moment: this.#moment }
  }

  /** An item that is pushed before all others of this task, and popped after them; -1 if there is none. */
  #root(low: number, high: number, start: number, end: number): number {
    // Starts of parts are no earlier than those of the whole, so who was early enough once, is so from then on.
    const latestCall = this.#rules.pushedFirst ? start : none - 1
    for (;;) {
      const place = this.#waiting.placeOfLeast(low, high, latestCall)
      if (place < 0) break
      this.#waiting.set(place, none)
      this.#candidates.set(place, -this.#popReturn(place))
    }
    return this.#candidates.placeOfLeast(low, high, this.#rules.poppedLast ? -end : none - 1)
  }

  #popReturn(place: number): number {
    return Math.min(this.#history.takeReturn[this.#items[place] ?? 0] ?? never, this.#last)
  }

  #takeAway(place: number): void {
    this.#candidates.set(place, none)
    this.#starts.set(place, none)
    this.#ends.set(place, none)
    this.#count(place, -1)
  }

  #count(place: number, by: number): void {
    this.#counts.add((this.#start[place] ?? 0) + 1, this.#end[place] ?? 0, by)
  }

  /** An item that is never popped has no operation for it. */
  #emit(operations: Int32Array, place: number, moment: number): void {
    const operation = operations[this.#items[place] ?? 0] ?? -1
    if (operation < 0) return
    this.#operation[this.#length] = operation
    this.#moment[this.#length++] = moment
  }
}

/** In a tree: nothing there. */
const none = 0x7fffffff

function placesByRank(start: Int32Array, last: number): Int32Array {
  const places = new Int32Array(last + 1)
  let place = 0
  for (let rank = 0; rank <= last; rank++) {
    while (place < start.length && (start[place] ?? 0) < rank) place++
    places[rank] = place
  }
  return places
}
