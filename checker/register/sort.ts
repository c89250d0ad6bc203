/**
 * Sorts indexes by a key, in time linear in their number: insertion while they are nearly in order, as operations of
 * few clients are, else by radix (least significant digit first, 11 bits at a time, digits that are all the same
 * skipped). Stable.
 */
import type { Arena } from '../arena.ts'

const digitBits = 11
const buckets = 1 << digitBits
const digitMask = buckets - 1
/** Insertion may move this many items for each one that it sorts before radix takes over. */
const movesPerItem = 8

/** Sorts the first `count` of `order` by `keys[item]`, an integer from 0 on. */
export function sortByKey(order: Int32Array, count: number, keys: Int32Array, arena: Arena): void {
  if (insertByKey(order, count, keys)) return
  let all = 0
  for (let i = 0; i < count; i++) all |= keys[order[i] ?? 0] ?? 0
  let from = order
  let to = arena.int32(count)
  const counts = arena.int32(buckets)
  for (let shift = 0; shift < 32 && all >>> shift !== 0; shift += digitBits) {
    if (!distribute(from, to, count, keys, shift, counts)) continue
    const swapped = from
    from = to
    to = swapped
  }
  if (from !== order) order.set(from.subarray(0, count))
}

/** Sorts the first `count` of `order` by `times[item]`, any number but NaN. */
export function sortByTime(order: Int32Array, count: number, times: Float64Array, arena: Arena): void {
  if (insertByTime(order, count, times)) return
  let items = 0
  for (let i = 0; i < count; i++) items = Math.max(items, (order[i] ?? 0) + 1)
  // The bits of a float grow with it, once the sign is flipped; of a negative one, all bits are.
  const low = arena.int32(items)
  const high = arena.int32(items)
  const float = new Float64Array(1)
  const words = new Int32Array(float.buffer)
  const isLittleEndian = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1
  const lowWord = isLittleEndian ? 0 : 1
  for (let i = 0; i < count; i++) {
    const item = order[i] ?? 0
    float[0] = (times[item] ?? 0) + 0 // -0 becomes 0.
    const sign = words[1 - lowWord] ?? 0
    low[item] = (words[lowWord] ?? 0) ^ (sign < 0 ? -1 : 0)
    high[item] = sign ^ (sign < 0 ? -1 : 1 << 31)
  }
  let from = order
  let to = arena.int32(count)
  const counts = arena.int32(buckets)
  for (const word of [low, high]) {
    for (let shift = 0; shift < 32; shift += digitBits) {
      if (!distribute(from, to, count, word, shift, counts)) continue
      const swapped = from
      from = to
      to = swapped
    }
  }
  if (from !== order) order.set(from.subarray(0, count))
}

/** One pass; false, and nothing done, if all have the same digit. */
function distribute(
  from: Int32Array,
  to: Int32Array,
  count: number,
  keys: Int32Array,
  shift: number,
  counts: Int32Array,
): boolean {
  counts.fill(0, 0, buckets)
  for (let i = 0; i < count; i++) {
    const digit = ((keys[from[i] ?? 0] ?? 0) >>> shift) & digitMask
    counts[digit] = (counts[digit] ?? 0) + 1
  }
  if (counts[((keys[from[0] ?? 0] ?? 0) >>> shift) & digitMask] === count) return false
  let sum = 0
  for (let digit = 0; digit < buckets; digit++) {
    const size = counts[digit] ?? 0
    counts[digit] = sum
    sum += size
  }
  for (let i = 0; i < count; i++) {
    const item = from[i] ?? 0
    const digit = ((keys[item] ?? 0) >>> shift) & digitMask
    const place = counts[digit] ?? 0
    counts[digit] = place + 1
    to[place] = item
  }
  return true
}

function insertByKey(order: Int32Array, count: number, keys: Int32Array): boolean {
  let moves = count * movesPerItem
  for (let i = 1; i < count; i++) {
    const item = order[i] ?? 0
    const key = keys[item] ?? 0
    let hole = i
    for (; hole > 0; hole--) {
      const before = order[hole - 1] ?? 0
      if ((keys[before] ?? 0) <= key) break
      order[hole] = before
    }
    order[hole] = item
    moves -= i - hole
    if (moves < 0) return false
  }
  return true
}

function insertByTime(order: Int32Array, count: number, times: Float64Array): boolean {
  let moves = count * movesPerItem
  for (let i = 1; i < count; i++) {
    const item = order[i] ?? 0
    const time = times[item] ?? 0
    let hole = i
    for (; hole > 0; hole--) {
      const before = order[hole - 1] ?? 0
      if ((times[before] ?? 0) <= time) break
      order[hole] = before
    }
    order[hole] = item
    moves -= i - hole
    if (moves < 0) return false
  }
  return true
}
