/** Runs made up for tests: a small store that works as it should, under faults, and what goes wrong on request. */
import type { HistoryEvent } from 'porcupine-ts/formats'
import { type Random, seededRandom } from '../cluster/random.ts'
import type { NodeStatus, SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import { type Plan, planVersion } from '../nemesis/plan.ts'
import type { Environment } from './environment.ts'
import type { StoredMessage } from './messages.ts'
import type { Anomaly, Outcome } from './outcome.ts'
import type { LoadedRun } from './run.ts'
import { shownOperation, spansOf } from './spans.ts'
import { countsOf } from './statistics.ts'

export interface ExampleOptions {
  readonly seed?: string
  readonly clients?: number
  readonly ops?: number
  readonly meanGapUs?: number
}

interface Op {
  readonly invoke: Omit<HistoryEvent, 'index'>
  readonly end: Omit<HistoryEvent, 'index'> | undefined
}

const faultKinds = ['pause', 'cut', 'crash', 'pause', 'slow-links'] as const
const faultEveryUs = 4_000_000
const faultForUs = 1_400_000

export const examplePlan: Plan = {
  plan: planVersion,
  seed: '1729',
  system: { name: 'raft-kv', nodes: 3, options: { electionMs: 150, heartbeatMs: 30, checkQuorum: true } },
  workload: { name: 'register', options: { keys: 6, readFraction: 0.5 } },
  clients: 8,
  durationMs: 20_000,
  opTimeoutMs: 900,
  recoveryMs: 10_000,
  faults: [],
}

export const exampleEnvironment: Environment = {
  startedAt: '2026-01-31T14:25:03.120Z',
  mode: 'real',
  faultline: '0.1.0',
  node: '26.10.0',
  platform: 'linux x64, 2 cores',
  git: { commit: 'd1cb5b80c0ffee00d1cb5b80c0ffee00d1cb5b80', dirty: false },
  command: 'faultline run --workload register --duration 20 --seed 1729',
  repeat: 'faultline run --system raft-kv --workload register --clients 8 --duration 20 --seed 1729',
}

/** A run that came out `valid`. */
export function validRun(options: ExampleOptions = {}): LoadedRun {
  const { history, evidence, events, endUs } = made(options)
  const outcome: Outcome = {
    ...judged(history, evidence, endUs),
    outcome: 'valid',
    verdict: 'valid',
    cause: 'Every answer fits into one order of all ops that respects real time.',
  }
  return loaded(history, evidence, events, outcome)
}

/** A run whose client 3 read a value that had been overwritten. */
export function illegalRun(options: ExampleOptions = {}): LoadedRun {
  const { history: sound, evidence, events, endUs } = made(options)
  const at = 9_231_400
  const key = 'k2'
  const op = (process: number, f: string, value: number | undefined, fromUs: number, toUs: number, output: unknown) => {
    const who = { process, client: process, node: `n${(process % 3) + 1}`, f, key }
    const asked = value === undefined ? {} : { value }
    const invoke = { ...who, ...asked, type: 'invoke' as const, timeUs: at + fromUs }
    const answer = JSON.parse(JSON.stringify(output))
    return { invoke, end: { ...who, ...asked, type: 'ok' as const, timeUs: at + toUs, output: answer } }
  }
  const planted: Op[] = [
    op(101, 'write', 9001, 0, 4_100, { version: 901 }),
    op(104, 'write', 9002, 9_200, 14_900, { version: 902 }),
    op(103, 'read', undefined, 21_500, 23_800, { value: 9001, version: 901 }),
  ].map(({ invoke, end }) => {
    const client = invoke.process - 100
    return { invoke: { ...invoke, client }, end: { ...end, client } }
  })
  const isFree = ({ client, timeUs }: { client?: number; timeUs: number }) =>
    ![1, 3, 4].includes(client ?? -1) || timeUs < at - 60_000 || timeUs > at + 60_000
  const history = woven([
    ...opsOf(sound).filter(({ invoke, end }) => isFree(invoke) && (!end || isFree(end))),
    ...planted,
  ])
  const shown = planted.map(({ invoke, end }) =>
    shownOperation({ index: 0, ...invoke }, end === undefined ? undefined : { index: 0, ...end }),
  )
  const before = spansOf(history).filter((span) => span.key === key && span.callUs < at && span.outcome === 'ok')
  const prefix = before.map(({ endUs: returnUs, outcome: _, ...span }) =>
    returnUs === undefined ? span : { ...span, returnUs },
  )
  const [first, second, third] = shown
  if (first === undefined || second === undefined || third === undefined) throw new Error('three ops were planted')
  const anomaly: Anomaly = {
    key,
    class: 'stale read',
    sentence:
      'c3 read k2 = 9001 at 9.253 s, but k2 = 9002 was acknowledged to c4 at 9.246 s, before that read began, and nothing wrote 9001 again: a stale read.',
    core: shown,
    confirmed: true,
    prefix: [...prefix, first, second],
    blocked: third,
  }
  const outcome: Outcome = {
    ...judged(history, evidence, endUs),
    outcome: 'illegal',
    verdict: 'illegal',
    cause: 'c3 read a value of k2 that had been overwritten, and acknowledged, before the read began.',
    anomaly,
  }
  const run = loaded(history, evidence, events, outcome)
  return { ...run, plan: { ...run.plan, system: { ...run.plan.system, bug: 'read-without-quorum' } } }
}

/** The run with what its nodes said: appends, their replies, heartbeats, now and then a loss, from 9 s on. */
export function withMessages(run: LoadedRun, appends = 30): LoadedRun {
  const messages = Array.from({ length: appends }, (_, at): StoredMessage[] => {
    const sentUs = 9_000_000 + at * 9_000
    const to = at % 2 === 0 ? 'n1' : 'n3'
    const way = { from: 'n2', to, term: 3 }
    const append: StoredMessage = {
      ...way,
      ...(at % 10 === 9 ? { lost: 'dropped' } : { receivedUs: sentUs + 700 }),
      sentUs,
      type: 'append-request',
      text: `append ${at + 1} prev ${at}/3 commit ${at}`,
    }
    const reply = { from: to, to: 'n2', term: 3, type: 'append-reply', text: `append ok match ${at + 1}` }
    const beat = { ...way, type: 'append-request', text: `heartbeat prev ${at}/3 commit ${at}`, isHeartbeat: true }
    const replies = at % 10 === 9 ? [] : [{ ...reply, sentUs: sentUs + 900, receivedUs: sentUs + 1_500 }]
    return [append, ...replies, { ...beat, sentUs: sentUs + 4_000, receivedUs: sentUs + 4_600 }]
  })
  return { ...run, messages: messages.flat() }
}

/** A run whose system never served again after the last heal. */
export function stuckRun(): LoadedRun {
  const run = validRun()
  const { history, evidence } = run
  const lastHealUs = Math.max(...evidence.map(({ endedUs }) => endedUs ?? 0))
  const outcome = run.outcome
  if (outcome === undefined) throw new Error('the example has an outcome')
  return {
    ...run,
    history: history.filter(({ timeUs }) => timeUs < lastHealUs),
    outcome: {
      ...outcome,
      outcome: 'stuck',
      cause: 'No client was served within 10 s after everything was healed.',
      recovery: { behind: ['n2 (applied 4,100 of 4,212)', 'n3 (no answer)'], boundMs: 10_000 },
    },
  }
}

function made({ seed = '1729', clients = 8, ops = 3_000, meanGapUs = 40_000 }: ExampleOptions) {
  const random = seededRandom(seed)
  const perClient = Math.ceil(ops / clients)
  const all: Op[] = []
  for (let client = 0; client < clients; client++) all.push(...clientOps(random, client, clients, perClient, meanGapUs))
  const history = woven(all)
  const endUs = history.at(-1)?.timeUs ?? 0
  const faults = Math.min(40, Math.max(1, Math.floor(endUs / faultEveryUs)))
  const evidence = Array.from({ length: faults }, (_, at) => faultAt(at))
  return { history, evidence, events: eventsOf(evidence), endUs }
}

function clientOps(random: Random, client: number, clients: number, count: number, meanGapUs: number): Op[] {
  const ops: Op[] = []
  let process = client
  let nowUs = random.below(meanGapUs)
  for (let at = 0; at < count; at++) {
    const f = random.chance(0.5) ? 'read' : random.chance(0.7) ? 'write' : 'cas'
    const key = `k${random.below(6)}`
    const who = { process, client, node: `n${random.between(1, 3)}`, f, key }
    const written = client * 100_000 + at
    const asked = f === 'read' ? {} : { value: f === 'cas' ? [written - 1, written] : written }
    const invoke = { ...who, ...asked, type: 'invoke' as const, timeUs: nowUs }
    const isHurt = nowUs % faultEveryUs > faultEveryUs - faultForUs && random.chance(0.6)
    const tookUs = isHurt ? random.between(1_500, 900_000) : random.between(700, 3_000) * (random.chance(0.03) ? 12 : 1)
    const ended = { ...who, ...asked, timeUs: nowUs + tookUs }
    const version = 1 + at
    if (isHurt && random.chance(0.3)) {
      ops.push({ invoke, end: { ...ended, type: 'info', error: 'time-out' } })
      process += clients
    } else if (isHurt && random.chance(0.4)) {
      ops.push({ invoke, end: { ...ended, type: 'fail', error: 'not the leader' } })
    } else {
      const output =
        f === 'read' ? { value: written, version } : f === 'cas' ? { swapped: false, found: 7, version } : { version }
      ops.push({ invoke, end: { ...ended, type: 'ok', output } })
    }
    nowUs += tookUs + random.below(2 * meanGapUs)
  }
  return ops
}

function woven(ops: readonly Op[]): HistoryEvent[] {
  return ops
    .flatMap(({ invoke, end }) => (end === undefined ? [invoke] : [invoke, end]))
    .sort((a, b) => a.timeUs - b.timeUs)
    .map((event, index) => ({ index, ...event }))
}

function opsOf(history: readonly HistoryEvent[]): Op[] {
  const ops: { invoke: Omit<HistoryEvent, 'index'>; end: Omit<HistoryEvent, 'index'> | undefined }[] = []
  const open = new Map<number, (typeof ops)[number]>()
  for (const { index: _, ...event } of history) {
    const op = open.get(event.process)
    if (event.type !== 'invoke') {
      if (op !== undefined) op.end = event
      continue
    }
    const begun = { invoke: event, end: undefined }
    open.set(event.process, begun)
    ops.push(begun)
  }
  return ops
}

function faultAt(at: number): FaultEvidence {
  const fault = faultKinds[at % faultKinds.length] ?? 'pause'
  const beganUs = (at + 1) * faultEveryUs - faultForUs
  const planned = {
    id: `f${at + 1}`,
    fault,
    target: { pick: at % 2 === 0 ? 'leader' : 'minority', draw: at },
    begin: { atMs: beganUs / 1000 },
    forMs: faultForUs / 1000,
  }
  if (fault === 'slow-links') return { planned, skipped: 'raft-kv has no control over the delay of links' }
  const node = `n${(at % 3) + 1}`
  const text = fault === 'cut' ? `${node} (the leader) from everybody else` : `${node} (the leader)`
  const links = fault === 'cut' ? [{ from: node, to: `n${((at + 1) % 3) + 1}` }] : []
  const began = { planned, beganUs, endedUs: beganUs + faultForUs, resolved: { nodes: [node], links, text } }
  if (at % 4 === 3) return began
  const bits = {
    pause: `a new leader in term ${at + 2} while ${node} stood still`,
    cut: '212 frames held back',
    crash: `${node} died of SIGKILL and read its disk again`,
  }
  return { ...began, bit: bits[fault] }
}

function eventsOf(evidence: readonly FaultEvidence[]): SystemEvent[] {
  const leads = (timeUs: number, node: string, term: number): SystemEvent => ({
    timeUs,
    type: 'trace',
    node,
    event: { type: 'role', role: 'leader', term },
  })
  const follows = (timeUs: number, node: string, term: number): SystemEvent => ({
    timeUs,
    type: 'trace',
    node,
    event: { type: 'role', role: 'follower', term },
  })
  const events = [leads(210_000, 'n1', 1)]
  evidence.forEach(({ beganUs, endedUs }, at) => {
    if (beganUs === undefined || endedUs === undefined) return
    events.push(leads(beganUs + 300_000, `n${((at + 1) % 3) + 1}`, at + 2))
    events.push(follows(endedUs, `n${(at % 3) + 1}`, at + 2))
  })
  return events
}

function judged(history: readonly HistoryEvent[], evidence: readonly FaultEvidence[], endUs: number) {
  const begun = evidence.filter(({ beganUs }) => beganUs !== undefined)
  return {
    counts: countsOf(spansOf(history)),
    checker: { configurations: 18_204, ms: 41, partitions: 6 },
    recovery: { servedMs: 312, caughtUpMs: 1_240, behind: [], boundMs: 10_000 },
    nodes: ['n1', 'n2', 'n3'].map((node) => statusOf(node, Math.floor(endUs / 5_000))),
    faults: { planned: evidence.length, begun: begun.length, bit: begun.filter(({ bit }) => bit !== undefined).length },
    notes: [],
  }
}

function statusOf(node: string, index: number): NodeStatus {
  const role = node === 'n2' ? 'leader' : 'follower'
  const counters = { elections: 2, appendsSent: role === 'leader' ? 8_412 : 1_003, appendsRefused: 3, snapshotsSent: 1 }
  return { node, role, term: 5, leader: 'n2', commit: index, applied: index, counters }
}

function loaded(
  history: readonly HistoryEvent[],
  evidence: readonly FaultEvidence[],
  events: readonly SystemEvent[],
  outcome: Outcome,
): LoadedRun {
  return {
    dir: '/runs/20260131-142503-register-ok-1729',
    name: '20260131-142503-register-ok-1729',
    plan: { ...examplePlan, faults: evidence.map(({ planned }) => planned) },
    environment: exampleEnvironment,
    history,
    events,
    evidence,
    outcome,
    notes: [],
    files: [
      'plan.json',
      'environment.json',
      'history.jsonl',
      'events.jsonl',
      'evidence.json',
      'outcome.json',
      'logs/n1.log',
    ],
  }
}
