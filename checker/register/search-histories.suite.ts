/** Histories of one register for tests, drawn from a seed, and their verdict by brute force. */
import type { KvInput, KvOutput } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'

export type Chance = (bound: number) => number

/** An operation before it has a place in the columns; times may be any numbers, `Infinity` if pending. */
export interface Draft {
  readonly kind: number
  readonly value: number
  readonly next: number
  readonly call: number
  readonly return: number
}

/** A small generator of its own (mulberry32), so that the package needs nothing. */
export function chances(seed: number): Chance {
  let state = seed
  return (bound) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) % bound
  }
}

/** What a real register answered to operations that took effect within their intervals, a part of it with lies. */
export function played(seed: number, most: number, isHonest = false): RegisterColumns {
  const below = chances(seed)
  const count = 2 + below(most - 1)
  const values = 2 + below(4)
  const pendingPercent = [0, 10, 30, 60][below(4)]!
  const span = 4 * [count, 2 * count, 4 * count][below(3)]!
  const length = 4 * [2, 5, 10, 20][below(4)]!
  const weights = [1 + below(4), below(5), below(4), below(4)]
  const isDamaged = below(2) === 1 && !isHonest
  const asked = Array.from({ length: count }, () => {
    const call = below(span)
    const took = below(length)
    const isPending = below(100) < pendingPercent
    const moment = call + (took * below(5)) / 4 + (isPending ? below(span) : 0)
    const name = ['write', 'read', 'cas', 'hopeful'][weighted(below, weights)]!
    return { call, end: isPending ? Number.POSITIVE_INFINITY : call + took, moment, name, isPending }
  })
  let state = 0
  const drafts: Draft[] = []
  for (const { call, end, moment: _, name, isPending } of asked.sort((a, b) => a.moment - b.moment)) {
    const isEffective = !isPending || below(2) === 0
    const base = { call, return: end, next: -1 }
    if (name === 'write') {
      const value = below(values)
      drafts.push({ ...base, kind: kinds.write, value })
      if (isEffective) state = value
    } else if (name === 'read') {
      if (!isPending) drafts.push({ ...base, kind: kinds.read, value: state })
    } else {
      const from = name === 'cas' && below(3) > 0 ? state : below(values)
      const to = below(values)
      const met = state
      if (isEffective && met === from) state = to
      if (from === to) {
        if (!isPending && met === from) drafts.push({ ...base, kind: kinds.read, value: from })
      } else if (isPending || met === from) drafts.push({ ...base, kind: kinds.cas, value: from, next: to })
      else if (below(4) > 0) drafts.push({ ...base, kind: kinds.refuse, value: from })
      else drafts.push({ ...base, kind: kinds.read, value: met })
    }
  }
  return columnsFrom(isDamaged ? drafts.map((draft) => damaged(draft, below, values)) : drafts, 0)
}

function damaged(draft: Draft, below: Chance, values: number): Draft {
  const isLie = draft.kind !== kinds.write && draft.kind !== kinds.cas && below(12) === 0
  return isLie ? { ...draft, value: below(values) } : draft
}

function weighted(below: Chance, weights: readonly number[]): number {
  let left = below(weights.reduce((sum, weight) => sum + weight, 0))
  return weights.findIndex((weight) => {
    left -= weight
    return left < 0
  })
}

/** Operations without rhyme or reason. Short ones are legal about as often as not, in ways that no register takes. */
export function scattered(seed: number, most: number): RegisterColumns {
  const below = chances(seed)
  const count = 2 + below(most - 1)
  const values = 2 + below(3)
  const pending = below(3)
  const weights = [1 + below(3), below(3), below(4), below(3)]
  const length = 1 + below(8)
  const drafts = Array.from({ length: count }, (): Draft => {
    const kind = [kinds.write, kinds.read, kinds.cas, kinds.refuse][weighted(below, weights)]!
    const value = below(values)
    const other = below(values - 1)
    const next = kind === kinds.cas ? other + (other >= value ? 1 : 0) : -1
    const call = below(2 * count)
    const isPending = (kind === kinds.write || kind === kinds.cas) && below(6) < pending
    return { kind, value, next, call, return: isPending ? Number.POSITIVE_INFINITY : call + below(length) }
  })
  return columnsFrom(drafts, 0)
}

