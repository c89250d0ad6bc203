/** Anomalies of texts that only grow: a read shows whose appends it holds. */

import type { RecordedOperation } from '../formats/pairs.ts'
import {
  type Anomaly,
  type Evidence,
  firstOf,
  hasAppends,
  holds,
  isReset,
  nameOf,
  precedes,
  readOfFailed,
  readsIn,
  sawAt,
  tellPlain,
  textOf,
} from './evidence.ts'
import type { Explanation } from './explain.ts'

/** A text that was appended once stands twice in a value. */
export const appliedTwice: Anomaly = ({ subjects, history, key, at }) =>
  firstOf(readsIn(subjects), (read) => {
    const value = read.output?.value
    if (typeof value !== 'string') return undefined
    return firstOf(history, (append) => {
      if (append.input.f !== 'append' || append.input.value === '') return undefined
      const text = append.input.value
      const others = history.filter((each) => each !== append && textOf(each).includes(text))
      const times = value.split(text).length - 1
      if (times < 2 || others.length > 0) return undefined
      const what = `${nameOf(read)} read ${key} with ${JSON.stringify(text)} in it ${times} times ${at(read.return)}`
      const asked = `${nameOf(append)} asked for it only once, ${at(append.call)}`
      return { kind: 'double apply', text: `${what}, but ${asked}: a double apply.`, operations: [append, read] }
    })
  })

/** A text in a value, whose append failed. */
export const appendedByFailure: Anomaly = (evidence) => {
  const { subjects, history, failed, key } = evidence
  return firstOf(readsIn(subjects), (reader) => {
    const value = String(reader.output?.value ?? '')
    const culprit = failed.find((each) => {
      const text = textOf(each)
      return text !== '' && value.includes(text) && !history.some((other) => textOf(other).includes(text))
    })
    if (culprit === undefined || !hasAppends([...history, ...failed])) return undefined
    return readOfFailed(evidence, sawAt(evidence, reader, holds(key, value)), culprit, reader)
  })
}

/** Nobody ever saw an acknowledged text, and two reads or more that began afterwards lack it. */
export const lostAppend: Anomaly = (evidence) =>
  firstOf(readsIn(evidence.subjects), (read) => {
    const append = missingFrom(read, evidence)
    if (append === undefined) return undefined
    const reads = readsIn(evidence.history)
    if (reads.some((each) => shownBy(each).includes(textOf(append)))) return undefined
    const lacking = reads.filter((each) => precedes(append, each) && missingFrom(each, evidence) !== undefined)
    return lacking.length < 2 ? undefined : missing(evidence, append, read, 'lost acknowledged write')
  })

/** A text whose append was acknowledged is missing from a value that was read afterwards. */
export const missingAppend: Anomaly = (evidence) =>
  firstOf(readsIn(evidence.subjects), (read) => {
    const append = missingFrom(read, evidence)
    return append && missing(evidence, append, read, 'stale read')
  })

/** The last append that must be in what was read and is not. */
function missingFrom(read: RecordedOperation, { history }: Evidence): RecordedOperation | undefined {
  if (read.output?.value === undefined) return undefined
  return history.findLast((append) => {
    if (append.input.f !== 'append' || append.output === undefined || !precedes(append, read)) return false
    if (shownBy(read).includes(append.input.value)) return false
    return !history.some((each) => isReset(each) && each.return >= append.call && each.call <= read.return)
  })
}

function shownBy({ output }: RecordedOperation): string {
  return String(output?.value ?? '')
}

function missing(
  { key, at }: Evidence,
  append: RecordedOperation,
  read: RecordedOperation,
  kind: 'lost acknowledged write' | 'stale read',
): Explanation {
  const what = `${nameOf(read)} ${tellPlain(read, key)} ${at(read.return)}, without ${JSON.stringify(textOf(append))}`
  const ack = `whose append was acknowledged to ${nameOf(append)} ${at(append.return)}, before that read began`
  return { kind, text: `${what}, ${ack}: a ${kind}.`, operations: [append, read] }
}
