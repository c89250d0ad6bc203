/**
 * The ops of a run as columns: as JSON that compresses well, and as typed arrays that 100,000 of them are filtered and
 * drawn from within a frame. Runs in Node, which packs, and in the page, which unpacks.
 */
import type { HistoryEvent, Json } from 'porcupine-ts/formats'
import { describe } from '../spans.ts'

/** One entry per op, by call. Names, keys, functions and errors are numbers in `names`; -1 is none. */
export interface OpColumns {
  readonly names: OpNames
  /** The index of the invocation in the history, as the difference to the one before. */
  readonly id: readonly number[]
  /** How many events later it ended; 0 if it did not. */
  readonly end: readonly number[]
  /** µs, as the difference to the one before. */
  readonly call: readonly number[]
  /** µs; -1 if it did not end. */
  readonly took: readonly number[]
  readonly process: readonly number[]
  readonly client: readonly number[]
  readonly node: readonly number[]
  readonly f: readonly number[]
  readonly key: readonly number[]
  readonly outcome: readonly number[]
  readonly error: readonly number[]
  /** JSON, '' if there is none: read only when somebody looks at the op. */
  readonly value: readonly string[]
  readonly output: readonly string[]
}

export interface OpNames {
  readonly node: readonly string[]
  readonly f: readonly string[]
  readonly key: readonly string[]
  readonly error: readonly string[]
}

export const ok = 0
export const fail = 1
export const info = 2
export const outcomeNames = ['ok', 'fail', 'info'] as const

/** The same, unpacked. `endUs` is Infinity where an op never ended. */
export interface Ops {
  readonly length: number
  readonly names: OpNames
  readonly id: Int32Array
  readonly endId: Int32Array
  readonly callUs: Float64Array
  readonly endUs: Float64Array
  readonly process: Int32Array
  readonly client: Int32Array
  readonly node: Int32Array
  readonly f: Int32Array
  readonly key: Int32Array
  readonly outcome: Uint8Array
  readonly error: Int32Array
  readonly value: readonly string[]
  readonly output: readonly string[]
}

/** An end without a beginning is left out: lenient, as a report must open anyway. */
export function packOps(history: readonly HistoryEvent[]): OpColumns {
  const paired = pairsOf(history)
  const names = { node: new Names(), f: new Names(), key: new Names(), error: new Names() }
  const columns = {
    id: paired.map(({ invoke }, at) => invoke.index - (paired[at - 1]?.invoke.index ?? 0)),
    end: paired.map(({ invoke, end }) => (end?.index ?? invoke.index) - invoke.index),
    call: paired.map(({ invoke }, at) => invoke.timeUs - (paired[at - 1]?.invoke.timeUs ?? 0)),
    took: paired.map(({ invoke, end }) => (end === undefined ? -1 : end.timeUs - invoke.timeUs)),
    process: paired.map(({ invoke }) => invoke.process),
    client: paired.map(({ invoke }) => invoke.client ?? -1),
    node: paired.map(({ invoke }) => names.node.numberOf(invoke.node)),
    f: paired.map(({ invoke }) => names.f.numberOf(invoke.f)),
    key: paired.map(({ invoke }) => names.key.numberOf(invoke.key)),
    outcome: paired.map(({ end }) => outcomeOf(end)),
    error: paired.map(({ end }) => names.error.numberOf(end?.error)),
    value: paired.map(({ invoke }) => jsonOf(invoke.value)),
    output: paired.map(({ end }) => jsonOf(end?.output)),
  }
  const { node, f, key, error } = names
  return { names: { node: node.all, f: f.all, key: key.all, error: error.all }, ...columns }
}

