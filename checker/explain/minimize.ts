/**
 * Cuts an illegal history down to a few operations that are illegal on their own. Every step is one that would have
 * kept a legal history legal, and every candidate is decided again, so the core proves the whole history illegal.
 */

import type { Model } from '../model.ts'
import { isPending, type Operation } from '../operation.ts'
import { endingWith, partsCore, type Start, shrunk } from './cores.ts'
import { isPlainlyIllegal, removableOf, Trial } from './cores-trial.ts'
import { longestPrefix } from './longest-prefix.ts'

export interface MinimizeOptions<Op> {
  /** Operations among these that an engine found to be illegal by themselves (`PartitionResult.core`): a beginning. */
  readonly core?: readonly Op[] | undefined
  /** The most configurations to expand in all; 1 million unless told. Out of budget, the best core so far is given. */
  readonly maxConfigurations?: number
}

export interface Minimized<Op> {
  /**
   * In the order of calls. Operations may say less than they did: a compare-and-set that it does not take may be a
   * write or a read, and what outlasts the core is pending. Their ids are those of the operations they come from.
   */
  readonly core: readonly Op[]
  /** The core was found illegal by the plain search too, without memory or any rule that prunes. */
  readonly confirmed: boolean
  /** No group can be removed from the core any more; false where the budget ran out. */
  readonly isMinimal: boolean
  /** `any`: illegal whatever the object held before the core; `given`: beginning with the model's initial state. */
  readonly start: Start
  readonly explored: number
}

const defaultConfigurations = 1_000_000
/** A core from an engine may need as many, and one up to this size is not tried to be beaten. */
const givenAtMost = 12
const smallEnough = 3
const longHistory = 2000

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
  if (found !== undefined && found.core.length <= smallEnough) return found
  const cut = stuck ?? longestPrefix(model, ordered, { maxConfigurations: budget }).stuck
  const near = found ?? relaxedCore(model, ordered, cut, budget)
  // To cut a long history down from its beginning costs much more than to look around the return that is stuck.
  const part = near === undefined && ordered.length > longHistory ? anyPart(model, ordered, cut, budget) : undefined
  if (part !== undefined) return part
  const whole = near ?? exactCore(model, ordered, cut, budget)
  if (whole.core.length <= smallEnough) return whole
  return smaller(model, ordered, cut, whole, budget)
}

/**
 * The smaller one of this core and of what the model's own moves find. One from a known beginning shows a reader where
 * a value came from, so it may have one operation more.
 */
function smaller<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  ordered: readonly Op[],
  stuck: Op | undefined,
  whole: Minimized<Op>,
  budget: number,
): Minimized<Op> {
  const shrinking = model.shrinking?.(ordered.map((operation) => weakened(model, operation)))
  if (shrinking === undefined) return whole
  const trial = new Trial<S, I, O, Op>(() => [model], budget)
  const known = new Set(whole.core.map(({ id }) => id))
  const weak = whole.core.map((operation) => weakened(model, operation))
  // The given core may have been illegal by versions only, or because of what relaxation leaves out.
  const exact = whole.start === 'given' && trial.isIllegal(weak) ? shrunk(model, shrinking, trial, weak, 'given') : weak
  const best = exact.length < known.size ? minimized(trial, exact, 'given') : whole
  const part = anyPart(model, ordered, stuck, budget)
  return part !== undefined && part.core.length < best.core.length - 1 ? part : best
}

/** A part that is illegal whatever the object held before, by the model's own moves. */
function anyPart<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  ordered: readonly Op[],
  stuck: Op | undefined,
  budget: number,
): Minimized<Op> | undefined {
  const plain = ordered.map((operation) => weakened(model, operation))
  const shrinking = model.shrinking?.(plain)
  if (shrinking === undefined || stuck === undefined) return undefined
  const found = partsCore(model, shrinking, plain, weakened(model, stuck), budget)
  return found && minimized(found.trial, found.core, 'any')
}

function minimized<S, I, O, Op extends Operation<I, O>>(
  trial: Trial<S, I, O, Op>,
  core: readonly Op[],
  start: Start,
): Minimized<Op> {
  return { core, confirmed: trial.isPlainlyIllegal(core), isMinimal: !trial.isOut, start, explored: trial.explored }
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
  if (core.length < members.size || core.length > givenAtMost) return undefined
  const relaxed = model.relax?.(core)
  // Of a legal history of the relaxed model anything can be taken out; but it knows nothing of unanswered operations.
  if (relaxed !== undefined && core.every((each) => !isPending(each)) && isPlainlyIllegal(relaxed, core)) {
    return reduced(relaxed, new Trial<unknown, I, O, Op>(() => [relaxed], budget), core)
  }
  if (!isRemovable(model, ordered, members) || !isPlainlyIllegal(model, core)) return undefined
  return reduced(model, new Trial<S, I, O, Op>(() => [model], budget), core)
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

/** The core by `Model.relax`: whatever is illegal by it is illegal by the model too, which accepts less. */
function relaxedCore<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  ordered: readonly Op[],
  stuck: Op | undefined,
  budget: number,
): Minimized<Op> | undefined {
  const relaxed = model.relax?.(ordered)
  if (relaxed === undefined) return undefined
  const trial = new Trial<unknown, I, O, Op>(() => [relaxed], budget)
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
  const trial = new Trial<S, I, O, Op>(() => [model], budget)
  let core: readonly Op[] = ordered
  if (stuck !== undefined) core = trial.firstIllegal([endingWith(model, ordered, stuck)]) ?? core
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
  return minimized(trial, trial.withoutGroups(model, illegal), 'given')
}

function weakened<S, I, O, Op extends Operation<I, O>>(model: Model<S, I, O>, operation: Op): Op {
  if (operation.output === undefined || model.weaken === undefined) return operation
  return { ...operation, output: model.weaken(operation.output) }
}
