/** Random histories of one key for the tests of this folder: an object takes operations at their moments, then answers are damaged. */

import { replay } from '../check.ts'
import { kvModel } from '../models/index.ts'
import type { KvInput, KvModel, KvOutput, KvState, KvValue } from '../models/kv.ts'
import { isPending, type Operation } from '../operation.ts'

export type KvOperation = Operation<KvInput, KvOutput>
export type Chance = (bound: number) => number

export interface HistoryShape {
  readonly model: KvModel
  /** Operations, at most. */
  readonly most: number
  /** How much time the calls are spread over; a short span makes much concurrency. */
  readonly span: number
  readonly hasVersions: boolean
  /** Out of 100. */
  readonly pending: number
  /** Of the pending ones, those that take effect, out of 100. */
  readonly effective: number
  /** Values from 0 up to here; 0: each value occurs once. */
  readonly values: number
  /** Of the histories, those in which answers are damaged, out of 100. */
  readonly damaged: number
  /** Out of 100: compare-and-sets that expect what is there. */
  readonly informed: number
}

/** A generator of its own (mulberry32), so that a seed names a history for ever. */
export function chances(seed: number): Chance {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

export const everything = kvModel(['read', 'write', 'delete', 'append', 'cas'])

interface Draft {
  readonly id: number
  readonly call: number
  readonly end: number
  readonly moment: number
  readonly isOpen: boolean
  readonly takesEffect: boolean
}

export function randomHistory(shape: HistoryShape, seed: number): KvOperation[] {
  const below = chances(seed)
  const count = 1 + below(shape.most)
  const drafts = Array.from({ length: count }, (_, id): Draft => {
    const call = below(shape.span)
    const isOpen = below(100) < shape.pending
    const end = call + below(6)
    const moment = call + (isOpen ? below(shape.span) : below(4) * ((end - call) / 3))
    return { id, call, end, moment, isOpen, takesEffect: !isOpen || below(100) < shape.effective }
  })
  let state = shape.model.init()
  const operations: KvOperation[] = []
  for (const { id, call, end, isOpen, takesEffect } of drafts.toSorted((a, b) => a.moment - b.moment || a.id - b.id)) {
    const input = inputFor(shape, state, id, below)
    const before = state
    if (takesEffect) state = shape.model.step(state, input, undefined)[0]!
    const output = isOpen ? undefined : outputOf(shape, input, before, state)
    operations.push({ id, process: id, input, output, call, return: isOpen ? Infinity : end })
  }
  operations.sort((a, b) => (below(8) === 0 ? below(3) - 1 : a.id - b.id))
  return below(100) < shape.damaged ? damage(operations, below) : operations
}

function inputFor({ model, values, informed }: HistoryShape, state: KvState, id: number, below: Chance): KvInput {
  const f = pick(model.functions, below)
  const isText = model.functions.includes('append')
  const fresh = (): KvValue => {
    const value = values === 0 ? id + 1 : below(values)
    return isText ? `${value} ` : value
  }
  switch (f) {
    case 'read':
    case 'delete':
      return { f }
    case 'write':
      return { f, value: fresh() }
    case 'append':
      return { f, value: values > 0 && below(9) === 0 ? '' : `${fresh()}` }
    case 'cas':
      return { f, value: [below(100) < informed ? state.value : below(9) === 0 ? null : fresh(), fresh()] }
    default:
      return f satisfies never
  }
}

function outputOf({ hasVersions }: HistoryShape, input: KvInput, before: KvState, after: KvState): KvOutput {
  const version = hasVersions ? { version: after.version } : {}
  if (input.f === 'read') return { ...version, value: before.value }
  if (input.f !== 'cas') return version
  const swapped = before.value === input.value[0]
  if (swapped || after.version % 5 === 4) return { ...version, swapped }
  return { ...version, swapped, found: before.value }
}

/** One or two answers are changed: to what another operation saw, to a version nearby, or lost altogether. */
function damage(operations: readonly KvOperation[], below: Chance): KvOperation[] {
  const damaged = [...operations]
  for (let n = below(2); n >= 0; n--) {
    const at = below(damaged.length)
    const other = pick(damaged, below)
    const operation = damaged[at]!
    const { output, input } = operation
    if (output === undefined) continue
    const version = output.version === undefined ? {} : { version: Math.max(0, output.version + below(3) - 1) }
    const text = output.value
    if (output.version !== undefined && below(2) === 0)
      damaged[at] = { ...operation, output: { ...output, ...version } }
    else if (typeof text === 'string' && below(2) === 0)
      damaged[at] = { ...operation, output: { ...output, value: withTokensMoved(text, below) } }
    else if (input.f === 'read' && other.output?.value !== undefined)
      damaged[at] = { ...operation, output: { ...output, value: other.output.value } }
    else if (input.f === 'append') damaged.splice(at, 1)
    else if (input.f === 'cas' && output.found === undefined)
      damaged[at] = { ...operation, output: { ...output, swapped: output.swapped !== true } }
    else if (below(3) === 0) damaged.splice(at, 1)
    if (damaged.length === 0) break
  }
  return damaged
}

/** One token lost, or in another place. */
function withTokensMoved(text: string, below: Chance): string {
  const tokens = text.split(/(?<= )/)
  const [taken = ''] = tokens.splice(below(tokens.length), 1)
  if (below(2) === 0) tokens.splice(below(tokens.length + 1), 0, taken)
  return tokens.join('')
}

function pick<T>(items: readonly T[], below: Chance): T {
  return items[below(items.length)]!
}

/** Tries every order of every subset that holds all operations that returned. */
export function bruteForce(model: KvModel, operations: readonly KvOperation[]): boolean {
  const extend = (states: readonly KvState[], rest: readonly KvOperation[]): boolean => {
    if (rest.every(isPending)) return true
    const firstReturn = Math.min(...rest.map((each) => each.return))
    return rest.some((next) => {
      if (next.call > firstReturn) return false
      const after = states.flatMap((state) => model.step(state, next.input, next.output))
      return (
        after.length > 0 &&
        extend(
          after,
          rest.filter((other) => other !== next),
        )
      )
    })
  }
  return extend([model.init()], operations)
}

/** Whether an order proves the history legal. */
export function proves(model: KvModel, operations: readonly KvOperation[], order: ArrayLike<number>): boolean {
  const chosen = Array.from(order, (index) => operations[index]!)
  return replay(model, chosen, operations) === undefined
}
