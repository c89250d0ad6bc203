/** A model's mistakes are told with the function, the operation and the cause. */
import { expect, test } from 'vitest'
import { check } from './check.ts'
import type { Model } from './model.ts'
import { blaming, ModelError } from './model-error.ts'
import type { Operation } from './operation.ts'

type Counter = Model<number, string, number>

const counter: Counter = {
  init: () => 0,
  step: (count, input, output) =>
    input === 'add' ? [count + 1] : output === undefined || output === count ? [count] : [],
}
const history: readonly Operation<string, number>[] = [
  { id: 4, process: 0, input: 'add', output: 0, call: 0, return: 1 },
  { id: 7, process: 1, input: 'get', output: 1, call: 2, return: 3 },
]
const cause = new RangeError('boom')
const boom = () => {
  throw cause
}

function errorOf(model: Counter): unknown {
  try {
    check(model, history)
  } catch (error) {
    return error
  }
  return undefined
}

const onGet = <T>(otherwise: T) => {
  return (input: string) => (input === 'get' ? boom() : otherwise)
}

const mistakes: readonly [name: string, change: Partial<Counter>, message: string, operation: number | undefined][] = [
  ['init', { init: boom }, "the model's init threw RangeError: boom", undefined],
  [
    'step',
    { step: (count, input) => onGet([count])(input) },
    `the model's step on operation 7 (input "get", output 1) threw RangeError: boom`,
    7,
  ],
  ['key', { key: onGet('k') }, `the model's key on operation 7 (input "get", output 1) threw RangeError: boom`, 7],
  ['readOnly', { readOnly: onGet(false) }, `the model's readOnly on operation 7 (`, 7],
  ['order', { order: ({ input }) => onGet(1)(input) }, `the model's order on operation 7 (`, 7],
  ['scope', { scope: onGet('s') }, `the model's scope on operation 7 (`, 7],
  ['partition', { partition: boom }, "the model's partition threw RangeError: boom", undefined],
  ['simplify', { simplify: boom }, "the model's simplify threw RangeError: boom", undefined],
  ['hash', { hash: boom, equal: Object.is }, "the model's hash threw RangeError: boom", undefined],
]

test.each(mistakes)('a model whose %s throws', (name, change, message, operation) => {
  const error = errorOf({ ...counter, ...change })
  expect(error).toBeInstanceOf(ModelError)
  expect(error).toMatchObject({ function: name, operation, cause })
  expect(String(error)).toContain(message)
})

test('a step that gives no list of states says what it gave', () => {
  const wrong = (given: unknown) => errorOf({ ...counter, step: () => given as number[] })
  const expected = 'where a list of the states that may follow was expected'
  expect(String(wrong(undefined))).toContain(
    `the model's step on operation 4 (input "add", output 0) gave undefined, ${expected}`,
  )
  expect(String(wrong(true))).toContain(`gave true, ${expected}`)
  expect(String(wrong(Promise.resolve([1])))).toContain(`gave a promise, ${expected}`)
})

test('a model may be frozen, or of a class with fields of its own', () => {
  class Own implements Counter {
    readonly #start = 0
    init(): number {
      return this.#start
    }
    step(count: number, input: string): readonly number[] {
      return this.#start === 0 ? onGet([count])(input) : []
    }
  }
  expect(errorOf(Object.freeze({ ...counter, step: boom }))).toMatchObject({ function: 'step', operation: 4, cause })
  expect(errorOf(new Own())).toMatchObject({ function: 'step', operation: 7, cause })
})

test('what the model did not throw is left as it is, and nothing is watched while all goes well', () => {
  const other = new Error('not the model')
  const run = () =>
    blaming(counter, history, () => {
      throw other
    })
  expect(run).toThrow(other)
  expect(blaming(counter, history, (model) => model)).toBe(counter)
})

test('what can not be shown in full is shown in part', () => {
  const long = [{ id: 0, process: 0, input: 'x'.repeat(1000), output: 1n, call: 0, return: 1 }]
  expect(() => check({ init: () => 0, step: boom }, long)).toThrow(
    /^the model's step on operation 0 \(input "x{199}…, output 1\) threw RangeError: boom$/,
  )
})
