/** What the anomalies look at, and the words they use. */

import type { RecordedOperation } from '../formats/pairs.ts'
import { groupBy } from '../group-by.ts'
import type { KvValue } from '../models/kv.ts'
import { leaves } from '../models/kv-facts.ts'
import type { AnomalyKind, Explanation } from './explain.ts'

/** Looks for one kind of wrong; `undefined` where it is not sure of it. */
export type Anomaly = (evidence: Evidence) => Explanation | undefined

export interface Evidence {
  readonly key: string
  /** The core, as recorded, by time of call. */
  readonly subjects: readonly RecordedOperation[]
  /** All operations of the key that took effect or may have, by time of call. */
  readonly history: readonly RecordedOperation[]
  readonly failed: readonly RecordedOperation[]
  readonly initial: KvValue
  /** `at 12.481 s`, or `at event 85` where the history has no times. */
  readonly at: (timeUs: number) => string
}

export function earlier(a: RecordedOperation, b: RecordedOperation): number {
  return a.call - b.call || a.id - b.id
}

/** Whether `a` had ended when `b` began. */
export function precedes(a: RecordedOperation, b: RecordedOperation): boolean {
  return a.return < b.call
}

/** Acknowledged, and surely changed something. */
export function isAckedChange({ input, output }: RecordedOperation): boolean {
  return output !== undefined && input.f !== 'read' && output.swapped !== false
}

export function isReset({ input }: RecordedOperation): boolean {
  return input.f === 'write' || input.f === 'delete' || input.f === 'cas'
}

export function writersOf(value: KvValue, operations: readonly RecordedOperation[]): readonly RecordedOperation[] {
  return operations.filter((each) => leaves(each) === value)
}

export function nameOf({ client, process }: RecordedOperation): string {
  return `c${client ?? process}`
}

export function seconds(timeUs: number): string {
  return (timeUs / 1_000_000).toFixed(3)
}

/** Histories without times are read with the places of their events instead. */
export function clockOf(history: readonly RecordedOperation[]): Evidence['at'] {
  const isCounted = history.every(({ id, call }) => call === id)
  return (time) => (isCounted ? `at event ${time}` : `at ${seconds(time)} s`)
}

/** `k7=3`, or `k7 absent`. */
export function holds(key: string, value: KvValue): string {
  return value === null ? `${key} absent` : `${key}=${JSON.stringify(value)}`
}

/** What an operation did, after its client's name: `read k7=2`. */
export function tell({ input, output }: RecordedOperation, key: string): string {
  const version = output?.version === undefined ? '' : ` as version ${output.version}`
  const perhaps = output === undefined ? 'perhaps ' : ''
  switch (input.f) {
    case 'read':
      return output?.value === null
        ? `found ${key} absent${version}`
        : `read ${holds(key, output?.value ?? '?')}${version}`
    case 'write':
      return `${perhaps}wrote ${holds(key, input.value)}${version}`
    case 'delete':
      return `${perhaps}deleted ${key}${version}`
    case 'append':
      return `${perhaps}appended ${JSON.stringify(input.value)} to ${key}${version}`
    case 'cas': {
      const [from, to] = input.value.map((value) => JSON.stringify(value))
      if (output?.swapped !== false) return `${perhaps}changed ${key} from ${from} to ${to}${version}`
      const found = output.found === undefined ? '' : `, for it held ${JSON.stringify(output.found)}`
      return `was refused to change ${key} from ${from} to ${to}${found}`
    }
    default:
      return input satisfies never
  }
}

/** Without the version, where the sentence speaks of it anyway or does not care. */
export function tellPlain(operation: RecordedOperation, key: string): string {
  const { version: _, ...output } = operation.output ?? {}
  return tell(operation.output === undefined ? operation : { ...operation, output }, key)
}

export function sawAt({ at }: Evidence, reader: RecordedOperation, what: string): string {
  return `${nameOf(reader)} ${reader.input.f === 'read' ? 'read' : 'met'} ${what} ${at(reader.return)}`
}

export function readOfFailed(
  { at }: Evidence,
  saw: string,
  culprit: RecordedOperation,
  reader: RecordedOperation,
): Explanation {
  const how = culprit.error === undefined ? 'failed' : `failed (${culprit.error})`
  const what = `${nameOf(culprit)}'s ${culprit.input.f} ${how} ${at(culprit.return)} and was not to take effect`
  const kind: AnomalyKind = 'value of a failed write'
  return { kind, text: `${saw}, but ${what}: a value of a failed write.`, operations: [culprit, reader] }
}

export function readsIn(operations: readonly RecordedOperation[]): readonly RecordedOperation[] {
  return operations.filter(({ input }) => input.f === 'read')
}

export function hasAppends(operations: readonly RecordedOperation[]): boolean {
  return operations.some(({ input }) => input.f === 'append')
}

export function textOf({ input }: RecordedOperation): string {
  return input.f === 'append' || input.f === 'write' ? String(input.value ?? '') : ''
}

export function firstOf<T, R>(items: readonly T[], find: (item: T) => R | undefined): R | undefined {
  for (const item of items) {
    const found = find(item)
    if (found !== undefined) return found
  }
  return undefined
}

export function firstPair<T, R>(items: readonly T[], find: (a: T, b: T) => R | undefined): R | undefined {
  return firstOf(items, (a) => firstOf(items, (b) => (a === b ? undefined : find(a, b))))
}

/** The same among items that have something in common, so that a long history does not cost its square. */
export function firstPairAlike<T, K, R>(
  items: readonly T[],
  keyOf: (item: T) => K | undefined,
  find: (a: T, b: T) => R | undefined,
): R | undefined {
  const groups = groupBy(items, keyOf)
  groups.delete(undefined)
  return firstOf([...groups.values()], (alike) => firstPair(alike, find))
}

export function versionOf({ output }: RecordedOperation): number | undefined {
  return output?.version
}
