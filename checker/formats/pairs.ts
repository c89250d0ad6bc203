/** Puts invocations and completions together: events in, operations out. */
import type { KvInput, KvOutput, KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { HistoryEvent, Json } from './event.ts'

/** An operation that knows where it stands in its history. Its id is the index of its invocation; times are in µs. */
export interface RecordedOperation extends Operation<KvInput, KvOutput> {
  /** The index of the event that completed it; `undefined` if there is none. */
  readonly completedAt: number | undefined
  /** Who asked, across the process numbers that the client went through; where the history tells. */
  readonly client?: number
  readonly node?: string
  /** Why it failed, or why nobody knows. */
  readonly error?: string
}

export interface Pairs {
  /** What took effect, or may have: to be checked. Pending reads are left out, for they show nothing. */
  readonly operations: readonly RecordedOperation[]
  /** What surely did not take effect; with `return` when that was known. To explain values that came from nowhere. */
  readonly failed: readonly RecordedOperation[]
}

/** Events that do not fit together: the history is wrong, not the system. */
export class HistoryError extends Error {
  /** The index of the event that does not fit. */
  readonly index: number

  constructor(message: string, index: number) {
    super(`event ${index}: ${message}`)
    this.name = 'HistoryError'
    this.index = index
  }
}

/** An op from its invocation to its completion; without one it is still open. */
export interface Matched {
  readonly invocation: HistoryEvent
  readonly completion: HistoryEvent | undefined
}

/**
 * In the order of the invocations. `fail` did not happen, `info` and no completion at all may take effect at any later moment. Throws a `HistoryError`
 * where a process has two operations open, completes what it did not begin, or goes on after an `info`.
 */
export function pairs(events: readonly HistoryEvent[]): Pairs {
  const operations: RecordedOperation[] = []
  const failed: RecordedOperation[] = []
  const found = matched(events)
  // By number, here and below: a fresh process has not optimized this yet, and would iterate far more slowly.
  for (let i = 0; i < found.length; i++) {
    const each = found[i]
    if (each === undefined) continue
    const { invocation, completion } = each
    if (completion?.type === 'fail') failed.push(toOperation(invocation, completion))
    else if (completion?.type === 'ok' || invocation.f !== 'read') operations.push(toOperation(invocation, completion))
  }
  return { operations, failed }
}

/**
 * Puts invocations and completions together, whatever they ask, in the order in which the invocations are given. Throws
 * as `pairs` does.
 */
export function matched(events: readonly HistoryEvent[]): readonly Matched[] {
  const open = new Map<number, Open>()
  const crashed = new Set<number>()
  const found: Matched[] = []
  for (let i = 0; i < events.length; i++) {
    const event = events[i]
    if (event === undefined) continue
    const begun = open.get(event.process)
    if (event.type === 'invoke') {
      if (begun !== undefined) {
        throw new HistoryError(
          `process ${event.process} begins while its event ${begun.invocation.index} is open`,
          event.index,
        )
      }
      if (crashed.has(event.process)) {
        throw new HistoryError(`process ${event.process} goes on after an info; it needs a new number`, event.index)
      }
      const begins: Open = { invocation: event, completion: undefined }
      open.set(event.process, begins)
      found.push(begins)
      continue
    }
    if (begun === undefined) {
      throw new HistoryError(`process ${event.process} completes what it did not begin`, event.index)
    }
    checkPair(begun.invocation, event)
    begun.completion = event
    open.delete(event.process)
    if (event.type === 'info') crashed.add(event.process)
  }
  return found
}

interface Open {
  readonly invocation: HistoryEvent
  completion: HistoryEvent | undefined
}

function checkPair(invocation: HistoryEvent, completion: HistoryEvent): void {
  const { key } = completion
  if (completion.f !== invocation.f) throw mismatch(invocation, completion, `${completion.f} completes ${invocation.f}`)
  if (key !== undefined && key !== invocation.key)
    throw mismatch(invocation, completion, `key ${key} completes key ${invocation.key}`)
  if (completion.timeUs < invocation.timeUs)
    throw mismatch(invocation, completion, 'it ends before it began: the clock went backwards')
}

function mismatch(invocation: HistoryEvent, completion: HistoryEvent, message: string): HistoryError {
  return new HistoryError(`${message} (event ${invocation.index} began it)`, completion.index)
}

/** An answer may repeat what was asked for. If it says something else, nobody knows which of the two took place. */
function checkArgument({ f, value: asked, index: begun }: HistoryEvent, { value, index }: HistoryEvent): void {
  if (value === undefined || (f !== 'write' && f !== 'append' && f !== 'cas')) return
  if (value === asked || isSamePair(value, asked) || JSON.stringify(value) === JSON.stringify(asked)) return
  const told = `${f} of ${JSON.stringify(asked)} is answered as one of ${JSON.stringify(value)}`
  throw new HistoryError(`${told} (event ${begun} began it)`, index)
}

/** What most compare-and-sets are answered with, told without making texts of it. */
function isSamePair(value: Json, asked: Json | undefined): boolean {
  if (!Array.isArray(value) || !Array.isArray(asked)) return false
  return value.length === 2 && asked.length === 2 && value[0] === asked[0] && value[1] === asked[1]
}

function toOperation(invocation: HistoryEvent, completion: HistoryEvent | undefined): RecordedOperation {
  const isOk = completion?.type === 'ok'
  if (isOk) checkArgument(invocation, completion)
  const isKnown = isOk || completion?.type === 'fail'
  const { index: id, process, timeUs: call, client = completion?.client, node = completion?.node } = invocation
  const input = toInput(invocation)
  const output = isOk ? toOutput(invocation.f, completion) : undefined
  const end = isKnown ? completion.timeUs : Number.POSITIVE_INFINITY
  const base = { id, process, input, output, call, return: end, completedAt: completion?.index }
  // To spread takes longer than all the rest, and a history can have a million of them.
  if (client === undefined && node === undefined && completion?.error === undefined) return base
  return {
    ...base,
    ...(client === undefined ? {} : { client }),
    ...(node === undefined ? {} : { node }),
    ...(completion?.error === undefined ? {} : { error: completion.error }),
  }
}

function toInput(invocation: HistoryEvent): KvInput {
  const { f, key, value } = invocation
  switch (f) {
    case 'read':
    case 'delete':
      return key === undefined ? { f } : { f, key }
    case 'write':
      if (!isValue(value)) throw unfit(invocation, 'a string or a number')
      return key === undefined ? { f, value } : { f, key, value }
    case 'append':
      if (typeof value !== 'string') throw unfit(invocation, 'a string')
      return key === undefined ? { f, value } : { f, key, value }
    case 'cas': {
      const given: readonly (Json | undefined)[] = Array.isArray(value) ? value : []
      // As above: no iterator.
      const from = given[0]
      const to = given[1]
      if (given.length !== 2 || !isValue(from) || !isValue(to)) throw unfit(invocation, '[from, to]')
      return key === undefined ? { f, value: [from, to] } : { f, key, value: [from, to] }
    }
    default:
      throw new HistoryError(`nobody knows what ${JSON.stringify(f)} means`, invocation.index)
  }
}

function unfit({ f, value, index }: HistoryEvent, wanted: string): HistoryError {
  return new HistoryError(`${f} needs ${wanted} as its value, not ${JSON.stringify(value)}`, index)
}

const nothing: Json = {}

/** Takes what the operation can have observed, and nothing else. */
function toOutput(f: string, { output = nothing, index }: HistoryEvent): KvOutput {
  if (!isFields(output)) throw noOutput(f, output, index)
  const { value, version, swapped, found } = output
  if (version !== undefined && !(typeof version === 'number' && Number.isSafeInteger(version)))
    throw noOutput(f, output, index)
  switch (f) {
    case 'read':
      if (value === undefined) return version === undefined ? {} : { version }
      if (!isValue(value)) throw noOutput(f, output, index)
      return version === undefined ? { value } : { version, value }
    case 'cas':
      if (typeof swapped !== 'boolean') throw noOutput(f, output, index)
      if (swapped || found === undefined) return version === undefined ? { swapped } : { version, swapped }
      if (!isValue(found)) throw noOutput(f, output, index)
      return version === undefined ? { swapped, found } : { version, swapped, found }
    default:
      return version === undefined ? {} : { version }
  }
}

function noOutput(f: string, output: Json, index: number): HistoryError {
  return new HistoryError(`${JSON.stringify(output)} is no output of ${f}`, index)
}

function isValue(value: Json | undefined): value is KvValue {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isFields(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
