/** The sentences, over the fixtures: each illegal one is checked, minimized and explained. */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { check } from './check.ts'
import { explain } from './explain.ts'
import type { HistoryEvent } from './formats/event.ts'
import { readJsonl } from './formats/jsonl.ts'
import { pairs } from './formats/pairs.ts'
import { anEvent, type Line, script } from './formats/script.fixture.ts'
import { minimize } from './minimize.ts'
import { appendKv, casRegister, type KvModel, models } from './models/index.ts'

function explained(model: KvModel, events: readonly HistoryEvent[]) {
  const { operations, failed } = pairs(events)
  const { stuck, verdict } = check(model, operations).partitions[0]!
  expect(verdict).toBe('illegal')
  const { core } = minimize(model, operations, stuck)
  return explain(core, { history: operations, failed })
}

const sentences: Record<string, [kind: string, text: string]> = {
  'illegal-stale-read': [
    'stale read',
    'c3 read k7=2 at 0.008 s, but k7=3 was acknowledged to c1 at 0.005 s, before that read began, and nothing wrote 2 again: a stale read.',
  ],
  'illegal-stale-read-with-versions': [
    'stale read',
    'c3 read k7=2 at 0.008 s, but k7=3 was acknowledged to c1 at 0.005 s, before that read began, and nothing wrote 2 again: a stale read.',
  ],
  'illegal-lost-write': [
    'lost write',
    'c2 found k7 absent at 0.004 s, but k7=1 was acknowledged to c1 at 0.002 s, before that read began, and nothing deleted it: a lost acknowledged write.',
  ],
  'illegal-phantom-read': [
    'phantom read',
    'c2 read k7=9 at 0.004 s, but nobody ever wrote that value: a phantom read.',
  ],
  'illegal-read-of-failed-write': [
    'read of a failed write',
    "c2 read k7=1 at 0.004 s, but c1's write failed (not the leader) at 0.002 s and was not to take effect: a read of a failed write.",
  ],
  'illegal-back-in-time': [
    'non-monotonic read',
    'c3 read k7=1 at 0.007 s, after c2 read k7=2 at 0.005 s, though k7=1 was the older of the two and came only once: a non-monotonic read.',
  ],
  'illegal-pending-write-seen-twice': [
    'stale read',
    'c2 read k7=1 at 0.008 s, but k7=2 was acknowledged to c2 at 0.006 s, before that read began, and nothing wrote 1 again: a stale read.',
  ],
  'illegal-refused-cas': [
    'no order',
    'These 2 operations can not be put in any order that fits their times and answers: c1 wrote k7=1 (0.001 to 0.002 s); c2 was refused to change k7 from 1 to 3 (0.003 to 0.004 s).',
  ],
  'illegal-lost-update': [
    'lost update',
    'c2 changed k7 from 1 to 2 at 0.005 s, and c3 changed k7 from 1 to 3 at 0.006 s, but k7=1 was there only once: a lost update.',
  ],
  'illegal-split-brain': [
    'split brain',
    'Version 2 of k7 was acknowledged twice, at 0.005 s to c2, who wrote k7=2, and at 0.006 s to c3, who wrote k7=3: a split brain.',
  ],
  'illegal-double-apply': [
    'double apply',
    'c1 read k7 with "a;" in it 2 times at 0.006 s, but c1 asked for it only once, at 0.001 s: a double apply.',
  ],
  'illegal-lost-append': [
    'lost write',
    'c1 read k7="b;" at 0.007 s, without "a;", whose append was acknowledged to c1 at 0.003 s, before that read began: a lost acknowledged write.',
  ],
}

test.each(Object.entries(sentences))('%s is put into a sentence', (name, [kind, text]) => {
  const history = readJsonl(readFileSync(join(import.meta.dirname, 'fixtures', `${name}.jsonl`), 'utf8'))
  const found = explained(models[history.model], history.events)
  expect([found.kind, found.text]).toEqual([kind, text])
})

