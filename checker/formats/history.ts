/** What every format is read into. */
import type { ModelName } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import type { HistoryEvent } from './event.ts'
import type { Header } from './jsonl.ts'

export interface History {
  readonly events: readonly HistoryEvent[]
  /** The model that the format implies, or that the history's own header names. */
  readonly model: ModelName
  /** What every key holds at first; `null`: nothing. */
  readonly initial: KvValue
  /** What was left out or repaired while reading, in sentences. */
  readonly notes: readonly string[]
  /** That of our own format, also where the history went through another one since. */
  readonly header?: Header
}
