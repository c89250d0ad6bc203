/**
 * Our own format: JSON Lines, written as it happens. A header, then one event a line. Every line is a JSON object
 * that ends in a checksum of itself, so each can be read alone, by a person or by `jq`, and what a dying writer left
 * is told from what it meant: `{"index":0,"timeUs":12,...,"sum":"0a1b2c3d"}`.
 */
import { isModelName } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import { crc32 } from './crc32.ts'
import type { HistoryEvent, Json } from './event.ts'
import { FormatError } from './format-error.ts'
import type { History } from './history.ts'
import { JsonReader } from './json-reader.ts'

/** The first line. Besides these fields it holds whatever else the writer knows: seed, plan, versions. */
export interface Header {
  /** The version of the format. */
  readonly 'faultline-history': 1
  readonly workload: string
  /** A key of `models`. */
  readonly model: string
  /** What every key holds at first; absent: nothing. */
  readonly initial?: KvValue
  readonly [field: string]: Json | undefined
}

/** One line, with its end. */
export function encodeHeader(header: Header): string {
  return encodeLine(header)
}

/** One line, with its end. */
export function encodeEvent(event: HistoryEvent): string {
  return encodeLine(event)
}

export interface DecodedHistory {
  readonly header: Header
  readonly events: readonly HistoryEvent[]
  readonly notes: readonly string[]
}

/**
 * Reads a history piece by piece. A last line that was torn off is dropped with a note: whatever it would have
 * completed stays open. Any other damage throws a `FormatError` with line and column.
 */
export class Decoder {
  #rest = ''
  #line = 0
  #nextIndex = 0
  #header: Header | undefined

  /** The header, once its line has been read. */
  get header(): Header | undefined {
    return this.#header
  }