const more: Record<string, { model: KvModel; lines: readonly Line[]; kind: string; text: string }> = {
  'a read from the future': {
    model: casRegister,
    lines: [
      anEvent(1, 1, 'invoke', 'read'),
      anEvent(2, 1, 'ok', 'read', { value: 5 }),
      anEvent(3, 2, 'invoke', 'write', 5),
      anEvent(4, 2, 'ok', 'write', {}),
    ],
    kind: 'read from the future',
    text: 'c1 saw k7=5 at 0.002 s, before c2 asked for it at 0.003 s: a read from the future.',
  },
  'an append that failed and is there': {
    model: appendKv,
    lines: [
      anEvent(1, 1, 'invoke', 'append', 'a;'),
      anEvent(2, 1, 'fail', 'append', 'refused'),
      anEvent(3, 2, 'invoke', 'read'),
      anEvent(4, 2, 'ok', 'read', { value: 'a;' }),
    ],
    kind: 'read of a failed write',
    text: `c2 read k7="a;" at 0.004 s, but c1's append failed (refused) at 0.002 s and was not to take effect: a read of a failed write.`,
  },
  'a version that goes back between reads of a value that was written twice': {
    model: casRegister,
    lines: [
      anEvent(1, 1, 'invoke', 'write', 1),
      anEvent(2, 2, 'invoke', 'write', 1),
      anEvent(3, 3, 'invoke', 'read'),
      anEvent(4, 3, 'ok', 'read', { value: 1, version: 2 }),
      anEvent(5, 3, 'invoke', 'read'),
      anEvent(6, 3, 'ok', 'read', { value: 1, version: 1 }),
    ],
    kind: 'non-monotonic read',
    text: 'c3 read k7=1 as version 1 at 0.006 s, but version 2 had been shown to c3 at 0.004 s, before that began: a non-monotonic read.',
  },
  'an acknowledgement with an old version': {
    model: casRegister,
    lines: [
      anEvent(1, 1, 'invoke', 'write', 1),
      anEvent(2, 1, 'ok', 'write', { version: 1 }),
      anEvent(3, 1, 'invoke', 'write', 2),
      anEvent(4, 1, 'ok', 'write', { version: 2 }),
      anEvent(5, 2, 'invoke', 'delete'),
      anEvent(6, 2, 'ok', 'delete', { version: 2 }),
    ],
    kind: 'split brain',
    text: 'Version 2 of k7 was acknowledged twice, at 0.004 s to c1, who wrote k7=2, and at 0.006 s to c2, who deleted k7: a split brain.',
  },
  'two values of one version': {
    model: casRegister,
    lines: [
      anEvent(1, 1, 'invoke', 'write', 1),
      anEvent(2, 2, 'invoke', 'write', 2),
      anEvent(3, 3, 'invoke', 'read'),
      anEvent(4, 4, 'invoke', 'read'),
      anEvent(5, 3, 'ok', 'read', { value: 1, version: 1 }),
      anEvent(6, 4, 'ok', 'read', { value: 2, version: 1 }),
    ],
    kind: 'split brain',
    text: 'c3 read k7=1 at 0.005 s and c4 read k7=2 at 0.006 s, both as version 1: a split brain.',
  },
}

test.each(Object.entries(more))('%s is put into a sentence', (_, { model, lines, kind, text }) => {
  const found = explained(model, script(lines.map((line) => ({ ...line, key: 'k7' }))))
  expect([found.kind, found.text]).toEqual([kind, text])
})

test('clients are called by their own number, whatever process they go on as', () => {
  const lines = [
    anEvent(1, 1, 'invoke', 'write', 1),
    anEvent(2, 1, 'ok', 'write', {}),
    { ...anEvent(3, 12, 'invoke', 'read'), client: 2 },
    anEvent(4, 12, 'ok', 'read', { value: 7 }),
  ]
  expect(explained(casRegister, script(lines)).text).toBe(
    'c2 read the register=7 at 0.004 s, but nobody ever wrote that value: a phantom read.',
  )
})
