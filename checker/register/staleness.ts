/**
 * Observations that no order can satisfy, found before any search. What an observer meets was put by some operation
 * that was called before the observer returned, and that serves it: that had not returned before the observer's window
 * began (`windows.ts`). So a value is stale if all that put it before the observer's return had returned by then.
 */
import type { Arena } from '../arena.ts'
import { kinds, open } from './columns.ts'
import type { Conditions } from './rules.ts'
import type { SearchHistory } from './search-history.ts'

const none = -2

/** `since`: where windows begin. The first operation to return that observes a stale value, or one that nobody put; -1 if there is none. */
export function firstStale(
  history: SearchHistory,
  since: Int32Array,
  { pendingLasts }: Conditions,
  arena: Arena,
): number {
  const { count, kind, value, next, call, returns, byReturn, values, initial, pending } = history
  // By value: the latest return of those that put it and have been called so far.
  const lastPut = arena.filled(values, none)
  // A pending write or swap may put its value at any time after its call.
  const firstPending = arena.filled(values, open)
  for (let member = 0; member < pending.members; member++) {
    const put = pending.to[pending.memberClass[member] ?? 0] ?? 0
    firstPending[put] = Math.min(firstPending[put] ?? open, pending.memberCall[member] ?? open)
  }
  lastPut[initial] = -1
  let called = 0
  for (let level = 0; level < count; level++) {
    const i = byReturn[level] ?? 0
    const end = returns[i] ?? 0
    for (; called < count && (call[called] ?? 0) < end; called++) {
      const isSwap = kind[called] === kinds.cas
      if (kind[called] !== kinds.write && !isSwap) continue
      const put = (isSwap ? next[called] : value[called]) ?? 0
      lastPut[put] = Math.max(lastPut[put] ?? none, returns[called] ?? 0)
    }
    if (kind[i] !== kinds.read && kind[i] !== kinds.cas) continue
    const v = value[i] ?? 0
    if ((firstPending[v] ?? open) < end && pendingLasts) continue
    const last = lastPut[v] ?? none
    if (last === none || last < (since[i] ?? none)) return i
  }
  return -1
}
