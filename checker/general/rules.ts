/**
 * The rules by which the general search prunes, each with the reason why it loses nothing.
 *
 * Why pruning against configurations that were merely visited (not only against those that failed) is sound, with
 * all rules on: suppose a visited configuration can be completed and the search still fails. Take, of all visited
 * ones that can be completed, one with the fewest operations left to place. All its moves were tried, so the first
 * operation of its shortest completion led to a configuration that was visited, or was pruned in favour of one that
 * can be completed in no more operations and was itself visited: one with fewer left. A contradiction. (It need not
 * be remembered that a configuration was visited; what is forgotten is visited again.)
 */
export interface Rules {
  /**
   * A read-only operation that fits is linearized at once, without an alternative. Sound: in any completion it can
   * be moved forward to this moment; it is after its call, the state accepts it, and no other operation notices.
   * Pending read-only operations are left out: they are never needed, for the same reason. (Where the model is
   * nondeterministic, a read may tell which of several states it was; then it does not fit until there is but one.)
   */
  readonly readOnly: boolean
  /**
   * Of the operations under way with equal input and output, the one that returns first goes first; a pending one only
   * where no other is left. Sound: all of them are already called, so in any completion the one that was placed now
   * can change places with the one that returns first: that one is placed earlier than it was, and the other still
   * before a return that is earlier than its own.
   */
  readonly symmetry: boolean
  /**
   * A configuration is not looked at if one was that had passed the same returns, with the same state and the same
   * operations linearized, but for some more that are read-only, and with a part of its pending operations. Sound:
   * any completion of the one, without those read-only operations, is a completion of the other.
   */
  readonly dominance: boolean
  /**
   * A pending operation must matter to the operation that follows it: if without it the same operation leads to the
   * same state, the pending one was wasted. Sound: that is the configuration that dominates, and it is visited too,
   * from the configuration before the pending operation; so this is dominance, noticed early.
   */
  readonly necessity: boolean
  /**
   * The search turns back where the model says that the operation with the next return can never be accepted any
   * more. Sound: it must be placed before that return.
   */
  readonly lookahead: boolean
  /**
   * The search turns back where, by the model's hints, an operation of some scope that returns later is out of reach;
   * see foresight.ts. (What it takes for a history to be blamed on the first return that can not be passed is less;
   * so where the verdict is illegal and this rule had a say, the search is done again within narrower bounds.)
   */
  readonly foresight: boolean
  /** Before the operation with the next return, only those are tried that can matter to it; see footprint.ts. */
  readonly footprint: boolean
  /** Operations that nothing joins are searched on their own, by `Model.scope`; see scopes.ts. */
  readonly scopes: boolean
}

export const allRules: Rules = {
  readOnly: true,
  symmetry: true,
  dominance: true,
  necessity: true,
  lookahead: true,
  foresight: true,
  footprint: true,
  scopes: true,
}

export const noRules: Rules = {
  readOnly: false,
  symmetry: false,
  dominance: false,
  necessity: false,
  lookahead: false,
  foresight: false,
  footprint: false,
  scopes: false,
}
