/**
 * Decides counters to which only 1 is ever added, in time O(n log n), whatever was pending.
 *
 * Let T(v) be the moment at which the count becomes v, for v = 1, 2 … (counted from what it was at first). A read of v
 * stands between T(v) and T(v + 1), an add that answered v stands at T(v). So, as T does not decrease: T(v) is no later
 * than the return of any read of v or more, or of any add that answered v or more, which makes D(v); and no earlier than
 * the call of any read of less than v, or of any add that answered v or less, which makes A(v). Both only grow with v.
 * All counts up to the greatest that was answered are reached, and every add that returned makes one of them.
 *
 * An add without answer can make v if it is called by D(v) and does not return before A(v). Each add has a row of counts
 * that it can make, without gaps, since A and D grow: these are jobs of unit length with releases and deadlines. From
 * count to count, of the adds called by D(v) take the one that returns first; if that fails, nothing succeeds (let an
 * order make v by another one, then the two can change places, as this one's deadline comes first).
 * Moments then exist: let T(v) be the latest of A(v) and of the calls of all who made v or less. It is no later than
 * D(v), by which all of these were called; nor than the return of the add that makes v: an add that made less and was
 * called later than that would have been chosen in spite of one that was called as early and returns first.
 */
import type { CounterInput, CounterOutput } from '../models/counter.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Limits } from '../procedure.ts'
import { illegal, outOfLimits, valid } from './container-history.ts'
import { IntHeap } from './int-heap.ts'
import { byKey, open, type Ranks, ranksOf } from './ranks.ts'

type CounterOperation = Operation<CounterInput, CounterOutput>

export interface UnitCounterRules {
  /** D: a count is reached before those see it who return. */
  readonly deadlines: boolean
  /** A: a count is not reached before those were called who did not see it. */
  readonly releases: boolean
  /** Adds that answered take part in both. */
  readonly answers: boolean
  /** Of the adds that can make a count, the one that returns first does. */
  readonly earliestReturn: boolean
}

export const allUnitCounterRules: UnitCounterRules = {
  deadlines: true,
  releases: true,
  answers: true,
  earliestReturn: true,
}

/** `undefined` if anything but 1 is added, or an answer is missing. `rules` are for tests. */
export function decideUnitCounter(
  initial: number,
  operations: readonly CounterOperation[],
  limits: Limits,
  rules: UnitCounterRules = allUnitCounterRules,
): Decision | undefined {
  const adds: number[] = []
  const answered: number[] = []
  const reads: number[] = []
  for (const [index, { input, output, return: end }] of operations.entries()) {
    const isOpen = end === Number.POSITIVE_INFINITY
    if (isOpen && output !== undefined) return undefined
    if (input.f === 'add') {
      if (input.value !== 1) return undefined
      if (typeof output === 'number') answered.push(index)
      else adds.push(index)
    } else if (!isOpen) {
      if (typeof output !== 'number') return undefined
      reads.push(index)
    }
  }
  const reason = outOfLimits(operations, limits)
  if (reason !== undefined) return reason
  const most = adds.length + answered.length
  const countOf = (index: number) => Number(operations[index]?.output) - initial
  const isWrong = (count: number, least: number) => !(Number.isInteger(count) && count >= least && count <= most)
  for (const index of reads) if (isWrong(countOf(index), 0)) return illegal()
  const makers = new Int32Array(most + 2).fill(-1)
  for (const index of answered) {
    const count = countOf(index)
    if (isWrong(count, 1) || (makers[count] ?? -1) >= 0) return illegal()
    makers[count] = index
  }
  const history = { ranks: ranksOf(operations), most, adds, answered, reads, countOf, makers }
  return fill(history, windowsOf(history, rules), rules)
}

