import { describe, expect, test } from 'vitest'
import type { Output, Reply, Request } from '../cluster/kv/request.ts'
import { seededRandom } from '../cluster/random.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { Belief } from './belief.ts'
import { ScriptedSystem } from './fixtures/scripted-system.ts'
import { Leaders } from './leaders.ts'

const nodes = ['n1', 'n2', 'n3', 'n4', 'n5']
const system = new ScriptedSystem({ nodes, scheduler: new Scheduler() })
const leaders = new Leaders(system)
const read: Request = { f: 'read', key: 'k0' }
const make = (client = 0) => new Belief(client, nodes, seededRandom(1))
const believed = (belief: Belief) => belief.node({ at: 'leader' }, leaders)
const info: Reply = { type: 'info', error: 'time-out' }
const refused: Reply = { type: 'fail', error: 'connection refused' }
const notLeader = (leader: string): Reply => ({ type: 'fail', error: 'not_leader', leader })
const ok: Reply = { type: 'ok', output: { value: 1 } }

test('clients begin at different nodes', () => {
  expect([0, 1, 4, 5].map((client) => believed(make(client)))).toEqual(['n1', 'n2', 'n5', 'n1'])
})

describe('where a client believes the leader after', () => {
  test.each([
    ['an ok', [['n1', ok]], 'n1'],
    ['an indeterminate end', [['n1', info]], 'n2'],
    ['a failure without a hint', [['n1', refused]], 'n2'],
    ['a failure with a hint', [['n1', notLeader('n4')]], 'n4'],
    ['a hint from a node it did not believe in', [['n5', notLeader('n4')]], 'n4'],
    ['a time-out at a node it did not believe in', [['n5', info]], 'n1'],
    ['a hint to a node that nobody knows', [['n1', notLeader('n9')]], 'n2'],
    ['a node that names itself', [['n1', notLeader('n1')]], 'n2'],
    // Both stand on the same side of a cut, and the majority is elsewhere.
    [
      'a hint back to who just did not answer',
      [
        ['n1', info],
        ['n2', notLeader('n1')],
      ],
      'n3',
    ],
    [
      'a hint back after an ok in between',
      [
        ['n1', info],
        ['n2', ok],
        ['n2', notLeader('n1')],
      ],
      'n1',
    ],
    [
      'failures all around',
      [
        ['n1', refused],
        ['n2', refused],
        ['n3', refused],
        ['n4', refused],
        ['n5', refused],
      ],
      'n1',
    ],
  ] as const)('%s', (_title, replies, expected) => {
    const belief = make()
    for (const [node, reply] of replies) belief.learn(node, read, reply)
    expect(believed(belief)).toBe(expected)
  })
})

test('the previous leader is the believed one until there was another', () => {
  const belief = make(2)
  expect(belief.node({ at: 'previous' }, leaders)).toBe('n3')
  const fresh = new ScriptedSystem({ nodes, scheduler: new Scheduler() })
  const told = new Leaders(fresh)
  fresh.elect('n4', 1)
  fresh.elect('n5', 2)
  expect(belief.node({ at: 'previous' }, told)).toBe('n4')
  expect(belief.node({ at: 'any', draw: 7 }, told)).toBe('n3')
})

test('back-off grows to 100 ms and ends with an ok', () => {
  const belief = make()
  const waits = Array.from({ length: 12 }, () => belief.learn('n1', read, refused))
  expect(waits[0]).toBeGreaterThanOrEqual(5_000)
  expect(waits[0]).toBeLessThanOrEqual(20_000)
  expect(waits.slice(6)).toEqual([100_000, 100_000, 100_000, 100_000, 100_000, 100_000])
  expect(belief.learn('n1', read, ok)).toBe(0)
  expect(belief.learn('n1', read, refused)).toBeLessThanOrEqual(20_000)
  const again = make()
  expect(Array.from({ length: 12 }, () => again.learn('n1', read, refused))).toEqual(waits)
})

describe('what a compare-and-set expects after', () => {
  const seen = (request: Request, output: Output) => {
    const belief = make()
    belief.learn('n1', request, { type: 'ok', output })
    return belief.request({ request: { f: 'cas-seen', key: 'k0', to: 9 }, aim: { at: 'leader' } })
  }
  test.each<[string, Request, Output, unknown]>([
    ['a read', read, { value: 5 }, 5],
    ['a read of an absent key', read, { value: null }, null],
    ['a write', { f: 'write', key: 'k0', value: 6 }, { version: 1 }, 6],
    ['a delete', { f: 'delete', key: 'k0' }, {}, null],
    ['an append', { f: 'append', key: 'k0', value: 'x ' }, {}, null],
    ['a cas that swapped', { f: 'cas', key: 'k0', value: [null, 7] }, { swapped: true }, 7],
    ['a cas that found another value', { f: 'cas', key: 'k0', value: [1, 7] }, { swapped: false, found: 8 }, 8],
    ['a cas that did not say what it found', { f: 'cas', key: 'k0', value: [1, 7] }, { swapped: false }, null],
    ['an op on another key', { f: 'write', key: 'k1', value: 6 }, {}, null],
  ])('%s', (_title, request, output, expected) => {
    expect(seen(request, output)).toEqual({ f: 'cas', key: 'k0', value: [expected, 9] })
  })
})
