/** From operations to columns, and back for what is to be shown. */
import type { RecordedOperation } from '../formats/pairs.ts'
import type { ModelName } from '../models/index.ts'
import type { KvInput, KvOutput, KvValue } from '../models/kv.ts'
import { isPending, type Operation } from '../operation.ts'
import { ColumnsBuilder } from './columns-builder.ts'
import { f, functions, type HistoryColumns, outcomes, swaps } from './history-columns.ts'
import { Values } from './value-table.ts'

type KvOperation = Operation<KvInput, KvOutput> & Partial<RecordedOperation>

export interface ColumnsSource {
  readonly model: ModelName
  readonly initial?: KvValue
  readonly operations: readonly KvOperation[]
  /** What surely did not take effect. */
  readonly failed?: readonly KvOperation[]
}

/** `undefined` where columns can not hold what the operations say, such as a version beyond 2^31. */
export function columnsOf({
  model,
  initial = null,
  operations,
  failed = [],
}: ColumnsSource): HistoryColumns | undefined {
  const builder = new ColumnsBuilder(operations.length + failed.length)
  const initialId = builder.values.idOf(initial)
  if (initialId === undefined) return undefined
  const gone = new Set(failed)
  const rows = failed.length === 0 ? operations : [...operations, ...failed]
  const isOrdered = rows.every((each, i) => each.id > (rows[i - 1]?.id ?? Number.NEGATIVE_INFINITY))
  for (const operation of isOrdered ? rows : rows.toSorted((a, b) => a.id - b.id)) {
    if (!addOperation(builder, operation, gone.has(operation))) return undefined
  }
  return builder.build(model, initialId)
}

/** False where a number or a value does not fit. */
function addOperation(builder: ColumnsBuilder, operation: KvOperation, isFailed: boolean): boolean {
  const { input, output, id, process, client, node, error, completedAt } = operation
  // Returned, but nobody knows with what; or an answer that never returned: columns have no word for either.
  if (!isFailed && (output === undefined) !== isPending(operation)) return false
  const row = builder.addRow()
  const text = (value: string | undefined) => (value === undefined ? -1 : builder.values.idOf(value))
  const value = (known: KvValue | undefined) => (known === undefined ? -1 : builder.values.idOf(known))
  const [argument, next] = argumentsOf(input)
  const whole = {
    id,
    process,
    client: client ?? -1,
    completedAt: completedAt ?? -1,
    version: output?.version ?? -1,
    key: text(input.key),
    node: text(node),
    error: text(error),
    value: value(argument),
    next: value(next),
    seen: value(seenBy(input, output)),
  }
  builder.f[row] = f[input.f]
  builder.outcome[row] = isFailed ? outcomes.failed : output === undefined ? outcomes.open : outcomes.ok
  builder.swapped[row] = output?.swapped === undefined ? swaps.untold : output.swapped ? swaps.yes : swaps.no
  builder.call[row] = operation.call
  builder.return[row] = operation.return
  for (const name of [
    'id',
    'process',
    'client',
    'completedAt',
    'version',
    'key',
    'node',
    'error',
    'value',
    'next',
    'seen',
  ] as const) {
    const number = whole[name]
    if (number === undefined || (number | 0) !== number || number < -1) return false
    builder[name][row] = number
  }
  const { version, ...others } = output ?? {}
  // -1 stands for an absent one, and what an operation can not have seen has no column.
  return (
    version !== -1 &&
    id >= 0 &&
    process >= 0 &&
    Number.isFinite(operation.call) &&
    operation.call <= operation.return &&
    Object.keys(others).every((name) => sees(input, name))
  )
}

function sees({ f: name }: KvInput, field: string): boolean {
  return (name === 'read' && field === 'value') || (name === 'cas' && (field === 'swapped' || field === 'found'))
}

function argumentsOf(input: KvInput): readonly (KvValue | undefined)[] {
  if (input.f === 'cas') return input.value
  return input.f === 'write' || input.f === 'append' ? [input.value] : []
}

function seenBy(input: KvInput, output: KvOutput | undefined): KvValue | undefined {
  if (input.f === 'read') return output?.value
  return input.f === 'cas' ? output?.found : undefined
}

/** Gives back single operations. */
export class Rows {
  readonly #columns: HistoryColumns
  readonly #values: Values
  readonly #answers: Answers

  constructor(columns: HistoryColumns) {
    this.#columns = columns
    this.#values = new Values(columns.values)
    this.#answers = new Answers(columns, this.#values)
  }

  /** What every key holds at first. */
  get initial(): KvValue {
    return this.#values.at(this.#columns.initial)
  }

