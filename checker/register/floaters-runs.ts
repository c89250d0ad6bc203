/** The longest sequences of writes that put the same value, in an order of writes. */
import type { Arena } from '../arena.ts'
import { kinds, type RegisterColumns } from './columns.ts'

export interface Runs {
  readonly count: number
  /** Where each begins in the order; one more for the end. */
  readonly starts: Int32Array
  readonly values: Int32Array
  /** Where the runs of each value begin in `byValue`, which has their numbers in order; one more for the end. */
  readonly first: Int32Array
  readonly byValue: Int32Array
}

export function findRuns(columns: RegisterColumns, segments: Int32Array, segmentCount: number, arena: Arena): Runs {
  const starts = arena.int32(segmentCount + 1)
  const values = arena.int32(segmentCount)
  const first = arena.filled(columns.values + 2, 0)
  let count = 0
  for (let k = 0; k < segmentCount; k++) {
    const value = valueAfter(columns, segments[k] ?? 0)
    if (count > 0 && values[count - 1] === value) continue
    starts[count] = k
    values[count++] = value
    first[value + 2] = (first[value + 2] ?? 0) + 1
  }
  starts[count] = segmentCount
  for (let v = 2; v < columns.values + 2; v++) first[v] = (first[v] ?? 0) + (first[v - 1] ?? 0)
  const byValue = arena.int32(count)
  for (let run = 0; run < count; run++) {
    const value = values[run] ?? 0
    const place = first[value + 1] ?? 0
    first[value + 1] = place + 1
    byValue[place] = run
  }
  return { count, starts, values, first, byValue }
}

/** The value that a write puts; `length` stands for what put the initial one. */
export function valueAfter({ length, kind, next, value, initial }: RegisterColumns, writer: number): number {
  return writer === length ? initial : ((kind[writer] === kinds.cas ? next[writer] : value[writer]) ?? 0)
}
