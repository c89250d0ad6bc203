import type { HistoryEvent } from 'porcupine-ts/formats'
import { describe, expect, test } from 'vitest'
import type { NodeStatus } from '../cluster/system.ts'
import type { FaultEvidence, Recovery } from '../nemesis/evidence.ts'
import type { OutcomeName } from '../results/outcome.ts'
import { drawPlan } from './draw-plan.ts'
import { type Conditions, judge } from './judge.ts'
import type { SessionResult } from './session.ts'

const plan = drawPlan({ seed: '1', nodes: 3 })
const calm: Conditions = { lagMs: 4.4, lagBoundMs: 40 }
const lagNote = "the tester's own event loop was late by 4 ms at worst"

const events = served(60)
const back: Recovery = { servedMs: 40, caughtUpMs: 90, behind: [], boundMs: 15_000 }
const bitten = evidence('kill', { beganUs: 2_000_000, bit: 'n1 died' })
const missed = evidence('pause', { beganUs: 4_000_000 })
const skipped = evidence('partition', { skipped: "the system has no control 'links'" })

const notServed: Recovery = { behind: ['nobody answered a write and a read; last n1: time-out'], boundMs: 15_000 }
const notCaughtUp: Recovery = { servedMs: 40, behind: ['n2: applied 3 of 9'], boundMs: 15_000 }

test('a run in which all is well is valid, and says what was proved', () => {
  const status: NodeStatus = {
    node: 'n1',
    role: 'leader',
    term: 2,
    leader: 'n1',
    commit: 9,
    applied: 9,
    counters: {},
  }
  const { checker, ...outcome } = judge(plan, 'cas-register', left({ nodes: [status] }), calm)
  expect(outcome).toEqual({
    outcome: 'valid',
    verdict: 'valid',
    cause:
      '60 answered ops on 6 keys of raft-kv (3 nodes), under 1 fault that bit: each key behaved as a single copy, in an order that respects real time',
    counts: { ok: 60, fail: 0, info: 0, keys: 6 },
    recovery: back,
    nodes: [status],
    faults: { planned: 1, begun: 1, bit: 1 },
    notes: [lagNote],
  })
  expect(checker.partitions).toBe(6)
})

test.each<[string, OutcomeName, string, Partial<SessionResult>, Partial<Conditions>?]>([
  ['a stale read', 'illegal', 'k0', { events: stale() }],
  [
    'nobody served',
    'stuck',
    '15 s after the last heal no write and read had been answered: nobody',
    { recovery: notServed },
  ],
  ['a node that lags', 'stuck', 'not every node had caught up: n2: applied 3 of 9', { recovery: notCaughtUp }],
  ['a death', 'node-crash', 'nobody had killed (n3: exit 70)', { crashes: ['n3: exit 70'] }],
  ['dead proxies', 'harness', 'the link proxies died: exit 1', { harness: ['the link proxies died: exit 1'] }],
  ['our own lag', 'harness', "late by 120 ms, more than the nodes' heartbeat (40 ms)", {}, { lagMs: 120 }],
  [
    'two ops of one process',
    'harness',
    'the history contradicts itself',
    { events: [...events, invoke(0, 'k0', -1), invoke(0, 'k0', -2)] },
  ],
  ['no budget', 'unknown', 'gave up after', { events: served(60, 10) }, { maxConfigurations: 0 }],
  [
    'a fault that missed',
    'vacuous',
    'the fault pause was asked for, but it did nothing: nothing shows that it bit',
    { evidence: [bitten, missed] },
  ],
  [
    'a fault without a control',
    'vacuous',
    "it did nothing: the system has no control 'links'",
    { evidence: [skipped] },
  ],
  ['keys that nobody could read', 'stuck', 'no read was answered for 2 keys (k1, k2)', { unread: ['k1', 'k2'] }],
  ['49 ops', 'vacuous', 'only 49 of 49 ops were answered', { events: served(49) }],
  ['one op in 25', 'vacuous', 'only 60 of 1500 ops were answered', { events: [...served(60), ...refused(1440)] }],
  [
    'Ctrl-C in the main phase',
    'vacuous',
    'interrupted: neither its recovery nor final ops',
    { isInterrupted: true, recovery: undefined },
  ],
  ['Ctrl-C in the final phase', 'vacuous', 'interrupted: not all final ops', { isInterrupted: true }],
])('%s: %s', (_title, outcome, cause, result, conditions = {}) => {
  const judged = judge(plan, 'cas-register', left(result), { ...calm, ...conditions })
  expect([judged.outcome, judged.cause]).toEqual([outcome, expect.stringContaining(cause)])
  expect(judged.notes).toHaveLength(1)
})

test('a fault that bit once has bitten, whatever its other attempts did', () => {
  const judged = judge(
    plan,
    'cas-register',
    left({ evidence: [missed, bitten, evidence('pause', { bit: 'n2 froze', beganUs: 1 })] }),
    calm,
  )
  expect([judged.outcome, judged.faults]).toEqual(['valid', { planned: 3, begun: 3, bit: 2 }])
})

