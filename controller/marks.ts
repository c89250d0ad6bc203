/**
 * Coverage marks: rare states that a campaign should have reached, as seen in the nodes' traces. A campaign that never
 * saw one proves nothing about the code behind it, and says so.
 */

import type { HistoryEvent } from 'porcupine-ts/formats'
import type { SystemEvent } from '../cluster/system.ts'

export const marks = {
  'leader changed': 'a second leader was elected',
  'snapshot taken': 'a node compacted its log',
  'snapshot installed': 'a follower that had fallen behind the log got a snapshot',
  'log truncated': 'a follower dropped entries that its new leader did not have',
  'pre-vote refused': 'a node asked for an election that it could not have won',
  'fail-over during a read': 'a read was waiting when its leader stepped down',
  'torn record repaired': 'a node found a record torn by a crash, and cut it off',
  'node died at a crash point': 'a node was killed in the middle of its work',
  'power lost': 'a machine lost its power, and with it perhaps what was not synced',
  'indeterminate op': 'a client never got to know what became of an op',
} as const satisfies Record<string, string>

export type Mark = keyof typeof marks

/** The marks that one run reached, in the order of the table. */
export function marksOf(systemEvents: readonly SystemEvent[], history: readonly HistoryEvent[]): Mark[] {
  const seen = new Set<Mark>()
  let leaders = 0
  for (const event of systemEvents) {
    if (event.type === 'trace') {
      const { event: trace } = event
      if (trace.type === 'role' && trace.role === 'leader' && ++leaders > 1) seen.add('leader changed')
      if (trace.type === 'snapshot-taken') seen.add('snapshot taken')
      if (trace.type === 'snapshot-installed') seen.add('snapshot installed')
      if (trace.type === 'log-truncated') seen.add('log truncated')
      if (trace.type === 'pre-vote-refused') seen.add('pre-vote refused')
      if (trace.type === 'read-lost') seen.add('fail-over during a read')
      if (trace.type === 'wal-repaired') seen.add('torn record repaired')
    }
    if (event.type === 'node-dead' && event.how.startsWith('crash point')) seen.add('node died at a crash point')
    if (event.type === 'node-dead' && event.how.startsWith('power')) seen.add('power lost')
  }
  if (history.some(({ type }) => type === 'info')) seen.add('indeterminate op')
  return (Object.keys(marks) as Mark[]).filter((mark) => seen.has(mark))
}
