/**
 * Small objects of several kinds, random histories of them, and a decision without any cleverness, to hold the general
 * search against. Not every history is legal: some answers are damaged, and some operations never returned.
 */
import type { Model } from '../model.ts'
import { appendKv, casRegister, type KvInput, type KvModel, type KvOutput } from '../models/index.ts'
import type { KvState } from '../models/kv.ts'
import {
  type WholeKvInput,
  type WholeKvModel,
  type WholeKvOutput,
  type WholeKvState,
  wholeKv,
} from '../models/whole-kv.ts'
import { isPending, type Operation } from '../operation.ts'

export type Chance = (bound: number) => number

export interface Subject<S, I, O> {
  readonly model: Model<S, I, O>
  readonly input: (below: Chance) => I
  /** What an operation that led from one state to another answers; with `isDamaged`, perhaps something else. */
  readonly answer: (input: I, before: S, after: S, isDamaged: boolean, below: Chance) => O
}

export interface Shape {
  /** The most operations. */
  readonly most: number
  /** Calls are in moments 0 to this. */
  readonly span: number
}

/** A random history: each operation takes effect at a moment of its interval; about a fifth does not return. */
export function randomHistory<S, I, O>(
  { model, input, answer }: Subject<S, I, O>,
  below: Chance,
  { most, span }: Shape,
): Operation<I, O>[] {
  const damages = below(3) > 0
  const drafts = Array.from({ length: 1 + below(most) }, (_, id) => {
    const call = below(span)
    const length = below(8)
    return { id, call, length, moment: call + (below(8) * length) / 7, isOpen: below(5) === 0, input: input(below) }
  })
  let state = model.init()
  const operations: Operation<I, O>[] = []
  for (const draft of drafts.toSorted((a, b) => a.moment - b.moment || a.id - b.id)) {
    const { id, call, length, isOpen } = draft
    const before = state
    const successors = model.step(before, draft.input, undefined)
    if (!isOpen || below(3) > 0) state = successors[below(successors.length)] ?? before
    const output = isOpen ? undefined : answer(draft.input, before, state, damages && below(3) === 0, below)
    const end = isOpen ? Number.POSITIVE_INFINITY : call + length
    operations.push({ id, process: id, input: draft.input, output, call, return: end })
  }
  return operations.sort((a, b) => a.id - b.id)
}

/** Whether some order of the operations that returned, and of some others, respects time and is accepted. */
export function isLegal<S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): boolean {
  const failed = new Set<string>()
  const extend = (state: S, rest: readonly Operation<I, O>[]): boolean => {
    if (rest.every(isPending)) return true
    const name = `${JSON.stringify(state)} ${rest.map(({ id }) => id)}`
    if (failed.has(name)) return false
    const barrier = Math.min(...rest.map((each) => each.return))
    for (const operation of rest) {
      if (operation.call > barrier) continue
      const others = rest.filter((each) => each !== operation)
      for (const next of model.step(state, operation.input, operation.output)) {
        if (extend(next, others)) return true
      }
    }
    failed.add(name)
    return false
  }
  return extend(model.init(), operations)
}

/** The earliest moment of a return that no order passes; `undefined` if the operations are legal. */
export function firstStuck<S, I, O>(model: Model<S, I, O>, operations: readonly Operation<I, O>[]): number | undefined {
  if (isLegal(model, operations)) return undefined
  const ends = operations.filter((each) => !isPending(each)).map((each) => each.return)
  return ends
    .sort((a, b) => a - b)
    .find((end) => {
      const called = operations.filter(({ call }) => call <= end)
      return !isLegal(
        model,
        called.map((each) => (each.return <= end ? each : { ...each, return: Number.POSITIVE_INFINITY })),
      )
    })
}

/** A small generator of random numbers (mulberry32). */
export function chances(seed: number): Chance {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let bits = Math.imul(state ^ (state >>> 15), 1 | state)
    bits = (bits + Math.imul(bits ^ (bits >>> 7), 61 | bits)) ^ bits
    return ((bits ^ (bits >>> 14)) >>> 0) % bound
  }
}

function pick<T>(below: Chance, items: readonly [T, ...T[]]): T {
  return items[below(items.length)] ?? items[0]
}

const registerInput = (below: Chance): KvInput =>
  pick<KvInput>(below, [
    { f: 'read' },
    { f: 'read' },
    { f: 'write', value: below(3) },
    { f: 'cas', value: [below(3), below(3)] },
    { f: 'delete' },
  ])

