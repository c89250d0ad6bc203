/**
 * A queue that shares what it can with the one that it was made of: one half is taken from, the other is put upon, and
 * is turned over when the first is empty (Okasaki 1998, "Purely functional data structures", section 5.2).
 */
import { type Chain, itemsOfChain, onTop, sizeOf } from './chain.ts'
import { base, hashOfItem, inverse } from './item-hash.ts'
import type { Item } from './object.ts'

export interface QueueState {
  /** The first one on top. Empty only if the whole queue is. */
  readonly front: Chain
  /** The last one on top. */
  readonly back: Chain
  /** Of the items in their order, wherever they are: the sum of hash times base to the number of those behind. */
  readonly hash: number
  /** The base to the number of items. */
  readonly power: number
}

export const emptyQueue: QueueState = { front: undefined, back: undefined, hash: 0, power: 1 }

export function enqueued({ front, back, hash, power }: QueueState, item: Item): QueueState {
  const next = { hash: (Math.imul(hash, base) + hashOfItem(item)) | 0, power: Math.imul(power, base) }
  return front === undefined
    ? { front: onTop(undefined, item), back, ...next }
    : { front, back: onTop(back, item), ...next }
}

/** Without the first one; the queue must not be empty. */
export function dequeued({ front, back, hash, power }: QueueState): QueueState {
  if (front === undefined) return emptyQueue
  const behind = Math.imul(power, inverse)
  const next = { hash: (hash - Math.imul(hashOfItem(front.item), behind)) | 0, power: behind }
  if (front.below !== undefined) return { front: front.below, back, ...next }
  let turned: Chain
  for (let link = back; link !== undefined; link = link.below) turned = onTop(turned, link.item)
  return { front: turned, back: undefined, ...next }
}

export function itemsOfQueue({ front, back }: QueueState): readonly Item[] {
  return [...itemsOfChain(front), ...itemsOfChain(back).toReversed()]
}

export function isSameQueue(a: QueueState, b: QueueState): boolean {
  if (a.hash !== b.hash || sizeOf(a.front) + sizeOf(a.back) !== sizeOf(b.front) + sizeOf(b.back)) return false
  if (a.front === b.front && a.back === b.back) return true
  const others = itemsOfQueue(b)
  return itemsOfQueue(a).every((item, i) => item === others[i])
}
