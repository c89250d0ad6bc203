/**
 * Decides a history of columns. Keys that are plain registers, or whose answers carry versions, go to the procedures as
 * they are; lists of objects are made only for the others, and of what somebody looks at.
 */

import { checkAnnotations } from '../annotation.ts'
import type { CheckOptions } from '../check.ts'
import { HistoryError, type RecordedOperation } from '../formats/pairs.ts'
import { isModelName, type KvModel, type ModelName, models, withInitial } from '../models/index.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import { blockedAt, Partition } from '../partition.ts'
import type { Decision, Limits } from '../procedure.ts'
import { decideBlocks } from '../register/blocks.ts'
import { decideRegister } from '../register/search.ts'
import { decideListed } from '../register/versions.ts'
import { type CheckResult, type PartitionResult, type Verdict, verdictOf } from '../result.ts'
import { type Ending, reasonOf, type Scheduled, schedule, type Turn, type Undecided } from '../schedule.ts'
import { Watch } from '../watch.ts'
import { Rows } from './columns-of.ts'
import { functions, type HistoryColumns } from './history-columns.ts'
import { isLeftOut, type KeyColumns, keysOf } from './keys.ts'
import { type Claim, firstObjection } from './replay-rows.ts'
import { Values } from './value-table.ts'

/** The procedures that need no list of operations, by the names that they have in a model's list, and in its order. */
const procedures: readonly {
  readonly name: string
  decide(key: KeyColumns, shared: Shared, limits: Limits): Decision | undefined
}[] = [
  { name: 'versions', decide: versionsOf },
  { name: 'blocks', decide: ({ register }) => register && decideBlocks(register) },
  { name: 'register search', decide: ({ register }, _, limits) => register && decideRegister(register, limits) },
]

/** A plain register has none, and texts that grow are not proved on columns. */
function versionsOf({ rows: places, register, hasAppends }: KeyColumns, { rows, model }: Shared, limits: Limits) {
  if (register !== undefined || hasAppends) return undefined
  const { length } = places
  const answers = rows.answersOf(places)
  const get = (index: number) => (index >= 0 && index < length ? answers.at(index) : undefined)
  return decideListed(model, { length, get }, limits)
}

export interface CheckColumnsOptions extends CheckOptions {
  /** Instead of the model that the columns name. */
  readonly model?: ModelName
}

/**
 * As `check`. Lists of operations in the result are made when they are looked at. Throws a `HistoryError` that names an
 * operation which the model does not know, and a `TypeError` for a model that columns can not be held to.
 */
export function checkColumns(
  columns: HistoryColumns,
  options: CheckColumnsOptions = {},
): CheckResult<RecordedOperation> {
  const keys = undecidedKeys(columns, options)
  return resultOf(columns, keys, schedule(keys, options, new Watch(options)), options)
}

/** The history's keys, each to be given its turns. Throws as `checkColumns` does. `split`: what `keysOf` said. */
export function undecidedKeys(
  columns: HistoryColumns,
  options: CheckColumnsOptions,
  split: readonly KeyColumns[] = keysOf(columns),
): readonly KeyOfColumns[] {
  const { annotations, internal = {}, model: name = columns.model } = options
  if (annotations !== undefined) checkAnnotations(annotations)
  const rows = new Rows(columns)
  const unknown = unknownTo(columns, name)
  if (unknown !== undefined) throw unknown
  const model = withInitial(models[name], rows.initial)
  const allowed = procedures.filter(({ name }) => internal.procedures?.includes(name) ?? true)
  return split.map((each) => new KeyOfColumns({ columns, rows, model, options, allowed }, each))
}

/** Once the turns are over: each order is proved, and the verdicts are put together. */
export function resultOf(
  columns: HistoryColumns,
  keys: readonly KeyOfColumns[],
  { explored, ended }: Scheduled,
  { annotations }: CheckColumnsOptions,
): CheckResult<RecordedOperation> {
  const claims = keys.flatMap((each) => each.claim ?? [])
  const wrong = firstObjection(columns, claims)
  if (wrong !== undefined) {
    throw new Error(`the ${wrong.claim.engine} returned an order that does not replay: ${wrong.objection}`)
  }
  const partitions = keys.map((each) => each.result(ended))
  const result = { verdict: verdictOf(partitions), partitions, explored }
  return annotations === undefined ? result : { ...result, annotations }
}

/**
 * Why columns can not be held to the model of this name, or `undefined`: an operation that it does not know, unless it
 * surely did not happen, or is a read without an answer.
 */
export function unknownTo({ f, outcome, id, length }: HistoryColumns, name: ModelName): HistoryError | undefined {
  // Whoever calls this from JavaScript may name a model of another kind.
  if (!isModelName(name)) {
    const known = Object.keys(models).join(', ')
    throw new TypeError(`columns can be held to ${known}, but not to ${JSON.stringify(name)}`)
  }
  const { functions: known } = models[name]
  const isKnown = functions.map((each) => known.includes(each))
  for (let row = 0; row < length; row++) {
    const code = f[row] ?? 0
    if (isKnown[code] === true || isLeftOut(outcome[row], code)) continue
    return new HistoryError(`${name} knows ${known.join(', ')}, but not ${functions[code]}`, id[row] ?? 0)
  }
  return undefined
}

interface Shared {
  readonly columns: HistoryColumns
  readonly rows: Rows
  readonly model: KvModel
  readonly options: CheckOptions
  readonly allowed: typeof procedures
}

