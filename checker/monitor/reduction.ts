/** The seam of forgetting: how a monitor makes what it keeps of a key smaller, without changing what can follow. */
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'

/**
 * What is kept of one key's history. Begun in the state `init`, its operations are legal if and only if the whole
 * history is, and they stay so whatever is called from now on, and however what is open now ends.
 */
export interface Residue<S, I, O> {
  readonly init: S
  readonly operations: readonly Operation<I, O>[]
  /** Operations for which that does not hold; none if absent. Where one comes, nothing more can be said of the key. */
  readonly excludes?: (operation: Operation<I, O>) => boolean
}

/** What is known about a residue's pending operations. */
export interface Moment {
  /** Whether the operation may still return. A pending one that may not is indeterminate for ever. */
  isOpen(id: number): boolean
  /** The earliest call of those that may return; infinite if there are none. What is called later is later than all. */
  readonly earliestOpen: number
  /** A time before every call. */
  readonly begin: number
}

/**
 * A smaller residue, or `undefined` if this is none of its kind. `model` begins in the residue's state, and the
 * operations are known to be legal.
 */
export type Reduction<S, I, O> = (
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  moment: Moment,
) => Residue<S, I, O> | undefined
