/**
 * Reads Jepsen's and Knossos's histories: op maps, one a line or all in one vector or list, as plain maps, as tagged
 * records, or as the very old tuples [process type f value]. Operations of the nemesis are left out.
 */
import { EdnReader, opening } from './edn.ts'
import { type Colons, isList, jsonOf } from './edn-json.ts'
import { kindOf, NumberKinds, type OnNumber } from './edn-numbers.ts'
import { type Edn, Keyword, keyword, Tagged } from './edn-values.ts'
import type { HistoryEvent, Json } from './event.ts'
import type { History } from './history.ts'
import { historyOfOps } from './jepsen-history.ts'
import type { JepsenOptions } from './jepsen-op.ts'
import { isWhole, OpDraft, Ops } from './jepsen-ops.ts'
import { LikelyKeys } from './likely-keys.ts'

export function readJepsen(text: string, options: JepsenOptions = {}): History {
  const ops = new OpReader(text)
  const read = ops.read()
  // Few histories have numbers that are no integers, and to note how each is written would cost all of them time.
  if (ops.hasOtherNumbers) new OpReader(text, true).read()
  return historyOfOps(read, options, (message, at) => ops.reader.fail(message, at))
}

/** Fields that the reader looks for; the others are kept as they are. */
const names = {
  index: keyword('index'),
  process: keyword('process'),
  type: keyword('type'),
  f: keyword('f'),
  value: keyword('value'),
  time: keyword('time'),
  error: keyword('error'),
  client: keyword('client'),
  node: keyword('node'),
  faultline: keyword('faultline'),
} as const
const types: ReadonlyMap<Edn, HistoryEvent['type']> = new Map(
  (['invoke', 'ok', 'fail', 'info'] as const).map((type) => [keyword(type), type]),
)
const hashSign = 0x23
const noOp = 'an op should be a map such as {:process 0, :type :invoke, :f :read, :value nil}'
const noType = ':type should be :invoke, :ok, :fail or :info'

class OpReader {
  readonly reader: EdnReader
  readonly #colons: Colons = { strings: new Set(), keywords: new Set() }
  readonly #ops = new Ops()
  readonly #draft = new OpDraft()
  readonly #likely: LikelyKeys
  readonly #numbers: NumberKinds | undefined
  hasOtherNumbers = false

  /** A careful reader refuses values that a double can not tell apart. */
  constructor(text: string, isCareful = false) {
    const reader = new EdnReader(text)
    this.reader = reader
    this.#likely = new LikelyKeys(text, reader)
    const numbers = isCareful ? new NumberKinds((message, at) => reader.fail(message, at)) : undefined
    this.#numbers = numbers
    const note = numbers && ((...told: Parameters<OnNumber>) => numbers.note(...told))
    reader.onShort = note
    reader.onNumber =
      note ??
      ((_, token) => {
        this.hasOtherNumbers ||= kindOf(token) !== 'integer'
      })
  }

  read(): Ops {
    const { reader } = this
    reader.skip()
    const start = reader.at
    if (this.#isOneList()) {
      for (let more = reader.items(start, true); more; more = reader.items(start, false)) this.#readOp()
      reader.skip()
      if (!reader.isAtEnd) reader.fail('something stands behind the list of ops')
    } else {
      for (; !reader.isAtEnd; reader.skip()) this.#readOp()
    }
    const { strings, keywords } = this.#colons
    const both = [...strings].find((each) => keywords.has(each))
    if (both !== undefined) reader.fail(`the values "${both}" and ${both} could not be told apart`, start)
    return this.#ops
  }