  /** The answers of some rows, by their places in the list given. To look at them row by row is to look all over. */
  answersOf(rows: Int32Array): Answers {
    const { f: name, outcome, swapped, call, return: end, key, value, next, seen, version } = this.#columns
    const own = {
      f: bytesAt(rows, name),
      outcome: bytesAt(rows, outcome),
      swapped: bytesAt(rows, swapped),
      call: timesAt(rows, call),
      return: timesAt(rows, end),
      key: intsAt(rows, key),
      value: intsAt(rows, value),
      next: intsAt(rows, next),
      seen: intsAt(rows, seen),
      version: intsAt(rows, version),
    }
    return new Answers(own, this.#values)
  }

  /** As `pairs` gives them: all that took effect or may have, and all that did not. */
  all(): { readonly operations: readonly RecordedOperation[]; readonly failed: readonly RecordedOperation[] } {
    const operations: RecordedOperation[] = []
    const failed: RecordedOperation[] = []
    for (let row = 0; row < this.#columns.length; row++) {
      const outcome = this.#columns.outcome[row]
      if (outcome === outcomes.failed) failed.push(this.at(row))
      else if (outcome === outcomes.ok || this.#columns.f[row] !== f.read) operations.push(this.at(row))
    }
    return { operations, failed }
  }

  at(row: number): RecordedOperation {
    const { id, process, call, completedAt, client, node, error } = this.#columns
    const operation: Draft<RecordedOperation> = {
      id: id[row] ?? 0,
      process: process[row] ?? 0,
      input: this.#answers.inputAt(row),
      output: this.#answers.outputAt(row),
      call: call[row] ?? 0,
      return: this.#columns.return[row] ?? 0,
      completedAt: known(completedAt, row),
    }
    const [whose, where, why] = [client[row] ?? -1, node[row] ?? -1, error[row] ?? -1]
    if (whose >= 0) operation.client = whose
    if (where >= 0) operation.node = this.#values.textAt(where)
    if (why >= 0) operation.error = this.#values.textAt(why)
    return operation
  }
}

/** What inputs and outputs are made of. */
type AnswerColumns = Pick<
  HistoryColumns,
  'f' | 'outcome' | 'swapped' | 'call' | 'return' | 'key' | 'value' | 'next' | 'seen' | 'version'
>

/** Gives back what single operations did and answered. */
export class Answers {
  readonly #columns: AnswerColumns
  readonly #values: Values
  readonly #bareInputs: Readonly<Record<'read' | 'delete', (KvInput | undefined)[]>> = { read: [], delete: [] }

  constructor(columns: AnswerColumns, values: Values) {
    this.#columns = columns
    this.#values = values
  }

  at(row: number): Pick<RecordedOperation, 'input' | 'output' | 'call' | 'return'> {
    const { call, return: end } = this.#columns
    return { input: this.inputAt(row), output: this.outputAt(row), call: call[row] ?? 0, return: end[row] ?? 0 }
  }

  inputAt(row: number): KvInput {
    const { key: keys, value, next } = this.#columns
    const id = keys[row] ?? -1
    const name = functions[this.#columns.f[row] ?? 0] ?? 'read'
    if (name === 'read' || name === 'delete') return this.#bare(name, id)
    const key = id < 0 ? undefined : this.#values.textAt(id)
    const given = this.#value(value, row)
    if (name === 'cas') {
      const both = [given, this.#value(next, row)] as const
      return key === undefined ? { f: name, value: both } : { f: name, key, value: both }
    }
    if (name === 'append') {
      return key === undefined ? { f: name, value: String(given) } : { f: name, key, value: String(given) }
    }
    return key === undefined ? { f: name, value: given } : { f: name, key, value: given }
  }

  /** One object for all reads of a key, as they are many. */
  #bare(name: 'read' | 'delete', id: number): KvInput {
    const inputs = this.#bareInputs[name]
    const made = inputs[id + 1]
    if (made !== undefined) return made
    const input = id < 0 ? { f: name } : { f: name, key: this.#values.textAt(id) }
    inputs[id + 1] = input
    return input
  }

  outputAt(row: number): KvOutput | undefined {
    const { outcome, seen, version, swapped } = this.#columns
    if (outcome[row] !== outcomes.ok) return undefined
    const output: Draft<KvOutput> = {}
    const count = version[row] ?? -1
    if (count >= 0) output.version = count
    const name = this.#columns.f[row]
    const hasSeen = (seen[row] ?? -1) >= 0
    if (name === f.read && hasSeen) output.value = this.#value(seen, row)
    if (swapped[row] !== swaps.untold) output.swapped = swapped[row] === swaps.yes
    if (name === f.cas && hasSeen) output.found = this.#value(seen, row)
    return output
  }

  #value(column: Int32Array, row: number): KvValue {
    return this.#values.at(column[row] ?? -1)
  }
}

// One function for all three is slower by half, as its loop has to ask which kind of array it is.

function bytesAt(rows: Int32Array, column: Uint8Array): Uint8Array {
  const part = new Uint8Array(rows.length)
  for (let i = 0; i < rows.length; i++) part[i] = column[rows[i] ?? 0] ?? 0
  return part
}

function intsAt(rows: Int32Array, column: Int32Array): Int32Array {
  const part = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) part[i] = column[rows[i] ?? 0] ?? 0
  return part
}

function timesAt(rows: Int32Array, column: Float64Array): Float64Array {
  const part = new Float64Array(rows.length)
  for (let i = 0; i < rows.length; i++) part[i] = column[rows[i] ?? 0] ?? 0
  return part
}

/** While it is being made. */
type Draft<T> = { -readonly [Field in keyof T]: T[Field] }

function known(column: Int32Array, row: number): number | undefined {
  const number = column[row] ?? -1
  return number < 0 ? undefined : number
}
