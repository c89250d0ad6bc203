/**
 * The moments of a history as small integers: equal times get equal ranks, later times greater ones. The procedures of
 * this folder place operations at ranks. Nothing is lost by that: an order respects time if and only if operations can
 * be given moments within their intervals, in that order; and the latest call so far is always such a moment.
 */
import { type Arena, withArena } from '../arena.ts'
import type { Operation } from '../operation.ts'
import { sortByKey, sortByTime } from '../register/sort.ts'

/** The return of a pending operation: later than all ranks. */
export const open = 0x3fffffff

export interface Ranks {
  readonly call: Int32Array
  readonly return: Int32Array
  /** Ranks are 0 to this, exclusive. */
  readonly count: number
}

export function ranksOf(operations: readonly Operation<unknown, unknown>[]): Ranks {
  return withArena((arena) => rank(operations, arena))
}

function rank(operations: readonly Operation<unknown, unknown>[], arena: Arena): Ranks {
  const count = operations.length
  const call = new Int32Array(count)
  const returns = new Int32Array(count).fill(open)
  const times = arena.float64(2 * count)
  const order = arena.int32(2 * count)
  let length = 0
  for (let i = 0; i < count; i++) {
    const operation = operations[i]
    const end = operation?.return ?? 0
    times[2 * i] = operation?.call ?? 0
    times[2 * i + 1] = end
    order[length++] = 2 * i
    if (end !== Number.POSITIVE_INFINITY) order[length++] = 2 * i + 1
  }
  sortByTime(order, length, times, arena)
  let ranks = 0
  let last = Number.NaN
  for (let k = 0; k < length; k++) {
    const event = order[k] ?? 0
    const time = times[event] ?? 0
    if (k > 0 && time !== last) ranks++
    last = time
    const column = (event & 1) === 0 ? call : returns
    column[event >> 1] = ranks
  }
  return { call, return: returns, count: length === 0 ? 0 : ranks + 1 }
}

/** The numbers from 0 to `count`, exclusive, in the order of their keys, which are not negative; stable. */
export function byKey(keys: Int32Array, count: number): Int32Array {
  const order = new Int32Array(count)
  for (let i = 0; i < count; i++) order[i] = i
  withArena((arena) => sortByKey(order, count, keys, arena))
  return order
}
