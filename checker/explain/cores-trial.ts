/** Decides candidates for a core, one after the other, within one budget. */
import { check } from '../check.ts'
import { noRules, search } from '../general/search.ts'
import type { Model } from '../model.ts'
import { isPending, type Operation } from '../operation.ts'

/** A fast engine expands next to nothing, so what is decided again and again is also bounded in operations. */
const maximumDecided = 20_000_000
/** The largest core that the plain search is asked about, and what that may cost. */
export const confirmedSize = 12
const confirmBudget = 1_000_000

/** A candidate is illegal if none of the models accepts it. */
type ModelsFor<S, I, O> = (operations: readonly Operation<I, O>[]) => readonly Model<S, I, O>[]

export class Trial<S, I, O, Op extends Operation<I, O>> {
  readonly #models: ModelsFor<S, I, O>
  readonly #budget: number
  #decided = 0
  explored = 0
  hasFoundIllegal = false

  constructor(models: ModelsFor<S, I, O>, budget: number) {
    this.#models = models
    this.#budget = budget
  }

  get isOut(): boolean {
    return this.explored >= this.#budget || this.#decided >= maximumDecided
  }

  firstIllegal(candidates: readonly (readonly Op[])[]): readonly Op[] | undefined {
    return candidates.find((candidate) => this.isIllegal(candidate))
  }

  isIllegal(candidate: readonly Op[]): boolean {
    const isIllegal = this.#models(candidate).every((model) => this.#isIllegalBy(model, candidate))
    if (isIllegal) this.hasFoundIllegal = true
    return isIllegal
  }

  #isIllegalBy(model: Model<S, I, O>, candidate: readonly Op[]): boolean {
    if (this.isOut) return false
    const result = check<S, I, O, Op>(model, candidate, { maxConfigurations: this.#budget - this.explored })
    this.explored += Math.max(1, result.explored)
    this.#decided += candidate.length
    return result.verdict === 'illegal'
  }

  /** Whether the plain search, without memory or any rule that prunes, finds it illegal too. */
  isPlainlyIllegal(core: readonly Op[]): boolean {
    return core.length <= confirmedSize && this.#models(core).every((model) => isPlainlyIllegal(model, core))
  }

  /** Delta debugging (Zeller & Hildebrandt 2002), complements only: drop ever smaller runs of groups, late ones first. */
  withoutGroups(model: Model<S, I, O>, operations: readonly Op[]): readonly Op[] {
    let core = operations
    for (let before = core.length + 1; core.length < before; ) {
      before = core.length
      core = this.#withoutGroupsOnce(model, core)
    }
    return core
  }

  #withoutGroupsOnce(model: Model<S, I, O>, operations: readonly Op[]): readonly Op[] {
    let core = operations
    let groups = removableOf(model, core).map((group) => group.flatMap((index) => operations[index] ?? []))
    for (let size = groups.length; size >= 1; size = size === 1 ? 0 : Math.ceil(size / 2)) {
      for (let end = groups.length; end > 0; ) {
        const start = Math.max(0, end - size)
        const gone = new Set(groups.slice(start, end).flat())
        const rest = core.filter((operation) => !gone.has(operation))
        if (rest.length < core.length && this.isIllegal(rest)) {
          core = rest
          groups = groups.toSpliced(start, end - start)
        }
        end = start
      }
    }
    return core
  }
}

/** `Model.removable`, or what stands in for it. */
export function removableOf<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): readonly (readonly number[])[] {
  if (model.removable !== undefined) return model.removable(operations)
  return operations.flatMap(({ input, output }, index) => (model.readOnly?.(input, output) ? [[index]] : []))
}

export function isPlainlyIllegal<S, I, O>(model: Model<S, I, O>, core: readonly Operation<I, O>[]): boolean {
  const options = { rules: noRules, hasMemory: false, budget: confirmBudget, isOver: () => false }
  return core.some((each) => !isPending(each)) && search(model, core, options).verdict === 'illegal'
}
