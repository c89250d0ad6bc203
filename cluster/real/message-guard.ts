/** Whether what came off a wire is a message. Shallow on purpose: peers are our own; it is garbage that must not pass. */
import type { Message, NodeId } from '../raft/message.ts'

/** The first frame on a connection between nodes: who speaks, and to whom. */
export interface Hello {
  readonly from: NodeId
  readonly to: NodeId
}

export function isHello(value: unknown): value is Hello {
  return isRecord(value) && typeof value.from === 'string' && typeof value.to === 'string'
}

/** True for a message on the link that `link` names. */
export function isMessage(value: unknown, link: Hello): value is Message {
  if (!isRecord(value) || value.from !== link.from || value.to !== link.to || !isCount(value.term)) return false
  switch (value.type) {
    case 'vote-request':
      return typeof value.pre === 'boolean' && isPosition(value.last)
    case 'vote-reply':
      return typeof value.pre === 'boolean' && typeof value.granted === 'boolean'
    case 'append-request':
      return isPosition(value.prev) && isEntries(value.entries) && isCount(value.commit) && isCount(value.round)
    case 'append-reply':
      if (!isCount(value.round)) return false
      return value.ok === true
        ? isCount(value.match)
        : value.ok === false && isCount(value.refused) && isPosition(value.conflict)
    case 'snapshot-request':
      return isPosition(value.snapshot) && typeof value.snapshot.payload === 'string' && isCount(value.round)
    case 'snapshot-reply':
      return isCount(value.match) && isCount(value.round)
    default:
      return false
  }
}

type Fields = Readonly<Record<string, unknown>>

function isRecord(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isPosition(value: unknown): value is Fields {
  return isRecord(value) && isCount(value.index) && isCount(value.term)
}

function isEntries(value: unknown): boolean {
  return Array.isArray(value) && value.every((entry) => isPosition(entry) && typeof entry.payload === 'string')
}
