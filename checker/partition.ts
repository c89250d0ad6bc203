/** One key's operations, and what is known about them so far. */

import { allRules, type Rules, search } from './general/search.ts'
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'
import type { Decision, Procedure } from './procedure.ts'
import { replayIndexes } from './replay.ts'
import type { PartitionResult, Verdict } from './result.ts'
import { type Ending, reasonOf, type Turn, type Undecided } from './schedule.ts'

/** For tests. */
export interface Internal {
  /** Rules of the general search to switch off. */
  readonly rules?: Rules
  /** Whether the general search remembers configurations. */
  readonly hasMemory?: boolean
  /** Whether `Model.simplify` is used. */
  readonly simplify?: boolean
  /** The names of the procedures that may be tried; none: the general search only. */
  readonly procedures?: readonly string[]
}

export const generalSearch = 'general search'

export class Partition<S, I, O, Op extends Operation<I, O>> implements Undecided {
  readonly key: string | undefined
  readonly operations: readonly Op[]
  readonly #model: Model<S, I, O>
  readonly #internal: Internal
  /** Those that have not said yet that these operations are none of theirs. */
  #procedures: readonly Procedure<S, I, O>[]
  #simplified: { readonly model: Model<S, I, O>; readonly operations: readonly Operation<I, O>[] } | undefined
  #engine = 'none'
  #decision: Decision | undefined
  #explored = 0

  constructor(model: Model<S, I, O>, key: string | undefined, operations: readonly Op[], internal: Internal) {
    this.#model = model
    this.key = key
    this.operations = operations
    this.#internal = internal
    const { procedures = [] } = model
    const allowed = internal.procedures
    this.#procedures = allowed === undefined ? procedures : procedures.filter(({ name }) => allowed.includes(name))
  }

  get size(): number {
    return this.operations.length
  }

  get verdict(): Verdict {
    return this.#decision?.verdict ?? 'unknown'
  }

  /** Configurations expanded, over all turns. */
  get explored(): number {
    return this.#explored
  }

  /** What its latest turn came to, in places of its operations, and who said so. */
  get latest(): { readonly engine: string; readonly decision: Decision } | undefined {
    return this.#decision && { engine: this.#engine, decision: this.#decision }
  }

  attempt(turn: Turn): number {
    const decision = this.#decide(turn)
    this.#explored += decision.explored
    // A step that was told that time is up may have returned anything.
    if (turn.watch.hasTold) {
      this.#decision = { verdict: 'unknown', order: [], explored: decision.explored, reason: 'time is up' }
      return decision.explored
    }
    const extent = decision.verdict === 'valid' ? 'whole' : 'part'
    const objection = replayIndexes(this.#model, this.operations, decision.order, extent)
    if (objection !== undefined) {
      throw new Error(`the ${this.#engine} returned an order that does not replay: ${objection}`)
    }
    this.#decision = decision
    return decision.explored
  }

  #decide(turn: Turn): Decision {
    for (const [passed, procedure] of this.#procedures.entries()) {
      const decision = procedure.decide(this.#model, this.operations, turn)
      if (decision === undefined) continue
      this.#procedures = this.#procedures.slice(passed)
      this.#engine = procedure.name
      return decision
    }
    this.#procedures = []
    this.#engine = generalSearch
    return this.#search(turn)
  }

  #search({ budget, isOver, maxBytes, watch }: Turn): Decision {
    this.#simplified ??= this.#simplify()
    const { model, operations } = this.#simplified
    const { rules = allRules, hasMemory = true } = this.#internal
    const memory = maxBytes === undefined ? {} : { maxBytes }
    const options = { rules, hasMemory, budget, isOver, context: watch, ...memory }
    const { stuck, ...found } = search(model, operations, options)
    return stuck === undefined ? found : { ...found, stuck }
  }

  #simplify(): { model: Model<S, I, O>; operations: readonly Operation<I, O>[] } {
    const given = { model: this.#model, operations: this.operations }
    return (this.#internal.simplify ?? true) ? (this.#model.simplify?.(this.operations) ?? given) : given
  }

  /** `ended`: why it had no further turn, if it is undecided. */
  result(ended: Ending): PartitionResult<Op> {
    const { key, operations } = this
    const engine = this.#engine
    const decision = this.#decision
    const base = { key, operations, size: this.size, engine, explored: this.#explored }
    if (decision === undefined) {
      return { ...base, verdict: 'unknown', linearization: [], blocked: [], reason: ended.unattempted }
    }
    const { verdict, order, stuck: stuckAt, core, reason } = decision
    const linearization = itemsAt(operations, order)
    if (verdict === 'valid') return { ...base, verdict, linearization, blocked: [] }
    const stuck = stuckAt === undefined ? undefined : at(operations, stuckAt)
    return {
      ...base,
      verdict,
      linearization,
      blocked: stuck === undefined ? [] : blockedAt(stuck, operations, linearization),
      ...(stuck === undefined ? {} : { stuck }),
      ...(verdict === 'illegal' && core !== undefined ? { core: itemsAt(operations, core) } : {}),
      ...(verdict === 'unknown' ? { reason: reasonOf(reason, ended) } : {}),
    }
  }
}

/** The operations that were under way when `stuck` returned and are not in the order. */
export function blockedAt<Op extends Operation<unknown, unknown>>(
  stuck: Op,
  operations: readonly Op[],
  order: readonly Op[],
): readonly Op[] {
  const placed = new Set(order)
  return operations.filter((each) => each.call <= stuck.return && !placed.has(each))
}

function itemsAt<T>(list: readonly T[], indexes: ArrayLike<number>): readonly T[] {
  const items: T[] = []
  for (let i = 0; i < indexes.length; i++) items.push(at(list, indexes[i] ?? -1))
  return items
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new RangeError(`no item ${index} in a list of ${list.length}`)
  return item
}