  /** Takes the next piece of text, of any length, and returns the events that it completed. */
  push(text: string): readonly HistoryEvent[] {
    const lines = (this.#rest + text).split('\n')
    this.#rest = lines.pop() ?? ''
    const events: HistoryEvent[] = []
    for (const line of lines) {
      const event = this.#read(line)
      if (event !== undefined) events.push(event)
    }
    return events
  }

  /** Says that no more comes: what the last line gave after all, and notes on what was lost. */
  end(): { readonly events: readonly HistoryEvent[]; readonly notes: readonly string[] } {
    const last = this.#rest
    this.#rest = ''
    const events: HistoryEvent[] = []
    const notes: string[] = []
    if (last !== '' && isWhole(last)) {
      const event = this.#read(last)
      if (event !== undefined) events.push(event)
    } else if (last !== '') {
      notes.push(`line ${this.#line + 1} was torn off and is left out`)
    }
    if (this.#header === undefined) throw new FormatError('the header of the history is missing', this.#line + 1, 1)
    return { events, notes }
  }

  #read(line: string): HistoryEvent | undefined {
    this.#line++
    const value = decodeLine(this.#line === 1 ? line.replace(/^\ufeff/, '') : line, this.#line)
    if (this.#header === undefined) {
      this.#header = toHeader(value, this.#line)
      return undefined
    }
    const event = toEvent(value, this.#line)
    if (event.index !== this.#nextIndex) {
      throw new FormatError(`event ${event.index} stands where ${this.#nextIndex} should`, this.#line, 1)
    }
    this.#nextIndex++
    return event
  }
}

/** Reads a whole history. */
export function decode(text: string): DecodedHistory {
  const decoder = new Decoder()
  const events = decoder.push(text)
  const end = decoder.end()
  // `end` throws where there is no header.
  return { header: decoder.header as Header, events: [...events, ...end.events], notes: end.notes }
}

export function readJsonl(text: string): History {
  const { header, events, notes } = decode(text)
  if (!isModelName(header.model)) throw new FormatError(`no model is called ${JSON.stringify(header.model)}`, 1, 1)
  return { events, model: header.model, initial: header.initial ?? null, notes, header }
}

/** Lines end in `,"sum":"0a1b2c3d"}`. */
const sumStart = ',"sum":"'
const sumDigits = 8
const sumEnd = '"}'
const sumPattern = /^[0-9a-f]{8}$/

function encodeLine(value: object): string {
  const body = JSON.stringify(value)
  return `${body.slice(0, -1)}${sumStart}${crc32(body)}${sumEnd}\n`
}

/** Where a line's checksum begins that ends it; -1 if it has none. */
function sumPlace(line: string): number {
  const at = line.length - sumStart.length - sumDigits - sumEnd.length
  return line.startsWith(sumStart, at) && line.endsWith(sumEnd) ? at : -1
}

function isWhole(given: string): boolean {
  const line = given.replace(/\r$/, '')
  const at = sumPlace(line)
  return at >= 0 && line.startsWith(crc32(`${line.slice(0, at)}}`), at + sumStart.length)
}

function decodeLine(given: string, number: number): unknown {
  // Programs that change the ends of lines do so to all; the sum says that nothing else was changed.
  const line = given.endsWith('\r') ? given.slice(0, -1) : given
  const at = sumPlace(line)
  const body = at < 0 ? line : `${line.slice(0, at)}}`
  const value = parseJson(body, number)
  if (at < 0) throw noSum(line, number)
  const sum = crc32(body)
  if (!line.startsWith(sum, at + sumStart.length)) {
    const told = line.slice(at + sumStart.length, -sumEnd.length)
    if (!sumPattern.test(told)) throw noSum(line, number)
    const message = `the checksum is ${told}, but the line's is ${sum}: the line was changed or damaged`
    throw new FormatError(message, number, at + sumStart.length + 1)
  }
  if (longNumber.test(body) && JSON.stringify(value) !== body) refuseInexact(body, number)
  return value
}

function noSum(line: string, number: number): FormatError {
  return new FormatError('the line has no checksum at its end', number, line.length + 1)
}

/** As many digits as a double may have lost some of, or an exponent beyond what it holds. */
const longNumber = /\d{16}|\d[eE][+-]?\d{3}/

/** What other writers wrote with more digits than a double holds would become another number, and be no error. */
function refuseInexact(body: string, line: number): void {
  const reader = new JsonReader(body)
  try {
    reader.value()
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    throw new FormatError(cause.problem, line, cause.column, { cause })
  }
}

function parseJson(text: string, line: number): unknown {
  try {
    return JSON.parse(text)
  } catch (cause) {
    const at = /position (\d+)/.exec(cause instanceof Error ? cause.message : '')
    const column = at === null ? text.length + 1 : Number(at[1]) + 1
    throw new FormatError('this is not JSON', line, column, { cause })
  }
}

function isObject(value: unknown): value is { readonly [field: string]: unknown } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function toHeader(value: unknown, line: number): Header {
  if (!isObject(value) || !('faultline-history' in value)) {
    throw new FormatError('a history begins with its header: {"faultline-history":1,...}', line, 1)
  }
  const version = value['faultline-history']
  if (version !== 1) throw new FormatError(`version ${version} of the format is not known; 1 is`, line, 1)
  if (!isHeader(value))
    throw new FormatError('the header lacks a workload or a model, or its initial value is none', line, 1)
  return value
}

/** Whether it has what a header needs, whatever else it has. */
export function isHeader(value: { readonly [field: string]: unknown }): value is Header {
  const { initial, workload, model } = value
  const isInitial =
    initial === undefined || initial === null || ['string', 'number', 'boolean'].includes(typeof initial)
  return typeof workload === 'string' && typeof model === 'string' && isInitial
}

function toEvent(value: unknown, line: number): HistoryEvent {
  if (!isObject(value) || !isEvent(value)) {
    throw new FormatError('an event needs index, timeUs, process, type (invoke, ok, fail or info) and f', line, 1)
  }
  return value
}

export function isEvent(value: object): value is HistoryEvent {
  const { index, timeUs, process, type, f, key }: { readonly [field in keyof HistoryEvent]?: unknown } = value
  return (
    Number.isSafeInteger(index) &&
    Number.isFinite(timeUs) &&
    Number.isSafeInteger(process) &&
    (type === 'invoke' || type === 'ok' || type === 'fail' || type === 'info') &&
    typeof f === 'string' &&
    (key === undefined || typeof key === 'string')
  )
}
