/**
 * A vote request that failed or ran into its time-out counts as granted, so that a node that reaches nobody elects
 * itself. When it is back it leads a higher term with an old log, and the others drop what they had committed.
 */
import type { Bug } from './bug.ts'
import { unguarded } from './unguarded.ts'

export const rpcFailureCountsAsVote: Bug = {
  summary: 'a vote request that failed or timed out counts as a vote',
  breaks: 'Election Safety and Leader Completeness',
  rules: { ...unguarded, countsAsGrant: (answer) => answer !== 'refused' },
  // CheckQuorum would depose the self-made leader again, perhaps just before its cut heals.
  shows: {
    workload: 'register',
    faults: ['partition:isolate-one'],
    nodes: 3,
    options: { preVote: false, checkQuorum: false, maxEntriesPerAppend: 1 },
    timeLimitS: 30,
  },
}
