/** A text, or columns, as what is to be checked. */
import type { HistoryColumns } from '../columns/history-columns.ts'
import type { HistoryEvent } from '../formats/event.ts'
import { FormatError } from '../formats/format-error.ts'
import { type FormatName, guessFormat, readHistory } from '../formats/guess.ts'
import type { JepsenOptions } from '../formats/jepsen-op.ts'
import { decode } from '../formats/jsonl.ts'
import type { KvValue } from '../models/kv.ts'

export interface Loaded {
  readonly format: FormatName
  readonly events: readonly HistoryEvent[]
  /** What the header names, or the format implies. */
  readonly model: string
  readonly initial: KvValue
  readonly notes: readonly string[]
}

/** A history of our own format that was read as columns, or kept as such. They name model and initial value. */
export interface LoadedColumns {
  readonly columns: HistoryColumns
  readonly notes: readonly string[]
}

/** Throws a `FormatError` where the text is damaged, looks like no format, or is empty: nothing is left of a history. */
export function load(text: string, format: FormatName | undefined, options: JepsenOptions): Loaded {
  if (/^[\s\ufeff]*$/.test(text)) throw new FormatError('there is nothing in it', 1, 1)
  const known = format ?? guessFormat(text)
  if (known === undefined) throw new FormatError('this looks like the beginning of no known format', 1, 1)
  if (known === 'faultline') {
    // Whatever model its header names, also one that no registry here has.
    const { header, events, notes } = decode(text)
    return { format: known, events, model: header.model, initial: header.initial ?? null, notes }
  }
  const { events, model, initial, notes } = readHistory(text, known, options)
  return { format: known, events, model, initial, notes }
}
