/** The sentences, over the fixtures: each illegal one is checked, minimized and explained. */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { check } from '../check.ts'
import type { HistoryEvent } from '../formats/event.ts'
import { readJsonl } from '../formats/jsonl.ts'
import { pairs, type RecordedOperation } from '../formats/pairs.ts'
import { anEvent, type Line, script } from '../formats/script.fixture.ts'
import { appendKv, casRegister, type KvModel, models } from '../models/index.ts'
import type { KvState, KvValue } from '../models/kv.ts'
import { plain, randomHistory } from '../register/register-histories.fixture.ts'
import { explain } from './explain.ts'
import { minimize } from './minimize.ts'

function explained(model: KvModel, events: readonly HistoryEvent[]) {
  const { operations, failed } = pairs(events)
  const { stuck, core: given, verdict } = check(model, operations).partitions[0]!
  expect(verdict).toBe('illegal')
  const { core } = minimize(model, operations, stuck, { core: given })
  return explain(core, { history: operations, failed })
}

const sentences: Record<string, [kind: string, text: string]> = {
  'illegal-back-in-time': [
    'non-monotonic read',
    'c3 read k7=1 at 0.007 s, but c2 read k7=2 at 0.005 s, before that read began, and nothing wrote 1 again: a non-monotonic read.',
  ],
  'illegal-counted-twice': [
    'double apply',
    'c2 read k7=1 as version 2 at 0.004 s, but by then only one change of k7 had been asked for: a double apply.',
  ],
  'illegal-double-apply': [
    'double apply',
    'c1 read k7 with "a;" in it 2 times at 0.006 s, but c1 asked for it only once, at 0.001 s: a double apply.',
  ],
  'illegal-lost-append': [
    'lost acknowledged write',
    'c1 read k7="b;" at 0.007 s, without "a;", whose append was acknowledged to c1 at 0.003 s, before that read began: a lost acknowledged write.',
  ],
  'illegal-lost-update': [
    'lost update',
    'c2 changed k7 from 1 to 3 at 0.006 s, but k7=2 was acknowledged to c1 at 0.004 s, before that operation began, and nothing wrote 1 again: a lost update.',
  ],
  'illegal-lost-write': [
    'lost acknowledged write',
    'c3 found k7 absent at 0.006 s, but k7=1 was acknowledged to c1 at 0.002 s, before that read began, and nothing deleted it: a lost acknowledged write.',
  ],
  'illegal-pending-write-seen-twice': [
    'stale read',
    "c2 read k7=1 at 0.008 s, but k7=2 was acknowledged to c2 at 0.006 s, before that read began, and what could have put 1 there again was used up: c1's write, never answered, had been seen at 0.004 s already: a stale read.",
  ],
  'illegal-phantom-read': ['phantom', 'c2 read k7=9 at 0.004 s, but nobody ever wrote that value: a phantom read.'],
  'illegal-read-from-the-future': [
    'read from the future',
    'c1 saw k7=5 at 0.002 s, before c2 asked for it at 0.003 s: a read from the future.',
  ],
  'illegal-read-of-failed-write': [
    'value of a failed write',
    "c2 read k7=1 at 0.004 s, but c1's write failed (not the leader) at 0.002 s and was not to take effect: a value of a failed write.",
  ],
  'illegal-refused-cas': [
    'stale read',
    'c2 was refused to change k7 from 1 to 3 at 0.004 s, but k7=1 was acknowledged to c1 at 0.002 s, before that operation began, and nothing else was put there: a stale read.',
  ],
  'illegal-split-brain-cas': [
    'split-brain CAS',
    'c2 changed k7 from 1 to 2 at 0.005 s, and c3 changed k7 from 1 to 3 at 0.006 s, but k7=1 was there only once: a split-brain CAS.',
  ],
  'illegal-split-brain': [
    'split brain',
    'Version 2 of k7 was acknowledged twice, at 0.005 s to c2, who wrote k7=2, and at 0.006 s to c3, who wrote k7=3: a split brain.',
  ],
  'illegal-stale-append': [
    'stale read',
    'c2 read k7="a;" at 0.009 s, without "b;", whose append was acknowledged to c2 at 0.005 s, before that read began: a stale read.',
  ],
  'illegal-stale-read-of-absence': [
    'stale read',
    'c2 found k7 absent at 0.004 s, but k7=1 was acknowledged to c1 at 0.002 s, before that read began, and nothing deleted it: a stale read.',
  ],
  'illegal-stale-read-with-versions': [
    'stale read',
    'c3 read k7=2 at 0.008 s, but k7=3 was acknowledged to c1 at 0.005 s, before that read began, and nothing wrote 2 again: a stale read.',
  ],
  'illegal-stale-read': [
    'stale read',
    'c3 read k7=2 at 0.008 s, but k7=3 was acknowledged to c1 at 0.005 s, before that read began, and nothing wrote 2 again: a stale read.',
  ],
}

test.each(Object.entries(sentences))('%s is put into a sentence', (name, [kind, text]) => {
  const history = readJsonl(readFileSync(join(import.meta.dirname, '../fixtures', `${name}.jsonl`), 'utf8'))
  const found = explained(models[history.model], history.events)
  expect([found.kind, found.text]).toEqual([kind, text])
})

