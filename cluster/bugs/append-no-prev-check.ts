/**
 * A follower takes entries without asking whether its log holds the one before them. It behaves like a log kept by
 * index: places that it never got read as nothing, and it vouches for them all the same.
 */
import type { Bug } from './bug.ts'
import { unguarded } from './unguarded.ts'

export const appendNoPrevCheck: Bug = {
  summary: 'entries are taken whatever stands before them in the log',
  breaks: 'Log Matching',
  rules: {
    ...unguarded,
    matchesPrev: () => true,
    withoutGap(lastIndex, entries) {
      const first = entries[0]
      if (first === undefined) return entries
      const holes = Array.from({ length: Math.max(0, first.index - lastIndex - 1) }, (_, i) => {
        return { index: lastIndex + 1 + i, term: first.term, kind: 'noop', payload: '' } as const
      })
      return [...holes, ...entries]
    },
  },
  // Without CheckQuorum a leader that is cut off goes on taking entries that nobody else will have.
  shows: {
    workload: 'register',
    faults: ['partition:isolate-leader', 'partition:isolate-one'],
    nodes: 3,
    options: { preVote: false, checkQuorum: false },
  },
}
