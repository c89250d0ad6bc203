/** Queues, stacks and priority queues: items are put in and taken out, and they differ in which one is next. */
import type { ContainerOperation } from '../collections/container-history.ts'
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Limits } from '../procedure.ts'
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

export type ContainerInput<Put extends string, Take extends string> =
  | { readonly f: Put; readonly key?: string; readonly value: Item }
  | { readonly f: Take; readonly key?: string }

/** Of a take, the item, or `null` if there was none; of a put, `null`. */
export type ContainerOutput = Item | null

export type ContainerModel<S, Put extends string, Take extends string> = ObjectModel<
  S,
  ContainerInput<Put, Take>,
  ContainerOutput
>

export interface ContainerKind<S, Put extends string, Take extends string> {
  readonly summary: string
  readonly put: Put
  readonly take: Take
  readonly empty: S
  insert(state: S, item: Item): S
  /** The item that a take gets; `undefined` if there is none. */
  next(state: S): Item | undefined
  /** What is left when it is taken. */
  rest(state: S): S
  equal(a: S, b: S): boolean
  hash(state: S): number
  /** For people, the next one first or last. */
  items(state: S): readonly Item[]
  /** What is wrong with an item; `undefined` if nothing. */
  objection?(item: Item): string | undefined
  /** The procedure for histories in which no item is put twice. */
  readonly procedure: {
    readonly name: string
    decide(operations: readonly ContainerOperation[], limits: Limits): Decision | undefined
  }
}

export function container<S, Put extends string, Take extends string>(
  kind: ContainerKind<S, Put, Take>,
): ContainerModel<S, Put, Take> {
  type Input = ContainerInput<Put, Take>
  const functions = [kind.put, kind.take]
  const step: Model<S, Input, ContainerOutput>['step'] = (state, input, output) => {
    const { f, value }: { readonly f: string; readonly value?: Item } = input
    if (f === kind.put && value !== undefined) return [kind.insert(state, value)]
    if (f !== kind.take) return unknownFunction(f, functions)
    const next = kind.next(state)
    if (output !== undefined && output !== (next ?? null)) return []
    return [next === undefined ? state : kind.rest(state)]
  }
  const { name, decide } = kind.procedure
  return {
    summary: kind.summary,
    init: () => kind.empty,
    key: ({ key }) => key,
    step,
    // There was nothing to take.
    readOnly: (input, output) => output === null && !('value' in input),
    equal: kind.equal,
    hash: kind.hash,
    removable: wholeItems,
    procedures: [
      onlyFor(step, (state) => kind.next(state) === undefined, {
        name,
        decide: (_model, operations, limits) => decide(operations, limits),
      }),
    ],
    describeOperation: (input, output) =>
      'value' in input
        ? `${named(input)} ${JSON.stringify(input.value)}${output === undefined ? ' -> ?' : ''}`
        : `${named(input)}${output === null ? ' -> nothing' : answered(output)}`,
    describeState: (state) => JSON.stringify(kind.items(state)),
    codec: {
      input(op) {
        if (op.f === kind.take) return { f: kind.take, ...keyOf(op) }
        if (op.f !== kind.put) return unknownFunction(op.f, functions)
        const { value } = op
        if (!isItem(value)) return expected('a string, a number or a boolean as its value', op.f, value)
        const objection = kind.objection?.(value)
        if (objection !== undefined) return expected(objection, op.f, value)
        return { f: kind.put, ...keyOf(op), value }
      },
      output(input, output) {
        if ('value' in input) return null
        return output === null || isItem(output) ? output : expected('an item or null as its output', input.f, output)
      },
    },
  }
}

/**
 * All that put or took an item can go together: between, and afterwards, every other item is still in the same place
 * among the others. Should a take that did not return have got it, that one did not happen. A take that found nothing
 * can go, as it changed nothing.
 */
function wholeItems(
  operations: readonly Operation<{ readonly f: string; readonly value?: Item }, ContainerOutput>[],
): readonly (readonly number[])[] {
  const groups: number[][] = []
  const byItem = new Map<Item, number[]>()
  for (const [index, { input, output }] of operations.entries()) {
    const item = 'value' in input ? input.value : output
    if (item === null) groups.push([index])
    if (item === null || item === undefined) continue
    const group = byItem.get(item)
    if (group === undefined) {
      const first = [index]
      byItem.set(item, first)
      groups.push(first)
    } else group.push(index)
  }
  return groups
}
