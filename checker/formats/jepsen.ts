/**
 * Reads Jepsen's and Knossos's histories: op maps, one a line or all in one vector or list, as plain maps, as tagged
 * records, or as the very old tuples [process type f value]. Operations of the nemesis are left out.
 */
import { type Edn, EdnReader, Keyword, keyword, opening, Tagged } from './edn.ts'
import { type Colons, isList, jsonOf } from './edn-json.ts'
import type { HistoryEvent, Json } from './event.ts'
import type { History } from './history.ts'
import { historyOfOps } from './jepsen-history.ts'
import type { JepsenOp, JepsenOptions, More } from './jepsen-op.ts'

export function readJepsen(text: string, options: JepsenOptions = {}): History {
  const ops = new Ops(text)
  return historyOfOps(ops.read(), options, (message, at) => ops.reader.fail(message, at))
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

class Ops {
  readonly reader: EdnReader
  readonly #colons: Colons = { strings: new Set(), keywords: new Set() }
  readonly #ops: JepsenOp[] = []

  constructor(text: string) {
    this.reader = new EdnReader(text)
  }

  read(): readonly JepsenOp[] {
    const { reader } = this
    reader.skip()
    const start = reader.at
    if (this.#isOneList()) {
      for (let more = reader.items(start, true); more; more = reader.items(start, false)) this.#readOp()
      reader.skip()
      if (!Number.isNaN(reader.peek())) reader.fail('something stands behind the list of ops')
    } else {
      for (; !Number.isNaN(reader.peek()); reader.skip()) this.#readOp()
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
    const at = reader.at
    const op = new PartialOp(at)
    if (reader.peek() === opening.curly) {
      reader.entries((key) => {
        const place = reader.at
        this.#field(op, key, reader.value(), place)
      })
    } else {
      this.#readOtherOp(op, reader.value())
    }
    if (isWhole(op)) this.#ops.push(op)
    else if (op.process === undefined) reader.fail('the op has no :process', at)
    else reader.fail(op.type === undefined ? ':type should be :invoke, :ok, :fail or :info' : 'the op has no :f', at)
  }

  #readOtherOp(op: PartialOp, given: Edn): void {
    const form = given instanceof Tagged ? given.value : given
    if (form instanceof Map) {
      for (const [key, value] of form as ReadonlyMap<Edn, Edn>) this.#field(op, key, value, op.at)
    } else if (isList(form) && form.length >= 3 && form.length <= 4) {
      const tuple = [names.process, names.type, names.f, names.value]
      for (const [i, value] of form.entries()) this.#field(op, tuple[i] ?? names.value, value, op.at)
    } else {
      this.reader.fail('an op should be a map such as {:process 0, :type :invoke, :f :read, :value nil}', op.at)
    }
  }

  #field(op: PartialOp, key: Edn, value: Edn, at: number): void {
    switch (key) {
      case names.process:
        op.process = this.#process(value, at)
        break
      case names.type:
        op.type = types.get(value)
        break
      case names.f:
        op.f = value instanceof Keyword ? value.name : undefined
        break
      case names.value:
        op.value = this.#json(isTuple(value) ? value.value : value, at, this.#colons)
        break
      case names.time:
        op.timeNs = typeof value === 'number' ? value : undefined
        break
      case names.index:
        op.index = typeof value === 'number' ? value : undefined
        break
      case names.error:
        if (value !== null) op.more = { ...op.more, error: describe(value) }
        break
      default:
        this.#otherField(op, key, value, at)
    }
  }

  #otherField(op: PartialOp, key: Edn, value: Edn, at: number): void {
    if (key === names.faultline) op.more = { ...op.more, faultline: this.#json(value, at) }
    else if (key === names.client && typeof value === 'number') op.more = { ...op.more, client: value }
    else if (key === names.node && typeof value === 'string') op.more = { ...op.more, node: value }
    else {
      const name = key instanceof Keyword ? key.name : JSON.stringify(this.#json(key, at))
      op.more = { ...op.more, extra: { ...op.more?.extra, [name]: this.#json(value, at) } }
    }
  }

  #process(value: Edn, at: number): number | 'nemesis' {
    if (Number.isSafeInteger(value)) return Number(value)
    return value instanceof Keyword ? 'nemesis' : this.reader.fail(':process should be a number or a name', at)
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

/** Filled in as its fields come. */
class PartialOp {
  readonly at: number
  index: number | undefined = undefined
  process: number | 'nemesis' | undefined = undefined
  type: HistoryEvent['type'] | undefined = undefined
  f: string | undefined = undefined
  value: Json = null
  timeNs: number | undefined = undefined
  more: More | undefined = undefined

  constructor(at: number) {
    this.at = at
  }
}

function isWhole(op: PartialOp): op is PartialOp & JepsenOp {
  return op.process !== undefined && op.type !== undefined && op.f !== undefined
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
