/**
 * A term adopted from somebody else stays in memory until the next vote, so that a restart takes the node back to an
 * older term: there it follows a deposed leader and drops entries that were committed since.
 */
import type { Bug } from './bug.ts'
import { unguarded } from './unguarded.ts'

export const stepdownTermNotDurable: Bug = {
  summary: 'a higher term taken from a message is not written to disk; only votes are',
  breaks: 'Leader Completeness after a restart',
  rules: {
    ...unguarded,
    mustPersist: (saved, current) =>
      current.vote !== undefined && (saved.vote !== current.vote || saved.term !== current.term),
  },
  // A deposed leader must stay one for long enough to meet the node that forgot its term.
  shows: {
    workload: 'register',
    faults: ['partition', 'kill'],
    nodes: 5,
    options: { preVote: false, checkQuorum: false },
  },
}
