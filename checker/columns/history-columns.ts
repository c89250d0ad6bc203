/**
 * A history of the key-value models as typed columns: no object per operation, every string and value a small
 * integer. A million operations take some 60 MB and are loaded without being parsed.
 */

import type { ModelName } from '../models/index.ts'
import type { KvInput } from '../models/kv.ts'
import type { ValueTable } from './value-table.ts'

/** What column `f` holds is an index into this list. */
export const functions = ['read', 'write', 'delete', 'append', 'cas'] as const satisfies readonly KvInput['f'][]
export const f = { read: 0, write: 1, delete: 2, append: 3, cas: 4 } as const satisfies Record<KvInput['f'], number>

/** What came of an operation. */
export const outcomes = {
  /** It answered. */
  ok: 0,
  /** Nobody knows; its return is Infinity. */
  open: 1,
  /** It surely did not take place: not to be checked, but it may explain a value that came from nowhere. */
  failed: 2,
} as const

/** What column `swapped` holds. */
export const swaps = { untold: 0, yes: 1, no: 2 } as const

/** Whole numbers, one a row; -1 stands for an absent one. */
export const wholeColumns = [
  /** The index of its invocation in the recorded history. */
  'id',
  /** The index of the event that completed it. */
  'completedAt',
  'process',
  'client',
  /** These are ids in `values`. */
  'node',
  'error',
  'key',
  /** What is written, appended, or compared with. */
  'value',
  /** What a compare-and-set puts. */
  'next',
  /** What a read or a refused compare-and-set found. */
  'seen',
  'version',
] as const

/** Rows are in the order of their ids. */
export interface HistoryColumns extends Readonly<Record<(typeof wholeColumns)[number], Int32Array>> {
  readonly model: ModelName
  /** The id of the value that every key holds at first. */
  readonly initial: number
  /** How many rows; the columns are exactly as long. */
  readonly length: number
  readonly f: Uint8Array
  /** One of `outcomes` each. */
  readonly outcome: Uint8Array
  /** One of `swaps` each. */
  readonly swapped: Uint8Array
  /** In microseconds, on the history's clock. */
  readonly call: Float64Array
  readonly return: Float64Array
  readonly values: ValueTable
}
