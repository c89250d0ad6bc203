/** Sorts rows by a column of times. */

/** Below this a comparison sort is quicker than counting. */
const fewRows = 2048
const digitBits = 16
const digits = 1 << digitBits

/** Stable; in place where nothing is to be done. Whole numbers, which recorded times are, are sorted by digits. */
export function sortedByTime(rows: Int32Array, times: Float64Array): Int32Array {
  let least = Number.POSITIVE_INFINITY
  let most = Number.NEGATIVE_INFINITY
  let before = Number.NEGATIVE_INFINITY
  let isSorted = true
  let isWhole = true
  for (let i = 0; i < rows.length; i++) {
    const time = times[rows[i] ?? 0] ?? 0
    if (time < before) isSorted = false
    if (!Number.isSafeInteger(time)) isWhole = false
    if (time < least) least = time
    if (time > most) most = time
    before = time
  }
  if (isSorted) return rows
  const range = most - least
  if (rows.length < fewRows || !isWhole || !Number.isSafeInteger(range)) {
    return rows.slice().sort((a, b) => (times[a] ?? 0) - (times[b] ?? 0))
  }
  let from = rows
  for (let unit = 1; unit <= range; unit *= digits) from = sortedByDigit(from, times, least, unit)
  return from
}

function sortedByDigit(rows: Int32Array, times: Float64Array, least: number, unit: number): Int32Array {
  const starts = new Int32Array(digits + 1)
  const keys = new Uint16Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    // A Uint16Array keeps the lowest 16 bits.
    const digit = Math.floor(((times[rows[i] ?? 0] ?? 0) - least) / unit) % digits
    keys[i] = digit
    starts[digit + 1] = (starts[digit + 1] ?? 0) + 1
  }
  for (let digit = 1; digit <= digits; digit++) starts[digit] = (starts[digit] ?? 0) + (starts[digit - 1] ?? 0)
  const sorted = new Int32Array(rows.length)
  for (let i = 0; i < rows.length; i++) {
    const digit = keys[i] ?? 0
    const place = starts[digit] ?? 0
    sorted[place] = rows[i] ?? 0
    starts[digit] = place + 1
  }
  return sorted
}
