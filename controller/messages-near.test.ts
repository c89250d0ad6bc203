import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Message } from '../cluster/raft/message.ts'
import type { Plan } from '../nemesis/plan.ts'
import { failureOf } from '../results/messages.ts'
import { endOfRun } from '../results/report/page.ts'
import { spansOf } from '../results/spans.ts'
import { readRun } from '../results/store.ts'
import { drawPlan } from './draw-plan.ts'
import { heartbeatsOf, messagesNear } from './messages-near.ts'
import { runSimulated, type SimulatedRun } from './simulate.ts'
import { storeSimulated } from './store-simulated.ts'

let root: string
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-near-'))
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** The first seed that shows a bug; which one that is does not matter here. */
function failing(): { plan: Plan; run: SimulatedRun } {
  for (let seed = 1; seed <= 40; seed++) {
    const plan = drawPlan({ seed: String(seed), bug: 'leader-local-read', durationMs: 6_000 })
    const run = runSimulated(plan)
    if (run.outcome.anomaly?.blocked) return { plan, run }
  }
  throw new Error('the bug was not seen')
}

const options = () => ({ root, command: 'faultline simulate', repeat: 'faultline simulate --seed 1' })

const message = (fields: object): Message =>
  ({
    type: 'append-request',
    from: 'n1',
    to: 'n2',
    term: 1,
    round: 5,
    prev: { index: 1, term: 1 },
    entries: [],
    commit: 1,
    ...fields,
  }) as Message // Fields make it whole.
const beat = message({})
const append = message({ entries: [{ index: 2, term: 1, kind: 'command', payload: '' }] })
const reply = (fields: object): Message =>
  message({ type: 'append-reply', from: 'n2', to: 'n1', ok: true, match: 1, ...fields })
const refusal = reply({ ok: false, refused: 1, conflict: { index: 0, term: 0 } })

test.each<[string, Message[], number[]]>([
  ['a heartbeat and the consent to it', [beat, reply({})], [0, 1]],
  ['an append and its reply are none', [append, reply({ match: 2 })], []],
  ['of a round with both, the second consent', [append, beat, reply({ match: 2 }), reply({ match: 2 })], [1, 3]],
  ['one that was refused is none', [beat, refusal], []],
  ['only a refusal of the same round counts', [message({ round: 6 }), refusal], [0]],
  ['only a refusal by the same follower counts', [message({ to: 'n3' }), refusal], [0]],
  ['votes are none', [message({ type: 'vote-request' }), message({ type: 'vote-reply' })], []],
])('what is a heartbeat: %s', (_title, messages, expected) => {
  expect([...heartbeatsOf(messages)]).toEqual(expected)
})

test('the messages around a failure are stored, on the history’s clock and in order, and the page shows them', () => {
  const { plan, run } = failing()
  const { dir } = storeSimulated(plan, run, options())
  const loaded = readRun(dir)
  const { messages = [] } = loaded
  const failedUs = run.outcome.anomaly!.blocked!.returnUs!
  expect(messages.length).toBeGreaterThan(50)
  expect(messages.length).toBeLessThanOrEqual(5_000)
  for (const { sentUs, receivedUs } of messages) {
    expect(sentUs).toBeLessThanOrEqual(failedUs + 200_000)
    expect(receivedUs ?? sentUs).toBeGreaterThanOrEqual(failedUs - 2_000_000)
  }
  expect(messages.map(({ sentUs }) => sentUs)).toEqual(messages.map(({ sentUs }) => sentUs).sort((a, b) => a - b))
  expect(readFileSync(join(dir, 'report.html'), 'utf8')).toContain('<section class="panel" id="messages">')
})

test('the plan run again with somebody who looks on is the same run', () => {
  const { plan, run } = failing()
  let seen = 0
  const watched = runSimulated(plan, { hashes: true, onMessage: () => seen++ })
  expect(watched.digest).toBe(runSimulated(plan, { hashes: true }).digest)
  expect(watched.result.events).toEqual(run.result.events)
  expect(watched.startUs).toBe(run.startUs)
  expect(seen).toBeGreaterThan(1000)
})

test('a valid run keeps no messages', () => {
  const plan = drawPlan({ seed: '1', durationMs: 2_000, faults: [] })
  const run = runSimulated(plan)
  expect(run.outcome.outcome).toBe('valid')
  const { dir } = storeSimulated(plan, run, options())
  expect(existsSync(join(dir, 'messages.jsonl'))).toBe(false)
  expect(readRun(dir).messages).toBeUndefined()
})

test('without an anomaly the last two seconds of a run are kept', () => {
  const plan = drawPlan({ seed: '1', durationMs: 2_000, faults: [] })
  const run = runSimulated(plan)
  const endUs = endOfRun({ events: run.systemEvents, evidence: run.result.evidence }, spansOf(run.result.events))
  const messages = messagesNear(plan, run, failureOf(run.outcome, run.systemEvents, endUs))
  const times = messages.map(({ sentUs }) => sentUs)
  expect(Math.min(...times)).toBeGreaterThan(endUs - 2_010_000)
  expect(Math.max(...times)).toBeLessThanOrEqual(endUs + 200_000)
  expect(messages.some(({ isHeartbeat }) => isHeartbeat === true)).toBe(true)
})

test('messages and events have the same clock: a leader’s first append goes out when it is elected', () => {
  const plan = drawPlan({ seed: '1', durationMs: 2_000, faults: [] })
  const run = runSimulated(plan)
  const elected = run.systemEvents.find(
    (event) => event.type === 'trace' && event.event.type === 'role' && event.event.role === 'leader',
  )
  const messages = messagesNear(plan, run, { timeUs: elected!.timeUs + 1_000, what: '' })
  expect(messages.find(({ type }) => type === 'append-request')?.sentUs).toBe(elected!.timeUs)
})
