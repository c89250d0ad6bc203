/**
 * Cuts an illegal history down to a few operations that are illegal on their own. Every step is one that would have
 * kept a legal history legal, and every candidate is decided again, so the core proves the whole history illegal.
 */
import { check } from './check.ts'
import { longestPrefix } from './longest-prefix.ts'
import type { Model } from './model.ts'
import { isPending, type Operation } from './operation.ts'
import { noRules, search } from './search.ts'

export interface MinimizeOptions<Op> {
  /** Operations among these that an engine found to be illegal by themselves (`PartitionResult.core`): a beginning. */
  readonly core?: readonly Op[] | undefined
  /** The most configurations to expand in all; 1 million unless told. Out of budget, the best core so far is given. */
  readonly maxConfigurations?: number
}

export interface Minimized<Op> {
  /** In the order of calls. Outputs may say less than they did, and operations that outlast the core are pending. */
  readonly core: readonly Op[]
  /** The core was found illegal by the plain search too, without memory or any rule that prunes. */
  readonly confirmed: boolean
  /** No group can be removed from the core any more; false where the budget ran out. */
  readonly isMinimal: boolean
  readonly explored: number
}

const defaultConfigurations = 1_000_000
const confirmedSize = 12
const confirmBudget = 1_000_000
/** A fast engine expands next to nothing, so what is decided again and again is also bounded in operations. */
const maximumDecided = 20_000_000

/**
 * Finds a small illegal core of the operations of one partition, of which `stuck` is the operation whose return no
 * order passes (`PartitionResult.stuck`); it is looked for where it is not known. Throws if they are not illegal.
 */
export function minimize<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
  stuck: Op | undefined,
  options: MinimizeOptions<Op> = {},
): Minimized<Op> {
  const budget = options.maxConfigurations ?? defaultConfigurations
  const ordered = operations.toSorted((a, b) => a.call - b.call || a.id - b.id)
  const found = options.core && givenCore(model, ordered, options.core, budget)
  if (found !== undefined) return found
  const cut = stuck ?? longestPrefix(model, ordered, { maxConfigurations: budget }).stuck
  return relaxedCore(model, ordered, cut, budget) ?? exactCore(model, ordered, cut, budget)
}

/**
 * From a core that an engine gave, if the plain search finds it illegal too and taking out the others was one of the
 * steps that keep a legal history legal. Else a wrong core could pass for a reason, as anything is illegal once its
 * writer has been left out.
 */
function givenCore<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  ordered: readonly Op[],
  given: readonly Op[],
  budget: number,
): Minimized<Op> | undefined {
  const members = new Set(given)
  const core = ordered.filter((operation) => members.has(operation))
  if (core.length < members.size || core.length > confirmedSize) return undefined
  const relaxed = model.relax?.(core)
  // Of a legal history of the relaxed model anything can be taken out; but it knows nothing of unanswered operations.
  if (relaxed !== undefined && core.every((each) => !isPending(each)) && isPlainlyIllegal(relaxed, core)) {
    return reduced(relaxed, new Trial<unknown, I, O, Op>(relaxed, budget), core)
  }
  if (!isRemovable(model, ordered, members) || !isPlainlyIllegal(model, core)) return undefined
  return reduced(model, new Trial<S, I, O, Op>(model, budget), core)
}

/** Whether all but these operations are made of whole removable groups. */
function isRemovable<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  ordered: readonly Op[],
  staying: ReadonlySet<Op>,
): boolean {
  const goes = ordered.map((operation) => !staying.has(operation))
  const covered = new Uint8Array(ordered.length)
  for (const group of removableOf(model, ordered)) {
    if (!group.every((index) => goes[index])) continue
    for (const index of group) covered[index] = 1
  }
  return goes.every((isGone, index) => !isGone || covered[index] === 1)
}

/** `Model.removable`, or what stands in for it. */
function removableOf<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): readonly (readonly number[])[] {
  if (model.removable !== undefined) return model.removable(operations)
  return operations.flatMap(({ input, output }, index) => (model.readOnly?.(input, output) ? [[index]] : []))
}

/** The core by `Model.relax`: whatever is illegal by it is illegal by the model too, which accepts less. */
function relaxedCore<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  ordered: readonly Op[],
  stuck: Op | undefined,
  budget: number,
): Minimized<Op> | undefined {
  const relaxed = model.relax?.(ordered)
  if (relaxed === undefined) return undefined
  const trial = new Trial<unknown, I, O, Op>(relaxed, budget)
  const answered = ordered.filter((operation) => !isPending(operation))
  const early = answered.filter((operation) => stuck === undefined || operation.return <= stuck.return)
  const illegal = trial.firstIllegal([early, answered])
  return illegal === undefined ? undefined : reduced(relaxed, trial, illegal)
}

