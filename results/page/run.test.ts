/** What the page works out of a run: search, the checker's word, steps from one anomaly to the next, nodes at a moment. */
import { expect, test } from 'vitest'
import { bigRun } from '../big-run.fixture.ts'
import { illegalRun, withMessages } from '../examples.ts'
import { pageData } from '../report/data.ts'
import { eventsOf, textOf } from '../report/ops.ts'
import type { LoadedRun } from '../run.ts'
import { spansOf } from '../spans.ts'
import { everything, type Filter, matching } from './filter.ts'
import { around, nodeAt } from './node-at.ts'
import { placeIn } from './permalink.ts'
import { Run } from './run.ts'
import { select, step, stepInKey } from './select.ts'

const opened = (run: LoadedRun): Run =>
  new Run(JSON.parse(JSON.stringify(pageData({ run, spans: spansOf(run.history), endUs: 10e6 }))))
const valid = opened(bigRun(2_000))
const stale = opened(bigRun(2_000, { stale: true }))
const checkAll = (run: Run) => run.keys.map((key) => run.order(key)).filter((order) => typeof order !== 'string')

test.each<[string, Partial<Filter>, (text: string, at: number) => boolean]>([
  ['a word', { text: 'VERSION 1)' }, (text) => text.includes('version') && text.includes('1)')],
  ['words in any order', { text: 'not_leader read' }, (text) => text.includes('not_leader') && text.includes('read')],
  ['a key', { key: 3 }, (_, at) => valid.ops.key[at] === 3],
  [
    'an outcome and a client',
    { outcome: 1, client: 4 },
    (_, at) => valid.ops.outcome[at] === 1 && valid.ops.client[at] === 4,
  ],
  ['a node and a function', { node: 1, f: 0 }, (_, at) => valid.ops.node[at] === 1 && valid.ops.f[at] === 0],
])('a search for %s finds what fits and nothing else', (_title, filter, fits) => {
  const all = Array.from({ length: valid.ops.length }, (_, at) => at)
  const wanted = all.filter((at) => fits(textOf(valid.ops, at), at))
  expect(wanted.length).toBeGreaterThan(0)
  expect([...matching(valid.ops, { ...everything, ...filter }, valid.texts)]).toEqual(wanted)
})

test('an op is found by its number, its client and its key as words', () => {
  const id = valid.ops.id[700]!
  expect([...matching(valid.ops, { text: `#${id}` }, valid.texts)]).toContain(700)
})

test('the states along the best order of a key are what its reads saw', () => {
  for (const order of checkAll(valid)) {
    expect(order.verdict).toBe('valid')
    expect(order.states).toHaveLength(order.order.length + 1)
    order.order.forEach((id, place) => {
      const [{ f, value }, end] = eventsOf(valid.ops, placeIn(`#op=${id}`, valid)!)
      const after = order.states[place + 1]!
      expect(after.value).toBe(f === 'write' ? value : (end!.output as { value: number | null }).value)
    })
  }
})

test('of an illegal key it is told which op fits into no order, and why nothing that was under way could be next', () => {
  const illegal = checkAll(stale).filter(({ verdict }) => verdict === 'illegal')
  expect(illegal).toHaveLength(1)
  const { stuck, candidates, order, states } = illegal[0]!
  expect(states).toHaveLength(order.length + 1)
  const why = candidates.find(({ id }) => id === stuck)!.why
  expect(why).toMatch(/^it saw version \d+, but version \d+ had been reached$/)
  expect(order).not.toContain(stuck)
})

test('j and k go round all that fits into no order; a filter that hides it is taken off', () => {
  checkAll(stale)
  const [only] = stale.stops()
  expect(stale.stops()).toEqual([only])
  const key = stale.ops.key[only!]!
  stale.store.set({ filter: { text: '', key: key === 0 ? 1 : 0 }, selected: undefined })
  step(stale, 1)
  expect(stale.store.state).toMatchObject({ selected: only, filter: everything })
  step(stale, -1)
  expect(stale.store.state.selected).toBe(only)
  const { view } = stale.store.state
  expect(view.fromUs).toBeLessThan(stale.ops.callUs[only!]!)
  expect(view.toUs).toBeGreaterThan(stale.ops.endUs[only!]!)
})

test('the ops of the anomaly that was explained are stops, under their numbers', () => {
  const run = opened(illegalRun({ ops: 400 }))
  expect([...run.core.values()]).toEqual([1, 2, 3])
  expect(run.stops()).toEqual([...run.core.keys()])
  select(run, run.stops()[0]!)
  expect(run.order(0)).toBe('The history does not name a model that this page knows.')
})

test('brackets walk through one key and stop at its ends', () => {
  const [first, second] = valid.placesOf(2)
  select(valid, first!)
  stepInKey(valid, -1)
  expect(valid.store.state.selected).toBe(first)
  stepInKey(valid, 1)
  expect(valid.store.state.selected).toBe(second)
})

test.each([
  ['', undefined],
  ['#op=', undefined],
  ['#op=99999999', undefined],
  ['#op=-1', undefined],
  ['#op=1e3', undefined],
  ['#op=0', 0],
])('the address %j names op %j', (hash, place) => {
  expect(placeIn(hash, valid)).toBe(place)
})

test('a node is what it last told before the moment, but has no role while it is dead', () => {
  const data = {
    ...valid.data,
    roles: [
      { timeUs: 10, node: 'n1', role: 'follower', term: 1 },
      { timeUs: 20, node: 'n1', role: 'leader', term: 2 },
      { timeUs: 30, node: 'n2', role: 'leader', term: 3 },
    ],
    states: [{ node: 'n1', state: 'dead' as const, fromUs: 40, toUs: 50, text: 'dead: SIGKILL' }],
    logs: [
      { node: 'n1', isCut: false, lines: [{ timeUs: 5, text: 'a' }, { text: 'of a' }, { timeUs: 25, text: 'b' }] },
    ],
  }
  expect(nodeAt(data, 'n1', 20)).toMatchObject({
    role: { role: 'leader', term: 2 },
    state: undefined,
    isLogTimed: true,
  })
  expect(nodeAt(data, 'n1', 20).log.map(({ text, isAfter }) => [text, isAfter])).toEqual([
    ['a', false],
    ['of a', false],
    ['b', true],
  ])
  expect(nodeAt(data, 'n1', 45)).toMatchObject({ role: undefined, state: { text: 'dead: SIGKILL' } })
  expect(nodeAt(data, 'n3', 45)).toMatchObject({ role: undefined, state: undefined, log: [] })
})

test('messages around a moment: the last before, the next after, heartbeats only if nothing else was said', () => {
  const { messages = [] } = withMessages(illegalRun({ ops: 40 }), 30)
  const near = around(messages, 9_100_000)
  expect(near.filter(({ sentUs }) => sentUs <= 9_100_000)).toHaveLength(14)
  expect(near.filter(({ sentUs }) => sentUs > 9_100_000)).toHaveLength(8)
  expect(near.some(({ isHeartbeat }) => isHeartbeat)).toBe(false)
  const beats = messages.filter(({ isHeartbeat }) => isHeartbeat)
  expect(around(beats, 9_100_000)).toHaveLength(11 + 8)
  expect(around(messages, 1)).toEqual([])
})
