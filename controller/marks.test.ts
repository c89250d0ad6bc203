import type { HistoryEvent } from 'porcupine-ts/formats'
import { expect, test } from 'vitest'
import type { TraceEvent } from '../cluster/env.ts'
import type { SystemEvent } from '../cluster/system.ts'
import { type Mark, marks, marksOf } from './marks.ts'

const traced = (event: TraceEvent): SystemEvent => ({ timeUs: 1, type: 'trace', node: 'n1', event })
const leader = traced({ type: 'role', role: 'leader', term: 1 })
const dead = (how: string, wanted = true): SystemEvent => ({ timeUs: 1, type: 'node-dead', node: 'n1', wanted, how })
const info: HistoryEvent = {
  index: 1,
  timeUs: 5,
  type: 'info',
  process: 0,
  client: 0,
  node: 'n1',
  f: 'read',
  key: 'k1',
}

const shown: readonly [Mark | undefined, string, readonly SystemEvent[], readonly HistoryEvent[]][] = [
  [undefined, 'nothing at all', [], []],
  [undefined, 'one leader', [leader, traced({ type: 'role', role: 'candidate', term: 2 })], []],
  ['leader changed', 'two leaders', [leader, leader], []],
  ['snapshot taken', 'a snapshot', [traced({ type: 'snapshot-taken', index: 9 })], []],
  [undefined, 'a snapshot that was only sent', [traced({ type: 'snapshot-sent', to: 'n2', index: 9 })], []],
  ['snapshot installed', 'a snapshot that arrived', [traced({ type: 'snapshot-installed', index: 9 })], []],
  ['log truncated', 'a truncation', [traced({ type: 'log-truncated', from: 4 })], []],
  ['pre-vote refused', 'a refusal', [traced({ type: 'pre-vote-refused', by: 'n2' })], []],
  ['fail-over during a read', 'a lost read', [traced({ type: 'read-lost', reads: 2 })], []],
  ['torn record repaired', 'a repair', [traced({ type: 'wal-repaired', droppedBytes: 3 })], []],
  [undefined, 'a node that was killed', [dead('SIGKILL')], []],
  ['node died at a crash point', 'a death at a crash point', [dead('crash point before-sync')], []],
  ['power lost', 'a power cut', [dead('power cut')], []],
  ['indeterminate op', 'an op without an answer', [], [info]],
  [undefined, 'an op that surely failed', [], [{ ...info, type: 'fail' }]],
]

test.each(shown)('%s: %s', (mark, _what, events, history) => {
  expect(marksOf(events, history)).toEqual(mark === undefined ? [] : [mark])
})

test('every mark is seen where all of it happens, in the order of the table, each once', () => {
  const all = shown.flatMap(([, , events]) => [...events, ...events])
  expect(marksOf(all, [info, info])).toEqual(Object.keys(marks))
})
