/** What can be said of a history that was not decided: how far, where it got stuck, and what to change next time. */

import type { RecordedOperation } from '../formats/pairs.ts'
import { groupBy } from '../group-by.ts'
import type { KvInput } from '../models/kv.ts'
import { leaves } from '../models/kv-facts.ts'
import { isPending } from '../operation.ts'
import { plural } from '../plural.ts'
import type { PartitionResult } from '../result.ts'

export interface UnknownAdvice {
  readonly key: string | undefined
  /** Returns that some order passes, of all; `undefined` where the engine does not say. */
  readonly passed: number | undefined
  readonly returns: number
  /** Operations that may or may not have taken effect where it got stuck, by what they do, the most frequent first. */
  readonly open: readonly { readonly f: KvInput['f']; readonly count: number }[]
  /** What to change in the workload, what helps most first. */
  readonly changes: readonly string[]
  /** All of this in sentences. */
  readonly text: string
}

/** Beyond so many operations at once, orders are too many. */
const manyAtOnce = 12
/** Of a key's changes, the share without an answer that makes a history hard. */
const manyOpenShare = 0.05
const namedAtMost = 3

/** For a partition with the verdict `unknown`. */
export function adviseUnknown(partition: PartitionResult<RecordedOperation>): UnknownAdvice {
  const { key, operations, stuck, blocked, reason } = partition
  const returned = operations.filter((each) => !isPending(each))
  const passed = stuck && returned.filter((each) => each.return < stuck.return).length
  const before = stuck === undefined ? operations : operations.filter((each) => each.call <= stuck.return)
  const hindering = (blocked.length > 0 ? blocked : before).filter(isPending)
  const open = countsOf(hindering)
  const changes = changesFor(operations)
  const parts = [
    `Undecided${key === undefined ? '' : ` on key ${key}`}: ${howFar(passed, returned.length)}${reason === undefined ? '' : ` (${reason})`}.`,
    ...(hindering.length === 0
      ? []
      : [
          `${told(open)} without an answer ${hindering.length === 1 ? 'is' : 'are'} in the way: each may have taken effect at any later moment, or never.`,
        ]),
    ...(changes.length === 0 ? [] : [`To get a verdict next time: ${changes.join('; ')}.`]),
  ]
  return { key, passed, returns: returned.length, open, changes, text: parts.join(' ') }
}

function howFar(passed: number | undefined, returns: number): string {
  const all = returns.toLocaleString('en-US')
  if (passed === undefined) return `the engine does not say how many of ${all} returns fit into an order`
  const share = returns === 0 ? 100 : Math.floor((100 * passed) / returns)
  return `${passed.toLocaleString('en-US')} of ${all} returns (${share} %) fit into an order`
}

function countsOf(operations: readonly RecordedOperation[]): UnknownAdvice['open'] {
  const groups = groupBy(operations, ({ input }) => input.f)
  return Array.from(groups, ([f, { length }]) => ({ f, count: length })).sort(
    (a, b) => b.count - a.count || (a.f < b.f ? -1 : 1),
  )
}

function told(open: UnknownAdvice['open']): string {
  return open.map(({ f, count }) => plural(count, names[f])).join(', ')
}

const names: Record<KvInput['f'], string> = {
  read: 'read',
  write: 'write',
  delete: 'delete',
  append: 'append',
  cas: 'compare-and-set',
}

function changesFor(operations: readonly RecordedOperation[]): readonly string[] {
  return [repeatedValues(operations), blindRefusals(operations), tooMany(operations), unanswered(operations)].flatMap(
    (advice) => advice ?? [],
  )
}

/** With unique values an observation has one source, and the time to decide grows like that to sort. */
function repeatedValues(operations: readonly RecordedOperation[]): string | undefined {
  const writers = new Map<unknown, number>()
  for (const each of operations) {
    const value = each.input.f === 'append' ? each.input.value : leaves(each)
    if (value !== undefined) writers.set(value, (writers.get(value) ?? 0) + 1)
  }
  const repeated = [...writers].filter(([, count]) => count > 1).sort(([, a], [, b]) => b - a)
  if (repeated.length === 0) return undefined
  const some = repeated.slice(0, namedAtMost).map(([value, count]) => `${JSON.stringify(value)} came ${count} times`)
  const more = repeated.length > namedAtMost ? ` and ${repeated.length - namedAtMost} more` : ''
  return `write each value once per key (${some.join(', ')}${more})`
}

function blindRefusals(operations: readonly RecordedOperation[]): string | undefined {
  const count = operations.filter(
    ({ input, output }) => input.f === 'cas' && output?.swapped === false && output.found === undefined,
  ).length
  return count === 0 ? undefined : `let a refused compare-and-set say what it found (${count} did not)`
}

function tooMany(operations: readonly RecordedOperation[]): string | undefined {
  const most = mostAtOnce(operations.filter((each) => !isPending(each)))
  return most <= manyAtOnce ? undefined : `have fewer clients per key (up to ${most} were at work on it at once)`
}

function mostAtOnce(operations: readonly RecordedOperation[]): number {
  const ends = operations.map((each) => each.return).sort((a, b) => a - b)
  let most = 0
  let ended = 0
  for (const [begun, call] of operations
    .map((each) => each.call)
    .sort((a, b) => a - b)
    .entries()) {
    while ((ends[ended] ?? Number.POSITIVE_INFINITY) < call) ended++
    most = Math.max(most, begun + 1 - ended)
  }
  return most
}

function unanswered(operations: readonly RecordedOperation[]): string | undefined {
  const open = operations.filter((each) => isPending(each)).length
  if (open <= operations.length * manyOpenShare) return undefined
  return `wait longer for answers, or spread the load over more keys (${open} of ${operations.length} operations had none)`
}
