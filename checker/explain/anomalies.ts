/**
 * The kinds of wrong that have a name, worst first; the first that is sure of itself explains a history. A value is
 * "there" from the moment a change takes effect to the next change. All times are those of calls and returns.
 *
 * - **phantom**: an operation saw a value that nothing, not even what failed, was to put there.
 * - **value of a failed write**: only operations that surely failed were to put there what was seen.
 * - **read from the future**: what was to put there what was seen was called after the return of who saw it.
 * - **double apply**: one operation took effect twice: a text appended once stands twice in a value, or a version shows
 *   more changes than had been asked for. (A value that comes back may as well be a stale read, so that is no proof.)
 * - **split-brain CAS**: two compare-and-sets were acknowledged that changed the same value, which was there only once;
 *   or two acknowledged changes, or two values, bear one version (**split brain**, where it is not about two of them).
 * - **lost acknowledged write**: a change was acknowledged, nobody ever saw it or anything later, and at least two
 *   operations that began after its return saw what was there before. (One could as well be a stale read.)
 * - **lost update**: an acknowledged compare-and-set changed a value that had surely been replaced before it began.
 * - **stale read**: a read or a refusal shows the key as it was before a change that was acknowledged before it began;
 *   others saw that change, or nobody else looked: what distinguishes it from a lost write.
 * - **non-monotonic read**: an operation saw a value though another had seen, before it began, that it was replaced.
 */
import { appendedByFailure, appliedTwice, lostAppend, missingAppend } from './anomalies-appends.ts'
import { fromFailure, fromNowhere, fromTheFuture } from './anomalies-sources.ts'
import { backInTime, consumedTwice, lostChange, lostUpdate, staleRead } from './anomalies-values.ts'
import {
  changeOfOldVersion,
  countedTwice,
  oldVersion,
  sameVersionTwice,
  staleVersion,
  twoValuesOfOneVersion,
} from './anomalies-versions.ts'
import type { Anomaly } from './evidence.ts'

export const anomalies: readonly Anomaly[] = [
  fromNowhere,
  appendedByFailure,
  fromFailure,
  fromTheFuture,
  appliedTwice,
  countedTwice,
  sameVersionTwice,
  twoValuesOfOneVersion,
  changeOfOldVersion,
  consumedTwice,
  lostAppend,
  lostChange,
  lostUpdate,
  missingAppend,
  staleRead,
  staleVersion,
  backInTime,
  oldVersion,
]
