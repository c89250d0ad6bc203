/** The order that proves a queue's history valid, as `queue.ts` derives it. */
import { type ContainerHistory, never } from './container-history.ts'
import { IntHeap } from './int-heap.ts'
import { byKey, open } from './ranks.ts'

/** `moments` has one for each of `empties`. */
export function queueOrder(history: ContainerHistory, moments: Int32Array): readonly number[] {
  const { put, take, putCall, putReturn, takeCall, empties } = history
  const sequence = itemOrder(history)
  const order: number[] = []
  let enqueued = 0
  let dequeued = 0
  let start = 0
  let lastPut = 0
  let lastTake = 0
  /** Up to the first item that is not before `end`: merges enqueues and dequeues, both in the order of the items. */
  const passEpoch = (end: number) => {
    for (;;) {
      const x = sequence[enqueued] ?? -1
      const y = sequence[dequeued] ?? -1
      const canPut = x >= 0 && (putReturn[x] ?? 0) < end
      const canTake = y >= 0 && (putReturn[y] ?? 0) < end && (take[y] ?? -1) >= 0
      if (!canPut && !canTake) break
      const putAt = canPut ? Math.max(start, lastPut, putCall[x] ?? 0) : never
      const takeAt = canTake ? Math.max(start, lastTake, takeCall[y] ?? 0) : never
      if (putAt <= takeAt) {
        order.push(put[x] ?? -1)
        lastPut = putAt
        enqueued++
      } else {
        order.push(take[y] ?? -1)
        lastTake = takeAt
        dequeued++
      }
    }
    start = end
  }
  for (const k of byKey(moments, empties.length)) {
    passEpoch(moments[k] ?? 0)
    order.push(empties[k] ?? -1)
  }
  passEpoch(open + 1)
  return order
}

/**
 * The items in an order that extends "before", those of earlier epochs first: of all that nobody left is before, the
 * one whose enqueue returned first. (If any item with b < t is left, such an item is among those that may come.)
 */
function itemOrder({ items, putCall, putReturn, takeCall, takeReturn }: ContainerHistory): Int32Array {
  const orders = {
    putCall: byKey(putCall, items),
    putReturn: byKey(putReturn, items),
    takeCall: byKey(takeCall, items),
    takeReturn: byKey(takeReturn, items),
  }
  /** The place in the order of returns. */
  const place = new Int32Array(items)
  for (let k = 0; k < items; k++) place[orders.putReturn[k] ?? 0] = k
  const isPlaced = new Uint8Array(items)
  const enabled = new Uint8Array(items)
  const ready = new IntHeap(items)
  const next = { putCall: 0, putReturn: 0, takeCall: 0, takeReturn: 0 }
  /** Nobody left is before it at the puts, or at the takes, once it is called by the first return of those left. */
  const enable = (
    calls: 'putCall' | 'takeCall',
    returns: 'putReturn' | 'takeReturn',
    call: Int32Array,
    end: Int32Array,
  ) => {
    while (next[returns] < items && isPlaced[orders[returns][next[returns]] ?? 0] === 1) next[returns]++
    const first = orders[returns][next[returns]]
    const limit = first === undefined ? -1 : (end[first] ?? 0)
    for (; next[calls] < items; next[calls]++) {
      const x = orders[calls][next[calls]] ?? 0
      if ((call[x] ?? 0) > limit) break
      enabled[x] = (enabled[x] ?? 0) + 1
      if (enabled[x] === 2) ready.push(place[x] ?? 0)
    }
  }
  const sequence = new Int32Array(items)
  for (let k = 0; k < items; k++) {
    enable('putCall', 'putReturn', putCall, putReturn)
    enable('takeCall', 'takeReturn', takeCall, takeReturn)
    const x = orders.putReturn[ready.pop()]
    if (x === undefined) throw new Error('items of a queue are in a cycle, though no two of them are')
    sequence[k] = x
    isPlaced[x] = 1
  }
  return sequence
}
