import { expect, test } from 'vitest'
import { illegalRun, validRun, withMessages } from '../examples.ts'
import type { StoredMessage } from '../messages.ts'
import type { LoadedRun } from '../run.ts'
import { arrowsAtMost, messagesPanel } from './messages.ts'

const panel = (run: LoadedRun): string => messagesPanel(run, [], 20_000_000).markup
/** The drawing's arrows; those of the legend are before it. */
const arrows = (markup: string): number =>
  (markup.split('class="drawing"')[1]?.match(/<g class="message /g) ?? []).length
const texts = (markup: string): string => markup.replace(/<title>.*?<\/title>/g, '').replace(/<[^>]*>/g, '\n')
const run = illegalRun({ ops: 400 })
const failedUs = run.outcome!.anomaly!.blocked!.returnUs!

const message = (fields: Partial<StoredMessage>): StoredMessage => ({
  sentUs: failedUs,
  from: 'n1',
  to: 'n2',
  type: 'vote-request',
  term: 4,
  text: 'vote for me? last 14/3',
  ...fields,
})

test('a run without messages has no such panel', () => {
  expect(panel(run)).toBe('')
  expect(panel({ ...validRun({ ops: 10 }), messages: [] })).toBe('')
})

test('every message but heartbeats has its arrow, and the note says how many are hidden', () => {
  const markup = panel(withMessages(run, 30))
  expect(arrows(markup)).toBe(30 + 27)
  expect(markup.match(/class="cross"/g)).toHaveLength(3 + 1)
  expect(texts(markup)).toContain('✕ dropped: append 10 prev 9/3 commit 9')
  expect(texts(markup)).not.toContain('heartbeat prev')
  expect(texts(markup)).toMatch(/57 messages from 9.000 s to 9.\d+ s.*Within this time 29 heartbeats.*are hidden/)
})

test('no more arrows are drawn than an eye can follow, and the note says what is left out', () => {
  const markup = panel(withMessages(run, 300))
  expect(arrows(markup)).toBe(arrowsAtMost)
  expect(texts(markup)).toContain('messages.jsonl has all 870 that were kept.')
})

test('where there is little but heartbeats, they are drawn', () => {
  const { messages } = withMessages(run, 30)
  const beats = messages!.filter(({ isHeartbeat }) => isHeartbeat === true)
  const markup = panel({ ...run, messages: [message({}), ...beats] })
  expect(arrows(markup)).toBe(24)
  expect(texts(markup)).toContain('heartbeat prev')
})

test('messages are told apart by line and word, lost and late ones say so', () => {
  const markup = panel({
    ...run,
    messages: [
      message({ receivedUs: failedUs + 400 }),
      message({
        sentUs: failedUs - 90_000,
        receivedUs: failedUs,
        type: 'append-request',
        text: 'append 3 prev 2/1 commit 2',
      }),
      message({ from: 'n2', to: 'n1', type: 'append-reply', text: 'append refused 3 conflict 2/1', lost: 'refused' }),
      message({ type: 'snapshot-request', text: 'snapshot 30/4', lost: 'reset' }),
      message({ type: 'rumour', text: 'what', receivedUs: failedUs + 1 }),
    ],
  })
  for (const look of ['vote', 'append late', 'no reply', 'snap', 'other'])
    expect(markup).toContain(`<g class="message ${look}">`)
  const said = texts(markup)
  expect(said).toContain('vote for me? last 14/3 (term 4)')
  expect(said).toContain('append 3 prev 2/1 commit 2 · after 90 ms')
  expect(said).toContain('✕ nobody there: append refused 3 conflict 2/1')
  expect(said).toContain('✕ connection reset: snapshot 30/4')
  expect(markup).toContain(
    '<title>n1 → n2: append 3 prev 2/1 commit 2, term 4; sent 9.165200 s, arrived 9.255200 s, after 90 ms</title>',
  )
})

test('a lane tells what became of its node, also what had begun before', () => {
  const event = (beforeUs: number) => ({ timeUs: failedUs - beforeUs, node: 'n3' })
  const markup = panel({
    ...run,
    messages: [message({ sentUs: failedUs - 1_000, receivedUs: failedUs })],
    events: [
      { timeUs: 1_000_000, type: 'trace', node: 'n1', event: { type: 'role', role: 'leader', term: 3 } },
      { timeUs: 2_000_000, type: 'node-dead', node: 'n2', wanted: true, how: 'SIGKILL' },
      { ...event(900), type: 'node-paused' },
      { ...event(800), type: 'node-resumed' },
      { ...event(700), type: 'trace', event: { type: 'log-truncated', from: 12 } },
      { ...event(600), type: 'trace', event: { type: 'snapshot-installed', index: 30 } },
      { ...event(500), type: 'trace', event: { type: 'role', role: 'leader', term: 4 } },
    ],
  })
  const said = texts(markup)
  for (const text of [
    'leader of term 3, since 1.000 s',
    'dead: SIGKILL, since 2.000 s',
    'frozen',
    'goes on',
    'log truncated from 12',
    'snapshot installed up to 30',
    'leader of term 4',
    'the answer that could not be put in order',
  ])
    expect(said).toContain(`\n${text}\n`)
  expect(said).toMatch(/\nop 3 of c3: read: 9001/)
  expect(markup.match(/class="state (leader|dead|frozen)"/g)).toHaveLength(3 + 4)
})

test('nothing that a node said becomes markup', () => {
  const attack = '"><script>alert(1)</script>'
  const markup = panel({
    ...run,
    messages: [message({ from: attack, to: `${attack}2`, type: attack, text: attack, lost: attack })],
  })
  expect(markup).not.toContain('<script')
  expect(markup).toContain('&lt;script&gt;')
  expect(arrows(markup)).toBe(1)
})
