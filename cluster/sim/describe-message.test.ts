import { expect, test } from 'vitest'
import type { Message } from '../raft/message.ts'
import { describeMessage } from './describe-message.ts'

const way = { from: 'n1', to: 'n2', term: 4 }
const entry = (index: number) => ({ index, term: 3, kind: 'command' as const, payload: 'x' })
const append = { ...way, type: 'append-request' as const, prev: { index: 11, term: 3 }, commit: 10, round: 7 }

test.each<[Message, string]>([
  [{ ...append, entries: [12, 13, 14].map(entry) }, 'append 12..14 prev 11/3 commit 10'],
  [{ ...append, entries: [entry(12)] }, 'append 12 prev 11/3 commit 10'],
  [{ ...append, entries: [] }, 'heartbeat prev 11/3 commit 10'],
  [{ ...way, type: 'append-reply', round: 7, ok: true, match: 14 }, 'append ok match 14'],
  [
    { ...way, type: 'append-reply', round: 7, ok: false, refused: 11, conflict: { index: 9, term: 2 } },
    'append refused 11 conflict 9/2',
  ],
  [{ ...way, type: 'vote-request', pre: false, last: { index: 14, term: 3 } }, 'vote for me? last 14/3'],
  [{ ...way, type: 'vote-request', pre: true, last: { index: 14, term: 3 } }, 'pre-vote for me? last 14/3'],
  [{ ...way, type: 'vote-reply', pre: false, granted: true }, 'vote granted'],
  [{ ...way, type: 'vote-reply', pre: true, granted: false }, 'pre-vote refused'],
  [{ ...way, type: 'snapshot-request', snapshot: { index: 30, term: 4, payload: '{}' }, round: 7 }, 'snapshot 30/4'],
  [{ ...way, type: 'snapshot-reply', match: 30, round: 7 }, 'snapshot ok match 30'],
])('%j reads as %j', (message, text) => {
  expect(describeMessage(message)).toBe(text)
})
