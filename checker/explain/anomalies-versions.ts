/** Anomalies that versions show: a key's version counts its changes, so one version is one state. */

import type { RecordedOperation } from '../formats/pairs.ts'
import { changes } from '../models/kv.ts'
import {
  type Anomaly,
  type Evidence,
  firstOf,
  firstPairAlike,
  isAckedChange,
  nameOf,
  precedes,
  tell,
  tellPlain,
  versionOf,
} from './evidence.ts'
import type { Explanation } from './explain.ts'

/** More changes had been counted than anybody had asked for: one of them was applied twice. */
export const countedTwice: Anomaly = ({ subjects, history, failed, key, at }) =>
  firstOf(subjects, (reader) => {
    const version = reader.output?.version
    if (version === undefined) return undefined
    // A pending compare-and-set may have changed something too, and so may what failed: that would be another wrong.
    const asked = [...history, ...failed].filter(
      (each) =>
        each.call <= reader.return &&
        each.input.f !== 'read' &&
        (each.output === undefined || changes(each.input, each.output)),
    )
    if (version <= asked.length) return undefined
    const what = `${nameOf(reader)} ${tell(reader, key)} ${at(reader.return)}`
    const known = asked.length === 1 ? 'one change' : `${asked.length} changes`
    const text = `${what}, but by then only ${known} of ${key} had been asked for: a double apply.`
    return { kind: 'double apply', text, operations: [reader] }
  })

/** Two acknowledged changes of one key were given the same version: two nodes decided on their own. */
export const sameVersionTwice: Anomaly = ({ history, key, at }) =>
  firstPairAlike(history.filter(isAckedChange), versionOf, (a, b) => {
    const version = a.output?.version
    if (version === undefined || version !== b.output?.version) return undefined
    const acks = `${at(a.return)} to ${nameOf(a)}, who ${tellPlain(a, key)}, and ${at(b.return)} to ${nameOf(b)}, who ${tellPlain(b, key)}`
    const text = `Version ${version} of ${key} was acknowledged twice, ${acks}: a ${brainOf(a, b)}.`
    return { kind: brainOf(a, b), text, operations: [a, b] }
  })

/** One version of a key was seen with two values. */
export const twoValuesOfOneVersion: Anomaly = ({ history, key, at }) => {
  const seen = history.filter(({ input, output }) => input.f === 'read' && output?.value !== undefined)
  return firstPairAlike(seen, versionOf, (a, b) => {
    const version = a.output?.version
    if (version === undefined || version !== b.output?.version || a.output?.value === b.output?.value) return undefined
    const reads = `${nameOf(a)} ${tellPlain(a, key)} ${at(a.return)} and ${nameOf(b)} ${tellPlain(b, key)} ${at(b.return)}`
    return { kind: 'split brain', text: `${reads}, both as version ${version}: a split brain.`, operations: [a, b] }
  })
}

/** A change was acknowledged with a version that somebody had seen, or that was behind what somebody had seen. */
export const changeOfOldVersion: Anomaly = (evidence) =>
  firstOf(evidence.subjects.filter(isAckedChange), (later) => olderThan(evidence, later, 'split brain'))

/** A version was shown after a higher one had been acknowledged. */
export const staleVersion: Anomaly = (evidence) =>
  firstOf(evidence.subjects, (later) => olderThan(evidence, later, 'stale read'))

/** A version was shown after a higher one had been. */
export const oldVersion: Anomaly = (evidence) =>
  firstOf(evidence.subjects, (later) => olderThan(evidence, later, 'non-monotonic read'))

function olderThan(
  { history, key, at }: Evidence,
  later: RecordedOperation,
  kind: 'split brain' | 'stale read' | 'non-monotonic read',
): Explanation | undefined {
  const version = later.output?.version
  if (version === undefined) return undefined
  const least = version + (isAckedChange(later) ? 0 : 1)
  const before = history.find((each) => {
    const known = each.output?.version
    if (known === undefined || known < least || !precedes(each, later)) return false
    return kind !== 'stale read' || isAckedChange(each)
  })
  if (before === undefined) return undefined
  const what = `${nameOf(later)} ${tell(later, key)} ${at(later.return)}`
  const shown = isAckedChange(before) ? 'acknowledged' : 'shown'
  const known = `version ${before.output?.version} had been ${shown} to ${nameOf(before)} ${at(before.return)}, before that began`
  return { kind, text: `${what}, but ${known}: a ${kind}.`, operations: [before, later] }
}

function brainOf(...pair: readonly RecordedOperation[]): 'split-brain CAS' | 'split brain' {
  return pair.every(({ input }) => input.f === 'cas') ? 'split-brain CAS' : 'split brain'
}
