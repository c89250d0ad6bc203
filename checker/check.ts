/** Decides a history: splits it by key, searches each part, proves what it found, and puts the verdicts together. */
import type { Model } from './model.ts'
import { isPending, type Operation } from './operation.ts'
import { allRules, type Rules, type SearchResult, search } from './search.ts'

/** `unknown`: a budget ran out before there was an answer. */
export type Verdict = 'valid' | 'illegal' | 'unknown'

export interface CheckOptions {
  /** The most configurations to expand in all; 5 million unless told. The same history gets the same verdict. */
  readonly maxConfigurations?: number
  /** A limit by the clock, in milliseconds; needs `now`. Verdicts then depend on the machine. */
  readonly timeLimitMs?: number
  /** A monotonic clock in milliseconds, such as `() => performance.now()`. */
  readonly now?: () => number
  /** For tests: rules of the search to switch off, the memory of configurations, and `Model.simplify`. */
  readonly internal?: { readonly rules?: Rules; readonly hasMemory?: boolean; readonly simplify?: boolean }
}

export interface PartitionResult<Op> {
  /** What `Model.key` says of these operations. */
  readonly key: string | undefined
  /** `unknown` also where the check ended before this partition's turn, since another one is illegal. */
  readonly verdict: Verdict
  readonly operations: readonly Op[]
  /** Configurations expanded, over all attempts. */
  readonly explored: number
  /**
   * An order that the model accepts. If valid, it holds every operation that returned, and the pending ones that took
   * effect in it; it has been replayed against the model. Otherwise the order that passes the most returns.
   */
  readonly linearization: readonly Op[]
  /** Unless valid: the operation whose return no order passes (if unknown: none so far). */
  readonly stuck?: Op
  /** Unless valid: the operations that were under way at that return and are not in the linearization. */
  readonly blocked: readonly Op[]
}

export interface CheckResult<Op> {
  /** Illegal if any partition is, else unknown if any is, else valid. */
  readonly verdict: Verdict
  /** In the order in which the keys first appear. */
  readonly partitions: readonly PartitionResult<Op>[]
  readonly explored: number
}

const defaultConfigurations = 5_000_000
const firstBudget = 1000
const budgetGrowth = 8

/**
 * Decides whether a history is linearizable. Partitions take turns, small ones first, each turn with a larger budget;
 * so one that is hard can not hide another that is plainly illegal. The check ends at the first illegal one.
 */
export function check<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
  options: CheckOptions = {},
): CheckResult<Op> {
  const partitions = partition(model, operations)
  const isOver = overAfter(options)
  const maximum = options.maxConfigurations ?? defaultConfigurations
  let open = partitions.toSorted((a, b) => a.operations.length - b.operations.length)
  let explored = 0
  let isIllegal = false
  for (let budget = firstBudget; open.length > 0 && !isIllegal; budget *= budgetGrowth) {
    for (const each of open) {
      if (explored >= maximum || isOver()) return merge(partitions, explored)
      const found = each.attempt(Math.min(budget, maximum - explored), isOver, options)
      explored += found.explored
      isIllegal = found.verdict === 'illegal'
      if (isIllegal) break
    }
    open = open.filter((each) => each.result.verdict === 'unknown')
  }
  return merge(partitions, explored)
}

function merge<S, I, O, Op extends Operation<I, O>>(
  partitions: readonly Partition<S, I, O, Op>[],
  explored: number,
): CheckResult<Op> {
  const results = partitions.map((each) => each.result)
  const has = (verdict: Verdict) => results.some((result) => result.verdict === verdict)
  const verdict = has('illegal') ? 'illegal' : has('unknown') ? 'unknown' : 'valid'
  return { verdict, partitions: results, explored }
}

function partition<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
): readonly Partition<S, I, O, Op>[] {
  const byKey = new Map<string | undefined, Op[]>()
  for (const operation of operations) {
    const key = model.key?.(operation.input)
    const group = byKey.get(key)
    if (group === undefined) byKey.set(key, [operation])
    else group.push(operation)
  }
  return [...byKey].map(([key, group]) => new Partition(model, key, group))
}

/** One key's operations and what is known about them so far. */
class Partition<S, I, O, Op extends Operation<I, O>> {
  readonly operations: readonly Op[]
  result: PartitionResult<Op>
  readonly #model: Model<S, I, O>

  constructor(model: Model<S, I, O>, key: string | undefined, operations: readonly Op[]) {
    this.#model = model
    this.operations = operations
    this.result = { key, verdict: 'unknown', operations, explored: 0, linearization: [], blocked: [] }
  }

  attempt(budget: number, isOver: () => boolean, { internal = {} }: CheckOptions): SearchResult {
    const { model, operations } = (internal.simplify ?? true) ? this.#simplified() : this.#given()
    const { rules = allRules, hasMemory = true } = internal
    const found = search(model, operations, { rules, hasMemory, budget, isOver })
    const linearization = found.order.map((index) => at(this.operations, index))
    const isValid = found.verdict === 'valid'
    const objection = replay(this.#model, linearization, isValid ? this.operations : [])
    if (objection !== undefined) throw new Error(`the search returned an order that does not replay: ${objection}`)
    const stuck = found.stuck === undefined ? undefined : at(this.operations, found.stuck)
    this.result = {
      ...this.result,
      verdict: found.verdict,
      explored: this.result.explored + found.explored,
      linearization,
      blocked: stuck === undefined ? [] : blockedAt(stuck, this.operations, linearization),
      ...(stuck === undefined ? {} : { stuck }),
    }
    return found
  }

  #given(): { model: Model<S, I, O>; operations: readonly Operation<I, O>[] } {
    return { model: this.#model, operations: this.operations }
  }

  #simplified(): { model: Model<S, I, O>; operations: readonly Operation<I, O>[] } {
    return this.#model.simplify?.(this.operations) ?? this.#given()
  }
}

/**
 * What is wrong with an order of operations, or `undefined`: it must respect time, hold all of `required` that
 * returned, and be accepted by the model. This is the whole proof of a valid verdict, and knows nothing of the search.
 */
export function replay<S, I, O>(
  model: Model<S, I, O>,
  order: readonly Operation<I, O>[],
  required: readonly Operation<I, O>[],
): string | undefined {
  const placed = new Set(order)
  if (placed.size < order.length) return 'an operation appears twice'
  const missing = required.find((operation) => !isPending(operation) && !placed.has(operation))
  if (missing !== undefined) return `operation ${missing.id} is missing`
  let states: readonly S[] = [model.init()]
  let latestCall = Number.NEGATIVE_INFINITY
  for (const operation of order) {
    latestCall = Math.max(latestCall, operation.call)
    if (operation.return < latestCall)
      return `operation ${operation.id} returned before one that precedes it was called`
    states = states.flatMap((state) => model.step(state, operation.input, operation.output))
    if (states.length === 0) return `the model refuses operation ${operation.id}`
  }
  return undefined
}

function blockedAt<Op extends Operation<unknown, unknown>>(stuck: Op, operations: readonly Op[], order: readonly Op[]) {
  const placed = new Set(order)
  return operations.filter((each) => each.call <= stuck.return && !placed.has(each))
}

function overAfter({ timeLimitMs, now }: CheckOptions): () => boolean {
  if (timeLimitMs === undefined) return () => false
  if (now === undefined) throw new TypeError('timeLimitMs was given without now, a monotonic clock in milliseconds')
  const end = now() + timeLimitMs
  return () => now() >= end
}

function at<T>(list: readonly T[], index: number): T {
  const item = list[index]
  if (item === undefined) throw new RangeError(`no item ${index} in a list of ${list.length}`)
  return item
}
