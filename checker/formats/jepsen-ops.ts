/**
 * Ops of Jepsen on their way from a text to events, as columns: whether keys are independent shows only when all are
 * read, and half a million objects that live until then would be most of the work.
 */
import type { HistoryEvent, Json } from './event.ts'
import type { JepsenOp, More } from './jepsen-op.ts'

/** One op, to be filled in as its fields come, and again for the next. */
export class OpDraft {
  at = 0
  index: number | undefined = undefined
  process: number | 'nemesis' | undefined = undefined
  type: HistoryEvent['type'] | undefined = undefined
  f: string | undefined = undefined
  value: Json = null
  hasValue = false
  timeNs: number | undefined = undefined
  more: More | undefined = undefined

  begin(at: number): void {
    this.at = at
    this.index = this.process = this.type = this.f = this.timeNs = this.more = undefined
    this.value = null
    this.hasValue = false
  }
}

export function isWhole(draft: OpDraft): draft is OpDraft & JepsenOp {
  return draft.process !== undefined && draft.type !== undefined && draft.f !== undefined
}

const absent = -1
const types = ['invoke', 'ok', 'fail', 'info'] as const

export class Ops {
  length = 0
  #at = new Int32Array(firstRoom)
  #type = new Uint8Array(firstRoom)
  /** NaN: there is none. */
  #timeNs = new Float64Array(firstRoom)
  /** These are lists, since most numbers from a `Float64Array` would each become an object in the events. */
  readonly #index: number[] = []
  /** `absent`: the nemesis. */
  readonly #process: number[] = []
  readonly #f: string[] = []
  readonly #value: Json[] = []
  /** Of the few that have more. */
  readonly #more = new Map<number, More>()

  push(op: JepsenOp): void {
    const place = this.length++
    if (place === this.#at.length) this.#widen()
    const { index = absent, process, timeNs = Number.NaN, more } = op
    this.#at[place] = op.at
    this.#type[place] = types.indexOf(op.type)
    this.#index.push(index)
    this.#process.push(process === 'nemesis' ? absent : process)
    this.#timeNs[place] = timeNs
    this.#f.push(op.f)
    this.#value.push(op.value)
    if (more !== undefined) this.#more.set(place, more)
  }

  #widen(): void {
    const size = this.#at.length * 2
    const [at, type, timeNs] = [this.#at, this.#type, this.#timeNs]
    this.#at = new Int32Array(size)
    this.#type = new Uint8Array(size)
    this.#timeNs = new Float64Array(size)
    this.#at.set(at)
    this.#type.set(type)
    this.#timeNs.set(timeNs)
  }

  isOfNemesis(place: number): boolean {
    return this.#process[place] === absent
  }

  typeAt(place: number): HistoryEvent['type'] {
    return types[this.#type[place] ?? 0] ?? 'invoke'
  }

  fAt(place: number): string {
    return this.#f[place] ?? ''
  }

  valueAt(place: number): Json {
    return this.#value[place] ?? null
  }

  indexAt(place: number): number | undefined {
    const index = this.#index[place] ?? absent
    return index === absent ? undefined : index
  }

  timeNsAt(place: number): number | undefined {
    const time = this.#timeNs[place] ?? Number.NaN
    return Number.isNaN(time) ? undefined : time
  }

  moreAt(place: number): More | undefined {
    return this.#more.size === 0 ? undefined : this.#more.get(place)
  }

  /** The op of a client, in an object that will do for the next one too. */
  load(place: number, into: OpDraft): JepsenOp {
    into.at = this.#at[place] ?? 0
    into.index = this.indexAt(place)
    into.process = this.#process[place] ?? 0
    into.type = this.typeAt(place)
    into.f = this.fAt(place)
    into.value = this.valueAt(place)
    into.timeNs = this.timeNsAt(place)
    into.more = this.moreAt(place)
    if (isWhole(into)) return into
    throw new RangeError(`there is no op at ${place}`)
  }
}

const firstRoom = 1024
