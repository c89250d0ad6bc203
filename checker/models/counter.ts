/** A counter: amounts are added, reads see the sum. An add may answer the sum after it. */
import { decideUnitCounter } from '../collections/unit-counter.ts'
import type { Model } from '../model.ts'
import { answered, expected, keyOf, named, type ObjectModel, onlyFor, unknownFunction } from './object.ts'

export type CounterInput =
  /** The amount may be negative. */
  { readonly f: 'add'; readonly key?: string; readonly value: number } | { readonly f: 'read'; readonly key?: string }

/** The sum that was seen; `null` if an add did not tell. */
export type CounterOutput = number | null

const functions = ['add', 'read']

const step: Model<number, CounterInput, CounterOutput>['step'] = (sum, input, output) => {
  switch (input.f) {
    case 'add': {
      const after = sum + input.value
      return output === undefined || output === null || output === after ? [after] : []
    }
    case 'read':
      return output === undefined || output === sum ? [sum] : []
    default:
      return unknownFunction(input satisfies never, functions)
  }
}

export const counter: ObjectModel<number, CounterInput, CounterOutput> = {
  summary: 'a counter that begins at 0: add (an amount; may answer the sum), read',
  init: () => 0,
  key: ({ key }) => key,
  step,
  readOnly: (input) => input.f === 'read',
  // Unless a negative amount is added, which resets, the sum never falls again.
  lost: (sum, input, output) => typeof output === 'number' && output < sum + (input.f === 'add' ? input.value : 0),
  resets: (input) => input.f === 'add' && input.value < 0,
  observes: (_input, output) => output !== null,
  procedures: [
    onlyFor(step, Number.isSafeInteger, {
      name: 'unit counter',
      decide: (model, operations, limits) => decideUnitCounter(model.init(), operations, limits),
    }),
  ],
  describeOperation: (input, output) =>
    input.f === 'add'
      ? `${named(input)} ${input.value}${output === null ? '' : answered(output)}`
      : `${named(input)}${answered(output)}`,
  describeState: String,
  codec: {
    input(op) {
      if (op.f === 'read') return { f: 'read', ...keyOf(op) }
      if (op.f !== 'add') return unknownFunction(op.f, functions)
      const { value } = op
      return typeof value === 'number' ? { f: 'add', ...keyOf(op), value } : expected('a number', op.f, value)
    },
    output(input, output) {
      if (typeof output === 'number' || (output === null && input.f === 'add')) return output
      return expected('a number as its output', input.f, output)
    },
  },
}
