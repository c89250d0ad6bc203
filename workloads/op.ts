/** An op as a generator draws it: what is asked, and at which node it aims. Symbolic, so that it does not depend on timing. */
import type { Request } from '../cluster/kv/request.ts'

/**
 * Which node an op goes to. `leader`: where its client believes the leader to be. `previous`: the node that led before
 * the newest leader, which may not know yet that it leads no more. `any`: the node number `draw` modulo their number.
 */
export type Aim =
  | { readonly at: 'leader' }
  | { readonly at: 'previous' }
  | { readonly at: 'any'; readonly draw: number }

/** A compare-and-set that expects what its client last saw under the key (absent, if nothing yet). */
export interface CasSeen {
  readonly f: 'cas-seen'
  readonly key: string
  readonly to: string | number
}

/** Op k of client c is a function of (seed, c, k); what `cas-seen` expects is filled in when the op begins. */
export interface DrawnOp {
  readonly request: Request | CasSeen
  readonly aim: Aim
}
