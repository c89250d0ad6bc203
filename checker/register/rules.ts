/**
 * The rules of the register search, each with the reason why it loses no order, and the side-conditions that these
 * reasons rest on. Tests switch them off one at a time: without a rule the verdict must stay, without a condition a
 * wrong verdict must show.
 *
 * Words: an operation is *active* from its call to its return; an *open* one has not been placed yet; a write is
 * *visible* if its value was the state for a while, *absorbed* if it was placed directly before a visible write, so
 * that nobody met its value; the *due* operation is the one with the next return. The sequence of visible writes and
 * swaps is what the search branches on.
 */

export interface RegisterRules {
  /**
   * R1. A read of the state, or a compare-and-set that the state refuses, is placed at once. In any completion it can
   * be moved forward to this moment: it is after its call, the state accepts it, and no other operation notices.
   */
  readonly eagerReads: boolean
  /**
   * R3. A blind write is absorbed by any visible write that is placed while it is active: directly before it nobody
   * meets its value. It needs no decision until it returns, and stays free to become visible instead.
   */
  readonly absorption: boolean
  /**
   * R4. Before it returns, a write is made visible only where an active operation waits for its value. A completion
   * that makes it visible earlier can do so later: nobody meets the value in between, and whatever it absorbed can be
   * absorbed as well when it comes later, except where `rewrites` and `refusalsWant` say.
   */
  readonly onDemand: boolean
  /**
   * R5. Of active writes of one value, or swaps between the same two, the first to return goes first, and a pending
   * one only if there is no other. In any completion the two can change places: both have been called, and the other
   * place lies before the earlier return. (If the later one was not absorbable yet, it is now: the first absorbs it.)
   */
  readonly symmetry: boolean
  /**
   * R6. A pending swap is made only where its result is wanted, be it by another pending swap. Else it can be put off,
   * or left out.
   */
  readonly goalDirected: boolean
  /**
   * R7. Values that no operation observes are one value, and pending operations that could only put such a value are
   * left out, or, as fuel for refusals, all alike.
   */
  readonly unobserved: boolean
  /**
   * R8. The search turns back where a value that is not there must be seen by the return R, and no operation called
   * before R is left to put it there, or not enough for all who must see it; and where a value must stay until somebody
   * is called, since nothing is left to put it again, and something returns by then that needs another one.
   */
  readonly lookahead: boolean
  /** R8 counts what is left only where the search does not get on; without, always: it finds more, and takes longer. */
  readonly easesOff: boolean
  /** Before the search: a value that was surely replaced before the observer's call, and put by nobody since. */
  readonly staleness: boolean
  /** R9. A configuration is skipped if one that can do all that it can was visited; without, only if it was itself. */
  readonly dominance: boolean
  readonly conditions: Conditions
}

/** All true, or the search is wrong. */
export interface Conditions {
  /** R2: what is placed before the due return was called before it. */
  readonly deadline: boolean
  /** R3: a write absorbs only what is active. */
  readonly absorbsActive: boolean
  /** R3: an absorbable write may become visible when it returns; somebody may be called later who wants its value. */
  readonly lateVisible: boolean
  /** R3: it may become visible also where its value is wanted by nobody, but a refusal is still to come. */
  readonly laterRefusals: boolean
  /** R4: also before a write returns, others become visible that an active operation waits for. */
  readonly demandBeforeWrites: boolean
  /** R4, first exception: an active refused compare-and-set waits for anything but its value. */
  readonly refusalsWant: boolean
  /**
   * R4, second exception: the value that is there may be written again just before a swap takes it away, for writes
   * that are not absorbable yet: that one itself is placed without a change, and the others are absorbed. After the
   * swap it would be too late for both.
   */
  readonly rewrites: boolean
  /** The same, where the rewrite itself is absorbable or pending, and only helps others. */
  readonly rewritesForOthers: boolean
  /**
   * R4, second exception, on a longer way: another value may be written and swapped back to the one that is there, by
   * pending swaps, before a swap takes it away.
   */
  readonly detours: boolean
  /** R5: the first to return goes first, not any. */
  readonly firstToReturn: boolean
  /** R6: wants pass through pending swaps to what these need. */
  readonly wantsPass: boolean
  /** R7: where compare-and-sets were refused, a value that nobody reads can matter: it is not the one refused. */
  readonly refusalFuel: boolean
  /** R7: a value that is refused is not alike to one that nobody observes. */
  readonly refusedDiffers: boolean
  /** R8: pending operations can put the value. */
  readonly pendingPut: boolean
  /** R8: swaps can put the value. */
  readonly swapsPut: boolean
  /** R8: operations called later can put the value, if they are called before R. */
  readonly laterPut: boolean
  /** R8: a chain of swaps can begin at the state. */
  readonly chainsFromState: boolean
  /** R8: a value can stay while writes return that were absorbed when it was written. */
  readonly stayAbsorbs: boolean
  /** R8: a value can not be shown at all only if what stands against it is called later. */
  readonly standsLater: boolean
  /** R8: a rewrite before a swap absorbs what is active. */
  readonly rewriteAbsorbs: boolean
  /** R8: several reads can be served by one. */
  readonly readsShare: boolean
  /** R8: the state serves too. */
  readonly stateServes: boolean
  /** R8: what serves may have been called before the window, if it returns in it. */
  readonly overlappingServe: boolean
  /** R8: a swap must come before somebody's return only if nothing else is left to serve that one. */
  readonly hurriedAlone: boolean
  /** R8: what a swap needs may have been put before the window of whom it serves. */
  readonly needsNoWindow: boolean
  /** Staleness: a pending operation can put the value at any time after its call. */
  readonly pendingLasts: boolean
  /** R9: what dominates has the same level and the same state. */
  readonly sameState: boolean
  /** R9: it has the same swaps open. */
  readonly sameSwaps: boolean
  /** R9: its open reads are among the other's. */
  readonly fewerReads: boolean
  /** R9: what is absorbable in the other is absorbable in it. */
  readonly absorbables: boolean
  /** R9: what is open in the other is open in it, for it may be needed. */
  readonly openWrites: boolean
  /** R9: what is open and not absorbable in it is so in the other. */
  readonly burdens: boolean
  /** R9: it has used no more pending operations of any class. */
  readonly fewerUsed: boolean
}

export const allConditions: Conditions = {
  deadline: true,
  absorbsActive: true,
  lateVisible: true,
  laterRefusals: true,
  demandBeforeWrites: true,
  refusalsWant: true,
  rewrites: true,
  rewritesForOthers: true,
  detours: true,
  firstToReturn: true,
  wantsPass: true,
  refusalFuel: true,
  refusedDiffers: true,
  pendingPut: true,
  swapsPut: true,
  laterPut: true,
  chainsFromState: true,
  stayAbsorbs: true,
  standsLater: true,
  rewriteAbsorbs: true,
  readsShare: true,
  stateServes: true,
  overlappingServe: true,
  hurriedAlone: true,
  needsNoWindow: true,
  pendingLasts: true,
  sameState: true,
  sameSwaps: true,
  fewerReads: true,
  absorbables: true,
  openWrites: true,
  burdens: true,
  fewerUsed: true,
}

export const allRegisterRules: RegisterRules = {
  eagerReads: true,
  absorption: true,
  onDemand: true,
  symmetry: true,
  goalDirected: true,
  unobserved: true,
  lookahead: true,
  easesOff: true,
  staleness: true,
  dominance: true,
  conditions: allConditions,
}
