/** What a verdict on blocks stands on. Tests switch each off to show that it is needed. */

export interface BlockRules {
  /** A pending compare-and-set that took effect has observed something, whose writer then took effect too. */
  readonly closure: boolean
  /** Pending operations that nobody observed are left out. */
  readonly dropsUnobserved: boolean
  /** A value with several possible writers is told apart by time, or not at all. */
  readonly demandsOneWriter: boolean
  /** The initial value counts as written before everything. */
  readonly countsInitial: boolean
  /** Pending operations count as possible writers. */
  readonly countsPending: boolean
  /** When writers are told apart by time: one that overlaps what came between is still possible. */
  readonly keepsOverlapping: boolean
  /** When writers are told apart by time: what saw the same value in between excludes nobody. */
  readonly comparesValues: boolean
  /** Two compare-and-sets can not have consumed the same write. */
  readonly consumesOnce: boolean
  /** A circle of compare-and-sets has no beginning. */
  readonly hasRoot: boolean
  /** The order inside of a block is forced. */
  readonly keepsInnerOrder: boolean
  /** No two blocks precede each other. */
  readonly keepsBlocksApart: boolean
  /** An order that was made for that is held against time and the register before it counts. */
  readonly checksSweep: boolean
  /** What was refused gets a place. */
  readonly placesFloaters: boolean
  /** A write that makes room for that still has to come before its own return and its readers'. */
  readonly keepsDeadlines: boolean
  /** What has no place leaves the question open; it does not make the history illegal. */
  readonly leavesOpenWhatHasNoPlace: boolean
}

export const allBlockRules: BlockRules = {
  closure: true,
  dropsUnobserved: true,
  demandsOneWriter: true,
  countsInitial: true,
  countsPending: true,
  keepsOverlapping: true,
  comparesValues: true,
  consumesOnce: true,
  hasRoot: true,
  keepsInnerOrder: true,
  keepsBlocksApart: true,
  checksSweep: true,
  placesFloaters: true,
  keepsDeadlines: true,
  leavesOpenWhatHasNoPlace: true,
}
