import { describe, expect, test } from 'vitest'
import { type FormatName, guessFormat, readHistory } from './guess.ts'
import { encodeHeader } from './jsonl.ts'
import { HistoryError, pairs } from './pairs.ts'
import { anEvent, type Line, script } from './script.fixture.ts'

test('events become operations: ok returns, info and silence stay pending, fail is set aside', () => {
  const { operations, failed } = pairs(
    script([
      { ...anEvent(1, 0, 'invoke', 'write', 1), key: 'x', client: 7, node: 'n2' },
      anEvent(2, 1, 'invoke', 'cas', [1, 2]),
      anEvent(3, 0, 'ok', 'write', { version: 4, other: 1 }),
      anEvent(4, 1, 'info', 'cas', 'time-out'),
      anEvent(5, 2, 'invoke', 'append', 'a'),
      anEvent(6, 3, 'invoke', 'write', 5),
      anEvent(7, 3, 'fail', 'write', 'refused'),
    ]),
  )
  expect(operations).toEqual([
    {
      id: 0,
      process: 0,
      input: { f: 'write', key: 'x', value: 1 },
      output: { version: 4 },
      call: 1000,
      return: 3000,
      completedAt: 2,
      client: 7,
      node: 'n2',
    },
    {
      id: 1,
      process: 1,
      input: { f: 'cas', value: [1, 2] },
      output: undefined,
      call: 2000,
      return: Infinity,
      completedAt: 3,
      error: 'time-out',
    },
    {
      id: 4,
      process: 2,
      input: { f: 'append', value: 'a' },
      output: undefined,
      call: 5000,
      return: Infinity,
      completedAt: undefined,
    },
  ])
  expect(failed).toEqual([
    {
      id: 5,
      process: 3,
      input: { f: 'write', value: 5 },
      output: undefined,
      call: 6000,
      return: 7000,
      completedAt: 6,
      error: 'refused',
    },
  ])
})

test('operations come in the order of their invocations, whoever ends first', () => {
  const { operations, failed } = pairs(
    script([
      ...[0, 1, 2, 3].map((process) => anEvent(1, process, 'invoke', 'write', process)),
      anEvent(2, 3, 'fail', 'write'),
      anEvent(2, 2, 'ok', 'write', {}),
      anEvent(2, 1, 'fail', 'write'),
    ]),
  )
  expect(operations.map(({ id }) => id)).toEqual([0, 2])
  expect(failed.map(({ id }) => id)).toEqual([1, 3])
})

test('a read that nobody knows the answer of says nothing and is dropped', () => {
  const lines = [anEvent(1, 0, 'invoke', 'read'), anEvent(2, 0, 'info', 'read'), anEvent(3, 1, 'invoke', 'read')]
  expect(pairs(script(lines))).toEqual({ operations: [], failed: [] })
})

const begin = anEvent(2, 0, 'invoke', 'write', 1)
const wrong: Record<string, [lines: readonly Line[], message: string]> = {
  'two operations open': [[begin, begin], 'event 1: process 0 begins while its event 0 is open'],
  'a completion of nothing': [[anEvent(1, 0, 'ok', 'read', {})], 'event 0: process 0 completes what it did not begin'],
  'a process that goes on after info': [
    [begin, anEvent(3, 0, 'info', 'write'), begin],
    'event 2: process 0 goes on after an info',
  ],
  'another function': [[begin, anEvent(3, 0, 'ok', 'read', {})], 'event 1: read completes write'],
  'another key': [[begin, { ...anEvent(3, 0, 'ok', 'write', {}), key: 'x' }], 'event 1: key x completes key undefined'],
  'a clock that runs back': [[begin, anEvent(1, 0, 'ok', 'write', {})], 'event 1: it ends before it began'],
  'an unknown function': [[anEvent(1, 0, 'invoke', 'enqueue')], 'event 0: nobody knows what "enqueue" means'],
  'half a compare-and-set': [
    [anEvent(1, 0, 'invoke', 'cas', [1])],
    'event 0: cas needs [from, to] as its value, not [1]',
  ],
  'a compare-and-set that does not say': [
    [anEvent(1, 0, 'invoke', 'cas', [1, 2]), anEvent(2, 0, 'ok', 'cas', {})],
    'event 1: {} is no output of cas',
  ],
}

test.each(Object.entries(wrong))('%s is an error that names the event', (_, [lines, message]) => {
  expect(() => pairs(script(lines))).toThrow(HistoryError)
  expect(() => pairs(script(lines))).toThrow(message)
})

describe('the format is told from the text', () => {
  test.each<[string, FormatName | undefined]>([
    [encodeHeader({ 'faultline-history': 1, workload: 'register', model: 'register' }), 'faultline'],
    ['INFO  jepsen.util - 0\t:invoke\t:read\tnil\n', 'etcd-log'],
    ['{:process 9, :type :invoke, :f :append, :key "0", :value "x"}', 'kv-text'],
    ['; a comment\n[{:process 0, :type :invoke, :f :read}]', 'jepsen'],
    ['#jepsen.history.Op{:process 0, :type :invoke, :f :read}', 'jepsen'],
    ['hello', undefined],
    ['', undefined],
  ])('%j', (text, format) => {
    expect(guessFormat(text)).toBe(format)
  })

  test('a text that looks like nothing is refused with the formats that are known', () => {
    expect(() => readHistory('hello')).toThrow(
      'none of the known formats: faultline, etcd-log, kv-text, jepsen, jepsen-json, porcupine, etcd-operations',
    )
  })
})

test('an etcd log: time-outs say nothing, refused compare-and-sets do', () => {
  const line = (rest: string) => `INFO  jepsen.util - ${rest.replaceAll(' ', '\t').replace('\t]', ' ]')}\n`
  const text = [
    '0 :invoke :read nil',
    '0 :fail :read :timed-out',
    '1 :invoke :write 3',
    '1 :info :write :timed-out',
  ].map(line)
  const { events } = readHistory([...text, 'INFO  jepsen.util - 2\t:fail\t:cas\t[1 2]\n'].join(''))
  expect(events.map(({ type, f, value, output, error }) => ({ type, f, value, output, error }))).toEqual([
    { type: 'invoke', f: 'read' },
    { type: 'fail', f: 'read', error: 'timed-out' },
    { type: 'invoke', f: 'write', value: 3 },
    { type: 'info', f: 'write', error: 'timed-out' },
    { type: 'ok', f: 'cas', value: [1, 2], output: { swapped: false } },
  ])
  expect(() => readHistory('INFO  jepsen.util - 0\t:invoke\t:write\tx3\n')).toThrow('line 1, column 38: x3 is no value')
})
