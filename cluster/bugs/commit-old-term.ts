/**
 * Figure 8 of the Raft paper: a leader counts replicas of an entry of an older term, commits it, and a candidate whose
 * last entry is of a term between the two still wins and replaces it.
 */
import type { Bug } from './bug.ts'
import { unguarded } from './unguarded.ts'

export const commitOldTerm: Bug = {
  summary: 'entries of older terms are committed by counting replicas',
  breaks: 'Leader Completeness',
  rules: { ...unguarded, mayCommit: () => true },
  // The no-op of a new leader, or one big batch, would carry the old entries along with one of its own term.
  shows: {
    workload: 'append',
    faults: ['partition', 'kill'],
    nodes: 5,
    options: { preVote: false, noopOnElection: false, maxEntriesPerAppend: 1 },
  },
}
