/** Values that nobody can have put there: never asked for, asked for by what failed, or not asked for yet. */

import { sawBy } from '../models/kv-facts.ts'
import {
  type Anomaly,
  firstOf,
  hasAppends,
  holds,
  nameOf,
  precedes,
  readOfFailed,
  sawAt,
  writersOf,
} from './evidence.ts'

/** No operation that took effect or may have, and none that failed, was to put the value there. */
export const fromNowhere: Anomaly = (evidence) => {
  const { subjects, history, failed, key, initial } = evidence
  return firstOf(subjects, (reader) => {
    const value = sawBy(reader)
    if (value === undefined || value === null || value === initial || hasAppends([...history, ...failed]))
      return undefined
    if (writersOf(value, history).length > 0 || writersOf(value, failed).length > 0) return undefined
    const text = `${sawAt(evidence, reader, holds(key, value))}, but nobody ever wrote that value: a phantom read.`
    return { kind: 'phantom', text, operations: [reader] }
  })
}

/** Only what failed was to put the value there. */
export const fromFailure: Anomaly = (evidence) => {
  const { subjects, history, failed, key, initial } = evidence
  return firstOf(subjects, (reader) => {
    const value = sawBy(reader)
    if (value === undefined || value === null || value === initial || hasAppends(history)) return undefined
    const [culprit] = writersOf(value, failed)
    if (culprit === undefined || writersOf(value, history).length > 0) return undefined
    return readOfFailed(evidence, sawAt(evidence, reader, holds(key, value)), culprit, reader)
  })
}

/** Whatever was to put the value there was called after it had been seen. */
export const fromTheFuture: Anomaly = (evidence) => {
  const { subjects, history, key, initial, at } = evidence
  return firstOf(subjects, (reader) => {
    const value = sawBy(reader)
    if (value === undefined || value === initial || hasAppends(history)) return undefined
    const writers = writersOf(value, history).filter((writer) => writer !== reader)
    const [first] = writers
    if (first === undefined || !writers.every((writer) => precedes(reader, writer))) return undefined
    const what = `before ${nameOf(first)} asked for it ${at(first.call)}`
    const text = `${nameOf(reader)} saw ${holds(key, value)} ${at(reader.return)}, ${what}: a read from the future.`
    return { kind: 'read from the future', text, operations: [reader, first] }
  })
}
