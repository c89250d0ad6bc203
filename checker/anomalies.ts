/** The kinds of wrong that have a name. Each looks for itself in the evidence; the first that is sure explains it. */
import {
  type Evidence,
  holds,
  isAckedChange,
  isReset,
  nameOf,
  precedes,
  seconds,
  tell,
  valuePut,
  valueSeen,
  writersOf,
} from './evidence.ts'
import type { Explanation } from './explain.ts'
import type { RecordedOperation } from './formats/pairs.ts'
import type { KvValue } from './models/kv.ts'

type Anomaly = (evidence: Evidence) => Explanation | undefined

/** Two acknowledged changes of one key were given the same version: two nodes decided on their own. */
const sameVersionTwice: Anomaly = ({ history, key }) =>
  firstPairAlike(history.filter(isAckedChange), versionOf, (a, b) => {
    const version = a.output?.version
    if (version === undefined || version !== b.output?.version) return undefined
    const acks = `at ${seconds(a.return)} s to ${nameOf(a)}, who ${tellPlain(a, key)}, and at ${seconds(b.return)} s to ${nameOf(b)}, who ${tellPlain(b, key)}`
    const text = `Version ${version} of ${key} was acknowledged twice, ${acks}: a split brain.`
    return { kind: 'split brain', text, operations: [a, b] }
  })

/** One version of a key was seen with two values. */
const twoValuesOfOneVersion: Anomaly = ({ history, key }) => {
  const seen = history.filter(({ input, output }) => input.f === 'read' && output?.value !== undefined)
  return firstPairAlike(seen, versionOf, (a, b) => {
    const version = a.output?.version
    if (version === undefined || version !== b.output?.version || a.output?.value === b.output?.value) return undefined
    const reads = `${nameOf(a)} ${tellPlain(a, key)} at ${seconds(a.return)} s and ${nameOf(b)} ${tellPlain(b, key)} at ${seconds(b.return)} s`
    return { kind: 'split brain', text: `${reads}, both as version ${version}: a split brain.`, operations: [a, b] }
  })
}

/** Two compare-and-sets consumed a value that was there only once. */
const consumedTwice: Anomaly = ({ history, key, initial }) => {
  const swaps = history.filter(({ input, output }) => input.f === 'cas' && output?.swapped === true)
  return firstPairAlike(swaps, valueSeen, (a, b) => {
    const value = valueSeen(a)
    if (value === undefined || value !== valueSeen(b) || valuePut(a) === value || valuePut(b) === value)
      return undefined
    const times = writersOf(value, history).length + (value === initial ? 1 : 0)
    if (times !== 1) return undefined
    const both = `${nameOf(a)} ${tell(a, key)} at ${seconds(a.return)} s, and ${nameOf(b)} ${tell(b, key)} at ${seconds(b.return)} s`
    const text = `${both}, but ${holds(key, value)} was there only once: a lost update.`
    return { kind: 'lost update', text, operations: [a, b] }
  })
}

/** A text that was appended once stands twice in a value. */
const appliedTwice: Anomaly = ({ subjects, history, key }) =>
  firstOf(readsIn(subjects), (read) => {
    const value = read.output?.value
    if (typeof value !== 'string') return undefined
    return firstOf(history, (append) => {
      if (append.input.f !== 'append' || append.input.value === '') return undefined
      const text = append.input.value
      const others = history.filter((each) => each !== append && textOf(each).includes(text))
      const times = value.split(text).length - 1
      if (times < 2 || others.length > 0) return undefined
      const what = `${nameOf(read)} read ${key} with ${JSON.stringify(text)} in it ${times} times at ${seconds(read.return)} s`
      const asked = `${nameOf(append)} asked for it only once, at ${seconds(append.call)} s`
      return { kind: 'double apply', text: `${what}, but ${asked}: a double apply.`, operations: [append, read] }
    })
  })

/** A value that nobody wrote, or only an operation that failed. */
const fromNowhere: Anomaly = ({ subjects, history, failed, key, initial }) =>
  firstOf(subjects, (reader) => {
    const value = valueSeen(reader)
    if (value === undefined || value === null || value === initial || hasAppends(history)) return undefined
    if (writersOf(value, history).length > 0) return undefined
    const saw = sawAt(reader, holds(key, value))
    const [culprit] = writersOf(value, failed)
    if (culprit !== undefined) return readOfFailed(saw, culprit, reader)
    return {
      kind: 'phantom read',
      text: `${saw}, but nobody ever wrote that value: a phantom read.`,
      operations: [reader],
    }
  })

