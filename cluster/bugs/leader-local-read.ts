/**
 * A leader answers reads from its own state without asking whether it still leads. One that was cut off or frozen
 * while the others elected a new leader answers with what is no longer true.
 */
import { rules } from '../raft/rules.ts'
import type { Bug } from './bug.ts'

export const leaderLocalRead: Bug = {
  summary: 'a leader serves reads without confirming its leadership',
  breaks: 'real-time order: stale reads',
  rules: { ...rules, readNeedsQuorum: () => false },
  // CheckQuorum would depose a leader that is cut off before it has told many lies.
  shows: {
    workload: 'register',
    faults: ['partition:isolate-leader', 'pause:leader'],
    nodes: 3,
    options: { checkQuorum: false },
    timeLimitS: 30,
  },
}
