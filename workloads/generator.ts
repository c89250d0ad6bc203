/** The seam of a generator: a pure value that says which op comes next. Time is passed in, so tests neither sleep nor spawn. */
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { DrawnOp } from './op.ts'

/** Who asks for an op, and when. */
export interface Context {
  /** Microseconds since the phase began. */
  readonly timeUs: number
  /** The client that is free, from 0. */
  readonly client: number
  /** How many ops this client has been given in this phase. */
  readonly count: number
}

export type Next =
  | { readonly type: 'op'; readonly op: DrawnOp; readonly next: Generator }
  /** Nothing yet; ask again at this time (of the context's clock), or after an event. */
  | { readonly type: 'pending'; readonly untilUs: number; readonly next: Generator }
  /** Nothing more for this client. */
  | { readonly type: 'done' }

export interface Generator {
  next(context: Context): Next
  /** The generator after an event of the history; itself where it does not care. */
  update(event: HistoryEvent): Generator
}
