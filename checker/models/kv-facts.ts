/** What one operation of a key surely says of the values around it, and which two operations contradict each other. */
import { isPending, type Operation } from '../operation.ts'
import type { KvInput, KvOutput, KvValue } from './kv.ts'

type KvOperation = Operation<KvInput, KvOutput>

/** The value that it leaves there, if it takes effect; `undefined` if it surely changes nothing, or appends. */
export function leaves({ input, output }: KvOperation): KvValue | undefined {
  switch (input.f) {
    case 'write':
      return input.value
    case 'delete':
      return null
    case 'cas':
      return output?.swapped === false ? undefined : input.value[1]
    case 'read':
    case 'append':
      return undefined
    default:
      return input satisfies never
  }
}

/** The value that it saw, or must meet in order to take effect. */
export function needs({ input, output }: KvOperation): KvValue | undefined {
  if (input.f === 'read') return output?.value
  if (input.f !== 'cas') return undefined
  return output?.swapped === false ? output.found : input.value[0]
}

/** The value that it surely saw: a pending operation showed nothing. */
export function sawBy(operation: KvOperation): KvValue | undefined {
  return isPending(operation) || operation.output === undefined ? undefined : needs(operation)
}

/** The value that it did not meet. */
export function refusedFor({ input, output }: KvOperation): KvValue | undefined {
  return input.f === 'cas' && output?.swapped === false ? input.value[0] : undefined
}

/** Whether it took effect, and the key held another value right before or after it. */
export function surelyNot(operation: KvOperation, value: KvValue): boolean {
  if (isPending(operation) || operation.output === undefined) return false
  const [left, seen] = [leaves(operation), needs(operation)]
  return (left !== undefined && left !== value) || (seen !== undefined && seen !== value)
}

/** Whether it took effect, and the key held this value right after it. */
export function surelyThen(operation: KvOperation, value: KvValue): boolean {
  if (isPending(operation) || operation.output === undefined) return false
  const left = leaves(operation)
  return left === undefined ? needs(operation) === value : left === value
}

/** Two operations, one after the other, between which nothing happened that would explain the second. */
export interface Contradiction<Op> {
  /** The key then held another value than what `later` saw, or just the one for which it was refused. */
  readonly before: Op
  readonly later: Op
}

/**
 * What `later` saw (or was refused for) against the latest of some operations that had returned when it was called and
 * that say the opposite. Every order has `before` first. Only what had not returned when `before` was called, and was
 * called by the return of `later`, can take effect between them. If nothing of that leads from what `before` left or saw
 * to what `later` saw, no order is legal.
 */
export function contradicted<Op extends KvOperation>(
  later: Op,
  witnesses: readonly Op[],
  history: readonly Op[],
): Contradiction<Op> | undefined {
  if (isPending(later) || later.output === undefined) return undefined
  const seen = needs(later)
  if (seen !== undefined) {
    const before = latestBefore(later, witnesses, (each) => saysNot(each, seen))
    if (before !== undefined && !canBecome(before, seen, between(before, later, history))) return { before, later }
  }
  const refused = refusedFor(later)
  if (refused === undefined) return undefined
  const before = latestBefore(later, witnesses, (each) => surelyThen(each, refused))
  if (before === undefined) return undefined
  const isReplaced = between(before, later, history).some((each) => leaves(each) !== refused)
  return isReplaced ? undefined : { before, later }
}

/** Whether the key held another value when it took effect, and it did not put this one there itself. */
export function saysNot(operation: KvOperation, value: KvValue): boolean {
  const isRefusal = !isPending(operation) && refusedFor(operation) === value
  return isRefusal || (surelyNot(operation, value) && leaves(operation) !== value)
}

/** The one that was called last has the fewest operations behind it. */
export function latestBefore<Op extends KvOperation>(
  later: KvOperation,
  witnesses: readonly Op[],
  says: (operation: Op) => boolean,
): Op | undefined {
  let found: Op | undefined
  for (const each of witnesses) {
    if (each.return < later.call && (found === undefined || each.call >= found.call) && says(each)) found = each
  }
  return found
}

/** The changes that may take effect after the one and before the other. */
export function between<Op extends KvOperation>(before: KvOperation, later: KvOperation, history: readonly Op[]): Op[] {
  return history.filter(
    (each) =>
      each.return >= before.call &&
      each.call <= later.return &&
      each.id !== later.id &&
      each.id !== before.id &&
      leaves(each) !== undefined &&
      // A compare-and-set that puts what it expects puts nothing there that was not.
      leaves(each) !== needs(each),
  )
}

/** Whether some of these changes, in any order and as often as need be, lead from what `before` left or saw to the value. */
export function canBecome(before: KvOperation, value: KvValue, changes: readonly KvOperation[]): boolean {
  // Not `??`: to leave nothing there is to leave `null`.
  const start = leaves(before) === undefined ? needs(before) : leaves(before)
  // A refusal says only what was not there, so everything may have been.
  if (start === undefined) return changes.some((each) => leaves(each) === value)
  const reached = new Set<KvValue | undefined>([start])
  for (let size = 0; size < reached.size; ) {
    size = reached.size
    for (const each of changes) {
      const from = needs(each)
      if (from === undefined || reached.has(from)) reached.add(leaves(each))
    }
  }
  return reached.has(value)
}
