/**
 * Decides priority queues in which no item is inserted twice, in time O(n log n).
 *
 * Each item x has an insert in [a, b] and a removal in [c, d], tightened, so a <= c and b <= d; an item that is never
 * removed has c = d = never. The core of x is what lies between b and c, without b and c themselves: there it surely is.
 * A removal may get x at a moment if x is there and no smaller item is. Let t(x) be the first moment from c(x) on that is
 * in no core of a smaller item. A history has an order if and only if t(x) <= d(x) for each x, and each removal that
 * found nothing has a moment in its interval that is in no core. (Compare Bouajjani, Enea & Wang, "Checking
 * linearizability of concurrent priority queues", CONCUR 2017, and Lee & Mathur, OOPSLA 2025. This way to say it, and
 * its proof, are our own.)
 *
 * Necessary: the moment of a removal is in no core of what must not be there. (Cores are open, so there is a first one.)
 * Sufficient: remove x at t(x) and insert it at b(x), or at t(x) if that is earlier. Then at t(x) no smaller z is there:
 * it is there only in its core, where t(x) is not, and from c(z) until t(z), which are all moments in cores of items
 * smaller than z. At one moment come first the removals of what was inserted earlier, smaller items first; then
 * whatever is inserted and removed at this moment, one after the other, and the removals that find nothing; then the
 * inserts of what is removed later.
 *
 * Removals that did not return may have got items that no other removal has got. A history that has an order without
 * them is valid; one that has none even without those items is illegal; the rest (undefined) is for the general search.
 */
import type { Item } from '../models/object.ts'
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

export interface PriorityQueueRules {
  /** Puts end with their takes, takes begin with their puts. */
  readonly tighten: boolean
  /** Smaller items come first. */
  readonly order: boolean
  /** Removals that found nothing. */
  readonly empties: boolean
  /** Where removals did not return and what is left might be theirs, nothing is refuted. */
  readonly doubt: boolean
}

export const allPriorityQueueRules: PriorityQueueRules = { tighten: true, order: true, empties: true, doubt: true }

/** `rules` are for tests: without any of them, some verdicts are wrong. */
export function decidePriorityQueue(
  operations: readonly ContainerOperation[],
  limits: Limits,
  rules: PriorityQueueRules = allPriorityQueueRules,
): Decision | undefined {
  const history = containerHistory(operations, rules.tighten)
  // Only numbers are surely in one order.
  if (history === undefined || operations.some(({ input }) => !isNumber(input.value))) return undefined
  const reason = outOfLimits(operations, limits)
  if (reason !== undefined) return reason
  if (!('items' in history)) return history
  const found = decide(history, rules)
  if (found.verdict === 'valid' || history.openTakes.length === 0 || !rules.doubt) return found
  const certain = decide(takenOnly(history), rules)
  return certain.verdict === 'illegal' ? certain : undefined
}

function decide(history: ContainerHistory, rules: PriorityQueueRules): Decision {
  const { items, item, put, take, putReturn, takeCall, takeReturn, empties, ranks } = history
  const cover = new Cover(ranks.count)
  const ascending = Array.from(item.keys()).sort((x, y) => Number(item[x]) - Number(item[y]))
  const steps = new Steps(2 * items + empties.length)
  for (const x of ascending) {
    const call = takeCall[x] ?? 0
    const isTaken = call < never
    const moment = isTaken && rules.order ? cover.free(call) : call
    const end = takeReturn[x] ?? 0
    if (moment > end) {
      const isSmaller = (z: number) => Number(item[z]) < Number(item[x])
      return illegal(operationsOf(history, [x, ...chainOver(history, [call, end], isSmaller)]))
    }
    const inserted = Math.min(putReturn[x] ?? 0, moment)
    cover.add(putReturn[x] ?? 0, call)
    const isAtOnce = inserted === moment
    steps.add(inserted, isAtOnce ? phases.atOnce : phases.insert, put[x] ?? -1)
    if (isTaken) steps.add(moment, isAtOnce ? phases.atOnce : phases.remove, take[x] ?? -1)
  }
  for (const index of empties) {
    const [start, end] = [ranks.call[index] ?? 0, ranks.return[index] ?? 0]
    const moment = rules.empties ? cover.free(start) : start
    if (moment > end) return illegal([index, ...operationsOf(history, chainOver(history, [start, end]))])
    steps.add(moment, phases.atOnce, index)
  }
  return valid(steps.inOrder())
}

function isNumber(item: Item | undefined): boolean {
  return item === undefined || typeof item === 'number'
}

/** What comes first at one moment. */
const phases = { remove: 0, atOnce: 1, insert: 2 } as const

/** Operations at moments; at the same moment by phase, else as they came. */
class Steps {
  readonly #keys: Int32Array
  readonly #operations: Int32Array
  #length = 0

  constructor(most: number) {
    this.#keys = new Int32Array(most)
    this.#operations = new Int32Array(most)
  }

  add(moment: number, phase: number, operation: number): void {
    this.#keys[this.#length] = moment * 3 + phase
    this.#operations[this.#length++] = operation
  }

  inOrder(): Int32Array {
    return byKey(this.#keys, this.#length).map((k) => this.#operations[k] ?? -1)
  }
}