function exactCore<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  ordered: readonly Op[],
  stuck: Op | undefined,
  budget: number,
): Minimized<Op> {
  const trial = new Trial<S, I, O, Op>(model, budget)
  let core: readonly Op[] = ordered
  if (stuck !== undefined) core = trial.firstIllegal([cutAt(ordered, stuck)]) ?? core
  core = trial.firstIllegal([core.map((operation) => weakened(model, operation))]) ?? core
  const found = reduced(model, trial, core)
  if (!trial.hasFoundIllegal && trial.firstIllegal([found.core]) === undefined) {
    throw new Error('minimize was given operations that are not illegal, or that the budget could not decide')
  }
  return found
}

function reduced<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  trial: Trial<S, I, O, Op>,
  illegal: readonly Op[],
): Minimized<Op> {
  let core = illegal
  for (let size = core.length + 1; core.length < size; ) {
    size = core.length
    core = trial.withoutGroups(core)
  }
  const confirmed = core.length <= confirmedSize && isPlainlyIllegal(model, core)
  return { core, confirmed, isMinimal: !trial.isOut, explored: trial.explored }
}

/**
 * The history up to the return that can not be passed. A beginning of a legal history is legal; what had not returned
 * by then is pending, and a pending operation keeps no output.
 */
function cutAt<Op extends Operation<unknown, unknown>>(operations: readonly Op[], stuck: Op): readonly Op[] {
  return operations
    .filter((each) => each.call <= stuck.return)
    .map((each) =>
      each.return <= stuck.return ? each : { ...each, output: undefined, return: Number.POSITIVE_INFINITY },
    )
}

function weakened<S, I, O, Op extends Operation<I, O>>(model: Model<S, I, O>, operation: Op): Op {
  if (operation.output === undefined || model.weaken === undefined) return operation
  return { ...operation, output: model.weaken(operation.output) }
}

/** Decides candidates within one budget. */
class Trial<S, I, O, Op extends Operation<I, O>> {
  readonly #model: Model<S, I, O>
  readonly #budget: number
  #decided = 0
  explored = 0
  hasFoundIllegal = false

  constructor(model: Model<S, I, O>, budget: number) {
    this.#model = model
    this.#budget = budget
  }

  get isOut(): boolean {
    return this.explored >= this.#budget || this.#decided >= maximumDecided
  }

  firstIllegal(candidates: readonly (readonly Op[])[]): readonly Op[] | undefined {
    return candidates.find((candidate) => this.#isIllegal(candidate))
  }

  #isIllegal(candidate: readonly Op[]): boolean {
    if (this.isOut) return false
    const result = check<S, I, O, Op>(this.#model, candidate, { maxConfigurations: this.#budget - this.explored })
    this.explored += Math.max(1, result.explored)
    this.#decided += candidate.length
    if (result.verdict === 'illegal') this.hasFoundIllegal = true
    return result.verdict === 'illegal'
  }

  /** Delta debugging (Zeller & Hildebrandt 2002), complements only: drop ever smaller runs of groups, late ones first. */
  withoutGroups(operations: readonly Op[]): readonly Op[] {
    let core = operations
    let groups = this.#groups(core)
    for (let size = groups.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let end = groups.length; end > 0; ) {
        const start = Math.max(0, end - size)
        const gone = new Set(groups.slice(start, end).flat())
        const rest = core.filter((operation) => !gone.has(operation))
        if (rest.length < core.length && this.#isIllegal(rest)) {
          core = rest
          groups = groups.toSpliced(start, end - start)
        }
        end = start
      }
    }
    return core
  }

  #groups(operations: readonly Op[]): readonly (readonly Op[])[] {
    return removableOf(this.#model, operations).map((group) => group.flatMap((index) => operations[index] ?? []))
  }
}

function isPlainlyIllegal<S, I, O, Op extends Operation<I, O>>(model: Model<S, I, O>, core: readonly Op[]): boolean {
  const options = { rules: noRules, hasMemory: false, budget: confirmBudget, isOver: () => false }
  return core.some((each) => !isPending(each)) && search(model, core, options).verdict === 'illegal'
}
