/** A list that is only appended to and read as a whole, so that one read shows in which order the appends took effect. */
import { decideList } from '../collections/growth.ts'
import type { Model } from '../model.ts'
import { type Chain, hashOfChain, isSameChain, itemsOfChain, onTop, sizeOf } from './chain.ts'
import { itemsOf } from './item-set.ts'
import {
  answered,
  expected,
  type Item,
  isItem,
  keyOf,
  named,
  type ObjectModel,
  onlyFor,
  unknownFunction,
} from './object.ts'

export type ListInput =
  | { readonly f: 'append'; readonly key?: string; readonly value: Item }
  | { readonly f: 'read'; readonly key?: string }

/** Of a read, its items; of an append, `null`. */
export type ListOutput = readonly Item[] | null

const functions = ['append', 'read']

const step: Model<Chain, ListInput, ListOutput>['step'] = (state, input, output) => {
  switch (input.f) {
    case 'append':
      return [onTop(state, input.value)]
    case 'read':
      return !isRead(output) || (sizeOf(state) === output.length && isBeginning(state, output)) ? [state] : []
    default:
      return unknownFunction(input satisfies never, functions)
  }
}

export const list: ObjectModel<Chain, ListInput, ListOutput> = {
  summary: 'a list: append (an item), read (all items)',
  init: () => undefined,
  key: ({ key }) => key,
  step,
  equal: isSameChain,
  hash: hashOfChain,
  readOnly: (input) => input.f === 'read',
  // What is in it stays where it is.
  lost: (state, _input, output) => isRead(output) && !isBeginning(state, output),
  procedures: [
    onlyFor(step, (state) => state === undefined, {
      name: 'growing list',
      decide: (_model, operations, limits) => decideList(operations, limits),
    }),
  ],
  describeOperation: (input, output) =>
    input.f === 'append'
      ? `${named(input)} ${JSON.stringify(input.value)}${output === undefined ? ' -> ?' : ''}`
      : `${named(input)}${answered(output)}`,
  describeState: (state) => JSON.stringify(itemsOfChain(state).toReversed()),
  codec: {
    input(op) {
      const { f, value } = op
      if (f === 'read') return { f, ...keyOf(op) }
      if (f !== 'append') return unknownFunction(f, functions)
      return isItem(value) ? { f, ...keyOf(op), value } : expected('an item as its value', f, value)
    },
    output(input, output) {
      if (input.f === 'append') return null
      return itemsOf(output) ?? expected('a list of items as its output', input.f, output)
    },
  },
}

function isRead(output: ListOutput | undefined): output is readonly Item[] {
  return Array.isArray(output)
}

function isBeginning(state: Chain, answer: readonly Item[]): boolean {
  if (sizeOf(state) > answer.length) return false
  for (let link = state; link !== undefined; link = link.below) {
    if (link.item !== answer[link.size - 1]) return false
  }
  return true
}