interface CounterHistory {
  readonly ranks: Ranks
  /** The greatest count that there can be. */
  readonly most: number
  readonly adds: readonly number[]
  readonly answered: readonly number[]
  readonly reads: readonly number[]
  /** What an operation answered. */
  readonly countOf: (index: number) => number
  /** By count: the add that answered it, or -1. The others are filled in. */
  readonly makers: Int32Array
}

interface Windows {
  readonly release: Int32Array
  readonly deadline: Int32Array
  /** The greatest count that was answered. */
  readonly reached: number
}

function windowsOf(history: CounterHistory, rules: UnitCounterRules): Windows {
  const { ranks, most, answered, reads, countOf } = history
  const release = new Int32Array(most + 2)
  const deadline = new Int32Array(most + 2).fill(open)
  let reached = 0
  const see = (index: number, count: number, next: number) => {
    if (rules.deadlines) deadline[count] = Math.min(deadline[count] ?? open, ranks.return[index] ?? open)
    if (rules.releases) release[next] = Math.max(release[next] ?? 0, ranks.call[index] ?? 0)
    reached = Math.max(reached, count)
  }
  for (const index of reads) see(index, countOf(index), countOf(index) + 1)
  for (const index of answered) {
    if (rules.answers) see(index, countOf(index), countOf(index))
    else reached = Math.max(reached, countOf(index))
  }
  for (let count = 1; count <= most + 1; count++)
    release[count] = Math.max(release[count] ?? 0, release[count - 1] ?? 0)
  for (let count = most; count >= 0; count--)
    deadline[count] = Math.min(deadline[count] ?? open, deadline[count + 1] ?? open)
  return { release, deadline, reached }
}

function fill(history: CounterHistory, { release, deadline, reached }: Windows, rules: UnitCounterRules): Decision {
  const { ranks, most, adds, makers } = history
  const calls = Int32Array.from(adds, (index) => ranks.call[index] ?? 0)
  const returns = Int32Array.from(adds, (index) => ranks.return[index] ?? open)
  const byCall = byKey(calls, adds.length)
  const byReturn = byKey(returns, adds.length)
  const place = new Int32Array(adds.length)
  for (let k = 0; k < adds.length; k++) place[byReturn[k] ?? 0] = k
  const ready = new IntHeap(adds.length)
  let required = returns.filter((end) => end !== open).length
  let next = 0
  let count = 1
  for (; count <= most && (count <= reached || required > 0); count++) {
    const earliest = release[count] ?? 0
    const latest = deadline[count] ?? open
    if (earliest > latest) return illegal()
    if ((makers[count] ?? -1) >= 0) continue
    for (; next < adds.length && (calls[byCall[next] ?? 0] ?? 0) <= latest; next++) {
      const add = byCall[next] ?? 0
      ready.push(rules.earliestReturn ? (place[add] ?? 0) : next)
    }
    const first = ready.pop()
    if (first < 0) return illegal()
    const add = (rules.earliestReturn ? byReturn[first] : byCall[first]) ?? 0
    if ((returns[add] ?? 0) < earliest) return illegal()
    if ((returns[add] ?? 0) !== open) required--
    makers[count] = adds[add] ?? -1
  }
  return valid(orderOf(history, count - 1))
}

/** Count after count: who makes it, then its reads, in the order of their calls. */
function orderOf({ ranks, reads, countOf, makers }: CounterHistory, last: number): readonly number[] {
  const byCall = Array.from(
    byKey(
      Int32Array.from(reads, (index) => ranks.call[index] ?? 0),
      reads.length,
    ),
    (k) => reads[k] ?? -1,
  )
  const byCount = byKey(Int32Array.from(byCall, countOf), byCall.length)
  const order: number[] = []
  let next = 0
  for (let count = 0; count <= last; count++) {
    if (count > 0) order.push(makers[count] ?? -1)
    for (; next < byCount.length; next++) {
      const read = byCall[byCount[next] ?? 0] ?? -1
      if (countOf(read) > count) break
      order.push(read)
    }
  }
  return order
}
