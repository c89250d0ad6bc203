/**
 * What an op of Jepsen means, however it was written: `value` holds the key where keys are independent, a `fail` of a
 * compare-and-set is an observation, a completion repeats the argument.
 */
import type { HistoryEvent, Json } from './event.ts'
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
export function looksIndependent(ops: readonly JepsenOp[]): boolean {
  let count = 0
  for (const { type, f, value } of ops) {
    if (type !== 'invoke') continue
    count++
    if (!isPair(value) || (f === 'cas' && !isPair(value[1])) || isComposite(value[0])) return false
  }
  return count > 0 || (ops.length > 0 && ops.every(({ f, value }) => f !== 'cas' && isPair(value)))
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
    const { type, f, value, more } = op
    const process = op.process === 'nemesis' ? -1 : op.process
    const event: Mutable<HistoryEvent> = { index, timeUs, process, type, f }
    let inner = value
    if (this.#settings.independent) {
      if (isPair(value)) {
        event.key = this.#key(value[0], op.at)
        inner = value[1]
      } else if (type === 'invoke') this.#fail('the value should be [key value], as those of the others are', op.at)
    }
    if (more !== undefined) {
      const { faultline: _, ...told } = more
      Object.assign(event, told)
    }
    if (f === 'read') {
      if (type === 'ok') event.output = inner === null && this.#settings.nilReadsMatchAnything ? {} : { value: inner }
      return event
    }
    event.value = inner
    // A refused compare-and-set took place and saw that something else was there. With an error, nobody knows what it saw.
    if (this.#settings.failedCasObserves && type === 'fail' && f === 'cas' && event.error === undefined) {
      event.type = 'ok'
      event.output = { swapped: false }
    } else if (type === 'ok') {
      event.output = f === 'cas' ? { swapped: true } : {}
    }
    return event
  }

  #key(key: Json, at: number): string {
    const name = typeof key === 'string' ? key : JSON.stringify(key)
    const known = this.#keys.get(name)
    if (known === undefined) {
      if (isComposite(key)) this.#fail('a key should be a number, a string or a keyword', at)
      this.#keys.set(name, key)
    } else if (known !== key) this.#fail(`${name} is the name of two different keys`, at)
    return name
  }
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
