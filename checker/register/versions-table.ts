/**
 * A key's history by version. The model counts changes, so an answer that carries its version says where it stands:
 * version v is made by one change, and then seen by its observers until the change to v + 1. What is left open are
 * the gaps: versions that no acknowledged change made, so that a pending one must have.
 */
import type { KvInput, KvOutput, KvState, KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'

export type KvOperation = Operation<KvInput, KvOutput>
type Said = Pick<KvOperation, 'input' | 'output' | 'call' | 'return'>

/** A key's operations: a list, or one that makes each whenever it is asked for, and keeps none. */
export interface Operations {
  readonly length: number
  /** `undefined` where there is none, such as at -1. */
  get(index: number): Said | undefined
}

/** Where what is known of a value comes from: an operation's index, or one of these. */
export const sources = {
  /** The model's initial state. */
  initial: -1,
  /** An acknowledged append to a known value. */
  append: -2,
  /** It follows from what pending operations there are. */
  pending: -3,
} as const

export interface VersionTable {
  readonly operations: Operations
  readonly call: Float64Array
  readonly return: Float64Array
  /** Twice the version for a change, one more for an observer; `pendingPlace` for what was not answered. */
  readonly place: Int32Array
  /** Indexes of all operations in the order of calls, if that is not the order they are in. */
  readonly sequence: Int32Array | undefined
  /** The highest version that was answered; version 0 is the initial state. The columns below have one more entry. */
  readonly top: number
  /** The acknowledged change that made this version, or -1. */
  readonly writer: Int32Array
  /** The observer with the earliest return, and the one with the latest call, or -1. */
  readonly firstReturned: Int32Array
  readonly lastCalled: Int32Array
  readonly observers: Int32Array
  /** `undefined` where nobody saw it, and it does not follow. */
  readonly known: (KvValue | undefined)[]
  /** 1 where `known` is only how the value reads as text: an absent one as '', a number as its digits. */
  readonly isText: Uint8Array
  readonly source: Int32Array
  /** Refused compare-and-sets that did not say what they met. */
  readonly blind: readonly number[]
  /** Pending operations that can change something, in the order of calls. */
  readonly pending: Int32Array
  readonly hasAppends: boolean
}

/** Illegal; with operations that are so by themselves, whatever others did, where there are such. */
export interface Conflict {
  readonly core?: readonly number[]
}

export const pendingPlace = -1

/** Which conditions are checked; a test switches each off, to see that it is needed. */
export interface VersionRules {
  /** A version has one writer. */
  readonly oneWriter: boolean
  /** Nothing returns before something of an earlier place was called. */
  readonly order: boolean
  /** All who see a version see the same value. */
  readonly values: boolean
  /** A compare-and-set that was refused blindly did not meet what it expected. */
  readonly refusals: boolean
  /** A pending operation fills a gap only if it was called before all later places returned. */
  readonly deadlines: boolean
  /** A pending operation fills a gap only if it puts the value that was seen there. */
  readonly seen: boolean
  /** A pending compare-and-set fills a gap only after the value that it expects. */
  readonly expected: boolean
  /** A pending operation fills one gap at most. */
  readonly once: boolean
  /** Operations that were given to one gap move to another where that helps. */
  readonly exchange: boolean
  /** A failure is no proof where a pending compare-and-set could follow a value that another pending one puts. */
  readonly conditional: boolean
  /** What fills the gaps must make all that was seen; where it does not, it is left to the search. */
  readonly replayed: boolean
}

/** `undefined`: an answer lacks its version, or is of a kind that is not decided here. */
export function versionTable(
  init: KvState,
  operations: Operations,
  rules: VersionRules,
): VersionTable | Conflict | undefined {
  const places = readPlaces(init.version, operations)
  if (places === undefined || places.impossible >= 0) return places && { core: [places.impossible] }
  const { place, top, changes } = places
  // Each version takes a change of its own. (This also bounds the tables, whatever the answers claim.)
  if (top > changes) return {}
  const length = top + 1
  const table = {
    operations,
    ...places,
    writer: new Int32Array(length).fill(-1),
    firstReturned: new Int32Array(length).fill(-1),
    lastCalled: new Int32Array(length).fill(-1),
    observers: new Int32Array(length),
    known: new Array<KvValue | undefined>(length).fill(undefined),
    isText: new Uint8Array(length),
    source: new Int32Array(length),
    blind: [] as number[],
  }
  table.known[0] = init.value
  table.source[0] = sources.initial
  for (let i = 0; i < operations.length; i++) {
    const at = place[i] ?? pendingPlace
    const operation = operations.get(i)
    if (at === pendingPlace || operation === undefined) continue
    const conflict = enter(table, operation, i, at >> 1, rules)
    if (conflict !== undefined) return conflict
  }
  return table
}

type Building = Pick<
  VersionTable,
  'call' | 'return' | 'writer' | 'firstReturned' | 'lastCalled' | 'observers' | 'known' | 'source'
> & { readonly blind: number[] }

function enter(
  table: Building,
  { input, output }: Said,
  i: number,
  version: number,
  rules: VersionRules,
): Conflict | undefined {
  switch (input.f) {
    case 'write':
      return change(table, i, version, rules) ?? see(table, version, input.value, i, rules)
    case 'delete':
      return change(table, i, version, rules) ?? see(table, version, null, i, rules)
    case 'append':
      return change(table, i, version, rules)
    case 'read':
      observe(table, i, version)
      return output?.value === undefined ? undefined : see(table, version, output.value, i, rules)
    case 'cas':
      if (output?.swapped === true) {
        return (
          change(table, i, version, rules) ??
          see(table, version - 1, input.value[0], i, rules) ??
          see(table, version, input.value[1], i, rules)
        )
      }
      observe(table, i, version)
      if (output?.found !== undefined) return see(table, version, output.found, i, rules)
      table.blind.push(i)
      return undefined
    default:
      return input satisfies never
  }
}

function change(table: Building, i: number, version: number, rules: VersionRules): Conflict | undefined {
  const other = table.writer[version] ?? -1
  table.writer[version] = i
  return rules.oneWriter && other >= 0 ? { core: [other, i] } : undefined
}

function see(table: Building, version: number, value: KvValue, i: number, rules: VersionRules): Conflict | undefined {
  const known = table.known[version]
  if (known === undefined) {
    table.known[version] = value
    table.source[version] = i
    return undefined
  }
  if (known === value || !rules.values) return undefined
  const source = table.source[version] ?? sources.initial
  return { core: source < 0 ? [i] : [source, i] }
}

function observe(table: Building, i: number, version: number): void {
  const { firstReturned, lastCalled, observers } = table
  observers[version] = (observers[version] ?? 0) + 1
  const first = firstReturned[version] ?? -1
  if (first < 0 || time(table.return, i) < time(table.return, first)) firstReturned[version] = i
  const last = lastCalled[version] ?? -1
  if (last < 0 || time(table.call, i) > time(table.call, last)) lastCalled[version] = i
}

function time(times: Float64Array, i: number): number {
  return times[i] ?? 0
}

interface Places {
  readonly call: Float64Array
  readonly return: Float64Array
  readonly place: Int32Array
  readonly sequence: Int32Array | undefined
  readonly top: number
  /** How many operations can have changed something. */
  readonly changes: number
  readonly pending: Int32Array
  readonly hasAppends: boolean
  /** An answer that no key can have given, whatever else happened; or -1. */
  readonly impossible: number
}

/** One pass over the objects; what comes later reads columns. */
function readPlaces(base: number, operations: Operations): Places | undefined {
  if (!Number.isSafeInteger(base)) return undefined
  const length = operations.length
  const call = new Float64Array(length)
  const returns = new Float64Array(length)
  const place = new Int32Array(length)
  let [top, changes, pendings, impossible] = [0, 0, 0, -1]
  let [isInOrder, hasAppends] = [true, false]
  let previousCall = Number.NEGATIVE_INFINITY
  for (let i = 0; i < length; i++) {
    const operation = operations.get(i)
    if (operation === undefined) return undefined
    const { input, output } = operation
    call[i] = operation.call
    returns[i] = operation.return
    if (operation.call < previousCall) isInOrder = false
    previousCall = operation.call
    if (!(operation.call <= operation.return)) return undefined // The general search says what is wrong with it.
    if (hasNaN(input, output)) return undefined
    if (input.f === 'append') hasAppends = true
    if (operation.return === Number.POSITIVE_INFINITY) {
      // Should it take effect, it must have answered so: that is for the general search.
      if (output !== undefined) return undefined
      place[i] = pendingPlace
      if (input.f !== 'read') pendings++
      continue
    }
    if (output?.version === undefined || (input.f === 'cas' && output.swapped === undefined)) return undefined
    const isChange = input.f !== 'read' && !(input.f === 'cas' && output.swapped === false)
    if (isChange) changes++
    const version = output.version - base
    if (!Number.isInteger(version) || version < (isChange ? 1 : 0) || foundExpected(input, output)) {
      if (impossible < 0) impossible = i
    } else {
      if (version > top) top = version
      place[i] = Math.min(version, length) * 2 + (isChange ? 0 : 1)
    }
  }
  const sequence = isInOrder ? undefined : byCall(call)
  const pending = pendingOf(operations, place, sequence, pendings)
  return {
    call,
    return: returns,
    place,
    sequence,
    top,
    changes: changes + pendings,
    pending,
    hasAppends,
    impossible,
  }
}

/** NaN is no value that can be met again; nothing here is made for it. */
function hasNaN(input: KvInput, output: KvOutput | undefined): boolean {
  if (input.f === 'write' && Number.isNaN(input.value)) return true
  if (input.f === 'cas' && (Number.isNaN(input.value[0]) || Number.isNaN(input.value[1]))) return true
  return output !== undefined && (Number.isNaN(output.value) || Number.isNaN(output.found))
}

/** Refused, although it met what it expected. */
function foundExpected(input: KvInput, output: KvOutput): boolean {
  return input.f === 'cas' && output.swapped === false && output.found === input.value[0]
}

function byCall(call: Float64Array): Int32Array {
  return Int32Array.from(call.keys()).sort((a, b) => time(call, a) - time(call, b) || a - b)
}

function pendingOf(
  operations: Operations,
  place: Int32Array,
  sequence: Int32Array | undefined,
  count: number,
): Int32Array {
  const pending = new Int32Array(count)
  let length = 0
  for (let k = 0; k < operations.length && length < count; k++) {
    const i = sequence?.[k] ?? k
    if (place[i] === pendingPlace && operations.get(i)?.input.f !== 'read') pending[length++] = i
  }
  return pending
}
