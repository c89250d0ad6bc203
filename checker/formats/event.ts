/** One line of a history: an op begins, or it ends. What faultline's clients write and what every format is read into. */

/** Any JSON value, read-only. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json }

export interface HistoryEvent {
  /** The event's place in its history, from 0. */
  readonly index: number
  /** Microseconds since the run began, on one monotonic clock. */
  readonly timeUs: number
  /** A logical client. After an `info` its client goes on under a new number; a process has one op open at a time. */
  readonly process: number
  /** `fail`: the op surely did not take place. `info`: perhaps. */
  readonly type: 'invoke' | 'ok' | 'fail' | 'info'
  /** What was asked: `read`, `write`, `cas`, `append`, `delete`. */
  readonly f: string
  readonly key?: string
  /** The argument: a written value, an appended text, `[from, to]` of a compare-and-set. */
  readonly value?: Json
  /** With `ok`: what the system answered. */
  readonly output?: Json
  /** With `fail` and `info`: why. */
  readonly error?: string
  readonly client?: number
  readonly node?: string
  /** What else a foreign history said of it, under the names that it used. */
  readonly extra?: { readonly [name: string]: Json }
}
