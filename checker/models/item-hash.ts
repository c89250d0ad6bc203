/** Hashes of items and of sequences of them, for states that would be slow to compare. */
import type { Item } from './object.ts'

/** Odd, so that it has an inverse among integers of 32 bits. */
export const base = 0x9e3779b1
export const inverse = inverseOf(base)

export function hashOfItem(item: Item): number {
  const text = typeof item === 'string' ? `"${item}` : String(item)
  let hash = text.length
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193)
  hash = Math.imul(hash ^ (hash >>> 15), 0x85ebca6b)
  return hash ^ (hash >>> 13)
}

/** Newton's iteration: each step doubles the bits that are right. */
function inverseOf(odd: number): number {
  let found = odd
  for (let bits = 3; bits < 32; bits *= 2) found = Math.imul(found, 2 - Math.imul(odd, found))
  return found
}
