/**
 * What the Raft core hands its driver, and what the driver tells and asks the core: the seam between the pure
 * algorithm and everything that takes time.
 */
import type { Entry, HardState, Message, NodeId, Snapshot } from './message.ts'

/** A read that may be answered once the state machine has applied `index`. */
export interface ReadyRead {
  readonly id: number
  readonly index: number
}

/**
 * Work for the driver, in this order: `send`; write `hardState`, `snapshot` and `entries`; sync; `sendAfterSync`;
 * install `snapshot`; apply `committed`; answer `reads` and `lostReads`; then `advance`. One is out at a time.
 */
export interface Ready {
  /** Messages that reveal nothing unsynced; a leader may send entries before its own sync. */
  readonly send: readonly Message[]
  /** Absent where it need not be written. */
  readonly hardState: HardState | undefined
  /** To append to the log on disk; the first may stand at an index already written, which then is cut off there. */
  readonly entries: readonly Entry[]
  /** A snapshot received from the leader, to replace state machine and log. */
  readonly snapshot: Snapshot | undefined
  /** Messages that promise what this Ready writes. */
  readonly sendAfterSync: readonly Message[]
  readonly committed: readonly Entry[]
  readonly reads: readonly ReadyRead[]
  /** Reads that this node can no longer answer, as it lost its leadership. */
  readonly lostReads: readonly number[]
}

export type Role = 'follower' | 'pre-candidate' | 'candidate' | 'leader'

/** How many of what happened since the node started; counters only rise. */
export interface RaftCounters {
  readonly elections: number
  readonly appendsSent: number
  readonly appendsRefused: number
  readonly snapshotsSent: number
  readonly snapshotsInstalled: number
  readonly entriesTruncated: number
}

export interface RaftStatus {
  readonly id: NodeId
  readonly role: Role
  readonly term: number
  readonly vote: NodeId | undefined
  readonly leader: NodeId | undefined
  readonly firstIndex: number
  readonly lastIndex: number
  readonly commit: number
  readonly applied: number
  /** Only a leader knows: the highest index known to match, by peer. */
  readonly match: Readonly<Record<NodeId, number>> | undefined
  readonly counters: RaftCounters
}

/** What a node knew when it stopped. */
export interface Restored {
  readonly hardState: HardState
  /** The snapshot's place; `{ index: 0, term: 0 }` without one. */
  readonly snapshot: { readonly index: number; readonly term: number }
  /** The entries above the snapshot, without a gap. */
  readonly entries: readonly Entry[]
}

export interface RaftOptions {
  readonly id: NodeId
  /** All voters, this node included, in a fixed order. */
  readonly voters: readonly NodeId[]
  /** An election starts after `electionTicks` to `2 * electionTicks - 1` silent ticks, drawn anew each time. */
  readonly electionTicks: number
  readonly heartbeatTicks: number
  /** A vote request without an answer for this long counts as failed and is sent again. */
  readonly voteTimeoutTicks: number
  readonly preVote: boolean
  /** A leader that has not heard from a quorum for an election time-out steps down (thesis section 6.2). */
  readonly checkQuorum: boolean
  /** A leader starts its term with an empty entry. Off only to unmask bugs that it hides. */
  readonly noopOnElection: boolean
  /** Entries in one append request, at most. */
  readonly maxEntriesPerAppend: number
  /** Proposals that are not committed yet, at most; more are refused. */
  readonly maxUncommittedEntries: number
}

export type Proposed =
  | { readonly ok: true; readonly index: number; readonly term: number }
  | { readonly ok: false; readonly error: 'not_leader' | 'overloaded'; readonly leader: NodeId | undefined }
