/**
 * The term before the next entry is looked up once, for the first follower, and sent to all: those at another place
 * of the log refuse their heartbeats. Clients see no wrong answer, only followers that learn late what is committed.
 */
import { rules } from '../raft/rules.ts'
import type { Bug } from './bug.ts'

export const heartbeatStalePrevTerm: Bug = {
  summary: 'heartbeats to all followers carry the previous term that belongs to the first one',
  breaks: 'efficiency: heartbeats are refused, and the commit index spreads late',
  rules: {
    ...rules,
    prevTerms(nexts, termAt) {
      const term = termAt((nexts[0] ?? 1) - 1)
      return nexts.map(() => term)
    },
  },
  // A follower that was away catches up behind a stable leader: only then do the places differ, and refusals appear.
  shows: { workload: 'register', faults: ['partition:isolate-one'], nodes: 5 },
}
