import { expect, test } from 'vitest'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { ScriptedSystem } from './fixtures/scripted-system.ts'
import { Leaders } from './leaders.ts'

test.each([
  ['nobody yet', [], undefined, undefined],
  ['the first', [['n1', 1]], 'n1', undefined],
  [
    'a second',
    [
      ['n1', 1],
      ['n2', 2],
    ],
    'n2',
    'n1',
  ],
  [
    'the same again',
    [
      ['n1', 1],
      ['n2', 2],
      ['n2', 3],
    ],
    'n2',
    'n1',
  ],
  [
    'there and back',
    [
      ['n1', 1],
      ['n2', 2],
      ['n1', 3],
    ],
    'n1',
    'n2',
  ],
  [
    'late news of an old term',
    [
      ['n1', 1],
      ['n3', 5],
      ['n2', 4],
    ],
    'n3',
    'n1',
  ],
  [
    'two of one term',
    [
      ['n1', 1],
      ['n2', 1],
    ],
    'n2',
    'n1',
  ],
] as const)('newest and previous leader: %s', (_title, elections, newest, previous) => {
  const system = new ScriptedSystem({ nodes: ['n1', 'n2', 'n3'], scheduler: new Scheduler() })
  const leaders = new Leaders(system)
  for (const [node, term] of elections) system.elect(node, term)
  expect([leaders.newest(), leaders.previous()]).toEqual([newest, previous])
  leaders.close()
  expect(system.listeners).toBe(0)
})
