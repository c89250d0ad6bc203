/** Histories as columns, which are read and decided several times as fast as events: whether they do, and from text. */
import { columnsFromJsonl, type HistoryColumns, unknownTo } from '../columns/index.ts'
import { isModelName } from '../models/index.ts'
import type { CheckHistoryOptions } from './check-history.ts'
import type { LoadedColumns } from './load.ts'

export type AskedOfColumns = Pick<CheckHistoryOptions, 'own' | 'model' | 'initial' | 'key'>

/**
 * Whether columns will do, once there are some; `undefined` if none would. They hold what the key-value models know, and
 * know nothing of another initial value or of a single key.
 */
export function columnsFit({
  own,
  model,
  initial,
  key,
}: AskedOfColumns): ((columns: HistoryColumns) => boolean) | undefined {
  const isOther = own !== undefined || initial !== undefined || key !== undefined
  if (isOther || (model !== undefined && !isModelName(model))) return undefined
  // If they hold an operation that the model does not know, the ordinary reader says which.
  return (columns) => unknownTo(columns, model ?? columns.model) === undefined
}

/** `undefined` where what is asked for, or anything odd in the text, needs the ordinary reader. */
export function loadColumns(bytes: Uint8Array, asked: AskedOfColumns): LoadedColumns | undefined {
  const fit = columnsFit(asked)
  if (fit === undefined) return undefined
  const columns = columnsFromJsonl(bytes)
  return columns !== undefined && fit(columns) ? { columns, notes: [] } : undefined
}
