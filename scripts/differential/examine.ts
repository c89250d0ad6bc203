/**
 * Holds every engine against two judges and against each other, over one history: verdicts must agree, each valid one
 * must come with an order that replays, each core must be illegal by itself, each return that is blamed the first one
 * that no order passes.
 */
import { type Engine, type Opinion, procedures, type Question, whole } from './engines.ts'
import { type KvOperation, legalByMemory, legalByPermutations, objectionTo } from './oracle.ts'
import type { RandomHistory } from './random-history.ts'

export interface ExamineOptions {
  /** How many configurations an engine may expand, and a judge. */
  readonly budget?: number
  /** The engines; by default all there are. */
  readonly engines?: Readonly<Record<string, Engine>>
}

export interface Examined {
  /** What the judges say; `undefined`: too much work for them. */
  readonly isLegal: boolean | undefined
  readonly isTriedByPermutations: boolean
  /** What each engine said, for those that decide histories of this kind. */
  readonly verdicts: ReadonlyMap<string, Opinion['verdict']>
  /** In sentences. None: all agree. */
  readonly mismatches: readonly string[]
}

const defaultBudget = 20_000
const mostPermuted = 8
/** The search without any rule is slow, and much like the judge; one history in so many is enough for it. */
const plainEvery = 16

export function examine(history: RandomHistory, options: ExamineOptions = {}): Examined {
  const { budget = defaultBudget } = options
  const { model, modelName, initial, operations, seed } = history
  const limits = { budget, attempt: seed % 3, isOver: () => false }
  const question = { model, modelName, initial, operations, limits }
  const isLegal = legalByMemory(initial, operations, budget)
  const mismatches: string[] = []
  const isTriedByPermutations = operations.length <= mostPermuted
  if (isTriedByPermutations && legalByPermutations(model, operations) !== isLegal) {
    mismatches.push(`the search of the judges says ${isLegal ? 'valid' : 'illegal'}, but the permutations do not`)
  }
  const verdicts = new Map<string, Opinion['verdict']>()
  for (const [name, engine] of Object.entries(options.engines ?? enginesFor(history))) {
    const opinion = ask(engine, question)
    if (opinion === undefined) continue
    if (typeof opinion === 'string') {
      mismatches.push(`${name} threw: ${opinion}`)
      continue
    }
    verdicts.set(name, opinion.verdict)
    mismatches.push(...objections(opinion, isLegal, question).map((objection) => `${name} ${objection}`))
  }
  if (isLegal === undefined) mismatches.push(...disagreements(verdicts))
  return { isLegal, isTriedByPermutations, verdicts, mismatches }
}

function enginesFor({ model, seed }: RandomHistory): Readonly<Record<string, Engine>> {
  const { 'general search without rules': plain, ...rest } = whole
  const sampled = plain !== undefined && seed % plainEvery === 0 ? { 'general search without rules': plain } : {}
  return { ...rest, ...procedures(model), ...sampled }
}

function ask(engine: Engine, question: Question): Opinion | undefined | string {
  try {
    return engine(question)
  } catch (error) {
    return error instanceof Error ? (error.stack ?? error.message) : String(error)
  }
}

function objections(opinion: Opinion, isLegal: boolean | undefined, question: Question): readonly string[] {
  const { initial, operations, limits } = question
  if (opinion.verdict === 'unknown') return []
  if (opinion.verdict === 'valid') {
    const { order = [], isUnproved = false } = opinion
    const objection = isUnproved ? undefined : objectionTo(order, initial, operations)
    const isWrong = isLegal === false ? ['says valid, but it is illegal'] : []
    return objection === undefined ? isWrong : [...isWrong, `gives an order that is none: ${objection}`]
  }
  const found = isLegal === true ? ['says illegal, but it is valid'] : []
  const isLegalPart = (part: readonly KvOperation[]): boolean => legalByMemory(initial, part, limits.budget) === true
  if (opinion.core !== undefined && isLegalPart(pickAll(operations, opinion.core))) {
    found.push(`gives a core that is legal by itself: ${opinion.core.join(', ')}`)
  }
  const end = operations[opinion.stuck ?? -1]?.return
  if (end === undefined) return found
  if (isLegalPart(upTo(operations, end))) {
    return [...found, `says that no order passes the return of operation ${opinion.stuck}, but one does`]
  }
  const before = Math.max(...operations.map((each) => (each.return < end ? each.return : Number.NEGATIVE_INFINITY)))
  if (legalByMemory(initial, upTo(operations, before), limits.budget) === false) {
    return [...found, `blames operation ${opinion.stuck}, but no order passes a return before its own`]
  }
  return found
}

/** Where the judges could not decide, engines that contradict each other are enough. */
function disagreements(verdicts: ReadonlyMap<string, Opinion['verdict']>): readonly string[] {
  const sayers = (verdict: string): string =>
    [...verdicts].flatMap(([name, said]) => (said === verdict ? [name] : [])).join(', ')
  const valid = sayers('valid')
  const illegal = sayers('illegal')
  return valid === '' || illegal === '' ? [] : [`${valid}: valid, but ${illegal}: illegal`]
}

function pickAll(operations: readonly KvOperation[], indexes: readonly number[]): readonly KvOperation[] {
  return indexes.flatMap((index) => operations[index] ?? [])
}

/** What had happened by then; what returned later is under way, with the answer that it will give. */
function upTo(operations: readonly KvOperation[], end: number): readonly KvOperation[] {
  return operations.flatMap((each) => {
    if (each.call > end) return []
    return each.return > end ? { ...each, return: Number.POSITIVE_INFINITY } : each
  })
}

/** The same mismatch with as few operations as removing them one by one leads to. */
export function shrink(history: RandomHistory, options: ExamineOptions = {}): RandomHistory {
  let { operations } = history
  for (let index = 0; index < operations.length; ) {
    const fewer = operations.filter((_operation, at) => at !== index)
    const isStillWrong = examine({ ...history, operations: fewer }, options).mismatches.length > 0
    if (isStillWrong) operations = fewer
    index = isStillWrong ? 0 : index + 1
  }
  return { ...history, operations }
}

/** For people, and for a fixture: one operation a line. */
export function historyText({ modelName, initial, operations }: RandomHistory): string {
  const lines = operations.map((operation, index) => {
    const { process, input, output, call, return: end } = operation
    return `  ${index}: [${call}, ${end}] process ${process} ${JSON.stringify(input)} -> ${JSON.stringify(output)}`
  })
  return [`  ${modelName}, initially ${JSON.stringify(initial)}`, ...lines].join('\n')
}
