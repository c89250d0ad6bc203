/**
 * The history of a queue, a stack or a priority queue in which no item is put twice: each item with its put and its
 * take, as intervals of ranks. What the three procedures for containers begin with.
 *
 * Which operations take effect:
 *  - A put that did not return did take effect if a take that returned has got its item. Else it is left out: take an
 *    item out of a legal order wholly, its put and the take that did not return and got it, and what is left is legal.
 *    (In each of the three containers an item never changes which of two others comes first, and without it there is
 *    no more in the container than with it.)
 *  - A take that did not return got nothing, or an item that no take that returned has got. Only the second matters;
 *    these takes are listed, and each procedure says what it makes of them.
 *
 * Intervals are tightened: a put comes before its take, so the take is not before the call of the put, nor the put
 * after the return of the take. Each order that respects time places them so anyway.
 */
import type { Item } from '../models/object.ts'
import type { Operation } from '../operation.ts'
import type { Decision } from '../procedure.ts'
import { open, type Ranks, ranksOf } from './ranks.ts'

/** A put has a value, a take has none; the output of a take is the item, or `null` if there was none. */
export type ContainerOperation = Operation<{ readonly f: string; readonly value?: Item }, Item | null>

/** The take of an item that is never taken: later than everything. */
export const never = open + 1

export interface ContainerHistory {
  /** How many items took effect. */
  readonly items: number
  readonly item: readonly Item[]
  /** Operations, by item; -1 for the take of an item that nobody has taken. */
  readonly put: Int32Array
  readonly take: Int32Array
  /** Ranks, by item. `never` for those of a take that is not there. */
  readonly putCall: Int32Array
  readonly putReturn: Int32Array
  readonly takeCall: Int32Array
  readonly takeReturn: Int32Array
  /** Takes that found nothing. */
  readonly empties: readonly number[]
  /** Takes that did not return. */
  readonly openTakes: readonly number[]
  /** Of all operations. */
  readonly ranks: Ranks
}

/** What the tables of a procedure take for each operation, about. */
export const bytesEach = 200

/**
 * `undefined` if an item is put twice or a take returned but does not say what it got; `illegal` if an item is taken
 * that was not put, or twice, or before it was put. `tighten` is for tests.
 */
export function containerHistory(
  operations: readonly ContainerOperation[],
  tighten = true,
): ContainerHistory | Decision | undefined {
  const puts = new Map<Item, number>()
  const takes = new Map<Item, number>()
  const empties: number[] = []
  const openTakes: number[] = []
  let conflict: readonly number[] | undefined
  for (const [index, operation] of operations.entries()) {
    const { input, output } = operation
    if (input.value !== undefined) {
      if (puts.has(input.value) || !isOrdinary(input.value)) return undefined
      puts.set(input.value, index)
      continue
    }
    const isOpen = operation.return === Number.POSITIVE_INFINITY
    if (isOpen !== (output === undefined)) return undefined
    if (isOpen) openTakes.push(index)
    else if (output === undefined || output === null) empties.push(index)
    else {
      const other = takes.get(output)
      if (other === undefined) takes.set(output, index)
      else conflict ??= [other, index]
    }
  }
  if (conflict !== undefined) {
    const [first = -1] = conflict
    const put = puts.get(operations[first]?.output ?? '')
    return illegal(put === undefined ? conflict : [put, ...conflict])
  }
  return assemble(operations, puts, takes, empties, openTakes, tighten)
}

function assemble(
  operations: readonly ContainerOperation[],
  puts: ReadonlyMap<Item, number>,
  takes: ReadonlyMap<Item, number>,
  empties: readonly number[],
  openTakes: readonly number[],
  tighten: boolean,
): ContainerHistory | Decision {
  const ranks = ranksOf(operations)
  const size = puts.size
  const ints = () => new Int32Array(size)
  const [put, take] = [ints(), ints()]
  const [putCall, putReturn, takeCall, takeReturn] = [ints(), ints(), ints(), ints()]
  const item: Item[] = []
  for (const [value, index] of puts) {
    const taker = takes.get(value) ?? -1
    const end = ranks.return[index] ?? open
    if (end === open && taker < 0) continue
    const k = item.push(value) - 1
    const start = ranks.call[index] ?? 0
    put[k] = index
    take[k] = taker
    putCall[k] = start
    putReturn[k] = end
    takeCall[k] = never
    takeReturn[k] = never
    if (taker < 0) continue
    const taken = ranks.return[taker] ?? open
    if (taken < start) return illegal([index, taker])
    takeReturn[k] = taken
    takeCall[k] = tighten ? Math.max(ranks.call[taker] ?? 0, start) : (ranks.call[taker] ?? 0)
    putReturn[k] = tighten ? Math.min(end, taken) : end
  }
  for (const [value, taker] of takes) if (!puts.has(value)) return illegal([taker])
  const items = item.length
  return {
    items,
    item,
    put: put.subarray(0, items),
    take: take.subarray(0, items),
    putCall: putCall.subarray(0, items),
    putReturn: putReturn.subarray(0, items),
    takeCall: takeCall.subarray(0, items),
    takeReturn: takeReturn.subarray(0, items),
    empties,
    openTakes,
    ranks,
  }
}

/** NaN is equal to itself for a map, but not for the models. */
function isOrdinary(item: Item): boolean {
  return !Number.isNaN(item)
}

/** The history without the items that no take that returned has got, and without the takes that did not return. */
export function takenOnly(history: ContainerHistory): ContainerHistory {
  const kept = Array.from(history.item.keys()).filter((k) => (history.take[k] ?? -1) >= 0)
  const pick = (column: Int32Array) => Int32Array.from(kept, (k) => column[k] ?? 0)
  return {
    items: kept.length,
    item: kept.flatMap((k) => history.item[k] ?? []),
    put: pick(history.put),
    take: pick(history.take),
    putCall: pick(history.putCall),
    putReturn: pick(history.putReturn),
    takeCall: pick(history.takeCall),
    takeReturn: pick(history.takeReturn),
    empties: history.empties,
    openTakes: [],
    ranks: history.ranks,
  }
}

export function illegal(core?: readonly number[]): Decision {
  return { verdict: 'illegal', order: [], explored: 0, ...(core === undefined ? {} : { core }) }
}

export function valid(order: ArrayLike<number>): Decision {
  return { verdict: 'valid', order, explored: 0 }
}

/** Why a near-linear procedure can not begin; `undefined` if it can. */
export function outOfLimits(
  { length }: readonly unknown[],
  { maxBytes = Number.POSITIVE_INFINITY, isOver }: { readonly maxBytes?: number; readonly isOver: () => boolean },
): Decision | undefined {
  const bytes = length * bytesEach
  const unknown = (reason: string): Decision => ({ verdict: 'unknown', order: [], explored: 0, reason })
  if (bytes > maxBytes) return unknown(`its tables take ${bytes} bytes, of ${maxBytes} allowed`)
  return isOver() ? unknown('time was over before it began') : undefined
}