function kvAnswer(input: KvInput, before: KvState, after: KvState, isDamaged: boolean, below: Chance): KvOutput {
  if (input.f === 'read') return { value: isDamaged ? pick(below, [0, 1, null, 'a', 'ab']) : after.value }
  if (input.f !== 'cas') return {}
  return { swapped: (before.value === input.value[0]) !== isDamaged }
}

/** Three values and compare-and-set: many alike, many that can not be told apart. */
export const registerSubject: Subject<KvState, KvInput, KvOutput> = {
  model: unversioned(casRegister),
  input: registerInput,
  answer: kvAnswer,
}

/** Nobody looks at versions here, and without them many more histories lead to the same state. */
function unversioned(model: KvModel): KvModel {
  return {
    ...model,
    step: (state, input, output) => model.step(state, input, output).map(({ value }) => ({ value, version: 0 })),
  }
}

const texts = wholeKv(unversioned(appendKv))

const textInput = (below: Chance): KvInput => {
  const key = pick(below, ['x', 'x', 'y', 'z'])
  const value = pick(below, ['a', 'b'])
  return pick<KvInput>(below, [
    { f: 'read', key },
    { f: 'read', key },
    { f: 'append', key, value },
    { f: 'append', key, value },
    { f: 'append', key, value },
    { f: 'write', key, value },
  ])
}

function wholeSubject(
  model: WholeKvModel,
  one: (below: Chance) => KvInput,
  transactions: number,
): Subject<WholeKvState, WholeKvInput, WholeKvOutput> {
  return {
    model,
    input: (below) =>
      below(100) < transactions
        ? { f: 'txn', value: Array.from({ length: 1 + below(3) }, () => one(below)) }
        : one(below),
    answer(input, before, _after, isDamaged, below) {
      let state = before
      const results = (input.f === 'txn' ? input.value : [input]).map((part) => {
        const [next = state] = model.step(state, part, undefined)
        const of = (whole: WholeKvState) => whole[part.key ?? ''] ?? { value: null, version: 0 }
        const output = kvAnswer(part, of(state), of(next), isDamaged, below)
        state = next
        return output
      })
      return input.f === 'txn' ? { results } : (results[0] ?? {})
    },
  }
}

/** Texts of three keys, with transactions over several: what foresight and scopes are about. */
export const textsSubject = wholeSubject(texts, textInput, 15)
export const separateTextsSubject = wholeSubject(texts, textInput, 0)

/** Registers in a row, and transactions over two neighbours: what matters to an operation reaches far. */
const rowInput = (below: Chance): WholeKvInput => {
  const at = below(4)
  const key = `k${at}`
  if (below(3) === 0)
    return pick<KvInput>(below, [
      { f: 'read', key },
      { f: 'write', key, value: 1 + below(2) },
    ])
  return {
    f: 'txn',
    value: [
      { f: 'read', key },
      { f: 'write', key: `k${at + 1}`, value: 1 + below(2) },
    ],
  }
}

export const rowSubject: Subject<WholeKvState, WholeKvInput, WholeKvOutput> = {
  ...wholeSubject(wholeKv(unversioned(casRegister)), textInput, 0),
  input: rowInput,
}

export type TossInput = 'toss' | 'look' | 'half' | 'step'

/**
 * One of six fields. To toss leads to any of three, to look shows the field, `half` shows one of two things about it,
 * a step leads to the next one and does not show anything, but is not possible from the last.
 */
const toss: Model<number, TossInput, number> = {
  init: () => 0,
  step(state, input, output) {
    switch (input) {
      case 'toss':
        return [state, (state + 1) % 6, (state + 3) % 6]
      case 'look':
        return output === undefined || output === state ? [state] : []
      case 'half':
        return output === undefined || output === state % 2 ? [state] : []
      case 'step':
        return state === 5 ? [] : [state + 1]
      default:
        return input satisfies never
    }
  },
  readOnly: (input) => input === 'look' || input === 'half',
}

/** Of a nondeterministic model. */
export const tossSubject: Subject<number, TossInput, number> = {
  model: toss,
  input: (below) => pick(below, ['toss', 'toss', 'look', 'half', 'half', 'step']),
  answer(input, _before, after, isDamaged, below) {
    if (input === 'look') return isDamaged ? below(6) : after
    if (input === 'half') return (isDamaged ? below(6) : after) % 2
    return 0
  },
}
