/** The zoo: every bug by its name. One line and one file add one. */
import { appendNoPrevCheck } from './append-no-prev-check.ts'
import type { Bug } from './bug.ts'
import { commitOldTerm } from './commit-old-term.ts'
import { heartbeatStalePrevTerm } from './heartbeat-stale-prev-term.ts'
import { leaderLocalRead } from './leader-local-read.ts'
import { rpcFailureCountsAsVote } from './rpc-failure-counts-as-vote.ts'
import { slowBacktrackNoSnapshot } from './slow-backtrack-no-snapshot.ts'
import { stepdownMidElectionStillCounts } from './stepdown-mid-election-still-counts.ts'
import { stepdownTermNotDurable } from './stepdown-term-not-durable.ts'
import { voteNoLogCheck } from './vote-no-log-check.ts'

export const bugs = {
  'stepdown-term-not-durable': stepdownTermNotDurable,
  'heartbeat-stale-prev-term': heartbeatStalePrevTerm,
  'rpc-failure-counts-as-vote': rpcFailureCountsAsVote,
  'stepdown-mid-election-still-counts': stepdownMidElectionStillCounts,
  'append-no-prev-check': appendNoPrevCheck,
  'commit-old-term': commitOldTerm,
  'vote-no-log-check': voteNoLogCheck,
  'slow-backtrack-no-snapshot': slowBacktrackNoSnapshot,
  'leader-local-read': leaderLocalRead,
} satisfies Record<string, Bug>
