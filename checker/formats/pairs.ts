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
 * `fail` did not happen, `info` and no completion at all may take effect at any later moment. Throws a `HistoryError`
 * where a process has two operations open, completes what it did not begin, or goes on after an `info`.
 */
export function pairs(events: readonly HistoryEvent[]): Pairs {
  const operations: RecordedOperation[] = []
  const failed: RecordedOperation[] = []
  for (const { invocation, completion } of matched(events)) {
    if (completion?.type === 'fail') failed.push(toOperation(invocation, completion))
    else if (completion?.type === 'ok' || invocation.f !== 'read') operations.push(toOperation(invocation, completion))
  }
  return { operations: operations.sort((a, b) => a.id - b.id), failed }
}

/**
 * Puts invocations and completions together, whatever they ask: completed ones in the order of their completions, then
 * open ones. Throws as `pairs` does.
 */
export function matched(events: readonly HistoryEvent[]): readonly Matched[] {
  const open = new Map<number, HistoryEvent>()
  const crashed = new Set<number>()
  const found: Matched[] = []
  for (const event of events) {
    const invocation = open.get(event.process)
    if (event.type === 'invoke') {
      if (invocation !== undefined) {
        throw new HistoryError(
          `process ${event.process} begins while its event ${invocation.index} is open`,
          event.index,
        )
      }
      if (crashed.has(event.process)) {
        throw new HistoryError(`process ${event.process} goes on after an info; it needs a new number`, event.index)
      }
      open.set(event.process, event)
      continue
    }
    if (invocation === undefined) {
      throw new HistoryError(`process ${event.process} completes what it did not begin`, event.index)
    }
    checkPair(invocation, event)
    open.delete(event.process)
    if (event.type === 'info') crashed.add(event.process)
    found.push({ invocation, completion: event })
  }
  for (const invocation of open.values()) found.push({ invocation, completion: undefined })
  return found
}

function checkPair(invocation: HistoryEvent, completion: HistoryEvent): void {
  const fail = (message: string): never => {
    throw new HistoryError(`${message} (event ${invocation.index} began it)`, completion.index)
  }
  if (completion.f !== invocation.f) fail(`${completion.f} completes ${invocation.f}`)
  if (completion.key !== undefined && completion.key !== invocation.key)
    fail(`key ${completion.key} completes key ${invocation.key}`)
  if (completion.timeUs < invocation.timeUs) fail('it ends before it began: the clock went backwards')
}

/** An answer may repeat what was asked for. If it says something else, nobody knows which of the two took place. */
function checkArgument({ f, value: asked, index: begun }: HistoryEvent, { value, index }: HistoryEvent): void {
  if (value === undefined || (f !== 'write' && f !== 'append' && f !== 'cas')) return
  if (value === asked || JSON.stringify(value) === JSON.stringify(asked)) return
  const told = `${f} of ${JSON.stringify(asked)} is answered as one of ${JSON.stringify(value)}`
  throw new HistoryError(`${told} (event ${begun} began it)`, index)
}

function toOperation(invocation: HistoryEvent, completion: HistoryEvent | undefined): RecordedOperation {
  if (completion?.type === 'ok') checkArgument(invocation, completion)
  const isKnown = completion?.type === 'ok' || completion?.type === 'fail'
  const { client = completion?.client, node = completion?.node } = invocation
  return {
    id: invocation.index,
    process: invocation.process,
    input: toInput(invocation),
    output: completion?.type === 'ok' ? toOutput(invocation.f, completion) : undefined,
    call: invocation.timeUs,
    return: isKnown ? completion.timeUs : Number.POSITIVE_INFINITY,
    completedAt: completion?.index,
    ...(client === undefined ? {} : { client }),
    ...(node === undefined ? {} : { node }),
    ...(completion?.error === undefined ? {} : { error: completion.error }),
  }
}

function toInput({ f, key, value, index }: HistoryEvent): KvInput {
  const at = key === undefined ? {} : { key }
  const fail = (wanted: string): never => {
    throw new HistoryError(`${f} needs ${wanted} as its value, not ${JSON.stringify(value)}`, index)
  }
  switch (f) {
    case 'read':
    case 'delete':
      return { f, ...at }
    case 'write':
      return isValue(value) ? { f, ...at, value } : fail('a string or a number')
    case 'append':
      return typeof value === 'string' ? { f, ...at, value } : fail('a string')
    case 'cas': {
      const [from, to, ...more]: readonly (Json | undefined)[] = Array.isArray(value) ? value : []
      return isValue(from) && isValue(to) && more.length === 0 ? { f, ...at, value: [from, to] } : fail('[from, to]')
    }
    default:
      throw new HistoryError(`nobody knows what ${JSON.stringify(f)} means`, index)
  }
}

/** Takes what the operation can have observed, and nothing else. */
function toOutput(f: string, { output = {}, index }: HistoryEvent): KvOutput {
  const fail = (): never => {
    throw new HistoryError(`${JSON.stringify(output)} is no output of ${f}`, index)
  }
  if (!isFields(output)) return fail()
  const { value, version, swapped, found } = output
  if (version !== undefined && !(typeof version === 'number' && Number.isSafeInteger(version))) return fail()
  const counted = version === undefined ? {} : { version }
  switch (f) {
    case 'read':
      if (value === undefined) return counted
      return isValue(value) ? { ...counted, value } : fail()
    case 'cas':
      if (typeof swapped !== 'boolean') return fail()
      if (swapped || found === undefined) return { ...counted, swapped }
      return isValue(found) ? { ...counted, swapped, found } : fail()
    default:
      return counted
  }
}

function isValue(value: Json | undefined): value is KvValue {
  return value === null || typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean'
}

function isFields(value: Json): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
