/**
 * The proof of a valid verdict on columns: a second reading of the rows themselves, by code that knows neither how keys
 * were split and values renumbered, nor the engines. What `replay.ts` is for objects.
 */
import { f, type HistoryColumns, outcomes, swaps } from './history-columns.ts'
import { nullId } from './value-table.ts'

/**
 * What is wrong with an order of one key's rows (as places in `rows`), or `undefined`. Only rows of a plain register:
 * without versions and appends.
 */
export function replayRows(
  columns: HistoryColumns,
  rows: Int32Array,
  order: ArrayLike<number>,
  extent: 'whole' | 'part',
): string | undefined {
  const { call, return: end, id } = columns
  const placed = new Uint8Array(rows.length)
  let state = columns.initial
  let latestCall = Number.NEGATIVE_INFINITY
  for (let i = 0; i < order.length; i++) {
    const place = order[i] ?? -1
    const row = rows[place]
    if (row === undefined) return `there is no operation at ${place}`
    if (placed[place] === 1) return 'an operation appears twice'
    placed[place] = 1
    const called = call[row] ?? 0
    if (called > latestCall) latestCall = called
    if ((end[row] ?? 0) < latestCall) return `operation ${id[row]} returned before one that precedes it was called`
    state = after(columns, row, state)
    if (state < 0) return `the model refuses operation ${id[row]}`
  }
  if (extent === 'part') return undefined
  for (let place = 0; place < rows.length; place++) {
    const row = rows[place] ?? 0
    if (placed[place] === 0 && columns.outcome[row] !== outcomes.open) return `operation ${id[row]} is missing`
  }
  return undefined
}

/** The id of the value afterwards; -1 if the operation can not have answered so. */
function after(
  { f: functions, outcome, value, next, seen, swapped }: HistoryColumns,
  row: number,
  state: number,
): number {
  const isOpen = outcome[row] === outcomes.open
  switch (functions[row]) {
    case f.read:
      return isOpen || seen[row] === state ? state : -1
    case f.write:
      return value[row] ?? -1
    case f.delete:
      return nullId
    case f.cas: {
      const matches = state === value[row]
      if (!isOpen && matches !== (swapped[row] === swaps.yes)) return -1
      if (matches) return next[row] ?? -1
      const found = isOpen ? -1 : (seen[row] ?? -1)
      return found < 0 || found === state ? state : -1
    }
    default:
      return -1
  }
}
