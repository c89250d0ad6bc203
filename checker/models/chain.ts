/** Items one upon the other, which share what is below: the state of a stack, a list, and of both halves of a queue. */
import { base, hashOfItem } from './item-hash.ts'
import type { Item } from './object.ts'

/** `undefined` is the empty one. */
export type Chain = Link | undefined

interface Link {
  readonly item: Item
  readonly below: Chain
  readonly size: number
  readonly hash: number
}

export function onTop(below: Chain, item: Item): Chain {
  const size = sizeOf(below) + 1
  return { item, below, size, hash: (Math.imul(hashOfChain(below), base) + hashOfItem(item)) | 0 }
}

export function sizeOf(chain: Chain): number {
  return chain === undefined ? 0 : chain.size
}

export function hashOfChain(chain: Chain): number {
  return chain === undefined ? 0 : chain.hash
}

export function isSameChain(a: Chain, b: Chain): boolean {
  let [x, y] = [a, b]
  while (x !== y) {
    if (x === undefined || y === undefined || x.item !== y.item || x.hash !== y.hash || x.size !== y.size) return false
    x = x.below
    y = y.below
  }
  return true
}

/** From the top down. */
export function itemsOfChain(chain: Chain): readonly Item[] {
  const items: Item[] = []
  for (let link = chain; link !== undefined; link = link.below) items.push(link.item)
  return items
}
