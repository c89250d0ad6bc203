/** What the hot loops of the general search do with typed arrays of integers. */

/** An array that this thread alone reads, which is what `new Int32Array` makes. */
export type Ints = Int32Array<ArrayBuffer>

/** The item at an index that is in range by construction; to check it would cost in every step. */
export function at(ints: Int32Array, index: number): number {
  // V8 inlines this, and a typed array of one kind only keeps it a plain load.
  return ints[index] as number
}

/** The array itself if it is long enough, else a longer copy. */
export function roomFor(ints: Ints, length: number): Ints {
  if (length <= ints.length) return ints
  const wider = new Int32Array(Math.max(length, ints.length * 2))
  wider.set(ints)
  return wider
}

/** A table of zeros of this length: the given one, wiped, if it has it. Large ones are not kept. */
export function wiped(table: Ints, length: number): Ints {
  return table.length === length ? table.fill(0) : new Int32Array(length)
}

/** A good mix of all bits (the finish of MurmurHash3). */
export function mixed(hash: number): number {
  let bits = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b)
  bits = Math.imul(bits ^ (bits >>> 13), 0xc2b2ae35)
  return bits ^ (bits >>> 16)
}

/** A hash of the words from `start` up to `end`. */
export function hashOf(words: Int32Array, start: number, end: number): number {
  let hash = (end - start) | 0
  for (let i = start; i < end; i++) {
    hash = Math.imul(hash ^ at(words, i), 0x9e3779b1)
    hash ^= hash >>> 15
  }
  return mixed(hash)
}
