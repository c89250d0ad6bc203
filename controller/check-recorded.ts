/** Decides one recorded history as it was asked for on the command line. */
import { type CheckedHistory, checkHistory, type Loaded, type OwnModel } from 'porcupine-ts/cli'
import type { HistoryColumns } from 'porcupine-ts/columns'
import type { FormatName, JepsenOptions } from 'porcupine-ts/formats'
import { isModelName, type KvValue, models } from 'porcupine-ts/models'
import { checkedColumns, knowsAll } from './checked-columns.ts'
import { DamagedHistory, readRecorded, refusing } from './recorded-history.ts'

export interface Asked {
  /** Guessed unless told. */
  readonly format?: FormatName
  readonly jepsen?: JepsenOptions
  /** A name of `models` or `objects`, or with `own` the name of its file; the history's own unless told. */
  readonly model?: string
  readonly own?: OwnModel
  /** What every key holds at first, unlike what the history says. */
  readonly initial?: KvValue
  /** Only its operations. */
  readonly key?: string
  readonly maxConfigurations?: number
  readonly timeLimitMs?: number
}

/** Throws a `DamagedHistory` where there is no verdict to be had, also where what was asked does not fit the history. */
export function checkRecorded(file: string, asked: Asked): CheckedHistory {
  const { format, jepsen, maxConfigurations, timeLimitMs } = asked
  const limits = { maxConfigurations, timeLimitMs, now: () => performance.now() }
  const columnsDo = columnsCheckFor(asked)
  const recorded = readRecorded(file, {
    ...(format === undefined ? {} : { format }),
    ...(jepsen === undefined ? {} : { jepsen }),
    ...(columnsDo === undefined ? {} : { columnsDo }),
  })
  if ('columns' in recorded) return checkedColumns(asModel(recorded.columns, asked.model), recorded.notes, limits)
  refuseMisfits(file, recorded, asked)
  const { own, model, initial, key } = asked
  const held = own === undefined ? { model, initial, key } : { own, key }
  const checked = refusing(file, recorded.format, () => checkHistory(recorded, { ...held, ...limits }))
  return own === undefined || model === undefined ? checked : { ...checked, model }
}

/** Columns hold what the key-value models know, and know nothing of another initial value or of a single key. */
function columnsCheckFor({ own, model, initial, key }: Asked): ((columns: HistoryColumns) => boolean) | undefined {
  const isOther = own !== undefined || initial !== undefined || key !== undefined
  if (isOther || (model !== undefined && !isModelName(model))) return undefined
  return (columns) => knowsAll(asModel(columns, model))
}

function asModel(columns: HistoryColumns, model: string | undefined): HistoryColumns {
  return model !== undefined && isModelName(model) ? { ...columns, model } : columns
}

const keysTold = 8

/** Whatever was asked for and would be passed over in silence, so that a verdict would say less than it seems to. */
function refuseMisfits(file: string, { events, model }: Loaded, asked: Asked): void {
  const { key, initial, own } = asked
  const invocations = events.filter(({ type }) => type === 'invoke')
  if (key !== undefined && !invocations.some((event) => event.key === key)) {
    const keys = [...new Set(invocations.flatMap((event) => event.key ?? []))]
    const some = `${keys.slice(0, keysTold).join(', ')}${keys.length > keysTold ? ', …' : ''}`
    const message = `it has no operation of the key ${key}`
    const [first] = keys
    throw first === undefined
      ? new DamagedHistory(file, { message }, { expected: 'no --key, as no operation has one', type: plain(file) })
      : new DamagedHistory(file, { message }, { expected: `one of its keys: ${some}`, type: `--key ${first}` })
  }
  const name = own === undefined ? (asked.model ?? model) : 'of your own'
  if (initial !== undefined && !isModelName(name)) {
    const message = `the model ${name} takes no initial value`
    const expected = `--initial only with ${Object.keys(models).join(', ')}`
    throw new DamagedHistory(file, { message }, { expected, type: plain(file) })
  }
}

function plain(file: string): string {
  return `faultline check ${file}`
}
