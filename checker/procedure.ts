/** The seam of all decision procedures: what one is asked about a partition, and what it answers. */
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'

/** How much work a decision may take. Budgets count configurations, so that a verdict repeats on any machine. */
export interface Limits {
  /** The most configurations to expand. */
  readonly budget: number
  /** Which try this is at the same partition, from 0; each comes with a larger budget. Seeds restarts. */
  readonly attempt: number
  /** The most bytes that its own tables may hold; unlimited if absent. Beyond it the answer is `unknown`. */
  readonly maxBytes?: number
  /** Asked now and then, at least every thousand configurations; the procedure gives up when it says so. */
  readonly isOver: () => boolean
}

/** How a reason begins where all that stood in the way was the budget. */
export const outOfWork = 'the budget of configurations ran out'

/** Operations are given as indexes into the partition's list. */
export interface Decision {
  readonly verdict: 'valid' | 'illegal' | 'unknown'
  /**
   * A linearization if valid: every operation that returned, and the pending ones that took effect in it. Otherwise
   * the order that passes the most returns, where the procedure knows it.
   */
  readonly order: ArrayLike<number>
  /** Unless valid: the operation whose return no order passes (if unknown: none so far), where it is known. */
  readonly stuck?: number
  /** If illegal: operations that are illegal by themselves, where the procedure finds them on its way. */
  readonly core?: readonly number[]
  /** Configurations expanded. */
  readonly explored: number
  /** If unknown: what stood in the way, for people. */
  readonly reason?: string
}

/** A faster way to decide histories of models with a certain structure, tried before the general search. */
export interface Procedure<S, I, O> {
  /** Stands in the result: `blocks`, `register search`, `queue` … */
  readonly name: string
  /** `undefined`: these operations are not of the kind that it decides. That may not depend on the limits. */
  decide(model: Model<S, I, O>, operations: readonly Operation<I, O>[], limits: Limits): Decision | undefined
}
