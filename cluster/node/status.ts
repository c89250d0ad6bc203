/** Reading a node's answer to `GET /status`: leniently, as a foreign or broken node may say anything. */
import type { NodeId } from '../raft/message.ts'
import type { NodeStatus } from '../system.ts'
import type { ApiAnswer } from './api.ts'

export function parseStatus(node: NodeId, { status, body }: ApiAnswer): NodeStatus | undefined {
  if (status !== 200) return undefined
  const { role, leader, counters } = body
  const counts = typeof counters === 'object' && counters !== null ? Object.entries(counters) : []
  return {
    node,
    role: typeof role === 'string' ? role : 'unknown',
    term: numberOf(body.term),
    leader: typeof leader === 'string' ? leader : undefined,
    commit: numberOf(body.commit),
    applied: numberOf(body.applied),
    counters: Object.fromEntries(counts.filter(([, count]) => typeof count === 'number')),
  }
}

function numberOf(value: unknown): number {
  return typeof value === 'number' && Number.isFinite(value) ? value : 0
}
