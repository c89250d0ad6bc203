/**
 * What an op of Jepsen means, however it was written: `value` holds the key where keys are independent, a `fail` of a
 * compare-and-set is an observation, a completion repeats the argument.
 */
import type { HistoryEvent, Json } from './event.ts'
import type { Ops } from './jepsen-ops.ts'
import { corrected } from './overrides.ts'

export interface JepsenOptions {
  /** Whether values are `[key value]`. Without it, it is guessed: they are if every invocation's is a pair. */
  readonly independent?: boolean
  /** Whether a `:fail :cas` saw that the register held something else. It does unless told; Knossos drops it. */
  readonly failedCasObserves?: boolean
  /** Takes `:ok :read nil` for a read that saw nothing in particular, as Knossos does. Not so unless asked for. */
  readonly nilReadsMatchAnything?: boolean
}

/** An op as it stands in a text, of EDN or JSON. */
export interface JepsenOp {
  /** Where it begins in the text. */
  readonly at: number
  readonly index: number | undefined
  readonly process: number | 'nemesis'
  readonly type: HistoryEvent['type']
  readonly f: string
  readonly value: Json
  readonly timeNs: number | undefined
  /** Most ops have nothing of this. */
  readonly more: More | undefined
}

export interface More {
  readonly error?: string
  readonly client?: number
  readonly node?: string
  readonly extra?: { readonly [name: string]: Json }
  /** What the op as Jepsen has it does not say; see `overrides.ts`. */
  readonly faultline?: Json
}

export type Settings = Required<JepsenOptions>

export const defaultSettings: Omit<Settings, 'independent'> = { failedCasObserves: true, nilReadsMatchAnything: false }

export type Fail = (message: string, at: number) => never

/** A list op such as a transaction's looks like a pair too, but not every argument of a real history does. */
export function looksIndependent(ops: Ops): boolean {
  let clients = 0
  let invocations = 0
  let arePairs = true
  for (let place = 0; place < ops.length; place++) {
    if (ops.isOfNemesis(place)) continue
    clients++
    const value = ops.valueAt(place)
    const isCas = ops.fAt(place) === 'cas'
    arePairs &&= !isCas && isPair(value)
    if (ops.typeAt(place) !== 'invoke') continue
    invocations++
    if (!isPair(value) || (isCas && !isPair(value[1])) || isComposite(value[0])) return false
  }
  return invocations > 0 || (clients > 0 && arePairs)
}

export function isPair(value: Json): value is readonly [Json, Json] {
  return isList(value) && value.length === 2
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value)
}

function isComposite(value: Json): boolean {
  return typeof value === 'object' && value !== null
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] }

/** Reads ops one after another; keys that differ but would look the same are an error. */
export class JepsenEvents {
  readonly #settings: Settings
  readonly #fail: Fail
  /** What every event has; one object for all, as they are many. */
  readonly #base: Mutable<HistoryEvent> = { index: 0, timeUs: 0, process: 0, type: 'info', f: '' }
  /** By key as it was written. */
  readonly #names = new Map<Json, string>()
  /** By name. */
  readonly #keys = new Map<string, Json>()

  constructor(settings: Settings, fail: Fail) {
    this.#settings = settings
    this.#fail = fail
  }

  of(op: JepsenOp, index: number, timeUs: number): HistoryEvent {
    const plain = this.#plain(op, index, timeUs)
    if (op.more?.faultline === undefined) return plain
    return corrected(plain, op.more.faultline) ?? this.#fail('what stands under faultline fits no event', op.at)
  }

  #plain(op: JepsenOp, index: number, timeUs: number): HistoryEvent {
    const { f, value, more } = op
    const { independent, failedCasObserves, nilReadsMatchAnything } = this.#settings
    const process = op.process === 'nemesis' ? -1 : op.process
    let key: string | undefined
    let inner = value
    if (independent) {
      if (isPair(value)) {
        key = this.#key(value[0], op.at)
        inner = value[1]
      } else if (op.type === 'invoke') this.#fail('the value should be [key value], as those of the others are', op.at)
    }
    // A refused compare-and-set took place and saw that something else was there. With an error, nobody knows what it saw.
    const isRefusal = failedCasObserves && op.type === 'fail' && f === 'cas' && more?.error === undefined
    const type = isRefusal ? 'ok' : op.type
    let output: Json | undefined
    if (type === 'ok') {
      if (f === 'read') output = inner === null && nilReadsMatchAnything ? {} : { value: inner }
      else output = f === 'cas' ? { swapped: !isRefusal } : {}
    }
    const base = this.#base
    base.index = index
    base.timeUs = timeUs
    base.process = process
    base.type = type
    base.f = f
    const event = eventOf(base, key, f === 'read' ? undefined : inner, output)
    if (more === undefined) return event
    const { faultline: _, ...told } = more
    return { ...event, ...told }
  }

  #key(key: Json, at: number): string {
    const known = this.#names.get(key)
    if (known !== undefined) return known
    if (isComposite(key)) this.#fail('a key should be a number, a string or a keyword', at)
    const name = typeof key === 'string' ? key : JSON.stringify(key)
    const other = this.#keys.get(name)
    // -0 and 0 are one key.
    if (other !== undefined && other !== key) this.#fail(`${name} is the name of two different keys`, at)
    this.#keys.set(name, key)
    this.#names.set(key, name)
    return name
  }
}

/**
 * An event with just the fields that it has. Written out, as each object then has its final shape at once; a field that
 * is added later would cost each event a second object.
 */
function eventOf(
  { index, timeUs, process, type, f }: HistoryEvent,
  key: string | undefined,
  value: Json | undefined,
  output: Json | undefined,
): HistoryEvent {
  if (key === undefined) {
    if (value === undefined) {
      return output === undefined ? { index, timeUs, process, type, f } : { index, timeUs, process, type, f, output }
    }
    return output === undefined
      ? { index, timeUs, process, type, f, value }
      : { index, timeUs, process, type, f, value, output }
  }
  if (value === undefined) {
    return output === undefined
      ? { index, timeUs, process, type, f, key }
      : { index, timeUs, process, type, f, key, output }
  }
  return output === undefined
    ? { index, timeUs, process, type, f, key, value }
    : { index, timeUs, process, type, f, key, value, output }
}

/** The op that says the most of an event to Jepsen; the rest is found by reading it again. */
export function jepsenOpOf(event: HistoryEvent, invocation: HistoryEvent | undefined, independent: boolean): JepsenOp {
  const { index, process, f, timeUs, output, error, client, node, extra } = event
  const answer = isFields(output) ? output : {}
  const isRefused = f === 'cas' && event.type === 'ok' && answer.swapped === false && error === undefined
  const seen = event.type === 'ok' ? (answer.value ?? null) : null
  const inner = f === 'read' ? seen : (event.value ?? invocation?.value ?? null)
  const key = event.key ?? invocation?.key ?? null
  const more = {
    ...(error === undefined ? {} : { error }),
    ...(client === undefined ? {} : { client }),
    ...(node === undefined ? {} : { node }),
    ...(extra === undefined ? {} : { extra }),
  }
  const type = isRefused ? 'fail' : event.type
  return {
    at: 0,
    index,
    process,
    type,
    f,
    value: independent ? [key, inner] : inner,
    timeNs: Math.round(timeUs * 1000),
    more,
  }
}

function isFields(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
