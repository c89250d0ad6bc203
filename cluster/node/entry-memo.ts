/**
 * Remembers what was made of the newest entries, by their identity: entries never change, and where several nodes live
 * in one process they hold the very same ones. Bounded: a newer entry takes the place of an older one.
 */
import type { Entry } from '../raft/message.ts'

/** A power of two. */
const slots = 256

/** As `make`, which must be pure; its results are shared and must not be changed. */
export function memoByEntry<T>(make: (entry: Entry) => T): (entry: Entry) => T {
  const made: ({ readonly entry: Entry; readonly result: T } | undefined)[] = Array.from({ length: slots })
  return (entry) => {
    const slot = entry.index & (slots - 1)
    const last = made[slot]
    if (last?.entry === entry) return last.result
    const result = make(entry)
    made[slot] = { entry, result }
    return result
  }
}
