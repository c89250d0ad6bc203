/** Decides one recorded history as it was asked for on the command line. */
import { type CheckedHistory, checkHistory, columnsFit, type OwnModel } from 'porcupine-ts/cli'
import type { FormatName, JepsenOptions } from 'porcupine-ts/formats'
import type { KvValue } from 'porcupine-ts/models'
import { readRecorded, refused } from './recorded-history.ts'

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
  /** The most threads. */
  readonly workers?: number
  /** Without causes. */
  readonly isBrief?: boolean
}

/** Rejects with a `DamagedHistory` where there is no verdict to be had, also where what was asked does not fit the history. */
export async function checkRecorded(file: string, asked: Asked): Promise<CheckedHistory> {
  const { format, jepsen, maxConfigurations, timeLimitMs, workers, isBrief = false } = asked
  const how = { maxConfigurations, timeLimitMs, workers, isBrief, now: () => performance.now() }
  const columnsDo = columnsFit(asked)
  const recorded = readRecorded(file, {
    ...(format === undefined ? {} : { format }),
    ...(jepsen === undefined ? {} : { jepsen }),
    ...(columnsDo === undefined ? {} : { columnsDo }),
  })
  const { own, model, initial, key } = asked
  const held = own === undefined ? { model } : { own }
  const known = 'columns' in recorded ? undefined : recorded.format
  const checked = await checkHistory(recorded, { ...held, initial, key, ...how }).catch((cause: unknown) => {
    throw refused(file, known, cause)
  })
  return own === undefined || model === undefined ? checked : { ...checked, model }
}
