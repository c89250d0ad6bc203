/**
 * Operations as programs in Go keep Porcupine's: JSON objects with ClientId, Input, Call, Output, Return and Metadata,
 * in one array or one after another; and how they become events.
 */
import type { HistoryEvent, Json } from './event.ts'
import { FormatError } from './format-error.ts'
import { JsonReader } from './json-reader.ts'

export interface GoOperation {
  /** Where it begins in the text. */
  readonly at: number
  readonly client: number
  readonly input: Json
  /** `null` where there is none. */
  readonly output: Json
  /** In nanoseconds, on any clock. */
  readonly call: bigint
  /** `undefined` or `endOfTime`: after everything else. What was answered then still counts. */
  readonly return: bigint | undefined
  readonly metadata: Json
}

/** What stands for infinity. */
export const endOfTime = 9223372036854775807n

export type GoFail = (message: string, operation: GoOperation) => never

export function readGoOperations(text: string): { readonly operations: readonly GoOperation[]; readonly fail: GoFail } {
  const reader = new JsonReader(text)
  const operations: GoOperation[] = []
  const readOne = () => {
    operations.push(operationOf(reader))
  }
  if (reader.peek() === '[') {
    reader.items(readOne)
    if (!reader.isAtEnd) reader.fail('something stands behind the array of operations')
  } else while (!reader.isAtEnd) readOne()
  return { operations, fail: (message, { at }) => reader.fail(message, at) }
}

function operationOf(reader: JsonReader): GoOperation {
  if (reader.peek() !== '{') reader.fail('an operation should be an object with ClientId, Input, Call, Output, Return')
  const { at } = reader
  let client: Json = null
  let call: bigint | undefined
  let end: bigint | undefined
  const [input, output, metadata] = ['input', 'output', 'metadata'] as const
  const given: { [name in typeof input | typeof output | typeof metadata]: Json } = {
    input: null,
    output: null,
    metadata: null,
  }
  reader.entries((name) => {
    const plain = name.toLowerCase().replaceAll('_', '')
    if (plain === 'clientid') client = reader.value()
    else if (plain === 'call') call = reader.integer()
    else if (plain === 'return') end = reader.peek() === 'n' ? nothing(reader) : reader.integer()
    else if (plain === input || plain === output || plain === metadata) given[plain] = reader.value()
    else reader.value()
  })
  if (typeof client !== 'number' || !Number.isSafeInteger(client) || client < 0) {
    return reader.fail('ClientId should be a whole number from 0 on', at)
  }
  if (call === undefined) return reader.fail('the operation has no Call', at)
  if (given.input === null) reader.fail('the operation has no Input', at)
  if (end !== undefined && end < call) reader.fail('the operation has a Return before its Call', at)
  return { at, client, ...given, call, return: end }
}

function nothing(reader: JsonReader): undefined {
  if (reader.value() !== null) reader.fail('Return should be a whole number')
}

/** What an operation says, in the terms of events. */
export interface Said {
  readonly f: string
  readonly key?: string
  readonly value?: Json
  readonly end:
    | { readonly type: 'ok'; readonly output: Json }
    | { readonly type: 'fail' }
    /** It may take effect at any later moment. */
    | { readonly type: 'open' }
  readonly extra?: { readonly [name: string]: Json }
}

export interface EventPair {
  readonly invocation: HistoryEvent
  readonly completion: HistoryEvent | undefined
}

/**
 * One pair an operation, in the same order; indexes are places in time, in which a client's return comes before its
 * next call at the same moment. A client that goes on while one of its operations is open does so as another process.
 */
export function eventPairs(operations: readonly (GoOperation & { readonly said: Said })[]): readonly EventPair[] {
  const toUs = clockOf(operations)
  const lanes = new Lanes(operations)
  const pairs = operations.map((operation): { invocation: Draft; completion: Draft | undefined } => {
    const { call, return: end, said } = operation
    const { f, key, value, extra } = said
    const base = { process: lanes.processOf(operation), f, ...(key === undefined ? {} : { key }) }
    const invocation: Draft = {
      ...base,
      timeUs: toUs(call),
      type: 'invoke',
      ...(value === undefined ? {} : { value }),
      ...(extra === undefined ? {} : { extra }),
    }
    if (said.end.type === 'open') return { invocation, completion: undefined }
    return { invocation, completion: { ...base, timeUs: toUs(end), ...said.end } }
  })
  const order = pairs
    .flatMap(({ invocation, completion }) => {
      const { timeUs } = invocation
      const begin = { event: invocation, timeUs, rank: ranks.other }
      if (completion === undefined) return [begin]
      const rank = timeUs < completion.timeUs ? ranks.endsEarlier : ranks.other
      return [begin, { event: completion, timeUs: completion.timeUs, rank }]
    })
    .sort((a, b) => a.timeUs - b.timeUs || a.rank - b.rank)
  const indexes = new Map(order.map(({ event }, index) => [event, index]))
  const placed = (event: Draft): HistoryEvent => ({ index: indexes.get(event) ?? 0, ...event })
  return pairs.map(({ invocation, completion }) => ({
    invocation: placed(invocation),
    completion: completion && placed(completion),
  }))
}

/** At one moment, what began earlier ends first, so that its client can go on; all else is in its order. */
const ranks = { endsEarlier: 0, other: 1 } as const

type Draft = Omit<HistoryEvent, 'index'>

/** Beyond this, neighbouring nanoseconds could become one double of microseconds, and a precedence would be lost. */
const largestExact = 2n ** 51n

/**
 * What has an answer but no end returns a nanosecond after all else: nothing is called later, so that this precedes as
 * little as an end at infinity would.
 */
function clockOf(operations: readonly GoOperation[]): (ns: bigint | undefined) => number {
  let earliest: bigint | undefined
  let latest = 0n
  for (const { call, return: end } of operations) {
    for (const ns of [call, finite(end) ?? call]) {
      if (earliest === undefined || ns < earliest) earliest = ns
      if (ns > latest) latest = ns
    }
  }
  const isSmall = latest <= largestExact && (earliest ?? 0n) >= -largestExact
  const start = isSmall ? 0n : (earliest ?? 0n)
  if (latest - start > largestExact)
    throw new FormatError('the times of the operations are too far apart to be kept exactly', 1, 1)
  return (ns) => Number((finite(ns) ?? latest + 1n) - start) / 1000
}

function finite(end: bigint | undefined): bigint | undefined {
  return end === undefined || end >= endOfTime ? undefined : end
}

class Lanes {
  readonly #width: number
  /** By client: when each of its processes is free again. */
  readonly #freeAt = new Map<number, (bigint | undefined)[]>()
  readonly #lanes = new Map<GoOperation, number>()

  constructor(operations: readonly (GoOperation & { readonly said: Said })[]) {
    this.#width = 1 + operations.reduce((most, { client }) => Math.max(most, client), 0)
    for (const operation of operations.toSorted((a, b) => (a.call < b.call ? -1 : a.call > b.call ? 1 : 0))) {
      this.#place(operation, operation.said.end.type === 'open' ? undefined : finite(operation.return))
    }
  }

  processOf(operation: GoOperation): number {
    return operation.client + this.#width * (this.#lanes.get(operation) ?? 0)
  }

  #place(operation: GoOperation, end: bigint | undefined): void {
    const lanes = this.#freeAt.get(operation.client) ?? []
    this.#freeAt.set(operation.client, lanes)
    const free = lanes.findIndex((time) => time !== undefined && time <= operation.call)
    const lane = free === -1 ? lanes.length : free
    lanes[lane] = end
    this.#lanes.set(operation, lane)
  }
}
