/** Puts operations that say nothing of the register, and were left out of its columns, back into an order. */
import type { Decision } from '../procedure.ts'
import { open, type RegisterColumns } from './columns.ts'

/** The operations of a partition, by where they stand in its list. */
export interface Intervals {
  readonly length: number
  /** In any unit. */
  readonly callOf: (index: number) => number
  readonly isPending: (index: number) => boolean
}

/**
 * The decision, its order with the operations in it that returned and are not in the columns. Each goes directly before
 * the first operation that takes effect after its call, an operation taking effect once it and all before it are
 * called. An order that is no linearization gets only those that stand before its end.
 */
export function withSilent(decision: Decision, columns: RegisterColumns, intervals: Intervals): Decision {
  const silent = silentOnes(columns, intervals)
  if (silent.length === 0) return decision
  const order: number[] = []
  let latestCall = Number.NEGATIVE_INFINITY
  let next = 0
  const pushUntil = (call: number) => {
    for (; next < silent.length && intervals.callOf(silent[next] ?? 0) < call; next++) order.push(silent[next] ?? 0)
  }
  for (let i = 0; i < decision.order.length; i++) {
    const index = decision.order[i] ?? 0
    latestCall = Math.max(latestCall, intervals.callOf(index))
    pushUntil(latestCall)
    order.push(index)
  }
  if (decision.verdict === 'valid') pushUntil(Number.POSITIVE_INFINITY)
  return { ...decision, order }
}

/** In the order of their calls. */
function silentOnes(columns: RegisterColumns, { length, callOf, isPending }: Intervals): readonly number[] {
  let missing = 0
  for (let i = 0; i < length; i++) if (!isPending(i)) missing++
  for (let i = 0; i < columns.length; i++) if (columns.return[i] !== open) missing--
  if (missing === 0) return []
  const isKnown = new Uint8Array(length)
  for (let i = 0; i < columns.length; i++) isKnown[columns.operation[i] ?? 0] = 1
  const silent: number[] = []
  for (let i = 0; i < length; i++) if (isKnown[i] === 0 && !isPending(i)) silent.push(i)
  return silent.sort((a, b) => callOf(a) - callOf(b))
}
