/**
 * A vote goes to whoever asks first, however old its log: a node that comes back from a cut is elected and makes the
 * others drop what was committed without it.
 */
import type { Bug } from './bug.ts'
import { unguarded } from './unguarded.ts'

export const voteNoLogCheck: Bug = {
  summary: 'votes are granted without comparing the logs',
  breaks: 'Leader Completeness',
  rules: { ...unguarded, grantsVote: () => true },
  // PreVote and stickiness would keep the returning node from asking before it has caught up.
  shows: {
    workload: 'register',
    faults: ['partition:isolate-one'],
    nodes: 3,
    options: { preVote: false, checkQuorum: false, maxEntriesPerAppend: 1 },
    timeLimitS: 30,
  },
}
