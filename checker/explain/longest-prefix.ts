/**
 * Finds the first return that no order passes, for engines that say `illegal` without saying where. A beginning of a
 * legal history is legal, so illegality is monotone in the number of returns, and bisection finds where it begins.
 */
import { type CheckOptions, check } from '../check.ts'
import type { Model } from '../model.ts'
import { isPending, type Operation } from '../operation.ts'
import { blockedAt } from '../partition.ts'

export interface LongestPrefix<Op> {
  /** The operation whose return no order passes; `undefined` if the operations were not found to be illegal. */
  readonly stuck?: Op
  /** False where a budget ran out on the way: then an earlier return might be the first. */
  readonly isExact: boolean
  /** An order that the model accepts and that passes every return before `stuck`. */
  readonly linearization: readonly Op[]
  /** The operations that were under way at that return and are not in the linearization. */
  readonly blocked: readonly Op[]
  readonly explored: number
}

/** For the operations of one partition. The budgets of `options` count for each of some 20 checks. */
export function longestPrefix<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
  options: CheckOptions = {},
): LongestPrefix<Op> {
  const returned = operations.filter((each) => !isPending(each)).sort((a, b) => a.return - b.return)
  let explored = 0
  const decide = (returns: number) => {
    const last = returned[returns - 1]
    const prefix = last === undefined ? [] : cutAfter(operations, new Set(returned.slice(0, returns)), last)
    const { verdict, partitions, ...found } = check(
      model,
      prefix.map(([, cut]) => cut),
      options,
    )
    explored += found.explored
    const original = new Map(prefix.map(([given, cut]) => [cut, given]))
    const order = partitions.length === 1 ? (partitions[0]?.linearization ?? []) : []
    return { verdict, linearization: order.flatMap((cut) => original.get(cut) ?? []) }
  }
  const whole = decide(returned.length)
  if (whole.verdict !== 'illegal') {
    return { isExact: whole.verdict === 'valid', linearization: whole.linearization, blocked: [], explored }
  }
  let isExact = true
  let legal = 0
  let illegal = returned.length
  let linearization: readonly Op[] = []
  while (illegal - legal > 1) {
    const middle = (legal + illegal) >>> 1
    const found = decide(middle)
    if (found.verdict === 'illegal') {
      illegal = middle
      continue
    }
    if (found.verdict === 'unknown') isExact = false
    else linearization = found.linearization
    legal = middle
  }
  const stuck = returned[illegal - 1]
  if (stuck === undefined) return { isExact: false, linearization, blocked: [], explored }
  return { stuck, isExact, linearization, blocked: blockedAt(stuck, operations, linearization), explored }
}

/**
 * The history up to a return: what had not returned by then is pending, and a pending operation keeps no output. Each
 * operation comes with what is left of it.
 */
function cutAfter<Op extends Operation<unknown, unknown>>(
  operations: readonly Op[],
  passed: ReadonlySet<Op>,
  last: Op,
): readonly (readonly [given: Op, cut: Op])[] {
  return operations
    .filter((each) => each.call <= last.return)
    .map((each) => [each, passed.has(each) ? each : { ...each, output: undefined, return: Number.POSITIVE_INFINITY }])
}
