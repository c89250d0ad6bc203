/**
 * Decides a history of columns and says why, as `checkHistory` does one of events: the same answer, without an object
 * per event.
 */
import { adviseUnknown, explain, minimize, type PartitionResult } from 'porcupine-ts'
import type { Cause, CheckedHistory, CheckHistoryOptions } from 'porcupine-ts/cli'
import { checkColumns, type HistoryColumns, Rows } from 'porcupine-ts/columns'
import type { RecordedOperation } from 'porcupine-ts/formats'
import { type KvModel, models, withInitial } from 'porcupine-ts/models'
import { visualize } from 'porcupine-ts/visualize'

/** Whether the columns' model knows each function in them. If not, `checkHistory` says which op it does not know. */
export function knowsAll(columns: HistoryColumns): boolean {
  const { functions: known } = models[columns.model]
  const rows = new Rows(columns)
  const seen = new Set<number>()
  for (let row = 0; row < columns.length; row++) {
    const code = columns.f[row] ?? 0
    if (seen.has(code)) continue
    if (!known.includes(rows.at(row).input.f)) return false
    seen.add(code)
  }
  return true
}

/** By the columns' own model, which has to know all. */
export function checkedColumns(
  columns: HistoryColumns,
  notes: readonly string[],
  { maxConfigurations, timeLimitMs, now }: Pick<CheckHistoryOptions, 'maxConfigurations' | 'timeLimitMs' | 'now'>,
): CheckedHistory {
  const rows = new Rows(columns)
  const model = withInitial(models[columns.model], rows.initial)
  const start = now()
  const result = checkColumns(columns, {
    ...(maxConfigurations === undefined ? {} : { maxConfigurations }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs, now }),
  })
  const checkedAt = now()
  const { verdict, partitions, explored } = result
  const illegal = partitions.find((partition) => partition.verdict === 'illegal')
  const found = illegal && explained(model, rows, illegal)
  const explainedAt = now()
  const unknown = partitions.filter((each) => each.verdict === 'unknown' && each.reason !== undefined)
  return {
    verdict,
    format: 'faultline',
    model: columns.model,
    operations: partitions.reduce((sum, { size }) => sum + size, 0),
    explored,
    checkMs: checkedAt - start,
    explainMs: explainedAt - checkedAt,
    partitions: partitions.map(({ size, key, verdict, engine, reason }) => {
      return { key, verdict, operations: size, engine, reason }
    }),
    cause: found?.cause,
    advice: verdict === 'unknown' ? unknown.map((each) => adviseUnknown(each).text) : [],
    notes,
    page: (title) =>
      visualize(model, result, {
        title,
        notes,
        // A history without times places each event at its index.
        unit: columns.call.every((call, row) => call === columns.id[row]) ? places : seconds,
        ...(found === undefined ? {} : { cause: found.cause.text, core: found.core }),
      }),
  }
}

const places = { name: '', size: 1 }
const seconds = { name: 's', size: 1_000_000 }

interface Explained {
  readonly cause: Cause
  readonly core: readonly RecordedOperation[]
}

function explained(model: KvModel, rows: Rows, illegal: PartitionResult<RecordedOperation>): Explained {
  const { core, confirmed } = minimize(model, illegal.operations, illegal.stuck, { core: illegal.core })
  const { failed } = rows.all()
  const { kind, text } = explain(core, { history: illegal.operations, failed, initial: rows.initial })
  const told = core.map(({ id, process, input, output }) => {
    return { id, process, text: model.describeOperation?.(input, output) ?? input.f }
  })
  return { cause: { key: illegal.key, kind, text, core: told, confirmed }, core }
}
