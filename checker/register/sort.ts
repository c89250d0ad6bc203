/**
 * Sorts indexes by a key, in time linear in their number. Positions of operations are distinct and dense: each item is
 * put at its key in a table, whose holes are then left out. Else insertion while they are nearly in order, as operations
 * of few clients are; else as many buckets as there are items, all of the same width, and insertion again, which does
 * for times of operations; else by radix (least significant digit first, 11 bits at a time, digits that are all the same
 * skipped). Stable: each leaves equal keys in their order, also where it gives up.
 */
import type { Arena } from '../arena.ts'

const digitBits = 11
const buckets = 1 << digitBits
const digitMask = buckets - 1
/** Insertion may move so many items for each one that it has sorted, and a few more, before others take over. */
const movesPerItem = 8
const movesMore = 256
/** A table is worth its setting up for so many items, and if it has no more places for each. */
const leastForTable = 64
const placesPerItem = 8

/** Sorts the first `count` of `order` by `keys[item]`, an integer from 0 on. */
export function sortByKey(order: Int32Array, count: number, keys: Int32Array, arena: Arena): void {
  if (count >= leastForTable && placeByKey(order, count, keys, arena)) return
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
  if (spreadByTime(order, count, times, arena) && insertByTime(order, count, times)) return
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

/** Into buckets in their order. False, and nothing done, if the times have no width to divide. */
function spreadByTime(order: Int32Array, count: number, times: Float64Array, arena: Arena): boolean {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  for (let i = 0; i < count; i++) {
    const time = times[order[i] ?? 0] ?? 0
    if (time < least) least = time
    if (time > most) most = time
  }
  // A product never falls while one factor grows, however it is rounded: a later time has no earlier bucket.
  const scale = (count - 1) / (most - least)
  if (!(scale > 0 && scale < Number.POSITIVE_INFINITY)) return false
  const starts = arena.filled(count + 2, 0)
  const bucketOf = arena.int32(count)
  for (let i = 0; i < count; i++) {
    const bucket = Math.min(count - 1, ((times[order[i] ?? 0] ?? 0) - least) * scale) | 0
    bucketOf[i] = bucket
    starts[bucket + 1] = (starts[bucket + 1] ?? 0) + 1
  }
  for (let bucket = 1; bucket < count; bucket++) starts[bucket] = (starts[bucket] ?? 0) + (starts[bucket - 1] ?? 0)
  const spread = arena.int32(count)
  for (let i = 0; i < count; i++) {
    const bucket = bucketOf[i] ?? 0
    const place = starts[bucket] ?? 0
    starts[bucket] = place + 1
    spread[place] = order[i] ?? 0
  }
  order.set(spread.subarray(0, count))
  return true
}

/** False, and nothing done, if two have the same key, or the keys are far apart. */
function placeByKey(order: Int32Array, count: number, keys: Int32Array, arena: Arena): boolean {
  let most = 0
  for (let i = 0; i < count; i++) most = Math.max(most, keys[order[i] ?? 0] ?? 0)
  if (most >= count * placesPerItem) return false
  const table = arena.filled(most + 1, -1)
  for (let i = 0; i < count; i++) {
    const item = order[i] ?? 0
    const key = keys[item] ?? 0
    if ((table[key] ?? 0) >= 0) return false
    table[key] = item
  }
  let sorted = 0
  for (let key = 0; key <= most; key++) {
    const item = table[key] ?? 0
    order[sorted] = item
    // A hole is -1, and what is put into its place next overwrites it. Without a branch, as nobody could predict it.
    sorted += 1 + (item >> 31)
  }
  return true
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
  let moves = movesMore
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
    moves += movesPerItem + hole - i
    if (moves < 0) return false
  }
  return true
}

function insertByTime(order: Int32Array, count: number, times: Float64Array): boolean {
  let moves = movesMore
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
    moves += movesPerItem + hole - i
    if (moves < 0) return false
  }
  return true
}
