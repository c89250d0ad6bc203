/** Anomalies of values that had been replaced, by what surely came before (`contradicted`) and what may have come since. */

import type { RecordedOperation } from '../formats/pairs.ts'
import { between, contradicted, leaves, needs, sawBy } from '../models/kv-facts.ts'
import {
  type Anomaly,
  type Evidence,
  firstOf,
  firstPairAlike,
  hasAppends,
  holds,
  isAckedChange,
  nameOf,
  tell,
  tellPlain,
  writersOf,
} from './evidence.ts'
import type { Explanation } from './explain.ts'
import { spentSources } from './sources.ts'

/** Two compare-and-sets that were acknowledged each changed a value that was there only once. */
export const consumedTwice: Anomaly = ({ history, key, initial, at }) => {
  const swaps = history.filter(({ input, output }) => input.f === 'cas' && output?.swapped === true)
  return firstPairAlike(swaps, needs, (a, b) => {
    const value = needs(a)
    if (value === undefined || value !== needs(b) || leaves(a) === value || leaves(b) === value) return undefined
    const times = writersOf(value, history).length + (value === initial ? 1 : 0)
    if (times !== 1) return undefined
    const both = `${nameOf(a)} ${tell(a, key)} ${at(a.return)}, and ${nameOf(b)} ${tell(b, key)} ${at(b.return)}`
    const text = `${both}, but ${holds(key, value)} was there only once: a split-brain CAS.`
    return { kind: 'split-brain CAS', text, operations: [a, b] }
  })
}

/** What an operation saw, and why it can not have been there any more. */
interface Outdated {
  readonly before: RecordedOperation
  readonly later: RecordedOperation
  /** Why nothing can have put it there again. */
  readonly again: string
  /** Operations that `again` speaks of. */
  readonly spent: readonly RecordedOperation[]
}

/** Nobody ever saw an acknowledged change, and two operations or more that began afterwards saw what was there before. */
export const lostChange: Anomaly = (evidence) =>
  firstOf(evidence.subjects, (later) => {
    const found = outdated(later, evidence, 'change')
    if (found === undefined || !isLost(found.before, evidence)) return undefined
    return sentence(evidence, found, 'lost acknowledged write')
  })

/** A compare-and-set changed what had been replaced. */
export const lostUpdate: Anomaly = (evidence) =>
  firstOf(evidence.subjects, (later) => {
    if (!isAckedChange(later)) return undefined
    const found = outdated(later, evidence, 'change') ?? outdated(later, evidence, 'any')
    return found && sentence(evidence, found, 'lost update')
  })

/** An operation that changed nothing saw what an acknowledged change had replaced before it began. */
export const staleRead: Anomaly = (evidence) =>
  firstOf(evidence.subjects, (later) => {
    const found = outdated(later, evidence, 'change')
    return found && sentence(evidence, found, 'stale read')
  })

/** An operation saw what, as another had seen before, was there no more. */
export const backInTime: Anomaly = (evidence) =>
  firstOf(evidence.subjects, (later) => {
    const found = outdated(later, evidence, 'any')
    return found && sentence(evidence, found, 'non-monotonic read')
  })

function outdated(later: RecordedOperation, evidence: Evidence, by: 'change' | 'any'): Outdated | undefined {
  const { history } = evidence
  if (hasAppends(history)) return undefined
  const witnesses = by === 'change' ? history.filter(isAckedChange) : history
  const pair = contradicted(later, witnesses, history)
  if (pair !== undefined) return { ...pair, again: never(pair, evidence), spent: [] }
  const spent = spentSources(later, witnesses, evidence)
  if (spent === undefined) return undefined
  const told = spent.sources.map(({ writer, sighting }) => {
    const who = `${nameOf(writer)}'s ${writer.input.f}${writer.output === undefined ? ', never answered,' : ''}`
    return `${who} had been seen ${evidence.at(sighting.return)} already`
  })
  const value = needs(later) ?? null
  const again = `what could have put ${JSON.stringify(value)} there again was used up: ${told.join(', and ')}`
  return {
    before: spent.before,
    later,
    again,
    spent: spent.sources.flatMap(({ writer, sighting }) => [writer, sighting]),
  }
}

function never({ before, later }: Pick<Outdated, 'before' | 'later'>, { history }: Evidence): string {
  const value = needs(later)
  if (value === undefined) return 'nothing else was put there'
  const isTried = between(before, later, history).some((each) => leaves(each) === value)
  const byThen = writersOf(value, history).some(({ call }) => call > later.return) ? ' by then' : ''
  if (value === null) return isTried ? 'nothing can have deleted it' : `nothing deleted it${byThen}`
  const what = JSON.stringify(value)
  return isTried ? `nothing can have put ${what} there again` : `nothing wrote ${what} again${byThen}`
}

function isLost(change: RecordedOperation, { history }: Evidence): boolean {
  const value = leaves(change)
  const { version } = change.output ?? {}
  const isSeen = history.some((each) => {
    if (each === change || each.return < change.call) return false
    const shown = each.output?.version
    return sawBy(each) === value || (version !== undefined && shown !== undefined && shown >= version)
  })
  if (isSeen) return false
  const blind = history.filter((each) => each.call > change.return && sawBy(each) !== undefined)
  let witnesses = 0
  for (const each of blind.slice(0, witnessesAsked)) {
    if (contradicted(each, [change], history) !== undefined) witnesses++
    if (witnesses > 1) return true
  }
  return false
}

/** Those right after the change tell most; a bound keeps long histories cheap. */
const witnessesAsked = 40

function sentence({ key, at }: Evidence, found: Outdated, kind: NamedKind): Explanation {
  const { before, later, again, spent } = found
  const began = later.input.f === 'read' ? 'that read' : 'that operation'
  const what = `${nameOf(later)} ${tellPlain(later, key)} ${at(later.return)}`
  const since = `, before ${began} began, and ${again}: ${articles[kind]}.`
  const operations = [...spent, before, later]
  if (isAckedChange(before)) {
    const change = leaves(before) === null ? `the delete of ${key}` : holds(key, leaves(before) ?? null)
    return {
      kind,
      text: `${what}, but ${change} was acknowledged to ${nameOf(before)} ${at(before.return)}${since}`,
      operations,
    }
  }
  return {
    kind,
    text: `${what}, but ${nameOf(before)} ${tellPlain(before, key)} ${at(before.return)}${since}`,
    operations,
  }
}

type NamedKind = 'lost acknowledged write' | 'lost update' | 'stale read' | 'non-monotonic read'

const articles: Record<NamedKind, string> = {
  'lost acknowledged write': 'a lost acknowledged write',
  'lost update': 'a lost update',
  'stale read': 'a stale read',
  'non-monotonic read': 'a non-monotonic read',
}