  /** A list of ops, or empty; the first item of a tuple is a process. */
  #isOneList(): boolean {
    const { reader } = this
    const start = reader.at
    if (reader.peek() !== opening.square && reader.peek() !== opening.round) return false
    reader.at++
    reader.skip()
    const code = reader.peek()
    reader.at = start
    const isClosed = code === opening.square + 2 || code === opening.round + 1
    return isClosed || [opening.curly, opening.square, opening.round, hashSign].some((each) => each === code)
  }

  #readOp(): void {
    const { reader } = this
    const op = this.#draft
    op.begin(reader.at)
    this.#numbers?.forget()
    const first = this.#likely.next(0)
    if (first !== undefined) this.#readFields(op, first)
    else {
      if (reader.peek() === hashSign) this.#skipTag()
      if (reader.peek() === opening.curly) this.#readFields(op, undefined)
      else this.#readTuple(op, reader.value())
    }
    if (isWhole(op)) this.#ops.push(op)
    else if (op.process === undefined) reader.fail('the op has no :process', op.at)
    else reader.fail(op.type === undefined ? noType : 'the op has no :f', op.at)
  }

  /** Whatever an op is tagged as, such as `#jepsen.history.Op`. */
  #skipTag(): void {
    const { reader } = this
    if (reader.tag() === undefined) reader.fail(noOp)
    reader.skip()
  }

  #readTuple(op: OpDraft, form: Edn): void {
    if (!isList(form) || form.length < 3 || form.length > 4) this.reader.fail(noOp, op.at)
    const [process = null, type = null, f = null, value = null] = form
    op.process = this.#process(process, op.at)
    op.type = types.get(type)
    op.f = f instanceof Keyword ? f.name : undefined
    op.value = this.#json(value, op.at, this.#colons)
    this.#numbers?.keep(typeof process === 'number' ? 1 : 0)
  }

  /** Of a map, from its bracket on, or from behind its first key. */
  #readFields(op: OpDraft, first: Edn | undefined): void {
    const { reader } = this
    const likely = this.#likely
    if (first === undefined) reader.at++
    for (let place = 0, known = first; ; known = likely.next(++place)) {
      if (known === undefined) {
        const from = place === 0 ? op.at : reader.at
        if (!reader.hasKey(op.at)) return
        known = reader.key(op.at)
        likely.note(place, from, known)
      }
      this.#readField(op, known)
    }
  }

  #readField(op: OpDraft, key: Edn): void {
    const { reader } = this
    const { at } = reader
    this.#numbers?.forget()
    const value = reader.value()
    switch (key) {
      case names.process:
        if (op.process !== undefined) this.#twice(at)
        op.process = this.#process(value, at)
        return
      case names.type:
        if (op.type !== undefined) this.#twice(at)
        op.type = types.get(value) ?? reader.fail(noType, at)
        return
      case names.f:
        if (op.f !== undefined) this.#twice(at)
        op.f = value instanceof Keyword ? value.name : reader.fail(':f should be a keyword', at)
        return
      case names.value:
        if (op.hasValue) this.#twice(at)
        op.hasValue = true
        op.value = this.#json(isTuple(value) ? value.value : value, at, this.#colons)
        this.#numbers?.keep()
        return
      case names.time:
        if (op.timeNs !== undefined) this.#twice(at)
        if (value !== null) op.timeNs = isTime(value) ? value : reader.fail(':time should be a number', at)
        return
      case names.index:
        if (op.index !== undefined) this.#twice(at)
        if (value !== null) op.index = isPlace(value) ? value : reader.fail(':index should be a whole number', at)
        return
      default:
        this.#otherField(op, key, value, at)
    }
  }

  #otherField(op: OpDraft, key: Edn, value: Edn, at: number): void {
    const { more } = op
    if (key === names.error) {
      if (more?.error !== undefined) this.#twice(at)
      if (value !== null) op.more = { ...more, error: describe(value) }
    } else if (key === names.faultline) {
      if (more?.faultline !== undefined) this.#twice(at)
      op.more = { ...more, faultline: this.#json(value, at) }
    } else if (key === names.client && typeof value === 'number') {
      op.more = { ...more, client: value }
    } else if (key === names.node && typeof value === 'string') {
      op.more = { ...more, node: value }
    } else {
      const name = key instanceof Keyword ? key.name : JSON.stringify(this.#json(key, at))
      if (more?.extra !== undefined && Object.hasOwn(more.extra, name)) this.#twice(at)
      op.more = { ...more, extra: { ...more?.extra, [name]: this.#json(value, at) } }
    }
  }

  #twice(at: number): never {
    return this.reader.fail('the op has this key twice', at)
  }

  #process(value: Edn, at: number): number | 'nemesis' {
    if (isPlace(value)) return value
    return value instanceof Keyword
      ? 'nemesis'
      : this.reader.fail(':process should be a number from 0 on, or a name', at)
  }

  #json(value: Edn, at: number, colons?: Colons): Json {
    try {
      return jsonOf(value, colons)
    } catch (error) {
      if (error instanceof TypeError) this.reader.fail(error.message, at)
      throw error
    }
  }
}

function isPlace(value: Edn): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0
}

function isTime(value: Edn): value is number {
  return typeof value === 'number' && Number.isFinite(value)
}

/** A key and its value, as some versions of Jepsen print them. */
function isTuple(value: Edn): value is Tagged {
  return value instanceof Tagged && /(?:MapEntry|[Tt]uple)$/.test(value.tag) && isList(value.value)
}

function describe(error: Edn): string {
  if (error instanceof Keyword) return error.name
  if (isList(error)) return error.map(describe).join(' ')
  return typeof error === 'object' && error !== null ? 'error' : String(error)
}
