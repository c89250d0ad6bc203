/**
 * A candidate that learns of a higher term takes it over with its own vote and the votes received so far, and counts
 * the late replies of the old term: it becomes leader of a term that it never ran for, beside another one perhaps.
 */
import type { Bug } from './bug.ts'
import { unguarded } from './unguarded.ts'

export const stepdownMidElectionStillCounts: Bug = {
  summary: 'after stepping down in mid-election, late votes still make a leader, of the new term',
  breaks: 'Election Safety',
  rules: {
    ...unguarded,
    carriedIntoTerm: (role, ballot) => (role === 'candidate' ? ballot : { vote: undefined, granted: [] }),
    voteReplyCounts: (mine, reply) => (reply.pre ? unguarded.voteReplyCounts(mine, reply) : mine.role !== 'leader'),
  },
  // Nodes with higher terms must exist and be heard: PreVote and stickiness would keep them quiet.
  shows: {
    workload: 'register',
    faults: ['pause', 'kill'],
    nodes: 3,
    options: { preVote: false, checkQuorum: false },
  },
}
