/** The longest sequences of writes that put the same value, in an order of writes. */
import type { Arena } from '../arena.ts'
import { kinds, type RegisterColumns } from './columns.ts'

export interface Runs {
  readonly count: number
  /** Where each begins in the order; one more for the end. */
  readonly starts: Int32Array
  readonly values: Int32Array
}

export function findRuns(columns: RegisterColumns, segments: Int32Array, segmentCount: number, arena: Arena): Runs {
  const starts = arena.int32(segmentCount + 1)
  const values = arena.int32(segmentCount)
  let count = 0
  for (let k = 0; k < segmentCount; k++) {
    const value = valueAfter(columns, segments[k] ?? 0)
    if (count > 0 && values[count - 1] === value) continue
    starts[count] = k
    values[count++] = value
  }
  starts[count] = segmentCount
  return { count, starts, values }
}

/** The value that a write puts; `length` stands for what put the initial one. */
export function valueAfter({ length, kind, next, value, initial }: RegisterColumns, writer: number): number {
  return writer === length ? initial : ((kind[writer] === kinds.cas ? next[writer] : value[writer]) ?? 0)
}
