/** Messages, Readys and nodes as lines of a transcript. */
import type { Entry, LogPosition, Message } from '../message.ts'
import type { Ready } from '../ready.ts'
import type { TestNode } from './node.ts'

export function printMessage(message: Message): string {
  return `${message.from}->${message.to} ${message.type} term=${message.term} ${details(message)}`
}

export function printReady(ready: Ready): readonly string[] {
  const { hardState, snapshot } = ready
  return [
    ...ready.send.map((message) => `send ${printMessage(message)}`),
    ...(hardState === undefined ? [] : [`write term=${hardState.term} vote=${hardState.vote ?? '-'}`]),
    ...(snapshot === undefined ? [] : [`write snapshot ${place(snapshot)}`]),
    ...ready.entries.map((entry) => `write ${printEntry(entry)}`),
    ...ready.sendAfterSync.map((message) => `synced, send ${printMessage(message)}`),
    ...ready.committed.map((entry) => `apply ${printEntry(entry)}`),
    ...ready.reads.map((read) => `read ${read.id} at ${read.index}`),
    ...ready.lostReads.map((id) => `read ${id} is lost`),
  ]
}

/** Role, term, the terms of the log on disk by index, commit; what happened to it since it started. */
export function printNode(id: string, node: TestNode): string {
  const log = [
    ...(node.snapshot === undefined ? [] : [`snapshot ${place(node.snapshot)},`]),
    node.entries.map(place).join(' ') || 'empty',
  ].join(' ')
  if (!node.isUp) return `${id} down, log ${log}`
  const { role, term, leader, commit, match } = node.raft.status()
  const known = match === undefined ? '' : `, match ${Object.values(match).join(' ')}`
  return `${id} ${role} term=${term} leader=${leader ?? '-'} commit=${commit}, log ${log}${known}`
}

function details(message: Message): string {
  switch (message.type) {
    case 'vote-request':
      return `${message.pre ? 'pre ' : ''}last=${place(message.last)}`
    case 'vote-reply':
      return `${message.pre ? 'pre ' : ''}${message.granted ? 'granted' : 'refused'}`
    case 'append-request': {
      const entries = message.entries.map(printEntry).join(', ')
      return `prev=${place(message.prev)} [${entries}] commit=${message.commit} round=${message.round}`
    }
    case 'append-reply':
      return message.ok
        ? `match=${message.match} round=${message.round}`
        : `refused=${message.refused} conflict=${place(message.conflict)} round=${message.round}`
    case 'snapshot-request':
      return `snapshot ${place(message.snapshot)} round=${message.round}`
    case 'snapshot-reply':
      return `match=${message.match} round=${message.round}`
    default:
      return message satisfies never
  }
}

function printEntry(entry: Entry): string {
  return `${place(entry)} ${entry.kind === 'noop' ? 'noop' : entry.payload}`
}

function place({ index, term }: LogPosition): string {
  return `${index}@${term}`
}
