/** The part of `checkHistory` for several threads: the keys of a key-value history are spread over them where that pays. For Node.js. */
import { columnsOf } from '../columns/columns-of.ts'
import type { HistoryColumns } from '../columns/history-columns.ts'
import { pairs } from '../formats/pairs.ts'
import { isModelName } from '../models/index.ts'
import { checkColumnsInWorkers } from '../threads/parallel.ts'
import { type CheckedHistory, type CheckHistoryOptions, decided, modelOf } from './check-history.ts'
import { columnsSubject } from './columns-subject.ts'
import type { Loaded, LoadedColumns } from './load.ts'
import { refuseOtherKeys } from './misfit.ts'
import { ofKey } from './subject.ts'

/** `undefined` where the model is none of a key-value store: such histories are not spread. */
export async function checkedInWorkers(
  loaded: Loaded | LoadedColumns,
  options: CheckHistoryOptions,
): Promise<CheckedHistory | undefined> {
  const columns = 'columns' in loaded ? loaded.columns : columnsIn(loaded, options)
  if (columns === undefined) return undefined
  const { maxConfigurations, timeLimitMs, workers = 1, now } = options
  const model = modelOf(columns, options)
  const startMs = now()
  const result = await checkColumnsInWorkers(columns, {
    workers,
    model,
    ...(maxConfigurations === undefined ? {} : { maxConfigurations }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs }),
  })
  const checkMs = now() - startMs
  const subject = { ...columnsSubject(model, columns), check: () => result }
  const source = 'columns' in loaded ? ({ format: 'faultline', notes: loaded.notes } as const) : loaded
  return { ...(await decided(source, subject, options)), checkMs }
}

function columnsIn(
  loaded: Loaded,
  { own, initial, model = loaded.model, key }: CheckHistoryOptions,
): HistoryColumns | undefined {
  if (own !== undefined || !isModelName(model)) return undefined
  if (key !== undefined) refuseOtherKeys(loaded.events, key)
  const { operations, failed } = pairs(ofKey(loaded.events, key))
  return columnsOf({
    model,
    initial: initial ?? loaded.initial,
    operations,
    failed,
  })
}
