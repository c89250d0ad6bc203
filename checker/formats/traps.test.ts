/** What readers of histories get wrong, each shown by the verdict. */
import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { models, withInitial } from '../models/index.ts'
import { verdictOf } from '../result.ts'
import { readHistory } from './guess.ts'
import type { JepsenOptions } from './jepsen-op.ts'
import { pairs } from './pairs.ts'

function verdict(text: string, options?: JepsenOptions): string {
  const { events, model, initial } = readHistory(text, undefined, options)
  return check(withInitial(models[model], initial), pairs(events).operations).verdict
}

test('a read of nil is no wildcard, unless it is asked for', () => {
  const text = '[0 :invoke :write 1]\n[0 :ok :write 1]\n[0 :invoke :read nil]\n[0 :ok :read nil]'
  expect(verdict(text)).toBe('illegal')
  expect(verdict(text, { nilReadsMatchAnything: true })).toBe('valid')
})

test('a failed compare-and-set saw that something else was there, unless it is read as Knossos does', () => {
  const text = '[0 :invoke :write 1]\n[0 :ok :write 1]\n[0 :invoke :cas [1 2]]\n[0 :fail :cas [1 2]]'
  expect(verdict(text)).toBe('illegal')
  expect(verdict(text, { failedCasObserves: false })).toBe('valid')
})

describe('equal timestamps are concurrent', () => {
  const op = (time: number, type: string, process: number, f: string, value: number | null) =>
    JSON.stringify({ process, type, f, value, time })
  test.each([
    [2000, 'valid'],
    [2001, 'illegal'],
  ])('a read of the old value, called at %i ns, after a write that returned at 2000 ns', (time, expected) => {
    const ops = [
      op(0, 'invoke', 0, 'write', 1),
      op(2000, 'ok', 0, 'write', 1),
      op(time, 'invoke', 1, 'read', null),
      op(3000, 'ok', 1, 'read', null),
    ]
    expect(verdict(`[${ops}]`)).toBe(expected)
    expect(verdict(ops.join('\n'))).toBe(expected)
  })

  test('also in operations of Porcupine, to the nanosecond, at any distance from zero', () => {
    const start = 1_700_000_000_000_000_000n
    const text = (call: bigint) =>
      [
        `{"ClientId":0,"Input":{"op":false,"value":1},"Call":${start},"Output":0,"Return":${start + 2000n}}`,
        `{"ClientId":1,"Input":{"op":true},"Call":${start + call},"Output":0,"Return":${start + 3000n}}`,
      ].join('\n')
    expect(verdict(text(2000n))).toBe('valid')
    expect(verdict(text(2001n))).toBe('illegal')
  })
})

test('times of which some are missing are not mixed with places', () => {
  const text = [
    '{:process 0, :type :invoke, :f :write, :value 1, :time 5000000}',
    '{:process 0, :type :ok, :f :write, :value 1}',
  ].join('\n')
  const { events, notes } = readHistory(text)
  expect(events.map(({ timeUs }) => timeUs)).toEqual([0, 1])
  expect(notes).toEqual(['some ops have no :time, so all are placed by their order alone'])
})

test('after an info its client goes on under a new process, which is an error where it does not', () => {
  const text = (process: number) =>
    `[0 :invoke :write 1]\n[0 :info :write 1]\n[${process} :invoke :read nil]\n[${process} :ok :read 1]`
  expect(verdict(text(5))).toBe('valid')
  expect(() => verdict(text(0))).toThrow('process 0 goes on after an info; it needs a new number')
})

test('verdicts of keys merge as illegal, then unknown, then valid', () => {
  expect(verdictOf([{ verdict: 'valid' }, { verdict: 'unknown' }, { verdict: 'illegal' }])).toBe('illegal')
  expect(verdictOf([{ verdict: 'valid' }, { verdict: 'unknown' }])).toBe('unknown')
  expect(verdictOf([])).toBe('valid')
})

test('a read that timed out is dropped, a write that timed out is not', () => {
  const { events } = readHistory(
    '[0 :invoke :read nil]\n[0 :info :read nil]\n[1 :invoke :write 1]\n[1 :info :write 1]\n[2 :invoke :read nil]\n[2 :ok :read 1]',
  )
  expect(pairs(events).operations.map(({ input }) => input.f)).toEqual(['write', 'read'])
})

