/** Compare-and-sets that were refused and do not say what they met, by expected value and in the order of returns. */
import type { Arena } from '../arena.ts'
import { kinds, type RegisterColumns } from './columns.ts'
import { sortByKey } from './sort.ts'

export class Refusals {
  readonly #columns: RegisterColumns
  /** Where each value's begin in `#members`, and how many of them are left to look at. */
  readonly #first: Int32Array
  readonly #left: Int32Array
  readonly #members: Int32Array
  /** The latest call of a value's members as far as each. */
  readonly #latestCall: Int32Array

  constructor(columns: RegisterColumns, count: number, arena: Arena) {
    const { length, kind, value: values, return: returns, call } = columns
    this.#columns = columns
    this.#first = arena.filled(columns.values + 2, 0)
    this.#left = arena.int32(columns.values)
    this.#members = arena.int32(count)
    this.#latestCall = arena.int32(count)
    const order = arena.int32(count)
    for (let i = 0, found = 0; i < length && found < count; i++) if (kind[i] === kinds.refuse) order[found++] = i
    sortByKey(order, count, returns, arena)
    const first = this.#first
    for (let i = 0; i < count; i++) {
      const value = values[order[i] ?? 0] ?? 0
      first[value + 2] = (first[value + 2] ?? 0) + 1
    }
    for (let v = 2; v < columns.values + 2; v++) first[v] = (first[v] ?? 0) + (first[v - 1] ?? 0)
    for (let i = 0; i < count; i++) {
      const operation = order[i] ?? 0
      const value = values[operation] ?? 0
      const place = first[value + 1] ?? 0
      first[value + 1] = place + 1
      this.#members[place] = operation
    }
    for (let place = 0; place < count; place++) {
      const operation = this.#members[place] ?? 0
      const isFirst = place === first[values[operation] ?? 0]
      this.#latestCall[place] = Math.max(isFirst ? -1 : (this.#latestCall[place - 1] ?? 0), call[operation] ?? 0)
    }
  }

  /** Before each pass. */
  begin(): void {
    const { values } = this.#columns
    for (let v = 0; v < values; v++) this.#left[v] = (this.#first[v + 1] ?? 0) - (this.#first[v] ?? 0)
  }

  /**
   * The latest call of those that expect a value and returned before `end`; -1 if none did. In a pass, `end` only
   * falls: those that returned after it have a place there or further right.
   */
  latestCallBefore(value: number, end: number): number {
    const first = this.#first[value] ?? 0
    let left = this.#left[value] ?? 0
    while (left > 0 && (this.#columns.return[this.#members[first + left - 1] ?? 0] ?? 0) > end) left--
    this.#left[value] = left
    return left > 0 ? (this.#latestCall[first + left - 1] ?? -1) : -1
  }
}
