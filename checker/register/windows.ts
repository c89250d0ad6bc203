/** What can be known of each observer before the search: when its window begins (`supply.ts`), and who serves it late. */
import type { Arena } from '../arena.ts'
import { kinds } from './columns.ts'
import type { SearchHistory } from './search-history.ts'

const none = -1

/**
 * For each operation the latest call of those that had returned before its call and put a value, or show another one
 * than it meets; -1 if there is none. Whatever put the very same value counts: it serves itself, or lies between.
 */
export function windows({ count, kind, value, call, returns, byReturn }: SearchHistory, arena: Arena): Int32Array {
  const since = arena.int32(count)
  let latest = -1
  let latestShown = none
  /** The latest call of what shows another value than that. */
  let other = -1
  let level = 0
  for (let i = 0; i < count; i++) {
    for (; level < count; level++) {
      const done = byReturn[level] ?? 0
      if ((returns[done] ?? 0) > (call[i] ?? 0)) break
      if (kind[done] === kinds.refuse) continue
      const shown = kind[done] === kinds.read ? (value[done] ?? none) : none
      const called = call[done] ?? 0
      const isOther = shown !== latestShown || shown === none
      if (called > latest) {
        if (isOther) other = latest
        latest = called
        latestShown = shown
      } else if (isOther) {
        other = Math.max(other, called)
      }
    }
    since[i] = latestShown === value[i] ? other : latest
  }
  return since
}

/** Of those that put what an operation observes, and were called before its return, the last, if it can serve it. */
export function lastServers(history: SearchHistory, since: Int32Array, arena: Arena): Int32Array {
  const { count, kind, value, next, call, returns, byReturn, values } = history
  const lastServer = arena.int32(count)
  const lastPut = arena.filled(values, none)
  let called = 0
  for (let level = 0; level < count; level++) {
    const i = byReturn[level] ?? 0
    for (; called < count && (call[called] ?? 0) < (returns[i] ?? 0); called++) {
      if (kind[called] === kinds.write) lastPut[value[called] ?? 0] = called
      if (kind[called] === kinds.cas) lastPut[next[called] ?? 0] = called
    }
    const last = lastPut[value[i] ?? 0] ?? none
    lastServer[i] = last >= 0 && (returns[last] ?? 0) >= (since[i] ?? 0) ? last : none
  }
  return lastServer
}
