import type { HistoryEvent } from 'porcupine-ts/formats'
import { expect, test } from 'vitest'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { History } from './history.ts'

test('events are stamped, handed on at once and kept', () => {
  const clock = new Scheduler()
  clock.runUntil(5000)
  const sunk: HistoryEvent[] = []
  const history = new History({ clock, startUs: 5000, clients: 2, sink: (event) => sunk.push(event) })
  clock.runUntil(5010)
  history.invoke(1, { f: 'write', key: 'k0', value: 7, node: 'n1' })
  expect(sunk).toHaveLength(1)
  clock.runUntil(5030)
  history.complete(1, { type: 'ok', output: { version: 1 } })
  expect(history.events).toEqual([
    { index: 0, timeUs: 10, process: 1, type: 'invoke', f: 'write', key: 'k0', value: 7, client: 1, node: 'n1' },
    {
      index: 1,
      timeUs: 30,
      process: 1,
      type: 'ok',
      f: 'write',
      key: 'k0',
      value: 7,
      output: { version: 1 },
      client: 1,
      node: 'n1',
    },
  ])
  expect(sunk).toEqual(history.events)
  expect(history.counts()).toEqual({ invoke: 1, ok: 1, fail: 0, info: 0 })
})

test('after an info the client goes on under a number that nobody had', () => {
  const history = new History({ clock: new Scheduler(), startUs: 0, clients: 3 })
  for (const type of ['info', 'fail', 'info'] as const) {
    history.invoke(1, { f: 'read', key: 'k0', node: 'n1' })
    history.complete(1, { type, error: 'time-out' })
  }
  expect(history.events.map(({ type, process }) => `${type} ${process}`)).toEqual([
    'invoke 1',
    'info 1',
    'invoke 4',
    'fail 4',
    'invoke 4',
    'info 4',
  ])
  expect(history.process(1)).toBe(7)
})

test('time never goes back, even if the clock does', () => {
  let nowUs = 100
  const clock = { monotonicUs: () => nowUs, wallUs: () => 0, after: () => () => {} }
  const history = new History({ clock, startUs: 0, clients: 1 })
  history.invoke(0, { f: 'read', key: 'k0', node: 'n1' })
  nowUs = 90
  expect(history.complete(0, { type: 'info', error: 'time-out' }).timeUs).toBe(100)
})

test('a client with an open op can not begin another', () => {
  const history = new History({ clock: new Scheduler(), startUs: 0, clients: 1 })
  history.invoke(0, { f: 'read', key: 'k0', node: 'n1' })
  expect(() => history.invoke(0, { f: 'read', key: 'k0', node: 'n1' })).toThrow('client 0 has an op open')
})
