/**
 * Looks ahead, beyond the next return, to the next operation of each scope whose answer is known and says something
 * of the state (a read, mostly). Where the model says that nothing short of a reset leads from this state to one that
 * accepts it, and no reset can come in between, the configuration has no future.
 *
 * Sound: that operation must still be placed, and before its return. Whatever is placed before it was called before
 * that return. So if no operation that resets one of its scopes is left that was called by then, only operations come
 * in between of which `Model.lost` promises that they lead nowhere.
 */

import { at } from '../ints.ts'
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import type { Entries } from './entries.ts'
import type { Machine } from './machine.ts'
import { scopeNames } from './scopes.ts'

/**
 * For each scope two lists: the observing operations by their returns, the resetting ones by their calls. An operation
 * has a node for each of its scopes; nodes below the number of scopes are the ends of their lists.
 */
export class Foresight<S, I, O> {
  readonly #machine: Machine<S, I, O>
  readonly #classes: Int32Array
  readonly #entries: Entries
  /** By operation's number: where its nodes begin; those of the next one begin where they end. */
  readonly #firstNode: Int32Array
  /** By node. */
  readonly #scope: Int32Array
  readonly #operation: Int32Array
  readonly #observers: Links
  readonly #resets: Links
  /** The number of returns before that of a required operation. */
  readonly #rank: Int32Array
  /** Scopes of what was linearized since `begin`. */
  readonly #touched: number[] = []

  /** `undefined` where the model gives no hint to look ahead by. */
  static of<S, I, O>(
    model: Model<S, I, O>,
    operations: readonly Operation<I, O>[],
    entries: Entries,
    machine: Machine<S, I, O>,
    classes: Int32Array,
  ): Foresight<S, I, O> | undefined {
    if (model.lost === undefined || (model.scope === undefined && model.resets === undefined)) return undefined
    return new Foresight(model, operations, entries, machine, classes)
  }

  constructor(
    model: Model<S, I, O>,
    operations: readonly Operation<I, O>[],
    entries: Entries,
    machine: Machine<S, I, O>,
    classes: Int32Array,
  ) {
    this.#machine = machine
    this.#classes = classes
    this.#entries = entries
    const { required, index, byReturn, call } = entries
    const last = operations.length + 1
    const scopes = scopesByNumber(model, operations, entries)
    const names = new Map<string, number>()
    for (const each of scopes) for (const name of each) if (!names.has(name)) names.set(name, names.size)
    const count = names.size + scopes.reduce((sum, each) => sum + each.length, 0)
    this.#firstNode = new Int32Array(last + 1)
    this.#scope = new Int32Array(count)
    this.#operation = new Int32Array(count).fill(required)
    this.#observers = new Links(names.size, count)
    this.#resets = new Links(names.size, count)
    let node = names.size
    for (let number = 0; number < last; number++) {
      this.#firstNode[number] = node
      for (const name of scopes[number] ?? []) {
        this.#scope[node] = names.get(name) ?? 0
        this.#operation[node++] = number
      }
    }
    this.#firstNode[last] = node
    this.#rank = new Int32Array(required)
    for (let level = 0; level < required; level++) {
      const number = at(byReturn, level)
      this.#rank[number] = level
      const operation = operations[at(index, number)]
      if (operation !== undefined && observes(model, operation)) this.#append(this.#observers, number)
    }
    const resets: number[] = []
    for (let number = 0; number < last; number++) {
      const operation = number === required ? undefined : operations[at(index, number)]
      if (operation !== undefined && model.resets?.(operation.input) === true) resets.push(number)
    }
    for (const number of resets.sort((a, b) => at(call, a) - at(call, b))) this.#append(this.#resets, number)
  }

  #append(links: Links, number: number): void {
    for (let node = at(this.#firstNode, number); node < at(this.#firstNode, number + 1); node++) {
      links.append(at(this.#scope, node), node)
    }
  }

  /** From here on, what is lifted counts as one move. */
  begin(): void {
    this.#touched.length = 0
  }

  lift(number: number): void {
    const end = at(this.#firstNode, number + 1)
    for (let node = at(this.#firstNode, number); node < end; node++) {
      this.#observers.lift(node)
      this.#resets.lift(node)
      this.#touched.push(at(this.#scope, node))
    }
  }

  /** Operations are put back in the reverse order of their lifting. */
  unlift(number: number): void {
    for (let node = at(this.#firstNode, number + 1) - 1; node >= at(this.#firstNode, number); node--) {
      this.#observers.unlift(node)
      this.#resets.unlift(node)
    }
  }

  /**
   * Whether nothing can come of this state. If so, the number of returns before the one that can not be passed, which
   * is no more than `horizon`; else -1. Only scopes touched since `begin` are looked at: the others were before.
   */
  doom(state: number, horizon: number): number {
    for (const scope of this.#touched) {
      const node = this.#observers.after(scope)
      if (node === scope) continue
      const observer = at(this.#operation, node)
      if (at(this.#rank, observer) > horizon || this.#canBeReset(observer)) continue
      if (this.#machine.isLost(state, at(this.#classes, observer))) return at(this.#rank, observer)
    }
    return -1
  }

  #canBeReset(observer: number): boolean {
    const { call, return: returns } = this.#entries
    const end = at(returns, observer)
    for (let node = at(this.#firstNode, observer); node < at(this.#firstNode, observer + 1); node++) {
      const scope = at(this.#scope, node)
      let reset = this.#resets.after(scope)
      // What the observer itself does comes after what it sees.
      if (reset === node) reset = this.#resets.after(node)
      if (reset !== scope && at(call, at(this.#operation, reset)) < end) return true
    }
    return false
  }
}

/** Doubly linked lists over the same nodes, one per end. A node that is in no list is linked to itself. */
class Links {
  readonly #next: Int32Array
  readonly #previous: Int32Array

  constructor(ends: number, nodes: number) {
    this.#next = Int32Array.from({ length: nodes }, (_, node) => node)
    this.#previous = this.#next.slice()
    if (ends > nodes) throw new RangeError('more lists than nodes')
  }

  append(end: number, node: number): void {
    const last = at(this.#previous, end)
    this.#next[last] = node
    this.#previous[node] = last
    this.#next[node] = end
    this.#previous[end] = node
  }

  after(node: number): number {
    return at(this.#next, node)
  }

  lift(node: number): void {
    const before = at(this.#previous, node)
    const after = at(this.#next, node)
    this.#next[before] = after
    this.#previous[after] = before
  }

  unlift(node: number): void {
    this.#next[at(this.#previous, node)] = node
    this.#previous[at(this.#next, node)] = node
  }
}

function observes<S, I, O>(model: Model<S, I, O>, { input, output }: Operation<I, O>): boolean {
  if (output === undefined) return false
  return model.observes === undefined ? model.readOnly?.(input, output) === true : model.observes(input, output)
}

const everything: readonly string[] = ['everything']

/** By operation's number. If one can touch anything, all share one scope. */
function scopesByNumber<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  { required, index }: Entries,
): readonly (readonly string[])[] {
  const named = scopeNames(model, operations)
  return Array.from({ length: operations.length + 1 }, (_, number) => {
    if (number === required) return []
    return named === undefined ? everything : (named[at(index, number)] ?? everything)
  })
}
