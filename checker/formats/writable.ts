/** Formats that know less than an event can say refuse what they can not hold. */
import type { HistoryEvent } from './event.ts'

/** A history that a format has no words for. */
export class NotWritable extends Error {
  /** The index of the event. */
  readonly index: number

  constructor(format: string, { index }: Pick<HistoryEvent, 'index'>, message: string) {
    super(`event ${index} can not be written as ${format}: ${message}`)
    this.name = 'NotWritable'
    this.index = index
  }
}