const more: Record<string, { model: KvModel; lines: readonly Line[]; kind: string; text: string }> = {
  'an append that failed and is there': {
    model: appendKv,
    lines: [
      anEvent(1, 1, 'invoke', 'append', 'a;'),
      anEvent(2, 1, 'fail', 'append', 'refused'),
      anEvent(3, 2, 'invoke', 'read'),
      anEvent(4, 2, 'ok', 'read', { value: 'a;' }),
    ],
    kind: 'value of a failed write',
    text: `c2 read k7="a;" at 0.004 s, but c1's append failed (refused) at 0.002 s and was not to take effect: a value of a failed write.`,
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

test('nothing is named in a history that is legal', () => {
  const files = readdirSync(join(import.meta.dirname, '../fixtures')).filter((name) => /^valid-.*jsonl$/.test(name))
  expect(files.length).toBeGreaterThan(3)
  for (const file of files) {
    const history = readJsonl(readFileSync(join(import.meta.dirname, '../fixtures', file), 'utf8'))
    const { operations, failed } = pairs(history.events)
    expect(explain(operations, { history: operations, failed }).kind, file).toBe('no order')
  }
  let legal = 0
  for (let seed = 0; seed < 3000; seed++) {
    const shape = {
      ...plain,
      damaged: 20,
      repeated: seed % 2 === 0 ? 70 : 0,
      blind: 40,
      deletes: 8,
      same: 10,
      operations: 9,
    }
    const { model, operations } = randomHistory(shape, seed)
    if (check(model, operations).verdict !== 'valid') continue
    legal++
    const recorded = operations.map((each) => ({ ...each, completedAt: undefined }))
    const versioned = withVersions(recorded, check(model, recorded).partitions[0]!.linearization, model.init().value)
    for (const history of [recorded, versioned]) {
      const { kind, text } = explain(history, { initial: model.init().value })
      expect(kind, `seed ${seed}: ${text}`).toBe('no order')
    }
  }
  expect(legal).toBeGreaterThan(1500)
})

/** The versions that a legal order gives to the answers. */
function withVersions(operations: readonly RecordedOperation[], order: readonly RecordedOperation[], initial: KvValue) {
  let state: KvState = { value: initial, version: 0 }
  const versions = new Map<number, number>()
  for (const { id, input, output } of order) {
    const isChange = input.f !== 'read' && output?.swapped !== false
    if (isChange && (input.f !== 'cas' || output !== undefined || input.value[0] === state.value)) {
      state = {
        value: input.f === 'write' ? input.value : input.f === 'cas' ? input.value[1] : null,
        version: state.version + 1,
      }
    }
    versions.set(id, state.version)
  }
  return operations.map((each) => {
    const version = versions.get(each.id)
    return each.output === undefined || version === undefined ? each : { ...each, output: { ...each.output, version } }
  })
}

test('the worst of several kinds of wrong is the one that is told', () => {
  const lines = [
    anEvent(1, 1, 'invoke', 'write', 1),
    anEvent(2, 1, 'ok', 'write', {}),
    anEvent(3, 1, 'invoke', 'write', 2),
    anEvent(4, 1, 'ok', 'write', {}),
    anEvent(5, 2, 'invoke', 'read'),
    anEvent(6, 2, 'ok', 'read', { value: 1 }),
    anEvent(7, 2, 'invoke', 'read'),
    anEvent(8, 2, 'ok', 'read', { value: 9 }),
  ]
  const { operations } = pairs(script(lines))
  expect(explain(operations).kind).toBe('phantom')
  expect(explain(operations.slice(0, 3)).kind).toBe('stale read')
})

test('a history without times is told by the numbers of its events', () => {
  const { operations } = pairs([
    { index: 0, timeUs: 0, process: 1, type: 'invoke', f: 'write', value: 1 },
    { index: 1, timeUs: 1, process: 1, type: 'ok', f: 'write', output: {} },
    { index: 2, timeUs: 2, process: 2, type: 'invoke', f: 'read' },
    { index: 3, timeUs: 3, process: 2, type: 'ok', f: 'read', output: { value: null } },
  ])
  expect(explain(operations).text).toBe(
    'c2 found the register absent at event 3, but the register=1 was acknowledged to c1 at event 1, before that read began, and nothing deleted it: a stale read.',
  )
})

test('what has no name is still told, operation by operation', () => {
  const { operations } = pairs(
    script([
      anEvent(1, 1, 'invoke', 'write', 1),
      anEvent(2, 2, 'invoke', 'write', 2),
      anEvent(3, 1, 'ok', 'write', {}),
      anEvent(4, 2, 'ok', 'write', {}),
      anEvent(5, 3, 'invoke', 'read'),
      anEvent(6, 4, 'invoke', 'read'),
      anEvent(7, 3, 'ok', 'read', { value: 1 }),
      anEvent(8, 4, 'ok', 'read', { value: 2 }),
    ]),
  )
  expect(check(casRegister, operations).verdict).toBe('illegal')
  expect(explain(operations)).toMatchObject({
    kind: 'no order',
    text: 'These 4 operations can not be put in any order that fits their times and answers: c1 wrote the register=1 (0.001 to 0.003 s); c2 wrote the register=2 (0.002 to 0.004 s); c3 read the register=1 (0.005 to 0.007 s); c4 read the register=2 (0.006 to 0.008 s).',
  })
  // A part of a core is told too, be it a single operation.
  expect(explain(operations.slice(0, 1)).text).toBe(
    'This operation can not be put in any order that fits its time and answer: c1 wrote the register=1 (0.001 to 0.003 s).',
  )
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
