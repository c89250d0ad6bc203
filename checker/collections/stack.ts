/**
 * Decides stacks in which no item is pushed twice, in time O(n log n).
 *
 * Each item x has a push in [a, b] and a pop in [c, d], tightened, so a <= c and b <= d; an item that is never popped
 * has c = d = never. An order is a way to choose moments for all of them so that no two items overlap without one being
 * within the other. The core of x is what lies between b and c (open: without b and c themselves): there it surely is.
 * (The idea to take one item away and decide the rest is that of Lee & Mathur, "Efficient decrease-and-conquer
 * linearizability monitoring", OOPSLA 2025. The conditions and their proof are our own.)
 *
 *  1. An item without a core (c <= b) can be pushed and popped at one moment between c and b, whatever else is there,
 *     and being there for a moment only, it is in nobody's way. So it is left out, and put back in the end.
 *  2. Let t be a moment in no core. Then some order has nothing that is there at t, if there is an order at all: of the
 *     items that are there at t, one that is popped from c <= t on can be popped just before t, as the others of these
 *     that are within it can too or are pushed later; one with b >= t can be pushed just after t. Each item is of one
 *     of these kinds, and what was nested stays so. Whoever has b >= t but was popped before t is pushed and popped at
 *     t (its c is before t, so it has no core). So the items whose cores end by t and those whose cores begin at t or
 *     later are decided each on their own; their pushes and pops never have to leave their side, as b >= t on the
 *     later one and c <= t on the earlier one. A pop that found nothing needs such a t in its interval, and any will do.
 *  3. Where cores cover all between two such moments, they are joined one with the next by overlapping, so there the
 *     items are nested in one of them, the root. For each item x of these, the root r is pushed before it and popped
 *     after it, so a(r) <= b(x) and c(x) <= d(r). And any item with this property will do as the root: in an order with
 *     another root, push r first and pop it last, moving pushes from before a(r) and pops from after d(r) to there; all
 *     pops stay after all of these pushes, as a(r) <= b(x) < c(x) <= d(r). If there is no such item, there is no order.
 *  4. Take the root away, and go on with the others; their cores stay as they are.
 *
 * Pops that did not return may have got items that no other pop has got. A history that has an order without them is
 * valid; one that has none even without those items is illegal; the rest (undefined) is for the general search.
 */
import type { Decision, Limits } from '../procedure.ts'
import {
  type ContainerHistory,
  type ContainerOperation,
  containerHistory,
  illegal,
  never,
  outOfLimits,
  takenOnly,
  valid,
} from './container-history.ts'
import { Cover } from './cover.ts'
import { chainOver, operationsOf } from './cover-chain.ts'
import { byKey } from './ranks.ts'
import { nested } from './stack-nesting.ts'

export interface StackRules {
  /** Pushes end with their pops, pops begin with their pushes. */
  readonly tighten: boolean
  /** A root is pushed before all that is within it. */
  readonly pushedFirst: boolean
  /** A root is popped after all that is within it. */
  readonly poppedLast: boolean
  /** Pops that found nothing. */
  readonly empties: boolean
  /** Where pops did not return and what is left might be theirs, nothing is refuted. */
  readonly doubt: boolean
}

export const allStackRules: StackRules = {
  tighten: true,
  pushedFirst: true,
  poppedLast: true,
  empties: true,
  doubt: true,
}

/** `rules` are for tests: without any of them, some verdicts are wrong. */
export function decideStack(
  operations: readonly ContainerOperation[],
  limits: Limits,
  rules: StackRules = allStackRules,
): Decision | undefined {
  const history = containerHistory(operations, rules.tighten)
  if (history === undefined) return undefined
  const reason = outOfLimits(operations, limits)
  if (reason !== undefined) return reason
  if (!('items' in history)) return history
  const found = decide(history, rules)
  if (found.verdict === 'valid' || history.openTakes.length === 0 || !rules.doubt) return found
  const certain = decide(takenOnly(history), rules)
  return certain.verdict === 'illegal' ? certain : undefined
}

function decide(history: ContainerHistory, rules: StackRules): Decision {
  const { items, putReturn, takeCall, empties, ranks } = history
  const cover = new Cover(ranks.count)
  for (let x = 0; x < items; x++) cover.add(putReturn[x] ?? 0, takeCall[x] ?? 0)
  const moments = new Int32Array(empties.length)
  for (const [k, index] of empties.entries()) {
    const [start, end] = [ranks.call[index] ?? 0, ranks.return[index] ?? 0]
    const moment = rules.empties ? cover.free(start) : start
    if (moment > end) return illegal([index, ...operationsOf(history, chainOver(history, [start, end]))])
    moments[k] = moment
  }
  const steps = nested(history, rules)
  return steps === undefined ? illegal() : valid(merged(history, steps, moments))
}

/** Pushes and pops of items that have a core, in an order, at moments that do not decrease. */
export interface StackSteps {
  readonly length: number
  readonly operation: Int32Array
  readonly moment: Int32Array
}

/**
 * Puts back what is there for a moment only, and the pops that found nothing. At a moment in no core come the pops
 * first and the pushes last, so a pop that found nothing goes before the first push of its moment.
 */
function merged(history: ContainerHistory, steps: StackSteps, moments: Int32Array): readonly number[] {
  const { items, put, take, putReturn, takeCall, empties } = history
  const others: number[] = []
  const at: number[] = []
  for (const [k, index] of empties.entries()) {
    others.push(index)
    at.push(moments[k] ?? 0)
  }
  const pairs = others.length
  for (let x = 0; x < items; x++) {
    const call = takeCall[x] ?? never
    if (call > (putReturn[x] ?? 0)) continue
    others.push(put[x] ?? -1, take[x] ?? -1)
    at.push(call, call)
  }
  const pushes = new Set(put)
  const order: number[] = []
  let next = 0
  for (const k of byKey(Int32Array.from(at), at.length)) {
    const moment = at[k] ?? 0
    for (; next < steps.length; next++) {
      const operation = steps.operation[next] ?? -1
      const stepMoment = steps.moment[next] ?? 0
      if (stepMoment > moment || (stepMoment === moment && k < pairs && pushes.has(operation))) break
      order.push(operation)
    }
    order.push(others[k] ?? -1)
  }
  for (; next < steps.length; next++) order.push(steps.operation[next] ?? -1)
  return order
}
