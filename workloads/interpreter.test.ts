import { expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { concat, each, limit, onClients, stagger } from './combinators.ts'
import { type Answer, type Call, ScriptedSystem } from './fixtures/scripted-system.ts'
import type { Generator } from './generator.ts'
import { History } from './history.ts'
import { interpret } from './interpreter.ts'
import { Leaders } from './leaders.ts'
import type { DrawnOp } from './op.ts'
import { untilOk } from './until-ok.ts'

const writes = (n: number): Generator =>
  limit(
    n,
    each(seededRandom(1), (_random, { client, count }) => ({
      request: { f: 'write', key: `k${client}`, value: count },
      aim: { at: 'leader' },
    })),
  )

const once = (op: DrawnOp): Generator =>
  limit(
    1,
    each(seededRandom(1), () => op),
  )

interface Setup {
  readonly generator: Generator
  readonly clients?: number
  readonly nodes?: string[]
  readonly answer?: (call: Call) => Answer
}

function begin({ generator, clients = 1, nodes = ['n1', 'n2', 'n3'], answer }: Setup) {
  const clock = new Scheduler()
  const system = new ScriptedSystem({ nodes, scheduler: clock, ...(answer ? { answer } : {}) })
  const history = new History({ clock, startUs: 0, clients })
  const leaders = new Leaders(system)
  let done = 0
  const run = interpret({
    system,
    clock,
    random: seededRandom('clients'),
    clients,
    generator,
    opTimeoutMs: 100,
    history,
    leaders,
    done: () => void done++,
  })
  return { clock, system, history, leaders, run, done: () => done }
}

/** A history as lines: time in ms, process, what. */
const lines = (history: History) =>
  history.events.map(({ timeUs, process, type, f, value, node }) =>
    [`${timeUs / 1000}`, `p${process}`, node, type, f, JSON.stringify(value)].join(' '),
  )

test('ops are written down before they leave and after they came back', () => {
  const { clock, history, system, done } = begin({ generator: writes(2) })
  clock.runUntil(1_000_000)
  expect(lines(history)).toEqual([
    '0 p0 n1 invoke write 0',
    '1 p0 n1 ok write 0',
    '1 p0 n1 invoke write 1',
    '2 p0 n1 ok write 1',
  ])
  expect(system.connections).toEqual(['open n1', 'close n1'])
  expect(done()).toBe(1)
})

test('after an info the client opens a new connection to the next node as a new process', () => {
  const { clock, history, system } = begin({
    generator: writes(2),
    clients: 1,
    answer: ({ number }) => (number === 0 ? 'silent' : { type: 'ok', output: {} }),
  })
  clock.runUntil(1_000_000)
  expect(history.events.map(({ type, process, node }) => `${type} p${process} ${node}`)).toEqual([
    'invoke p0 n1',
    'info p0 n1',
    'invoke p1 n2',
    'ok p1 n2',
  ])
  expect(system.connections).toEqual(['open n1', 'close n1', 'open n2', 'close n2'])
  expect(history.events[1]).toMatchObject({ timeUs: 100_000, error: 'time-out' })
  expect(history.events[2]?.timeUs).toBeGreaterThanOrEqual(105_000)
})

test('a hint is followed, and the connection to the node that gave it is kept', () => {
  const { clock, history, system } = begin({
    generator: writes(3),
    answer: ({ node }) =>
      node === 'n3' ? { type: 'ok', output: {} } : { type: 'fail', error: 'not_leader', leader: 'n3' },
  })
  clock.runUntil(1_000_000)
  expect(history.events.filter(({ type }) => type !== 'invoke').map(({ type, node }) => `${type} ${node}`)).toEqual([
    'fail n1',
    'ok n3',
    'ok n3',
  ])
  expect(system.connections).toEqual(['open n1', 'open n3', 'close n1', 'close n3'])
})

test('a compare-and-set expects what its client saw', () => {
  const { clock, system } = begin({
    generator: concat(
      once({ request: { f: 'read', key: 'k0' }, aim: { at: 'any', draw: 4 } }),
      once({ request: { f: 'cas-seen', key: 'k0', to: 7 }, aim: { at: 'leader' } }),
    ),
    answer: () => ({ type: 'ok', output: { value: 3 } }),
  })
  clock.runUntil(1_000_000)
  expect(system.calls.map(({ node, request }) => ({ node, request }))).toEqual([
    { node: 'n2', request: { f: 'read', key: 'k0' } },
    { node: 'n1', request: { f: 'cas', key: 'k0', value: [3, 7] } },
  ])
})

test('stopping lets open ops end and begins no more', () => {
  const { clock, history, run, done } = begin({
    generator: writes(100),
    clients: 2,
    answer: ({ node }) => (node === 'n2' ? 'silent' : { type: 'ok', output: {}, afterUs: 10_000 }),
  })
  clock.runUntil(15_000)
  run.stop()
  run.stop()
  expect(done()).toBe(0)
  clock.runUntil(1_000_000)
  expect(history.events.map(({ timeUs, type, client }) => `${timeUs / 1000} c${client} ${type}`)).toEqual([
    '0 c0 invoke',
    '0 c1 invoke',
    '10 c0 ok',
    '10 c0 invoke',
    '20 c0 ok',
    '100 c1 info',
  ])
  expect(done()).toBe(1)
})

test('stopping before anything began ends the phase too', () => {
  const { clock, history, run, done } = begin({ generator: writes(1), clients: 3 })
  run.stop()
  expect(done()).toBe(0)
  clock.runUntil(1000)
  expect([done(), history.events.length]).toEqual([1, 0])
})

test('a client for which there is nothing does not hold up the end', () => {
  const { clock, history, done } = begin({ generator: onClients((client) => client === 1, writes(2)), clients: 3 })
  clock.runUntil(1_000_000)
  expect(new Set(history.events.map(({ client }) => client))).toEqual(new Set([1]))
  expect(done()).toBe(1)
})

test('a pending client is asked again at its time', () => {
  const { clock, history } = begin({ generator: stagger(50_000, seededRandom(1), writes(20)) })
  clock.runUntil(10_000_000)
  const begins = history.events.filter(({ type }) => type === 'invoke').map(({ timeUs }) => timeUs)
  expect(begins).toHaveLength(20)
  expect(begins.at(-1)).toBeGreaterThan(500_000)
})

test('a client that waits for others is asked again after an event', () => {
  const { clock, history, done } = begin({
    generator: untilOk({
      requests: [{ f: 'read', key: 'k0' }],
      aim: () => ({ at: 'leader' }),
      oks: 1,
      attempts: 5,
    }),
    clients: 2,
    answer: ({ number }) => (number === 0 ? 'silent' : { type: 'ok', output: { value: null } }),
  })
  clock.runUntil(1_000_000)
  // Client 1 takes over at once, while client 0 still backs off.
  expect(history.events.map(({ timeUs, type, client }) => `${timeUs / 1000} c${client} ${type}`)).toEqual([
    '0 c0 invoke',
    '100 c0 info',
    '100 c1 invoke',
    '101 c1 ok',
  ])
  expect(done()).toBe(1)
})

test('process numbers go on in the next phase', () => {
  const clock = new Scheduler()
  const system = new ScriptedSystem({ nodes: ['n1'], scheduler: clock, answer: () => 'silent' })
  const history = new History({ clock, startUs: 0, clients: 2 })
  const leaders = new Leaders(system)
  const phase = () =>
    interpret({
      system,
      clock,
      random: seededRandom(1),
      clients: 2,
      generator: writes(1),
      opTimeoutMs: 10,
      history,
      leaders,
      done: () => {},
    })
  phase()
  clock.runUntil(1_000_000)
  phase()
  clock.runUntil(2_000_000)
  expect(history.events.filter(({ type }) => type === 'invoke').map(({ process }) => process)).toEqual([0, 1, 2, 3])
})

test('a connection that throws is a bug, and ends the run', () => {
  const { clock } = begin({
    generator: writes(1),
    answer: () => {
      throw new Error('broken connection')
    },
  })
  expect(() => clock.runUntil(1000)).toThrow('broken connection')
})
