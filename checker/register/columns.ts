/**
 * The history of one register as typed columns, which is what the procedures of this folder read: no object per
 * operation, no string, every value a small integer.
 */

/** What an operation says of the register. */
export const kinds = {
  /** The register held `value`. */
  read: 0,
  /** The register held anything but `value`: a compare-and-set was refused and did not say what it met. */
  refuse: 1,
  /** It puts `value`, whatever was there. */
  write: 2,
  /** It met `value` and put `next`. Pending: if it meets `value`, it puts `next`; else it changes nothing. */
  cas: 3,
  /** No register can have answered so. Never pending. */
  impossible: 4,
} as const

/** The return position of a pending operation: later than any other. */
export const open = 0x7fffffff

/**
 * Operations in the order of their calls. Positions of calls and returns are distinct integers, at most 2^30, that
 * grow with time; where a call and a return share a timestamp, the call comes first, as they are concurrent. Pending
 * reads are left out: they say nothing.
 */
export interface RegisterColumns {
  /** How many operations; the columns may be longer. */
  readonly length: number
  /** One of `kinds` each. */
  readonly kind: Uint8Array
  /** Value ids, from 0 to `values` - 1. */
  readonly value: Int32Array
  /** The value id that a `cas` puts; -1 for others. */
  readonly next: Int32Array
  /** Positions. */
  readonly call: Int32Array
  readonly return: Int32Array
  /** Where each operation stands in the partition's list. */
  readonly operation: Int32Array
  /** The value id at first. */
  readonly initial: number
  /** How many value ids there are. */
  readonly values: number
}
