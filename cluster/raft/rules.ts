/**
 * The safety rules of Raft, one small function each, in the order in which a term lives: votes, terms, log, commit,
 * reads, snapshots. The algorithm decides these things by its rules alone, so that a bug can replace one of them.
 * "Raft" is Ongaro & Ousterhout, "In Search of an Understandable Consensus Algorithm" (extended version);
 * "thesis" is Ongaro, "Consensus: Bridging Theory and Practice".
 */
import type { Entry, HardState, LogPosition, NodeId, VoteReply } from './message.ts'
import type { Role } from './ready.ts'

/** How a vote request ended. */
export type VoteAnswer = 'granted' | 'refused' | 'unreachable' | 'timeout'

/** What a node holds of an election: the vote that it gave, and the voters who gave it theirs. */
export interface Ballot {
  readonly vote: NodeId | undefined
  readonly granted: readonly NodeId[]
}

/** Where a follower's log parted from the leader's: the place refused, and the term found there with its first index. */
export interface Refusal {
  readonly refused: number
  /** Term 0: the follower's log ends before `index`. */
  readonly conflict: LogPosition
}

/** The term at an index of one's own log, `undefined` where it holds none. */
export type TermAt = (index: number) => number | undefined

export interface Rules {
  readonly quorum: (voters: number) => number
  readonly grantsVote: (mine: LogPosition, theirs: LogPosition) => boolean
  readonly mayVoteFor: (vote: NodeId | undefined, candidate: NodeId) => boolean
  readonly countsAsGrant: (answer: VoteAnswer) => boolean
  readonly voteReplyCounts: (mine: { readonly role: Role; readonly term: number }, reply: VoteReply) => boolean
  readonly carriedIntoTerm: (role: Role, ballot: Ballot) => Ballot
  readonly mayMeetLeader: (role: Role) => boolean
  readonly mustPersist: (saved: HardState, current: HardState) => boolean
  readonly matchesPrev: (mine: number | undefined, prev: LogPosition) => boolean
  readonly prevTerms: (nexts: readonly number[], termAt: TermAt) => readonly (number | undefined)[]
  readonly withoutGap: (lastIndex: number, entries: readonly Entry[]) => readonly Entry[]
  readonly conflicts: (mine: number, theirs: number) => boolean
  readonly mayTruncate: (index: number, commit: number) => boolean
  readonly verified: (prev: LogPosition, entries: readonly Entry[]) => number
  readonly nextAfterRefusal: (
    refusal: Refusal,
    lastOfTerm: (term: number, upTo: number) => number | undefined,
  ) => number
  readonly followerCommit: (leaderCommit: number, verified: number) => number
  readonly mayCommit: (entryTerm: number | undefined, currentTerm: number) => boolean
  readonly mayRead: (commitTerm: number | undefined, currentTerm: number) => boolean
  readonly roundConfirmed: (requestTerm: number, currentTerm: number, round: number) => number
  readonly readNeedsQuorum: () => boolean
  readonly needsSnapshot: (next: number, firstIndex: number) => boolean
  readonly snapshotIsNews: (index: number, commit: number) => boolean
}

/** Raft as it should be. */
export const rules: Rules = {
  /** Two quorums share a voter: more than half. Raft 5.2. */
  quorum: (voters) => Math.floor(voters / 2) + 1,

  /** A vote goes only to a log at least as complete as the voter's. Raft 5.4.1. */
  grantsVote: (mine, theirs) => theirs.term > mine.term || (theirs.term === mine.term && theirs.index >= mine.index),

  /** One vote a term, first come, first served; the same candidate may ask again. Raft 5.2. */
  mayVoteFor: (vote, candidate) => vote === undefined || vote === candidate,

  /** Only a voter's own yes is a vote. Raft 5.2. */
  countsAsGrant: (answer) => answer === 'granted',

  /** A reply belongs to the election that asked for it: the role and the term may have changed since. Raft 5.2, thesis 9.6. */
  voteReplyCounts: ({ role, term }, reply) =>
    reply.pre
      ? role === 'pre-candidate' && reply.term === (reply.granted ? term + 1 : term)
      : role === 'candidate' && reply.term === term,

  /** A new term starts with no vote given and none received. Raft 5.1, figure 2. */
  carriedIntoTerm: () => ({ vote: undefined, granted: [] }),

  /** A leader never meets another leader of its term: Election Safety, Raft figure 3. Broken, the node dies. */
  mayMeetLeader: (role) => role !== 'leader',

  /** Term and vote are on disk before anybody hears of them. Raft figure 2, "persistent state". */
  mustPersist: (saved, current) => saved.term !== current.term || saved.vote !== current.vote,

  /** Entries are taken only behind an entry that both logs hold. Raft 5.3. */
  matchesPrev: (mine, prev) => mine === prev.term,

  /** Each follower is asked about the entry before its own next one. Raft 5.3. */
  prevTerms: (nexts, termAt) => nexts.map((next) => termAt(next - 1)),

  /** A log has no holes: new entries start right behind its end at the latest. Raft 5.3. Broken, the node dies. */
  withoutGap(lastIndex, entries) {
    const first = entries[0]
    if (first !== undefined && first.index > lastIndex + 1) {
      throw new Error(`a log that ends at ${lastIndex} can not go on at ${first.index}`)
    }
    return entries
  },

  /** An entry with the same index and term is the same entry. Raft 5.3, Log Matching. */
  conflicts: (mine, theirs) => mine !== theirs,

  /** Committed entries never go. Raft 5.4. Broken, the node dies. */
  mayTruncate: (index, commit) => index > commit,

  /** A follower vouches for what a request has shown it, not for what else its log holds. Raft figure 2, AppendEntries. */
  verified: (prev, entries) => prev.index + entries.length,

  /** One refusal skips a whole term: on with the leader's last entry of that term, or before the follower's first. Raft 5.3, end. */
  nextAfterRefusal: ({ refused, conflict }, lastOfTerm) =>
    conflict.term === 0 ? conflict.index : (lastOfTerm(conflict.term, refused) ?? conflict.index - 1) + 1,

  /** A follower commits no further than it knows its log to be the leader's. Raft figure 2, AppendEntries 5. */
  followerCommit: (leaderCommit, verified) => Math.min(leaderCommit, verified),

  /** Entries of older terms commit only through a newer one above them. Raft 5.4.2, figure 8. */
  mayCommit: (entryTerm, currentTerm) => entryTerm === currentTerm,

  /** A new leader knows what is committed only after the first commit of its own term. Raft 8, thesis 6.4. */
  mayRead: (commitTerm, currentTerm) => commitTerm === currentTerm,

  /**
   * An answer confirms the leadership that asked, and no other. Rounds begin anew with each term, so one that answers a
   * request of an older term, perhaps of the same leader's, must not pass for a newer round of this one. Thesis 6.4.
   */
  roundConfirmed: (requestTerm, currentTerm, round) => (requestTerm === currentTerm ? round : 0),
  /** A leader answers a read only after a quorum has confirmed that it still leads. Raft 8, thesis 6.4. */
  readNeedsQuorum: () => true,

  /** What the log no longer holds goes out as a snapshot. Raft 7. */
  needsSnapshot: (next, firstIndex) => next < firstIndex,

  /** A snapshot of what is committed here anyway would turn the state machine back. Raft 7. */
  snapshotIsNews: (index, commit) => index > commit,
}
