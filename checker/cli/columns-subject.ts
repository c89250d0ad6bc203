/** A history of columns to be decided as it is, without an object per operation. */
import type { CheckOptions } from '../check.ts'
import { checkColumns, type HistoryColumns, Rows } from '../columns/index.ts'
import { type ModelName, models, withInitial } from '../models/index.ts'

/** Its check throws a `HistoryError` where the model does not know an operation. */
export function columnsSubject(name: ModelName, columns: HistoryColumns) {
  const rows = new Rows(columns)
  const model = withInitial(models[name], rows.initial)
  return {
    name,
    model,
    check: (options: CheckOptions) => checkColumns(columns, { ...options, model: name }),
    hasPlaces: () => columns.call.every((call, row) => call === columns.id[row]),
    telling: async () => (await import('./telling.ts')).tellingOfKv(model, () => rows.all().failed),
  }
}
