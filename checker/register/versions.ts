/**
 * Decides histories whose answers all carry versions, in almost linear time, however many operations are pending.
 *
 * Versions leave one order of the changes; each version's observers come between its change and the next. So
 * acknowledged operations have one chain of places in which only observers of one version can change places, and the
 * history has an order if and only if
 *   1. each version has at most one acknowledged change, and those who saw it agree on its value;
 *   2. nothing returned before something of an earlier place was called; one pass with the latest call so far;
 *   3. the versions between, which no acknowledged change made, can be given to pending changes, one each, that were
 *      called before the earliest return of all that comes later in the chain, and that make the values that were seen.
 * Nothing above the highest answered version need have happened, so pending operations that fill no gap are left out.
 */

import type { Model } from '../model.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import type { Decision, Limits, Procedure } from '../procedure.ts'
import { fillGaps, gapsOf, replays } from './versions-gaps.ts'
import {
  type Conflict,
  type KvOperation,
  type Operations,
  pendingPlace,
  type VersionRules,
  type VersionTable,
  versionTable,
} from './versions-table.ts'
import { deriveValues } from './versions-values.ts'

export const versions: Procedure<KvState, KvInput, KvOutput> = {
  name: 'versions',
  decide: (model, operations, limits) => decideVersions(model, operations, limits),
}

export const allVersionRules: VersionRules = {
  oneWriter: true,
  order: true,
  values: true,
  refusals: true,
  deadlines: true,
  seen: true,
  expected: true,
  once: true,
  exchange: true,
  conditional: true,
  replayed: true,
}

/** What the columns take for each operation, at most. */
const bytesEach = 96

/** `rules` are for tests: without any of them, some verdicts are wrong. */
export function decideVersions(
  model: Model<KvState, KvInput, KvOutput>,
  operations: readonly KvOperation[],
  limits: Limits,
  rules: VersionRules = allVersionRules,
): Decision | undefined {
  const list = { length: operations.length, get: (index: number) => operations[index] }
  if (!hasVersions(list)) return undefined
  refuseUnknown(model, operations)
  return decideListed(model, list, limits, rules)
}

/** The same for operations that need not be there all at once, and that the model knows. */
export function decideListed(
  model: Model<KvState, KvInput, KvOutput>,
  operations: Operations,
  limits: Limits,
  rules: VersionRules = allVersionRules,
): Decision | undefined {
  if (!hasVersions(operations)) return undefined
  const reason = outOfLimits(operations, limits)
  const table = versionTable(model.init(), operations, rules)
  if (table === undefined) return undefined
  if (reason !== undefined) return { verdict: 'unknown', order: [], explored: 0, reason }
  if (!('top' in table)) return illegal(table)
  const conflict = rules.order ? conflictInTime(table) : undefined
  if (conflict !== undefined) return illegal(conflict)
  const gaps = gapsOf(table)
  const deadlines = gaps.length === 0 ? undefined : deadlinesOf(table)
  const derived = deriveValues(table, deadlines, rules)
  if (derived.conflict !== undefined) return derived.isChoice ? undefined : illegal(derived.conflict)
  if (deadlines === undefined) return valid(table, gaps, [])
  const fillers = fillGaps(table, gaps, deadlines, rules)
  if (fillers === undefined) return undefined
  if (fillers === 'none') return derived.isChoice ? undefined : illegal({})
  return rules.replayed && !replays(table, gaps, fillers) ? undefined : valid(table, gaps, fillers)
}

/** As far as the first answer tells. */
function hasVersions(operations: Operations): boolean {
  for (let i = 0; i < operations.length; i++) {
    const operation = operations.get(i)
    if (operation !== undefined && operation.return !== Number.POSITIVE_INFINITY) {
      return operation.output?.version !== undefined
    }
  }
  return true
}

/** The model throws where it does not know an operation, and so shall this procedure, as it never asks otherwise. */
function refuseUnknown(model: Model<KvState, KvInput, KvOutput>, operations: readonly KvOperation[]): void {
  const known = new Set<string>()
  for (const { input } of operations) {
    if (known.has(input.f)) continue
    model.step(model.init(), input, undefined)
    known.add(input.f)
  }
}

function outOfLimits(operations: Operations, { maxBytes, isOver }: Limits): string | undefined {
  const bytes = operations.length * bytesEach
  if (maxBytes !== undefined && bytes > maxBytes) return `its columns take ${bytes} bytes, of ${maxBytes} allowed`
  return isOver() ? 'time was over before it began' : undefined
}

function illegal({ core }: Conflict): Decision {
  return { verdict: 'illegal', order: [], explored: 0, ...(core === undefined ? {} : { core }) }
}

/** Condition 2. Two operations are a proof: of an earlier place but called later than the other returned. */
function conflictInTime(table: VersionTable): Conflict | undefined {
  const { top, writer, observers, firstReturned, lastCalled, call, return: returns } = table
  let latest = -1
  let latestCall = Number.NEGATIVE_INFINITY
  for (let version = 0; version <= top; version++) {
    const change = version === 0 ? -1 : (writer[version] ?? -1)
    if (change >= 0) {
      if (time(returns, change) < latestCall) return { core: [latest, change] }
      if (time(call, change) > latestCall) {
        latest = change
        latestCall = time(call, change)
      }
    }
    if ((observers[version] ?? 0) === 0) continue
    const first = firstReturned[version] ?? -1
    if (time(returns, first) < latestCall) return { core: [latest, first] }
    const last = lastCalled[version] ?? -1
    if (time(call, last) > latestCall) {
      latest = last
      latestCall = time(call, last)
    }
  }
  return undefined
}

/** The earliest return of all that comes after the change to each version. It never decreases with the version. */
function deadlinesOf({ top, writer, firstReturned, return: returns }: VersionTable): Float64Array {
  const deadlines = new Float64Array(top + 1)
  let earliest = Number.POSITIVE_INFINITY
  for (let version = top; version >= 0; version--) {
    const first = firstReturned[version] ?? -1
    if (first >= 0) earliest = Math.min(earliest, time(returns, first))
    deadlines[version] = earliest
    const change = writer[version] ?? -1
    if (change >= 0) earliest = Math.min(earliest, time(returns, change))
  }
  return deadlines
}

/** Each version's change, then its observers in the order of their calls. */
function valid(table: VersionTable, gaps: readonly number[], fillers: readonly number[]): Decision {
  const { operations, top, observers, place, sequence, writer } = table
  const next = new Int32Array(top + 2)
  let length = 0
  for (let version = 0, gap = 0; version <= top; version++) {
    next[version] = length
    if (version > 0) length++
    if (gaps[gap] === version) gap++
    length += observers[version] ?? 0
  }
  const order = new Int32Array(length)
  for (let version = 1, gap = 0; version <= top; version++) {
    const at = next[version] ?? 0
    order[at] = (gaps[gap] === version ? fillers[gap++] : writer[version]) ?? -1
    next[version] = at + 1
  }
  for (let k = 0; k < operations.length; k++) {
    const i = sequence?.[k] ?? k
    const where = place[i] ?? pendingPlace
    if (where === pendingPlace || (where & 1) === 0) continue
    const version = where >> 1
    const at = next[version] ?? 0
    order[at] = i
    next[version] = at + 1
  }
  return { verdict: 'valid', order, explored: 0 }
}

function time(times: Float64Array, i: number): number {
  return times[i] ?? 0
}
