/** The engines under test, each as a function from a history to what it says. */
import { type CheckResult, check } from '../../checker/check.ts'
import { checkColumns } from '../../checker/columns/check-columns.ts'
import { decodeColumns, encodeColumns } from '../../checker/columns/codec.ts'
import { columnsOf } from '../../checker/columns/columns-of.ts'
import { noRules } from '../../checker/general/search.ts'
import type { ModelName } from '../../checker/models/index.ts'
import type { KvInput, KvModel, KvOutput, KvState, KvValue } from '../../checker/models/kv.ts'
import type { Decision, Limits, Procedure } from '../../checker/procedure.ts'
import { allRegisterRules } from '../../checker/register/rules.ts'
import { decideRegister } from '../../checker/register/search.ts'
import { decideBy } from '../../checker/register/search-engines.suite.ts'
import { withSilent } from '../../checker/register/silent.ts'
import { registerColumns } from '../../checker/register/translate.ts'
import type { KvOperation } from './oracle.ts'

/** What an engine is asked. */
export interface Question {
  readonly model: KvModel
  readonly modelName: ModelName
  readonly initial: KvValue
  readonly operations: readonly KvOperation[]
  readonly limits: Limits
}

/** What an engine says of a partition, with its proof; operations are indexes into the question's. */
export interface Opinion {
  readonly verdict: 'valid' | 'illegal' | 'unknown'
  /** If valid; without one, unless it says `isUnproved`, it is wrong. */
  readonly order?: ArrayLike<number>
  readonly isUnproved?: boolean
  /** If illegal: operations that are said to be illegal by themselves. */
  readonly core?: readonly number[]
  /** If illegal: the operation whose return is said to be passed by no order. */
  readonly stuck?: number
}

/** `undefined`: not a history of the kind that it decides. */
export type Engine = (question: Question) => Opinion | undefined

/** Everything together, as a user meets it; the general search alone; the same without its rules. */
export const whole: Readonly<Record<string, Engine>> = {
  check: (question) => checked(question, {}),
  'general search': (question) => checked(question, { procedures: [] }),
  columns: fromColumns,
  'register search, always counting': alwaysCounting,
  'register search, by plans': byPlans,
  'general search without rules': (question) => checked(question, { procedures: [], rules: noRules, simplify: false }),
}

/** The way over columns: to bytes and back, then the procedures that read columns. */
function fromColumns({ modelName, initial, operations, limits }: Question): Opinion | undefined {
  const columns = columnsOf({ model: modelName, initial, operations })
  if (columns === undefined) return undefined
  const decoded = decodeColumns(encodeColumns(columns))
  if ('problem' in decoded) throw new Error(decoded.problem)
  return opinionOf(checkColumns(decoded.columns, { maxConfigurations: limits.budget }), operations)
}

/** Short histories are decided before the register search begins to count; here it does from the start. */
function alwaysCounting({ model, operations, limits }: Question): Opinion | undefined {
  const columns = registerColumns(model, operations)
  if (columns === undefined) return undefined
  const decision = decideRegister(columns, limits, { ...allRegisterRules, easesOff: false })
  return opinionOfDecision(withSilent(decision, columns, intervalsOf(operations)))
}

function intervalsOf(operations: readonly KvOperation[]) {
  return {
    length: operations.length,
    callOf: (index: number) => operations[index]?.call ?? 0,
    isPending: (index: number) => operations[index]?.return === Number.POSITIVE_INFINITY,
  }
}

/** Short histories are decided before the register search makes plans; here it does at once, and goes back soon. */
function byPlans({ model, operations }: Question): Opinion | undefined {
  const columns = registerColumns(model, operations)
  if (columns === undefined) return undefined
  const { verdict, order } = decideBy({ name: 'resumed', seed: 1, rules: allRegisterRules }, columns)
  return opinionOfDecision(withSilent({ verdict, order, explored: 0 }, columns, intervalsOf(operations)))
}

/** Each of the model's procedures alone. */
export function procedures(model: KvModel): Readonly<Record<string, Engine>> {
  return Object.fromEntries((model.procedures ?? []).map((procedure) => [procedure.name, alone(procedure)]))
}

function alone(procedure: Procedure<KvState, KvInput, KvOutput>): Engine {
  return ({ model, operations, limits }) => {
    const decision = procedure.decide(model, operations, limits)
    return decision && opinionOfDecision(decision)
  }
}

function opinionOfDecision({ verdict, order, stuck, core }: Decision): Opinion {
  if (verdict === 'valid') return { verdict, order }
  return { verdict, ...(core === undefined ? {} : { core }), ...(stuck === undefined ? {} : { stuck }) }
}

function checked({ model, operations, limits }: Question, internal: object): Opinion {
  return opinionOf(check(model, operations, { maxConfigurations: limits.budget, internal }), operations)
}

function opinionOf({ verdict, partitions }: CheckResult<KvOperation>, operations: readonly KvOperation[]): Opinion {
  const [partition] = partitions
  const indexOf = new Map(operations.map(({ id }, index) => [id, index]))
  const indexes = (list: readonly KvOperation[]): readonly number[] => list.map(({ id }) => indexOf.get(id) ?? -1)
  if (verdict === 'valid') return { verdict, order: indexes(partition?.linearization ?? []) }
  if (verdict === 'unknown' || partition === undefined) return { verdict }
  const { stuck, core } = partition
  return {
    verdict,
    ...(stuck === undefined ? {} : { stuck: indexes([stuck])[0] ?? -1 }),
    ...(core === undefined ? {} : { core: indexes(core) }),
  }
}