/** A text in a value, whose append failed. */
const appendedByFailure: Anomaly = ({ subjects, history, failed, key }) =>
  firstOf(readsIn(subjects), (reader) => {
    const value = String(reader.output?.value ?? '')
    const culprit = failed.find((each) => {
      const text = textOf(each)
      return text !== '' && value.includes(text) && !history.some((other) => textOf(other).includes(text))
    })
    if (culprit === undefined || !hasAppends([...history, ...failed])) return undefined
    return readOfFailed(sawAt(reader, holds(key, value)), culprit, reader)
  })

function sawAt(reader: RecordedOperation, what: string): string {
  return `${nameOf(reader)} ${reader.input.f === 'read' ? 'read' : 'met'} ${what} at ${seconds(reader.return)} s`
}

function readOfFailed(saw: string, culprit: RecordedOperation, reader: RecordedOperation): Explanation {
  const how = culprit.error === undefined ? 'failed' : `failed (${culprit.error})`
  const what = `${nameOf(culprit)}'s ${culprit.input.f} ${how} at ${seconds(culprit.return)} s and was not to take effect`
  const text = `${saw}, but ${what}: a read of a failed write.`
  return { kind: 'read of a failed write', text, operations: [culprit, reader] }
}

/** A value was seen before anyone had asked for it. */
const fromTheFuture: Anomaly = ({ subjects, history, key, initial }) =>
  firstOf(subjects, (reader) => {
    const value = valueSeen(reader)
    if (value === undefined || value === initial || hasAppends(history)) return undefined
    const writers = writersOf(value, history).filter((writer) => writer !== reader)
    const [first] = writers
    if (first === undefined || !writers.every((writer) => precedes(reader, writer))) return undefined
    const text = `${nameOf(reader)} saw ${holds(key, value)} at ${seconds(reader.return)} s, before ${nameOf(first)} asked for it at ${seconds(first.call)} s: a read from the future.`
    return { kind: 'read from the future', text, operations: [reader, first] }
  })

/** A text whose append was acknowledged is missing from a value that was read afterwards. */
const missingAppend: Anomaly = ({ subjects, history, key }) =>
  firstOf(readsIn(subjects), (read) => {
    const value = read.output?.value
    if (value === undefined) return undefined
    return lastOf(history, (append) => {
      if (append.input.f !== 'append' || append.output === undefined || !precedes(append, read)) return undefined
      const text = append.input.value
      if (String(value ?? '').includes(text)) return undefined
      if (history.some((each) => isReset(each) && each.return >= append.call && each.call <= read.return))
        return undefined
      const isSeen = readsIn(history).some(({ output }) => String(output?.value ?? '').includes(text))
      const what = `${nameOf(read)} ${tellPlain(read, key)} at ${seconds(read.return)} s, without ${JSON.stringify(text)}`
      const ack = `whose append was acknowledged to ${nameOf(append)} at ${seconds(append.return)} s, before that read began`
      return isSeen
        ? { kind: 'stale read', text: `${what}, ${ack}: a stale read.`, operations: [append, read] }
        : { kind: 'lost write', text: `${what}, ${ack}: a lost acknowledged write.`, operations: [append, read] }
    })
  })

/** A value was seen that had surely been overwritten before its reader began. */
const overwritten: Anomaly = ({ subjects, history, key, initial }) =>
  firstOf(subjects, (reader) => {
    const value = valueSeen(reader)
    if (value === undefined || hasAppends(history)) return undefined
    const writers = writersOf(value, history)
    return lastOf(
      history.toSorted((a, b) => a.return - b.return),
      (write) => {
        const put = valuePut(write)
        if (put === undefined || put === value || !isAckedChange(write) || !precedes(write, reader)) return undefined
        const isOnce = writers.length + (value === initial ? 1 : 0) === 1
        const wasSeenBefore = history.some((each) => valueSeen(each) === value && precedes(each, write))
        const wasBefore = writers.every((writer) => precedes(writer, write)) || (isOnce && wasSeenBefore)
        if (!wasBefore) return undefined
        const kind = isLost(write, reader, value, history) ? 'lost write' : 'stale read'
        const name = kind === 'lost write' ? 'a lost acknowledged write' : 'a stale read'
        const began = reader.input.f === 'read' ? 'that read' : 'that operation'
        const change = put === null ? `the delete of ${key}` : holds(key, put)
        const ack = `${change} was acknowledged to ${nameOf(write)} at ${seconds(write.return)} s, before ${began} began`
        const again = value === null ? 'nothing deleted it' : `nothing wrote ${JSON.stringify(value)} again`
        const text = `${nameOf(reader)} ${tellPlain(reader, key)} at ${seconds(reader.return)} s, but ${ack}, and ${again}: ${name}.`
        return { kind, text, operations: [write, reader] }
      },
    )
  })

