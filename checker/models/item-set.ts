/**
 * A set: items are added and removed, and looked for one by one or all at once. `add` may answer whether the item is
 * new, `remove` whether it was there. Without reads of the whole, each item is an object of its own: there, or not.
 */
import { decideElement } from '../collections/element.ts'
import { decideGrowingSet } from '../collections/growth.ts'
import type { Json } from '../formats/event.ts'
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
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

export type SetInput =
  | { readonly f: 'add' | 'remove' | 'contains'; readonly key?: string; readonly value: Item }
  | { readonly f: 'read'; readonly key?: string }

/** Of a read, its items; else whether it was there (`contains`, `remove`) or is new (`add`); `null`: it did not tell. */
export type SetOutput = readonly Item[] | boolean | null

/** Sorted by `compareItems`. */
export type SetState = readonly Item[]

type SetOperation = Operation<SetInput, SetOutput>

const functions = ['add', 'remove', 'contains', 'read']

const step: Model<SetState, SetInput, SetOutput>['step'] = (state, input, output) => {
  if (input.f === 'read') return !isRead(output) || isSame(state, output) ? [state] : []
  const place = placeOf(state, input.value)
  const isThere = state[place] === input.value
  switch (input.f) {
    case 'contains':
      return typeof output !== 'boolean' || output === isThere ? [state] : []
    case 'add':
      if (typeof output === 'boolean' && output === isThere) return []
      return [isThere ? state : state.toSpliced(place, 0, input.value)]
    case 'remove':
      if (typeof output === 'boolean' && output !== isThere) return []
      return [isThere ? state.toSpliced(place, 1) : state]
    default:
      return unknownFunction(input satisfies never, functions)
  }
}

const isEmpty = (state: SetState) => state.length === 0

export const itemSet: ObjectModel<SetState, SetInput, SetOutput> = {
  summary: 'a set: add, remove, contains (an item each; answer true, false or null), read (all items)',
  init: () => [],
  step,
  partition,
  readOnly: (input, output) => input.f === 'read' || input.f === 'contains' || output === false,
  // As long as nothing is removed, what is in it stays.
  lost: (state, input, output) => {
    if (input.f === 'read') return isRead(output) && !isWithin(state, output)
    const isThere = state[placeOf(state, input.value)] === input.value
    return isThere && output === (input.f === 'add')
  },
  resets: (input) => input.f === 'remove',
  procedures: [
    onlyFor(step, isEmpty, {
      name: 'single item',
      decide: (_model, operations, limits) => decideElement(operations, limits),
    }),
    onlyFor(step, isEmpty, {
      name: 'growing set',
      decide: (_model, operations, limits) => decideGrowingSet(operations, limits),
    }),
  ],
  describeOperation: (input, output) =>
    `${named(input)}${input.f === 'read' ? '' : ` ${JSON.stringify(input.value)}`}${answered(output)}`,
  describeState: (state) => JSON.stringify(state),
  codec: {
    input(op) {
      const { f, value } = op
      if (f === 'read') return { f, ...keyOf(op) }
      if (f !== 'add' && f !== 'remove' && f !== 'contains') return unknownFunction(f, functions)
      return isItem(value) ? { f, ...keyOf(op), value } : expected('an item as its value', f, value)
    },
    output(input, output) {
      if (input.f === 'read') return itemsOf(output) ?? expected('a list of items as its output', input.f, output)
      if (typeof output === 'boolean' || (output === null && input.f !== 'contains')) return output
      return expected(input.f === 'contains' ? 'true or false' : 'true, false or null', input.f, output)
    },
  },
}

/** Any fixed order of all items: by type, then by value. */
export function compareItems(a: Item, b: Item): number {
  if (typeof a !== typeof b) return typeof a < typeof b ? -1 : 1
  return a < b ? -1 : a > b ? 1 : 0
}

/** Where nobody looks at the whole, no operation on one item tells anything about another. */
function partition(operations: readonly SetOperation[]): readonly (readonly number[])[] {
  const wholes = new Set(operations.flatMap(({ input }) => (input.f === 'read' ? [input.key] : [])))
  const byKey = new Map<string | undefined, Map<Item | undefined, number[]>>()
  for (const [index, { input }] of operations.entries()) {
    const { key } = input
    const item = input.f === 'read' || wholes.has(key) ? undefined : input.value
    const groups = byKey.get(key) ?? new Map<Item | undefined, number[]>()
    byKey.set(key, groups)
    const group = groups.get(item)
    if (group === undefined) groups.set(item, [index])
    else group.push(index)
  }
  return [...byKey.values()].flatMap((groups) => [...groups.values()])
}

function placeOf(state: SetState, item: Item): number {
  let low = 0
  let high = state.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const other = state[middle]
    if (other !== undefined && compareItems(other, item) < 0) low = middle + 1
    else high = middle
  }
  return low
}

function isRead(output: SetOutput | undefined): output is readonly Item[] {
  return Array.isArray(output)
}

/** Answers may list items in any order. */
function isSame(state: SetState, answer: readonly Item[]): boolean {
  return state.length === answer.length && isWithin(state, answer)
}

function isWithin(state: SetState, answer: readonly Item[]): boolean {
  if (state.length > answer.length) return false
  const items = new Set(answer)
  return state.every((item) => items.has(item))
}

/** `undefined` if these are no items. */
export function itemsOf(output: Json): readonly Item[] | undefined {
  const list: readonly Json[] = Array.isArray(output) ? output : [null]
  const items = list.filter(isItem)
  return items.length === list.length ? items : undefined
}
