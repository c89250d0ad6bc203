/**
 * Histories whose answers tell for each operation at which place of every order it stands, up to operations of the
 * same place, which may come in any order. Such a history has an order if and only if nothing returned before
 * something of an earlier place was called: one pass with the latest call so far (as in `register/versions.ts`).
 */
import type { Operation } from '../operation.ts'
import type { Decision } from '../procedure.ts'
import { illegal, valid } from './container-history.ts'
import { byKey, ranksOf } from './ranks.ts'

/** The place of an operation that is left out. */
export const nowhere = -1

/** `places` has one for each operation. */
export function decideByPlaces(operations: readonly Operation<unknown, unknown>[], places: Int32Array): Decision {
  const { call, return: returns } = ranksOf(operations)
  const byCall = byKey(call, operations.length).filter((index) => places[index] !== nowhere)
  const sorted = byKey(
    byCall.map((index) => places[index] ?? 0),
    byCall.length,
  ).map((k) => byCall[k] ?? 0)
  let latest = -1
  let latestHere = -1
  let place = nowhere
  for (const index of sorted) {
    if ((places[index] ?? 0) !== place) {
      place = places[index] ?? 0
      if (latest < 0 || (latestHere >= 0 && (call[latestHere] ?? 0) > (call[latest] ?? 0))) latest = latestHere
    }
    if (latest >= 0 && (returns[index] ?? 0) < (call[latest] ?? 0)) return illegal()
    // Within a place they come in the order of their calls.
    latestHere = index
  }
  return valid(sorted)
}