/** Nobody ever saw the value, and all that looked later saw older things as well. */
function isLost(
  write: RecordedOperation,
  reader: RecordedOperation,
  seen: KvValue,
  history: readonly RecordedOperation[],
) {
  const put = valuePut(write)
  if (history.some((each) => valueSeen(each) === put)) return false
  const later = readsIn(history).filter((each) => precedes(reader, each))
  return seen === null || later.some(({ output }) => output?.value === seen)
}

/** A version was shown after a higher one had been. */
const oldVersion: Anomaly = ({ subjects, history, key }) =>
  firstOf(subjects, (later) => {
    const version = later.output?.version
    if (version === undefined) return undefined
    return firstOf(history, (before) => {
      const higher = before.output?.version
      const isChange = isAckedChange(later)
      if (higher === undefined || !precedes(before, later) || higher < version || (higher === version && !isChange))
        return undefined
      const what = `${nameOf(later)} ${tell(later, key)} at ${seconds(later.return)} s`
      const shown = isAckedChange(before) ? 'acknowledged' : 'shown'
      const known = `version ${higher} had been ${shown} to ${nameOf(before)} at ${seconds(before.return)} s, before that began`
      const operations = [before, later]
      if (isChange) return { kind: 'split brain', text: `${what}, but ${known}: a split brain.`, operations }
      return isAckedChange(before)
        ? { kind: 'stale read', text: `${what}, but ${known}: a stale read.`, operations }
        : { kind: 'non-monotonic read', text: `${what}, but ${known}: a non-monotonic read.`, operations }
    })
  })

/** A newer value was read, and afterwards the older one again, which had been written only once. */
const backInTime: Anomaly = ({ subjects, history, key, initial }) =>
  firstPair(readsIn(subjects), (newer, older) => {
    const [fresh, old] = [newer.output?.value, older.output?.value]
    if (fresh === undefined || old === undefined || fresh === old || !precedes(newer, older)) return undefined
    const writers = writersOf(old, history)
    const isOnce = writers.length + (old === initial ? 1 : 0) === 1
    const wasSeenBefore = history.some((each) => valueSeen(each) === old && precedes(each, newer))
    const isOlder = writers.every((writer) => writersOf(fresh, history).every((each) => precedes(writer, each)))
    if (fresh === initial || !isOnce || !(wasSeenBefore || isOlder)) return undefined
    const text = `${nameOf(older)} ${tellPlain(older, key)} at ${seconds(older.return)} s, after ${nameOf(newer)} ${tellPlain(newer, key)} at ${seconds(newer.return)} s, though ${holds(key, old)} was the older of the two and came only once: a non-monotonic read.`
    return { kind: 'non-monotonic read', text, operations: [newer, older] }
  })

export const anomalies: readonly Anomaly[] = [
  sameVersionTwice,
  twoValuesOfOneVersion,
  consumedTwice,
  appliedTwice,
  appendedByFailure,
  fromNowhere,
  fromTheFuture,
  missingAppend,
  overwritten,
  oldVersion,
  backInTime,
]

function readsIn(operations: readonly RecordedOperation[]): readonly RecordedOperation[] {
  return operations.filter(({ input }) => input.f === 'read')
}

function hasAppends(operations: readonly RecordedOperation[]): boolean {
  return operations.some(({ input }) => input.f === 'append')
}

function textOf({ input }: RecordedOperation): string {
  return input.f === 'append' || input.f === 'write' ? String(input.value ?? '') : ''
}

/** Without the version, where the sentence speaks of it anyway or does not care. */
function tellPlain(operation: RecordedOperation, key: string): string {
  const { version: _, ...output } = operation.output ?? {}
  return tell(operation.output === undefined ? operation : { ...operation, output }, key)
}

function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

function lastOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  return firstOf(items.toReversed(), find)
}

function firstPair<T, R>(items: readonly T[], find: (a: T, b: T) => R | undefined): R | undefined {
  return firstOf(items, (a) => firstOf(items, (b) => (a === b ? undefined : find(a, b))))
}

/** The same among items that have something in common, so that a long history does not cost its square. */
function firstPairAlike<T, K, R>(items: readonly T[], keyOf: (item: T) => K, find: (a: T, b: T) => R | undefined) {
  return firstOf([...Map.groupBy(items, keyOf).values()], (alike) => firstPair(alike, find))
}

function versionOf({ output }: RecordedOperation): number | undefined {
  return output?.version
}
