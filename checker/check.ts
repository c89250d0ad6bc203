/** Decides a history: splits it by key, decides each part, proves what it found, and puts the verdicts together. */
import { type Annotation, checkAnnotations } from './annotation.ts'
import { type CallOrReturn, isSequence, operationsOf, type SequencedOperation } from './events.ts'
import type { Model } from './model.ts'
import { blaming } from './model-error.ts'
import type { Operation } from './operation.ts'
import { type Internal, Partition } from './partition.ts'
import { type CheckResult, verdictOf } from './result.ts'
import { schedule } from './schedule.ts'
import { type Progress, Watch } from './watch.ts'

export { replay } from './replay.ts'
export type { CheckResult, PartitionResult, Verdict } from './result.ts'

export interface CheckOptions {
  /** The most configurations to expand in all; 5 million unless told. The same history gets the same verdict. */
  readonly maxConfigurations?: number
  /** A limit by the clock, in milliseconds. Verdicts then depend on the machine. `checkInWorker` has a hard one. */
  readonly timeLimitMs?: number
  /** A monotonic clock in milliseconds; `performance.now` where there is one. */
  readonly now?: () => number
  /** The most bytes that one engine's own tables may hold, roughly; beyond it a partition is `unknown`. */
  readonly maxMemoryBytes?: number
  /** Called now and then, by work done and not by time; never more often than every 64 thousand configurations. */
  readonly onProgress?: (progress: Progress) => void
  /** What else happened, to be carried to the page. */
  readonly annotations?: readonly Annotation[]
  readonly internal?: Internal
}

/**
 * Decides whether a history is linearizable: operations with times, or calls and returns in their order. Partitions
 * take turns, small ones first, each turn with a larger budget; the check ends at the first illegal one. Each is
 * decided by the first of the model's procedures that knows operations of its kind, else by the general search.
 * Throws a `ModelError` where a function of the model throws.
 */
export function check<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  history: readonly Op[],
  options?: CheckOptions,
): CheckResult<Op>
export function check<S, I, O>(
  model: Model<S, I, O>,
  history: readonly CallOrReturn<I, O>[],
  options?: CheckOptions,
): CheckResult<SequencedOperation<I, O>>
export function check<S, I, O>(
  model: Model<S, I, O>,
  history: readonly Operation<I, O>[] | readonly CallOrReturn<I, O>[],
  options: CheckOptions = {},
): CheckResult<Operation<I, O>> {
  const { annotations, internal = {} } = options
  if (annotations !== undefined) checkAnnotations(annotations)
  const operations = isSequence(history) ? operationsOf(history) : history
  const result = blaming(model, operations, (watched) => decided(watched, operations, options, internal))
  return annotations === undefined ? result : { ...result, annotations }
}

function decided<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
  options: CheckOptions,
  internal: Internal,
): CheckResult<Op> {
  const partitions = split(model, operations, internal)
  const { explored, ended } = schedule(partitions, options, new Watch(options))
  const results = partitions.map((each) => each.result(ended))
  return { verdict: verdictOf(results), partitions: results, explored }
}

function split<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
  internal: Internal,
): readonly Partition<S, I, O, Op>[] {
  if (model.partition !== undefined) return groupsOf(model, model.partition(operations), operations, internal)
  if (model.key === undefined) {
    return operations.length === 0 ? [] : [new Partition(model, undefined, operations, internal)]
  }
  const [first] = operations
  if (first === undefined) return []
  const firstKey = model.key(first.input)
  let alike = 1
  while (alike < operations.length && keyAt(model, operations, alike) === firstKey) alike++
  const firstGroup = operations.slice(0, alike)
  if (alike === operations.length) return [new Partition(model, firstKey, firstGroup, internal)]
  const byKey = new Map([[firstKey, firstGroup]])
  for (let i = alike; i < operations.length; i++) {
    const operation = operations[i]
    if (operation === undefined) continue
    const key = model.key(operation.input)
    const group = byKey.get(key)
    if (group === undefined) byKey.set(key, [operation])
    else group.push(operation)
  }
  return Array.from(byKey, ([key, group]) => new Partition(model, key, group, internal))
}

function keyAt<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  index: number,
): string | undefined {
  const operation = operations[index]
  return operation && model.key?.(operation.input)
}

/** A group that lacks an operation would hide it from the check, so that is an error. */
function groupsOf<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  groups: readonly (readonly number[])[],
  operations: readonly Op[],
  internal: Internal,
): readonly Partition<S, I, O, Op>[] {
  const counts = new Uint8Array(operations.length)
  const partitions = groups.map((indexes) => {
    const group = indexes.map((index) => {
      const operation = operations[index]
      if (operation === undefined) throw new RangeError(`Model.partition gave ${index}, where there is no operation`)
      counts[index] = Math.min(2, (counts[index] ?? 0) + 1)
      return operation
    })
    return new Partition<S, I, O, Op>(model, undefined, group, internal)
  })
  const wrong = counts.findIndex((count) => count !== 1)
  if (wrong >= 0) {
    const times = counts[wrong] === 0 ? 'no group' : 'several groups'
    throw new RangeError(`Model.partition put operation ${operations[wrong]?.id} into ${times}`)
  }
  return partitions
}
