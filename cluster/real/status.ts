/** What a node says of itself, read leniently: a foreign or broken node may say anything. */
import type { NodeId, NodeStatus } from '../system.ts'

export function statusOf(node: NodeId, body: unknown): NodeStatus {
  const fields = recordOf(body)
  return {
    node,
    role: typeof fields.role === 'string' ? fields.role : 'unknown',
    term: numberOf(fields.term),
    leader: typeof fields.leader === 'string' ? fields.leader : undefined,
    commit: numberOf(fields.commit),
    applied: numberOf(fields.applied),
    counters: Object.fromEntries(Object.entries(recordOf(fields.counters)).filter(isCounter)),
  }
}

function isCounter(entry: [string, unknown]): entry is [string, number] {
  return typeof entry[1] === 'number'
}

function numberOf(value: unknown): number {
  return typeof value === 'number' ? value : 0
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}
