/**
 * Decides queues in which no item is enqueued twice, in time O(n log n).
 *
 * The conditions are those of Henzinger, Sezgin & Vafeiadis ("Aspect-oriented linearizability proofs", CONCUR 2013,
 * section 3) and Bouajjani, Emmi, Enea & Hamza ("On reducing linearizability to state reachability", ICALP 2015,
 * section 4), on tightened intervals; published proofs for collections have been wrong, so here is one of its own.
 * Each item x has an enqueue in [a, b] and a dequeue in [c, d], after tightening a <= c and b <= d; an item that is
 * never dequeued has c = d = never. A history has an order if and only if
 *  1. what is dequeued was enqueued, is dequeued once, and a <= d (`containerHistory`);
 *  2. no two items x, y have b(x) < a(y) and d(y) < c(x): enqueued in one order, dequeued in the other;
 *  3. each dequeue that found nothing has a moment t in its interval with no item b < t < c, surely there.
 *
 * Each is necessary: a queue dequeues in the order of the enqueues, those never dequeued last; and between b and c an
 * item is in the queue in every order.
 *
 * Together they suffice. Say x before y if b(x) < a(y) or d(x) < c(y).
 *  - No cycle: each of the two relations is an interval order, so from x1 < x2 and x3 < x4 follows x1 < x4 or x3 < x2.
 *    Take a shortest cycle. It alternates (both relations are transitive): x1 <b x2 <d x3 <b x4 <d … If x1 <b x4, there
 *    is a shorter one; if x3 <b x2, then with x2 <d x3 it has length 2, which condition 2 forbids.
 *  - The moments of condition 3 cut time into epochs. The items with b < t are closed under "before": let z be one,
 *    so c(z) <= t. If b(y) < a(z) then b(y) < b(z) < t; if d(y) < c(z) then b(y) <= d(y) < t. So there is an order of all
 *    items that extends "before" and goes through the epochs one by one, an item being in the last epoch that begins
 *    at or before b.
 *  - In this order, put each enqueue at the latest a so far and each dequeue at the latest c so far, or where its epoch
 *    begins if that is later. No moment is later than the operation's return, or some x would stand after a y with
 *    b(x) < a(y) or d(x) < c(y); nor later than the epoch's end t, as b < t and c <= t there. Enqueues and dequeues are
 *    in the same order, no dequeue is before its enqueue as a <= c, and at each t the queue is empty.
 *
 * Dequeues that did not return may have got items that no other dequeue has got. What asks for such an item x to be
 * dequeued by some moment (condition 2: by d(y), for a y that was dequeued and has b(x) < a(y); condition 3: by a moment
 * t > b(x)) asks it of each such item with a smaller b as well. So the item with the i-th least b is given the dequeue with
 * the i-th earliest call, if there are so many: if any way to give them meets all that is asked, this one does. What
 * gets one has c = its call (or a, if that is later) and d = open, after all ranks but before never. To have got one
 * without need does no harm: c is less than never, and who has none has no smaller b, so condition 2 holds between them.
 */
import type { Decision, Limits } from '../procedure.ts'
import {
  type ContainerHistory,
  type ContainerOperation,
  containerHistory,
  illegal,
  outOfLimits,
  valid,
} from './container-history.ts'
import { Cover } from './cover.ts'
import { chainOver, operationsOf } from './cover-chain.ts'
import { queueOrder } from './queue-order.ts'
import { byKey, open } from './ranks.ts'

export interface QueueRules {
  /** Puts end with their takes, takes begin with their puts. */
  readonly tighten: boolean
  /** Condition 2. */
  readonly order: boolean
  /** Condition 3. */
  readonly empties: boolean
  /** Dequeues that did not return may have got something. */
  readonly openTakes: boolean
}

export const allQueueRules: QueueRules = { tighten: true, order: true, empties: true, openTakes: true }

/** `rules` are for tests: without any of them, some verdicts are wrong. */
export function decideQueue(
  operations: readonly ContainerOperation[],
  limits: Limits,
  rules: QueueRules = allQueueRules,
): Decision | undefined {
  const history = containerHistory(operations, rules.tighten)
  if (history === undefined) return undefined
  const reason = outOfLimits(operations, limits)
  if (reason !== undefined) return reason
  if (!('items' in history)) return history
  if (rules.openTakes) giveOpenTakes(history)
  const conflict = rules.order ? swapped(history) : undefined
  if (conflict !== undefined) return refuted(history, operationsOf(history, conflict))
  const moments = momentsOfEmpties(history, rules)
  return 'verdict' in moments ? moments : valid(queueOrder(history, moments))
}

/** Condition 2: two items in one order at the enqueues and in the other at the dequeues. */
function swapped(history: ContainerHistory): readonly number[] | undefined {
  const { items, putCall, putReturn, takeCall, takeReturn } = history
  const byCall = byKey(putCall, items)
  const byReturn = byKey(putReturn, items)
  let passed = 0
  let latest = -1
  for (let k = 0; k < items; k++) {
    const y = byCall[k] ?? 0
    for (; passed < items; passed++) {
      const x = byReturn[passed] ?? 0
      if ((putReturn[x] ?? 0) >= (putCall[y] ?? 0)) break
      if (latest < 0 || (takeCall[x] ?? 0) > (takeCall[latest] ?? 0)) latest = x
    }
    if (latest >= 0 && (takeReturn[y] ?? 0) < (takeCall[latest] ?? 0)) return [latest, y]
  }
  return undefined
}

/** Condition 3: a moment for each dequeue that found nothing, or the items that leave one of them none. */
function momentsOfEmpties(history: ContainerHistory, rules: QueueRules): Int32Array | Decision {
  const { items, empties, putReturn, takeCall, ranks } = history
  const cover = new Cover(ranks.count)
  for (let x = 0; x < items; x++) cover.add(putReturn[x] ?? 0, takeCall[x] ?? 0)
  const moments = new Int32Array(empties.length)
  for (const [k, index] of empties.entries()) {
    const [start, end] = [ranks.call[index] ?? 0, ranks.return[index] ?? 0]
    const moment = rules.empties ? cover.free(start) : start
    if (moment > end) return refuted(history, [index, ...operationsOf(history, chainOver(history, [start, end]))])
    moments[k] = moment
  }
  return moments
}

/** Taken alone, a few operations prove nothing where items of theirs might be others' in a better way. */
function refuted({ openTakes }: ContainerHistory, core: readonly number[]): Decision {
  return openTakes.length === 0 ? illegal(core) : illegal()
}

/** Gives items to the dequeues that did not return. */
function giveOpenTakes({
  items,
  take,
  takeCall,
  takeReturn,
  putCall,
  putReturn,
  openTakes,
  ranks,
}: ContainerHistory): void {
  if (openTakes.length === 0) return
  const takes = [...openTakes].sort((a, b) => (ranks.call[a] ?? 0) - (ranks.call[b] ?? 0))
  let next = 0
  for (const x of byKey(putReturn, items)) {
    if (take[x] !== -1) continue
    const taker = takes[next++]
    if (taker === undefined) return
    take[x] = taker
    takeCall[x] = Math.max(ranks.call[taker] ?? 0, putCall[x] ?? 0)
    takeReturn[x] = open
  }
}