describe('keys', () => {
  const keyed =
    '[0 :invoke :write [1 5]]\n[0 :ok :write [1 5]]\n[0 :invoke :read [2 nil]]\n[0 :ok :read [2 nil]]\n[0 :invoke :cas [1 [5 6]]]\n[0 :ok :cas [1 [5 6]]]'

  test('are told from the invocations, of which each has one', () => {
    expect(readHistory(keyed).events.map(({ key }) => key)).toEqual(['1', '1', '2', '2', '1', '1'])
    expect(verdict(keyed)).toBe('valid')
  })

  test('are not seen in the arguments of a compare-and-set', () => {
    const text = '[0 :invoke :cas [1 2]]\n[0 :fail :cas [1 2]]'
    expect(readHistory(text).events.map(({ key }) => key)).toEqual([undefined, undefined])
  })

  test('can be told by an option, against which an op without one is an error with its place', () => {
    const text = '[0 :invoke :write [1 5]]\n[0 :ok :write [1 5]]\n[0 :invoke :read nil]'
    expect(readHistory(text).events[0]?.key).toBeUndefined()
    expect(() => readHistory(text, undefined, { independent: true })).toThrow('line 3, column 1: the value should be')
    expect(readHistory(keyed, undefined, { independent: false }).events[0]?.key).toBeUndefined()
  })

  test('that differ but look the same are an error, as are values', () => {
    const clash = '[0 :invoke :write [1 5]]\n[0 :ok :write [1 5]]\n[0 :invoke :write ["1" 5]]'
    expect(() => readHistory(clash)).toThrow('line 3, column 1: 1 is the name of two different keys')
    expect(() => readHistory('[0 :invoke :write :a]\n[1 :invoke :write ":a"]')).toThrow('could not be told apart')
  })

  test.each([
    ['1', '1.0'],
    ['0', '-0.0'],
    ['1000', '1e3'],
    ['5', '5M'],
    ['0.5', '1/2'],
    ['0.5', '0.5M'],
    ['1/3', '0.3333333333333333'],
    ['9007199254740992/1', '9007199254740993/1'],
  ])('numbers that Clojure tells apart are an error where a double is both: %s and %s', (written, read) => {
    const tuples = `[0 :invoke :write ${written}]\n[0 :ok :write ${written}]\n[0 :invoke :read nil]\n[0 :ok :read ${read}]`
    expect(() => readHistory(tuples)).toThrow(`${written} and ${read} could not be told apart`)
    const maps = `{:process 0, :type :invoke, :f :cas, :value [${read} ${written}], :time 1.0}`
    expect(() => readHistory(maps)).toThrow('could not be told apart')
    expect(verdict(tuples.replaceAll(` ${read}]`, ` ${written}]`))).toBe('valid')
  })

  test('numbers that no value is are not held against those that are', () => {
    const op = (type: string, time: string) => `{:process 1, :type ${type}, :f :write, :value 1.0, :time ${time}}`
    expect(verdict(`${op(':invoke', '1')}\n${op(':ok', '2')}`)).toBe('valid')
    expect(verdict('[1 :invoke :write 1.0]\n[1 :ok :write 1.0]\n[1 :invoke :read nil]\n[1 :ok :read 1.0]')).toBe(
      'valid',
    )
    expect(verdict('[0 :invoke :write 0N]\n[0 :ok :write 0]\n[0 :invoke :read nil]\n[0 :ok :read -0]')).toBe('valid')
  })

  test('may come as tuples of Jepsen', () => {
    const text = '{:process 0 :type :invoke :f :write :value #jepsen.independent.Tuple[7 3]}'
    expect(readHistory(text).events).toMatchObject([{ key: '7', value: 3 }])
  })
})

test('what an op says beyond what we know is kept', () => {
  const text =
    '#jepsen.history.Op{:process 0, :type :invoke, :f :read, :value nil, :index 4, :debug {:a #{1}}, :node "n1"}'
  expect(readHistory(text).events).toEqual([
    {
      index: 4,
      timeUs: 0,
      process: 0,
      type: 'invoke',
      f: 'read',
      node: 'n1',
      extra: { debug: { ':a': { '#': [1] } } },
    },
  ])
})

const damaged: Record<string, [text: string, message: string]> = {
  'a torn list of ops': [
    '[{:process 0, :type :invoke, :f :read}\n {:process',
    'line 2, column 11: the text ends where a value should be',
  ],
  'a torn line': ['[0 :invoke :read nil]\n[0 :ok', 'line 2, column 1: [ is never closed'],
  'a torn array': ['[{"process":0,"type":"invoke","f":"read"},\n{"process":0', 'line 2, column 1: { is never closed'],
  'a line that is no op': [
    '{"process":0,"type":"invoke","f":"read"}\n7',
    'line 2, column 1: an op should be an object',
  ],
  'a value that JSON would change': [
    '{"process":0,"type":"invoke","f":"write","value":\n9007199254740993}',
    'line 2, column 1: 9007199254740993 is too large to be kept exactly',
  ],
  'a torn string': ['{"process":0,"type":"invoke', 'line 1, column 21: a string is never closed'],
  'an op behind the end': ['[{:process 0, :type :invoke, :f :read}] 7', 'line 1, column 41: something stands behind'],
  'an operation without a call': ['{"ClientId":0,"Input":{"f":"read"}}', 'line 1, column 1: the operation has no Call'],
  'an operation of a kind that is unknown': [
    '[{"ClientId":0,"Input":{"x":1},"Call":1,"Output":null,"Return":2}]',
    'line 1, column 2: Input should be',
  ],
}

test.each(Object.entries(damaged))('%s is an error with its place, never a verdict', (_, [text, message]) => {
  expect(() => verdict(text)).toThrow(message)
})
