/** A message in a person's words, short enough for a line of a table or an arrow of a drawing. */
import type { LogPosition, Message } from '../raft/message.ts'

/** `append 12..14 prev 11/3 commit 10`; a place in the log is its index and term. */
export function describeMessage(message: Message): string {
  switch (message.type) {
    case 'append-request': {
      const { entries, prev, commit } = message
      return `${isHeartbeat(message) ? 'heartbeat' : `append ${range(entries.map(({ index }) => index))}`} prev ${place(prev)} commit ${commit}`
    }
    case 'append-reply':
      return message.ok
        ? `append ok match ${message.match}`
        : `append refused ${message.refused} conflict ${place(message.conflict)}`
    case 'vote-request':
      return `${message.pre ? 'pre-vote' : 'vote'} for me? last ${place(message.last)}`
    case 'vote-reply':
      return `${message.pre ? 'pre-vote' : 'vote'} ${message.granted ? 'granted' : 'refused'}`
    case 'snapshot-request':
      return `snapshot ${place(message.snapshot)}`
    case 'snapshot-reply':
      return `snapshot ok match ${message.match}`
    default:
      return message satisfies never
  }
}

/** An append without entries: it only says who leads, and how far the log is committed. */
export function isHeartbeat(message: Message): boolean {
  return message.type === 'append-request' && message.entries.length === 0
}

function place({ index, term }: LogPosition): string {
  return `${index}/${term}`
}

function range(indexes: readonly number[]): string {
  const [first, last] = [indexes[0], indexes.at(-1)]
  return first === last ? String(first) : `${first}..${last}`
}
