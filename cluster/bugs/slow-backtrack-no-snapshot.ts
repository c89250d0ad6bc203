/**
 * After a refusal the leader goes back one entry a round, and it never sends a snapshot: a follower catches up slowly,
 * and never where the log it needs is compacted. Clients see it only when that follower is needed for a quorum.
 */
import { rules } from '../raft/rules.ts'
import type { Bug } from './bug.ts'

export const slowBacktrackNoSnapshot: Bug = {
  summary: 'one entry back per refusal, and no snapshot for a follower behind the log',
  breaks: 'recovery: a follower that was away for long never catches up',
  rules: { ...rules, nextAfterRefusal: ({ refused }) => refused, needsSnapshot: () => false },
  shows: { workload: 'append', faults: ['kill:one'], nodes: 3 },
}
