import { expect, test } from 'vitest'
import { check } from '../check.ts'
import { models, withInitial } from '../models/index.ts'
import { readHistory } from './guess.ts'
import type { History } from './history.ts'
import { pairs } from './pairs.ts'

const infinity = '9223372036854775807'

function line(client: number, input: string, [call, end]: readonly [number, number | string], output: string): string {
  return `{"ClientId":${client},"Input":${input},"Call":${call},"Output":${output},"Return":${end}}`
}

function verdict({ events, model, initial }: History): string {
  return check(withInitial(models[model], initial), pairs(events).operations).verdict
}

const kinds: Record<string, [lines: string[], model: string, initial: unknown, operations: unknown[]]> = {
  "etcd's register": [
    [
      line(0, '{"op":1,"arg1":5,"arg2":0}', [0, 10], '{}'),
      line(1, '{"op":0,"arg1":0,"arg2":0}', [20, 30], '{"ok":false,"exists":true,"value":5,"unknown":false}'),
      line(2, '{"Op":2,"Arg1":5,"Arg2":6}', [40, 50], '{"Ok":true}'),
      line(3, '{"op":2,"arg1":5,"arg2":6}', [60, 70], '{"ok":false}'),
      line(4, '{"op":1,"arg1":9,"arg2":0}', [80, infinity], '{"unknown":true}'),
    ],
    'cas-register',
    null,
    [
      { input: { f: 'write', value: 5 }, output: {} },
      { input: { f: 'read' }, output: { value: 5 } },
      { input: { f: 'cas', value: [5, 6] }, output: { swapped: true } },
      { input: { f: 'cas', value: [5, 6] }, output: { swapped: false } },
      { input: { f: 'write', value: 9 }, output: undefined, return: Number.POSITIVE_INFINITY },
    ],
  ],
  'a key-value store': [
    [
      line(0, '{"Op":2,"Key":"x","Value":"a"}', [0, 10], '{"Value":""}'),
      line(0, '{"Op":0,"Key":"x"}', [10, 20], '{"Value":"a"}'),
      line(1, '{"Op":"get","Key":"y"}', [10, 20], '{"Value":""}'),
      line(0, '{"Op":1,"Key":"x","Value":"b"}', [20, infinity], 'null'),
    ],
    'append-kv',
    '',
    [
      { input: { f: 'append', key: 'x', value: 'a' }, call: 0, return: 0.01 },
      { input: { f: 'read', key: 'x' }, output: { value: 'a' } },
      { input: { f: 'read', key: 'y' }, output: { value: '' } },
      { input: { f: 'write', key: 'x', value: 'b' }, output: undefined },
    ],
  ],
  'a register': [
    [line(0, '{"op":false,"value":1}', [0, 10], 'null'), line(1, '{"op":true,"value":0}', [0, 10], '0')],
    'register',
    0,
    [{ input: { f: 'write', value: 1 } }, { input: { f: 'read' }, output: { value: 0 } }],
  ],
  ours: [
    [
      line(0, '{"f":"write","key":"k","value":[1]}', [0, 10], '{"failed":true}').replace('[1]', '1'),
      line(1, '{"f":"read","key":"k"}', [0, 10], '{"value":null}'),
    ],
    'cas-register',
    null,
    [{ input: { f: 'read', key: 'k' }, output: { value: null } }],
  ],
}

test.each(Object.entries(kinds))('inputs and outputs of %s', (_, [lines, model, initial, operations]) => {
  for (const text of [lines.join('\n'), `[${lines}]`]) {
    const history = readHistory(text)
    expect(history).toMatchObject({ model, initial })
    expect(pairs(history.events).operations).toMatchObject(operations)
    expect(verdict(history)).toBe('valid')
  }
})

test('a client that goes on while its operation is open does so as another process', () => {
  const { events } = readHistory(
    [
      line(0, '{"op":false,"value":1}', [0, infinity], 'null'),
      line(0, '{"op":true}', [10, 20], '1'),
      line(1, '{"op":true}', [20, 30], '1'),
    ].join('\n'),
  )
  expect(events.map(({ process, type }) => [process, type])).toEqual([
    [0, 'invoke'],
    [2, 'invoke'],
    [2, 'ok'],
    [1, 'invoke'],
    [1, 'ok'],
  ])
})

test('metadata is kept', () => {
  const text = line(0, '{"op":true}', [0, 1], '0').replace(/}$/, ',"Metadata":"m"}')
  expect(readHistory(text).events[0]?.extra).toEqual({ metadata: 'm' })
})

test('kinds of input are not mixed', () => {
  const text = `${line(0, '{"op":true}', [0, 1], '0')}\n${line(0, '{"f":"read"}', [2, 3], '{}')}`
  expect(() => readHistory(text)).toThrow('line 2, column 1: its Input is of another kind than those before')
})
