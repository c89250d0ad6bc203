import { describe, expect, test } from 'vitest'
import { parseEdn } from './edn.ts'
import { keyword, Tagged } from './edn-values.ts'
import { FormatError } from './format-error.ts'
import { readJepsen } from './jepsen.ts'

const values: Record<string, unknown> = {
  'nil true false': [null, true, false],
  '1 -2 3.5 4N 1e3 1/2 ##Inf': [1, -2, 3.5, 4, 1000, 0.5, Number.POSITIVE_INFINITY],
  '"a\\n\\"\\u0041" \\a \\newline \\u0042': ['a\n"A', 'a', '\n', 'B'],
  ':a :a/b': [keyword('a'), keyword('a/b')],
  '[1, (2 3)] {:a 1} #{4}': [[1, [2, 3]], new Map([[keyword('a'), 1]]), new Set([4])],
  '; nothing\n 1 #_ [2 3] 4 ; end': [1, 4],
  '#inst "2020" ^{:m 1} [5]': [new Tagged('inst', '2020'), [5]],
}

test.each(Object.entries(values))('EDN %s', (text, expected) => {
  expect(parseEdn(text).map(({ value }) => value)).toEqual(expected)
})

const broken: Record<string, [text: string, message: string]> = {
  'an open bracket': ['[1\n {:a 1', 'line 2, column 2: { is never closed'],
  'a bracket that closes nothing': ['1 )', 'line 1, column 3: ) closes nothing'],
  'an open string': ['\n "abc', 'line 2, column 2: a string is never closed'],
  'half a pair': ['{:a}', 'line 1, column 1: a map has a key without a value'],
  'a number that is none': ['12x', 'line 1, column 1: 12x is no number'],
  'an integer that would change': [
    '9007199254740993',
    'line 1, column 1: 9007199254740993 is too large to be kept exactly',
  ],
  'a deep nest': ['['.repeat(300), 'line 1, column 201: values are nested deeper than 200'],
}

test.each(Object.entries(broken))('%s is an error with its place', (_, [text, message]) => {
  expect(() => parseEdn(text)).toThrow(new FormatError(message.replace(/^.*?: /, ''), ...placeIn(message)))
})

function placeIn(message: string): [line: number, column: number] {
  const [, line, column] = /line (\d+), column (\d+)/.exec(message) ?? []
  return [Number(line), Number(column)]
}

const invoke = { index: 0, timeUs: 0, process: 0, type: 'invoke', f: 'write', value: 3 }
const ok = { index: 1, timeUs: 1, process: 0, type: 'ok', f: 'write', value: 3, output: {} }
const one = '{:process 0, :type :invoke, :f :write, :value 3}'
const two = '{:process 0, :type :ok, :f :write, :value 3}'

describe('the shapes of a history', () => {
  test.each([
    ['one map a line', `${one}\n${two}`],
    ['one vector', `[${one} ${two}]`],
    ['one list with comments', `; a\n(${one} ; b\n ${two})`],
    ['tagged records', `#jepsen.history.Op${one}\n#jepsen.history.Op${two}`],
    ['old tuples', '[0 :invoke :write 3]\n[0 :ok :write 3]'],
  ])('%s', (_, text) => {
    expect(readJepsen(text).events).toEqual([invoke, ok])
  })
})

describe('what the ops mean', () => {
  const read = (text: string, options = {}) =>
    readJepsen(text, options).events.map(({ index: _, timeUs: __, ...rest }) => rest)

  test('a refused compare-and-set is an observation, unless it failed for another reason', () => {
    expect(read('[0 :fail :cas [1 2]]')).toEqual([
      { process: 0, type: 'ok', f: 'cas', value: [1, 2], output: { swapped: false } },
    ])
    expect(read('{:process 0, :type :fail, :f :cas, :value [1 2], :error :timeout}')).toEqual([
      { process: 0, type: 'fail', f: 'cas', value: [1, 2], error: 'timeout' },
    ])
    expect(read('[0 :fail :cas [1 2]]', { failedCasObserves: false })).toEqual([
      { process: 0, type: 'fail', f: 'cas', value: [1, 2] },
    ])
  })

  test('a read of nil saw nothing there, and is a wildcard only on request', () => {
    expect(read('[0 :ok :read nil]')).toEqual([{ process: 0, type: 'ok', f: 'read', output: { value: null } }])
    expect(read('[0 :ok :read nil]', { nilReadsMatchAnything: true })).toEqual([
      { process: 0, type: 'ok', f: 'read', output: {} },
    ])
  })

  test('pairs are keys and values where every value is one', () => {
    const text = '[0 :invoke :write ["x" 1]]\n[0 :ok :write ["x" 1]]\n[0 :invoke :cas ["x" [1 2]]]'
    expect(read(text)).toEqual([
      { process: 0, type: 'invoke', f: 'write', key: 'x', value: 1 },
      { process: 0, type: 'ok', f: 'write', key: 'x', value: 1, output: {} },
      { process: 0, type: 'invoke', f: 'cas', key: 'x', value: [1, 2] },
    ])
  })

  test('the nemesis is left out, but keeps its place; nanoseconds become microseconds', () => {
    const text = '{:process :nemesis, :type :info, :f :start}\n{:process 0, :type :invoke, :f :read, :time 1500}'
    expect(readJepsen(text)).toEqual({
      events: [{ index: 1, timeUs: 1.5, process: 0, type: 'invoke', f: 'read' }],
      model: 'cas-register',
      initial: null,
      notes: ['1 events of the nemesis are left out'],
    })
  })

  test('an op that is none is an error with its place', () => {
    expect(() => readJepsen(`${one}\n{:process 0}`)).toThrow('line 2, column 1: :type should be')
    expect(() => readJepsen(`[${one}\n 7]`)).toThrow('line 2, column 2: an op should be a map')
  })
})
