import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { models, withInitial } from '../models/index.ts'
import { readHistory } from './guess.ts'
import type { History } from './history.ts'
import { pairs } from './pairs.ts'
import { writers } from './writers.ts'

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

test('names in outputs are read without regard to capitals, as those in inputs are', () => {
  const read = (output: string) => readHistory(line(0, '{"F":"read","Key":"k"}', [1, 7], output))
  expect(verdict(read('{"Value":1}'))).toBe('illegal')
  expect(verdict(read('{"VALUE":null}'))).toBe('valid')
  // Three changes would have come before it.
  expect(verdict(read('{"VALUE":null,"Version":3}'))).toBe('illegal')
  expect(verdict(readHistory(line(0, '{"f":"cas","value":[1,2]}', [1, 7], '{"Swapped":true}')))).toBe('illegal')
  const failed = readHistory(line(0, '{"f":"write","value":1}', [1, 7], '{"Failed":true}'))
  expect(failed.events.map(({ type }) => type)).toEqual(['invoke', 'fail'])
})

const silent: readonly [input: string, output: string, message: string][] = [
  ['{"f":"read","key":"k"}', '{"vaule":1}', 'its Output does not show what it read'],
  ['{"f":"read","key":"k"}', '{}', 'its Output does not show what it read'],
  ['{"f":"read","key":"k"}', '{"Value":1,"value":2}', 'two fields of its Output differ in capitals only'],
  ['{"f":"write","value":1,"Value":2}', '{}', 'two fields of its Input differ in capitals only'],
  ['{"f":"write","value":1}', '{"failed":"yes"}', 'failed should be true or false'],
  ['{"op":0,"key":"k"}', '{"vaule":"a"}', 'its Output does not show what it read'],
  ['{"op":0,"arg1":0}', '{"vaule":1}', 'its Output does not show what it read'],
  ['{"op":0,"arg1":0}', '{"exists":true,"vaule":1}', 'its Output does not show what it read'],
  ['{"op":2,"arg1":0,"arg2":1}', '{"okay":true}', 'its Output does not say ok'],
]

test.each(silent)('%s answered by %s is an error with its place, never a verdict', (input, output, message) => {
  for (const end of [7, infinity]) {
    expect(() => readHistory(line(0, input, [1, end], output))).toThrow(`line 1, column 1: ${message}`)
  }
})

test('an answer that our own history has goes through and back, though Porcupine would read another', () => {
  for (const output of [{}, { Value: 1 }, { value: 1, Value: 2 }, { FAILED: true }, undefined]) {
    const events = [
      { index: 0, timeUs: 1, process: 0, type: 'invoke', f: 'read' },
      { index: 1, timeUs: 2, process: 0, type: 'ok', f: 'read', ...(output === undefined ? {} : { output }) },
    ] as const
    const text = writers.porcupine({ events, model: 'register', initial: null, notes: [] })
    expect(readHistory(text).events).toEqual(events)
  }
})

describe('an answer without an end came after everything else', () => {
  const write = line(0, '{"f":"write","value":1}', [0, 10], '{}')
  const read = '{"f":"read"}'

  test.each([
    ['{"value":1}', 'valid'],
    ['{"value":null}', 'illegal'],
    ['{"value":9}', 'illegal'],
    ['null', 'valid'],
  ])('a read that shows %s is %s', (output, expected) => {
    for (const end of [infinity, 'null']) {
      expect(verdict(readHistory(`${write}\n${line(1, read, [20, end], output)}`))).toBe(expected)
    }
    const withEnd = readHistory(`${write}\n${line(1, read, [20, 30], output)}`)
    expect(verdict(withEnd)).toBe(expected)
  })

  test('it precedes nothing, also of its own client, and may be one of several', () => {
    const history = readHistory(
      [
        line(1, read, [0, infinity], '{"value":2}'),
        line(1, read, [5, infinity], '{"value":null}'),
        line(1, '{"f":"write","value":1}', [20, 30], '{}'),
        line(0, '{"f":"write","value":2}', [40, 50], '{}'),
      ].join('\n'),
    )
    expect(verdict(history)).toBe('valid')
    const times = pairs(history.events).operations.map(({ return: end }) => end)
    expect(times).toEqual([0.051, 0.051, 0.03, 0.05])
  })

  test('what surely did not happen then did not happen', () => {
    const failed = line(0, '{"f":"write","value":1}', [0, infinity], '{"failed":true}')
    expect(verdict(readHistory(`${failed}\n${line(1, read, [20, 30], '{"value":1}')}`))).toBe('illegal')
  })

  test('an end is no part of the verdict where it is later than every call', () => {
    const call = fc.record({ client: fc.nat(2), at: fc.nat(6), seen: fc.nat(2), isRead: fc.boolean() })
    fc.assert(
      fc.property(fc.array(call, { minLength: 1, maxLength: 6 }), fc.nat(5), (calls, last) => {
        const text = (end: number | string) =>
          calls
            .map(({ client, at, seen, isRead }, i) => {
              const input = isRead ? read : `{"f":"write","value":${seen}}`
              return line(client, input, [at, i === last ? end : at + 2], isRead ? `{"value":${seen || null}}` : '{}')
            })
            .join('\n')
        expect(verdict(readHistory(text(infinity)))).toBe(verdict(readHistory(text(9))))
      }),
      { numRuns: 200 },
    )
  })
})