/** Times become positions; at one time, calls come first. */
export function columnsFrom(drafts: readonly Draft[], initial: number): RegisterColumns {
  const moments = drafts.flatMap((draft, index) => [
    { time: draft.call, isReturn: 0, index },
    ...(draft.return === Number.POSITIVE_INFINITY ? [] : [{ time: draft.return, isReturn: 1, index }]),
  ])
  moments.sort((a, b) => a.time - b.time || a.isReturn - b.isReturn || a.index - b.index)
  const call = new Map<number, number>()
  const returns = new Map<number, number>()
  for (const [position, { isReturn, index }] of moments.entries()) (isReturn ? returns : call).set(index, position)
  const order = drafts.map((_, index) => index).sort((a, b) => call.get(a)! - call.get(b)!)
  return {
    length: drafts.length,
    kind: Uint8Array.from(order, (index) => drafts[index]!.kind),
    value: Int32Array.from(order, (index) => drafts[index]!.value),
    next: Int32Array.from(order, (index) => drafts[index]!.next),
    call: Int32Array.from(order, (index) => call.get(index)!),
    return: Int32Array.from(order, (index) => returns.get(index) ?? open),
    operation: Int32Array.from(order),
    initial,
    values: Math.max(initial, ...drafts.flatMap(({ value, next }) => [value, next])) + 1,
  }
}

/** The same as operations of the compare-and-set model, of which `initial` is the first value. */
export function operationsFrom(columns: RegisterColumns): readonly Operation<KvInput, KvOutput>[] {
  return Array.from({ length: columns.length }, (_, i) => {
    const isPending = columns.return[i] === open
    const { input, output } = described(columns.kind[i]!, columns.value[i]!, columns.next[i]!)
    return {
      id: i,
      process: i,
      input,
      output: isPending ? undefined : output,
      call: columns.call[i]!,
      return: isPending ? Number.POSITIVE_INFINITY : columns.return[i]!,
    }
  })
}

function described(kind: number, value: number, next: number): { input: KvInput; output: KvOutput } {
  switch (kind) {
    case kinds.read:
      return { input: { f: 'read' }, output: { value } }
    case kinds.refuse:
      return { input: { f: 'cas', value: [value, -1] }, output: { swapped: false } }
    case kinds.write:
      return { input: { f: 'write', value }, output: {} }
    default:
      return { input: { f: 'cas', value: [value, next] }, output: { swapped: true } }
  }
}

/** The state after an operation, or -1 if it could not have happened so. */
function after({ kind, value, next }: RegisterColumns, i: number, state: number): number {
  if (kind[i] === kinds.write) return value[i]!
  if (kind[i] === kinds.refuse) return value[i] === state ? -1 : state
  if (value[i] !== state) return -1
  return kind[i] === kinds.cas ? next[i]! : state
}

/** What is wrong with an order that must hold all that returned by `until`, or `undefined`. */
export function objection(columns: RegisterColumns, order: ArrayLike<number>, until: number = open - 1) {
  const places = Array.from(order, (operation) => columns.operation.indexOf(operation))
  if (new Set(places).size < places.length) return 'an operation appears twice'
  let state = columns.initial
  let latestCall = -1
  for (const i of places) {
    latestCall = Math.max(latestCall, columns.call[i]!)
    if (columns.return[i]! < latestCall) return `operation ${i} comes too late`
    state = after(columns, i, state)
    if (state < 0) return `operation ${i} is refused`
  }
  const missing = columns.return.findIndex((end, i) => end <= until && !places.includes(i))
  return missing < 0 ? undefined : `operation ${missing} is missing`
}

/** Tries every order of every subset that holds all that returned: Wing and Gong without anything, for a few. */
export function isLegalByPermutations(columns: RegisterColumns): boolean {
  const all = Array.from({ length: columns.length }, (_, i) => i)
  const extend = (rest: readonly number[], state: number): boolean => {
    const required = rest.filter((i) => columns.return[i] !== open)
    if (required.length === 0) return true
    return rest.some((i) => {
      if (required.some((other) => columns.return[other]! < columns.call[i]!)) return false
      const next = after(columns, i, state)
      return (
        next >= 0 &&
        extend(
          rest.filter((other) => other !== i),
          next,
        )
      )
    })
  }
  return extend(all, columns.initial)
}

/** The same with a memory of what was placed, for up to 30 operations, and only as far as the returns by `until`. */
export function isLegal(columns: RegisterColumns, until: number = open - 1): boolean {
  const { length, call, return: returns } = columns
  const seen = new Set<number>()
  const extend = (placed: number, state: number): boolean => {
    let firstReturn: number = open
    for (let i = 0; i < length; i++) {
      if (((placed >>> i) & 1) === 0 && returns[i]! <= until) firstReturn = Math.min(firstReturn, returns[i]!)
    }
    if (firstReturn === open) return true
    const name = state * 2 ** 31 + placed
    if (seen.has(name)) return false
    seen.add(name)
    for (let i = 0; i < length; i++) {
      if (((placed >>> i) & 1) === 1 || call[i]! > firstReturn) continue
      const next = after(columns, i, state)
      if (next >= 0 && extend(placed | (1 << i), next)) return true
    }
    return false
  }
  return extend(0, columns.initial)
}