export function unpackOps({ names, ...columns }: OpColumns): Ops {
  const id = summed(columns.id)
  const callUs = summed(columns.call)
  return {
    length: id.length,
    names,
    id: Int32Array.from(id),
    endId: Int32Array.from(columns.end, (later, at) => (later === 0 ? -1 : (id[at] ?? 0) + later)),
    callUs,
    endUs: Float64Array.from(columns.took, (us, at) => (us < 0 ? Number.POSITIVE_INFINITY : (callUs[at] ?? 0) + us)),
    process: Int32Array.from(columns.process),
    client: Int32Array.from(columns.client),
    node: Int32Array.from(columns.node),
    f: Int32Array.from(columns.f),
    key: Int32Array.from(columns.key),
    outcome: Uint8Array.from(columns.outcome),
    error: Int32Array.from(columns.error),
    value: columns.value,
    output: columns.output,
  }
}

/** The place of the op whose invocation is event `id`; -1 if there is none. */
export function placeOf(ops: Ops, id: number): number {
  let low = 0
  let high = ops.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ops.id[middle] ?? 0) < id) low = middle + 1
    else high = middle
  }
  return ops.id[low] === id ? low : -1
}

/** The events of one op, as the history has them. */
export function eventsOf(ops: Ops, at: number): readonly [invoke: HistoryEvent, end: HistoryEvent | undefined] {
  const { names } = ops
  const node = names.node[ops.node[at] ?? -1]
  const key = names.key[ops.key[at] ?? -1]
  const client = ops.client[at] ?? -1
  const value = ops.value[at] ?? ''
  const common = {
    process: ops.process[at] ?? 0,
    f: names.f[ops.f[at] ?? -1] ?? '',
    ...(key === undefined ? {} : { key }),
    ...(value === '' ? {} : { value: parsed(value) }),
    ...(client < 0 ? {} : { client }),
    ...(node === undefined ? {} : { node }),
  }
  const invoke: HistoryEvent = { ...common, index: ops.id[at] ?? 0, timeUs: ops.callUs[at] ?? 0, type: 'invoke' }
  const endId = ops.endId[at] ?? -1
  if (endId < 0) return [invoke, undefined]
  const output = ops.output[at] ?? ''
  const error = names.error[ops.error[at] ?? -1]
  const type = outcomeNames[ops.outcome[at] ?? info] ?? 'info'
  const seen = { ...(output === '' ? {} : { output: parsed(output) }), ...(error === undefined ? {} : { error }) }
  return [invoke, { ...common, ...seen, index: endId, timeUs: ops.endUs[at] ?? 0, type }]
}

/** What was asked and answered, in a person's words. */
export function textOf(ops: Ops, at: number): string {
  return describe(...eventsOf(ops, at))
}

/** `c3`: a client where one is known, else a process. */
export function actorAt(ops: Ops, at: number): string {
  const client = ops.client[at] ?? -1
  return client < 0 ? `p${ops.process[at] ?? 0}` : `c${client}`
}

interface Pair {
  readonly invoke: HistoryEvent
  end: HistoryEvent | undefined
}

function pairsOf(history: readonly HistoryEvent[]): readonly Pair[] {
  const all: Pair[] = []
  const open = new Map<number, Pair>()
  for (const event of history) {
    if (event.type === 'invoke') {
      const pair = { invoke: event, end: undefined }
      all.push(pair)
      open.set(event.process, pair)
      continue
    }
    const pair = open.get(event.process)
    if (pair !== undefined) pair.end = event
    open.delete(event.process)
  }
  return all
}

function outcomeOf(end: HistoryEvent | undefined): number {
  if (end === undefined || end.type === 'invoke') return info
  return outcomeNames.indexOf(end.type)
}

function jsonOf(value: Json | undefined): string {
  return value === undefined ? '' : JSON.stringify(value)
}

function parsed(json: string): Json {
  return JSON.parse(json)
}

function summed(differences: readonly number[]): Float64Array {
  let sum = 0
  return Float64Array.from(differences, (difference) => {
    sum += difference
    return sum
  })
}

/** Gives each name a number, in the order in which they first appear. */
class Names {
  readonly all: string[] = []
  readonly #numbers = new Map<string, number>()

  numberOf(name: string | undefined): number {
    if (name === undefined) return -1
    let number = this.#numbers.get(name)
    if (number === undefined) {
      number = this.all.push(name) - 1
      this.#numbers.set(name, number)
    }
    return number
  }
}