type KvPartition = Partition<KvState, KvInput, KvOutput, RecordedOperation>

/** What a turn came to, to be told from thread to thread: places in the key's rows. */
export interface Answer {
  readonly engine: string
  readonly decision: Decision
  /** The order has been replayed already. */
  readonly isProved: boolean
}

export class KeyOfColumns implements Undecided {
  readonly key: string | undefined
  readonly #shared: Shared
  readonly #columns: KeyColumns
  #procedures: typeof procedures
  #engine = 'none'
  #decision: Decision | undefined
  #explored = 0
  /** Once the columns did not suffice. */
  #partition: KvPartition | undefined
  #isProved = false

  constructor(shared: Shared, columns: KeyColumns) {
    this.#shared = shared
    this.#columns = columns
    this.#procedures = shared.allowed
    this.key = columns.key < 0 ? undefined : new Values(shared.columns.values).textAt(columns.key)
  }

  get size(): number {
    return this.#columns.rows.length
  }

  get verdict(): Verdict {
    return this.#partition?.verdict ?? this.#decision?.verdict ?? 'unknown'
  }

  /** What is to be proved before the verdict may be told; a partition of objects has proved its own. */
  get claim(): (Claim & { readonly engine: string }) | undefined {
    if (this.#decision === undefined || this.#partition !== undefined || this.#isProved) return undefined
    const { order, verdict } = this.#decision
    return { rows: this.#columns.rows, order, extent: verdict === 'valid' ? 'whole' : 'part', engine: this.#engine }
  }

  attempt(turn: Turn): number {
    const decision = this.#partition === undefined ? this.#decide(turn) : undefined
    if (decision === undefined) {
      this.#partition ??= this.#withObjects()
      return this.#partition.attempt(turn)
    }
    this.#explored += decision.explored
    this.#decision = decision
    return decision.explored
  }

  /** What the latest turn came to. */
  get answer(): Answer | undefined {
    if (this.#partition !== undefined) return this.#partition.latest && { ...this.#partition.latest, isProved: true }
    return this.#decision && { engine: this.#engine, decision: this.#decision, isProved: false }
  }

  /** Takes a turn that was played elsewhere for its own. */
  adopt({ engine, decision, isProved }: Answer): number {
    this.#explored += decision.explored + (this.#partition?.explored ?? 0)
    this.#partition = undefined
    this.#engine = engine
    this.#decision = decision
    this.#isProved = isProved
    return decision.explored
  }

  #decide(turn: Turn): Decision | undefined {
    for (const [passed, procedure] of this.#procedures.entries()) {
      const decision = procedure.decide(this.#columns, this.#shared, turn)
      if (decision === undefined) continue
      this.#procedures = this.#procedures.slice(passed)
      this.#engine = procedure.name
      return decision
    }
    return undefined
  }

  #withObjects(): KvPartition {
    const { model, options } = this.#shared
    return new Partition(model, this.key, this.#operations(), options.internal ?? {})
  }

  #operations(): readonly RecordedOperation[] {
    return Array.from(this.#columns.rows, (row) => this.#shared.rows.at(row))
  }

  /** `ended`: why it had no further turn, if it is undecided. */
  result(ended: Ending): PartitionResult<RecordedOperation> {
    if (this.#partition !== undefined) return this.#partition.result(ended)
    const decision = this.#decision ?? { verdict: 'unknown', order: [], explored: 0, reason: ended.unattempted }
    const reasoned = { ...decision, reason: reasonOf(decision.reason, ended) }
    return new LazyResult(this, this.#engine, this.#explored, reasoned, () => this.#operations())
  }
}

/** Makes its lists on first sight: a valid history of a million operations is mostly not looked at. */
class LazyResult implements PartitionResult<RecordedOperation> {
  readonly key: string | undefined
  readonly size: number
  readonly engine: string
  readonly explored: number
  readonly verdict: Verdict
  readonly reason?: string
  readonly #decision: Decision
  #make: () => readonly RecordedOperation[]

  constructor(
    { key, size }: Undecided,
    engine: string,
    explored: number,
    decision: Decision & { readonly reason: string },
    make: () => readonly RecordedOperation[],
  ) {
    this.key = key
    this.size = size
    this.engine = engine
    this.explored = explored
    this.verdict = decision.verdict
    this.#decision = decision
    this.#make = make
    if (decision.verdict === 'unknown') this.reason = decision.reason
  }

  get operations(): readonly RecordedOperation[] {
    const made = this.#make()
    this.#make = () => made
    return made
  }

  get linearization(): readonly RecordedOperation[] {
    return this.#pick(this.#decision.order)
  }

  get stuck(): RecordedOperation | undefined {
    const { stuck, verdict } = this.#decision
    return stuck === undefined || verdict === 'valid' ? undefined : this.#pick([stuck])[0]
  }

  get blocked(): readonly RecordedOperation[] {
    const { stuck } = this
    return stuck === undefined ? [] : blockedAt(stuck, this.operations, this.linearization)
  }

  get core(): readonly RecordedOperation[] | undefined {
    const { core, verdict } = this.#decision
    return core === undefined || verdict !== 'illegal' ? undefined : this.#pick(core)
  }

  #pick(indexes: ArrayLike<number>): readonly RecordedOperation[] {
    const { operations } = this
    return Array.from(indexes, (index) => {
      const operation = operations[index]
      if (operation === undefined) throw new RangeError(`no operation ${index} in a list of ${operations.length}`)
      return operation
    })
  }
}