describe('where several things are wrong', () => {
  const wrongs: [OutcomeName, Partial<SessionResult>, Partial<Conditions>][] = [
    ['illegal', { events: stale() }, {}],
    ['node-crash', { crashes: ['n1: exit 70'] }, {}],
    ['harness', { harness: ['a proxy died'] }, {}],
    ['stuck', { recovery: notCaughtUp }, {}],
    ['unknown', { events: served(60, 10) }, { maxConfigurations: 0 }],
    ['vacuous', { evidence: [missed] }, {}],
  ]

  test.each(wrongs.slice(0, -1).map(([name], at) => [name, at] as const))(
    '%s outweighs what stands below it, which goes into the notes',
    (name, at) => {
      // A history is illegal or undecided, never both.
      const below = wrongs.slice(at).filter(([other]) => name !== 'illegal' || other !== 'unknown')
      const result = Object.assign({}, ...below.map(([, wrong]) => wrong))
      const conditions = Object.assign({}, calm, ...below.map(([, , condition]) => condition))
      const judged = judge(plan, 'cas-register', left(result), conditions)
      const lesser = judged.notes.slice(0, -1).map((note) => /^also (\S+): /.exec(note)?.[1])
      expect([judged.outcome, ...lesser]).toEqual(below.map(([other]) => other))
      expect(judged.notes.at(-1)).toBe(lagNote)
    },
  )
})

test('an anomaly of a run that was interrupted is still an anomaly', () => {
  const judged = judge(plan, 'cas-register', left({ events: stale(), isInterrupted: true, recovery: undefined }), calm)
  expect(judged.outcome).toBe('illegal')
  expect(judged.notes[0]).toContain('also vacuous: the run was interrupted')
  expect(judged.anomaly).toMatchObject({ key: 'k0', confirmed: true })
})

test('an anomaly carries its class, its sentence and core, and how weak the key is', () => {
  const { anomaly, cause } = judge(plan, 'cas-register', left({ events: stale() }), calm)
  expect(anomaly).toMatchObject({
    class: 'stale read',
    sentence:
      'c0 read k0=1 at 0.121 s, but k0=9 was acknowledged to c0 at 0.019 s, before that read began, and nothing wrote 1 again: a stale read.',
    confirmed: true,
    weaker: {
      sequential: 'no',
      text: 'The key is not even sequentially consistent: it breaks read your writes; it keeps monotonic reads, monotonic writes and writes follow reads.',
    },
  })
  expect(cause).toBe(anomaly?.sentence)
  expect(anomaly?.core.map(({ text }) => text)).toEqual(expect.arrayContaining([expect.stringContaining('9')]))
  // What the checker kept of it, so that the report can prove it step by step, is found among these ops.
  const { start, ops = [] } = anomaly?.reduced ?? {}
  expect(['given', 'any']).toContain(start)
  expect(ops.length).toBeGreaterThan(0)
  const named = new Set(anomaly?.core.map(({ process, callUs }) => `${process} ${callUs}`))
  for (const { process, callUs } of ops) expect(named).toContain(`${process} ${callUs}`)
})

test('a history that was not decided comes with how far it was, and what to change', () => {
  const { undecided, cause } = judge(plan, 'cas-register', left({ events: served(60, 10) }), {
    ...calm,
    maxConfigurations: 0,
  })
  expect(undecided?.map(({ key }) => key)).toEqual(['k0', 'k1', 'k2'])
  expect(cause).toContain('. Undecided on key k0: ')
})

/** A result in which all is well but for what is said. */
function left(wrong: Partial<SessionResult>): SessionResult {
  return {
    events,
    evidence: [bitten],
    recovery: back,
    nodes: [],
    crashes: [],
    unread: [],
    harness: [],
    isInterrupted: false,
    ...wrong,
  }
}

/** So many writes, `abreast` of them at a time, ten to a key. */
function served(ops: number, abreast = 1): HistoryEvent[] {
  const list: Omit<HistoryEvent, 'index' | 'timeUs'>[] = []
  for (let first = 0; first < ops; first += abreast) {
    const group = Array.from({ length: Math.min(abreast, ops - first) }, (_none, at) => first + at)
    for (const op of group) list.push(invoke(op % abreast, `k${Math.floor(op / 10)}`, op))
    for (const op of group)
      list.push({ process: op % abreast, type: 'ok', f: 'write', key: `k${Math.floor(op / 10)}`, output: {} })
  }
  return stamped(list)
}

/** A value is written over and read all the same. */
function stale(): HistoryEvent[] {
  const read = { process: 0, f: 'read', key: 'k0' } as const
  const again = [
    { ...read, type: 'invoke' },
    { ...read, type: 'ok', output: { value: 1 } },
  ] as const
  return stamped([...served(60), ...again])
}

function refused(ops: number): HistoryEvent[] {
  return stamped(
    Array.from({ length: ops }, () => [
      invoke(0, 'k0', -1),
      { process: 0, type: 'fail', f: 'write', key: 'k0', error: 'not_leader' } as const,
    ]).flat(),
  )
}

function invoke(process: number, key: string, value: number): HistoryEvent {
  return { index: 0, timeUs: 0, process, type: 'invoke', f: 'write', key, value }
}

function stamped(list: readonly Omit<HistoryEvent, 'index' | 'timeUs'>[]): HistoryEvent[] {
  return list.map((event, index) => ({ ...event, index, timeUs: index * 1000 }))
}

function evidence(fault: string, what: Partial<FaultEvidence>): FaultEvidence {
  return { planned: { id: 'f1', fault, target: { pick: 'one', draw: 0 }, begin: { atMs: 0 }, forMs: 100 }, ...what }
}
