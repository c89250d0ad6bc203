/** A priority queue that shares what it can with the one that it was made of: a leftist heap (Okasaki 1998, section 3.1). */
import { hashOfItem } from './item-hash.ts'
import type { Item } from './object.ts'

/** `undefined` is the empty one. */
export type HeapState = HeapNode | undefined

interface HeapNode {
  readonly item: Item
  readonly left: HeapState
  readonly right: HeapState
  /** The length of the way down the right side, which is never longer than that of the left. */
  readonly rank: number
  /** The sum of the items' hashes, as the same items can make different trees. */
  readonly hash: number
}

export function inserted(heap: HeapState, item: Item): HeapState {
  return merged(heap, node(item, undefined, undefined))
}

export function withoutLeast(heap: HeapState): HeapState {
  return heap && merged(heap.left, heap.right)
}

export function itemsOfHeap(heap: HeapState): readonly Item[] {
  const items: Item[] = []
  const open = [heap]
  for (let next = open.pop(); next !== undefined || open.length > 0; next = open.pop()) {
    if (next === undefined) continue
    items.push(next.item)
    open.push(next.left, next.right)
  }
  return items.sort((a, b) => (a < b ? -1 : a > b ? 1 : 0))
}

export function isSameHeap(a: HeapState, b: HeapState): boolean {
  if (a === b) return true
  if (a === undefined || b === undefined || a.hash !== b.hash) return false
  const [items, others] = [itemsOfHeap(a), itemsOfHeap(b)]
  return items.length === others.length && items.every((item, i) => item === others[i])
}

/** Ways down the right side are short, so this does not go deep. */
function merged(a: HeapState, b: HeapState): HeapState {
  if (a === undefined) return b
  if (b === undefined) return a
  const [top, other] = b.item < a.item ? [b, a] : [a, b]
  return node(top.item, top.left, merged(top.right, other))
}

function node(item: Item, a: HeapState, b: HeapState): HeapNode {
  const [left, right] = (a?.rank ?? 0) < (b?.rank ?? 0) ? [b, a] : [a, b]
  const hash = (hashOfItem(item) + (left?.hash ?? 0) + (right?.hash ?? 0)) | 0
  return { item, left, right, rank: (right?.rank ?? 0) + 1, hash }
}
