/** What a client asks of a key-value store and what it gets to know, for every system under test. */
import type { NodeId } from '../raft/message.ts'

/** A stored value; `null` stands for an absent key. */
export type Value = string | number | null

export type Request =
  | { readonly f: 'read'; readonly key: string }
  | { readonly f: 'write'; readonly key: string; readonly value: string | number }
  | { readonly f: 'delete'; readonly key: string }
  /** Adds text at the end of the value; an absent value counts as ''. */
  | { readonly f: 'append'; readonly key: string; readonly value: string }
  /** Puts `value[1]` if the key holds `value[0]` (`null`: if it is absent). */
  | { readonly f: 'cas'; readonly key: string; readonly value: readonly [from: Value, to: string | number] }

/**
 * What an op that took place has shown. `version` counts the changes of a key, from 0 (never written); a delete is
 * a change; a refused compare-and-set is none. Absent where a system has no versions.
 */
export type Output =
  | { readonly value: Value; readonly version?: number }
  | { readonly version?: number }
  | { readonly swapped: true; readonly version?: number }
  | { readonly swapped: false; readonly found?: Value; readonly version?: number }

/** `ok`: it took place. `fail`: it surely did not. `info`: nobody knows. */
export type Reply =
  | { readonly type: 'ok'; readonly output: Output }
  | { readonly type: 'fail'; readonly error: string; readonly leader?: NodeId }
  | { readonly type: 'info'; readonly error: string }
