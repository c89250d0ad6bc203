/** What the page works out of a run: search, the checker's word, steps from one anomaly to the next, nodes at a moment. */
import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { TraceEvent } from '../../cluster/env.ts'
import type { SystemEvent } from '../../cluster/system.ts'
import { bigRun } from '../big-run.fixture.ts'
import { illegalRun, withMessages } from '../examples.ts'
import { pageData } from '../report/data.ts'
import { eventsOf, textOf } from '../report/ops.ts'
import { progressOf } from '../report/progress.ts'
import type { LoadedRun } from '../run.ts'
import { spansOf } from '../spans.ts'
import { everything, type Filter, matching } from './filter.ts'
import { around, nodeAt } from './node-at.ts'
import { addressOf, askedBy, show } from './permalink.ts'
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
      const [{ f, value }, end] = eventsOf(valid.ops, askedBy(`#op=${id}`, valid).selected!)
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
  ['#op=%200', undefined],
  ['op=0', undefined],
  ['#op=0', 0],
  ['#op=0&from=nonsense', 0],
])('the address %j names op %j', (hash, place) => {
  expect(askedBy(hash, valid)).toEqual(place === undefined ? {} : { selected: place })
})

test('whoever opens the address of a view sees that view: op, piece of time, filters, lanes', () => {
  const { ops, bounds } = valid
  const state = fc.record({
    selected: fc.option(fc.nat(ops.length - 1), { nil: undefined }),
    view: fc
      .tuple(fc.nat(9_000_000), fc.integer({ min: 20, max: 1_000_000 }))
      .map(([fromUs, long]) => ({ fromUs, toUs: fromUs + long })),
    filter: fc.record(
      {
        key: fc.nat(ops.names.key.length - 1),
        client: fc.constantFrom(...ops.client),
        node: fc.nat(ops.names.node.length - 1),
        f: fc.nat(ops.names.f.length - 1),
        outcome: fc.nat(2),
        text: fc.string({ maxLength: 40, unit: 'grapheme' }),
      },
      { requiredKeys: ['text'] },
    ),
    grouping: fc.constantFrom('key' as const, 'client' as const, 'node' as const),
  })
  fc.assert(
    fc.property(state, (seen) => {
      valid.store.set(seen)
      const hash = addressOf(valid)
      // What browsers make of it, as they hold it in `location.hash`.
      expect(new URL(`http://localhost/report.html${hash}`).hash).toBe(hash)
      valid.store.set({ view: bounds, filter: everything, grouping: 'key', selected: undefined })
      show(valid, askedBy(hash, valid))
      expect(valid.store.state).toMatchObject(seen)
    }),
  )
  valid.store.set({ view: bounds, filter: everything, grouping: 'key', selected: undefined })
  expect(addressOf(valid)).toBe('')
})

test.each([
  '#key=nokey',
  '#key=__proto__&node=constructor&f=toString&outcome=length',
  '#client=999&client=-1',
  '#from=5&to=5',
  '#from=9&to=3',
  '#from=0',
  '#from=NaN&to=Infinity',
  '#from=0&to=9999999999999999',
  '#lanes=<script>',
  '#%',
  '#&&&===',
  `#text=${'a'.repeat(9_000)}`,
  `#op=${'0'.repeat(16)}`,
])('the address %j, which names nothing that there is, changes nothing', (hash) => {
  expect(askedBy(hash, valid)).toEqual({})
})

test('whatever an address says, what it asks for is in the run', () => {
  const { ops, bounds } = valid
  const name = fc.constantFrom('op', 'from', 'to', 'key', 'client', 'node', 'f', 'outcome', 'text', 'lanes', 'x')
  const value = fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('k1', 'n1', 'ok', 'node', '1e9'))
  fc.assert(
    fc.property(fc.array(fc.tuple(name, value)), (pairs) => {
      const { selected = 0, view = bounds, filter = everything } = askedBy(`#${new URLSearchParams(pairs)}`, valid)
      expect(ops.id[selected]).toBeDefined()
      expect(view.fromUs).toBeGreaterThanOrEqual(bounds.fromUs)
      expect(view.toUs).toBeLessThanOrEqual(bounds.toUs)
      expect(view.toUs - view.fromUs).toBeGreaterThan(19)
      expect(filter.text.length).toBeLessThanOrEqual(200)
      for (const field of ['key', 'node', 'f'] as const)
        if (filter[field] !== undefined) expect(ops.names[field][filter[field]]).toBeDefined()
    }),
    { numRuns: 500 },
  )
})

const traced = (timeUs: number, node: string, event: TraceEvent): SystemEvent => ({
  timeUs,
  type: 'trace',
  node,
  event,
})

test('a node is what it last told before the moment, but has neither role nor log while it is dead', () => {
  const data = {
    ...valid.data,
    roles: [
      { timeUs: 10, node: 'n1', role: 'follower', term: 1 },
      { timeUs: 20, node: 'n1', role: 'leader', term: 2 },
      { timeUs: 30, node: 'n2', role: 'leader', term: 3 },
    ],
    progress: progressOf([
      traced(12, 'n1', { type: 'progress', commit: 7, applied: 6 }),
      traced(22, 'n1', { type: 'progress', commit: 9, applied: 9 }),
      traced(60, 'n1', { type: 'recovered', term: 2, commit: 4, lastIndex: 9 }),
    ]),
    states: [{ node: 'n1', state: 'dead' as const, fromUs: 40, toUs: 50, text: 'dead: SIGKILL' }],
    logs: [
      { node: 'n1', isCut: false, lines: [{ timeUs: 5, text: 'a' }, { text: 'of a' }, { timeUs: 25, text: 'b' }] },
    ],
  }
  expect(nodeAt(data, 'n1', 20)).toMatchObject({
    role: { role: 'leader', term: 2 },
    reached: { timeUs: 12, commit: 7, applied: 6 },
    state: undefined,
    isLogTimed: true,
  })
  expect(nodeAt(data, 'n1', 20).log.map(({ text, isAfter }) => [text, isAfter])).toEqual([
    ['a', false],
    ['of a', false],
    ['b', true],
  ])
  expect(nodeAt(data, 'n1', 39)).toMatchObject({ reached: { commit: 9, applied: 9 } })
  const dead = { role: undefined, reached: undefined, state: { text: 'dead: SIGKILL' } }
  expect(nodeAt(data, 'n1', 45)).toMatchObject(dead)
  expect(nodeAt(data, 'n1', 61)).toMatchObject({ reached: { commit: 4, applied: 4 } })
  expect(nodeAt(data, 'n3', 45)).toMatchObject({ role: undefined, reached: undefined, state: undefined, log: [] })
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
