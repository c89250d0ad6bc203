/**
 * What Raft nodes say to each other, and what a log holds. Plain frozen data; the codec lives in `real/`.
 * Names after Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm" (extended version), figure 2.
 */

/** Name of a node, e.g. `n1`. */
export type NodeId = string

/** One place of the log. `payload` is opaque to Raft (the state machine's encoded command), empty for a no-op. */
export interface Entry {
  readonly index: number
  readonly term: number
  readonly kind: 'noop' | 'command'
  readonly payload: string
}

/** Index and term of a place in the log; `{ index: 0, term: 0 }` is the place before the first entry. */
export interface LogPosition {
  readonly index: number
  readonly term: number
}

/** What must be on disk before a node answers for it. Raft figure 2, "persistent state". */
export interface HardState {
  readonly term: number
  readonly vote: NodeId | undefined
}

/** The state machine up to and including `index`, in place of the log below. Raft section 7. */
export interface Snapshot {
  readonly index: number
  readonly term: number
  readonly payload: string
}

interface Addressed {
  readonly from: NodeId
  readonly to: NodeId
  readonly term: number
}

/** RequestVote, or with `pre` the question whether it would succeed (thesis section 9.6), asked for `term` = own term + 1. */
export interface VoteRequest extends Addressed {
  readonly type: 'vote-request'
  readonly pre: boolean
  readonly last: LogPosition
}

export interface VoteReply extends Addressed {
  readonly type: 'vote-reply'
  readonly pre: boolean
  readonly granted: boolean
}

/** AppendEntries, also the heartbeat. `round` rises with each broadcast; its echo confirms leadership for ReadIndex (thesis section 6.4). */
export interface AppendRequest extends Addressed {
  readonly type: 'append-request'
  readonly prev: LogPosition
  readonly entries: readonly Entry[]
  readonly commit: number
  readonly round: number
}

/** `match`: the last index that this request verified. A refusal carries the conflicting term and its first index (Raft section 5.3, end). */
export type AppendReply = Addressed & {
  readonly type: 'append-reply'
  readonly round: number
} & (
    | { readonly ok: true; readonly match: number }
    | { readonly ok: false; readonly refused: number; readonly conflict: LogPosition }
  )

/** InstallSnapshot, in one piece. Raft section 7. */
export interface SnapshotRequest extends Addressed {
  readonly type: 'snapshot-request'
  readonly snapshot: Snapshot
  readonly round: number
}

/** `match`: the index up to which the follower's state now stands. */
export interface SnapshotReply extends Addressed {
  readonly type: 'snapshot-reply'
  readonly match: number
  readonly round: number
}

export type Message = VoteRequest | VoteReply | AppendRequest | AppendReply | SnapshotRequest | SnapshotReply
