/**
 * What the value of each version must be, as far as it follows from what was seen: appends carry a known text forward,
 * and back; between two known texts the appends that are missing can be read off. What follows is only written where
 * nothing else is possible, unless `isChoice` says otherwise.
 */
import type { KvValue } from '../models/kv.ts'
import { type Conflict, type KvOperation, sources, type VersionRules, type VersionTable } from './versions-table.ts'

/** How a value reads to an append. */
export function textOf(value: KvValue): string {
  return `${value ?? ''}`
}

/** All values that read so. */
export function valuesWithText(text: string): readonly KvValue[] {
  const values: KvValue[] = [text]
  if (text === '') values.push(null)
  if (text === 'true' || text === 'false') values.push(text === 'true')
  const number = Number(text)
  if (text !== '' && String(number) === text) values.push(number)
  return values
}

export interface Derived {
  readonly conflict: Conflict | undefined
  /** Some of the values were chosen where others were possible too: then a failure proves nothing. */
  readonly isChoice: boolean
}

const noConflict: Derived = { conflict: undefined, isChoice: false }

/** Fills in `table.known`. `deadlines[v]`: a pending change that made version v was called by then. */
export function deriveValues(table: VersionTable, deadlines: Float64Array | undefined, rules: VersionRules): Derived {
  const conflict = appendForward(table) ?? refusedWrongly(table, rules)
  if (conflict !== undefined || deadlines === undefined) return { conflict, isChoice: false }
  const pending = new PendingIndex(table)
  const parsed = table.hasAppends ? parseRuns(table, pending) : noConflict
  if (parsed.conflict !== undefined) return parsed
  const later = deriveBackward(table, pending, deadlines) ?? refusedWrongly(table, rules)
  return { conflict: later === undefined ? undefined : {}, isChoice: parsed.isChoice }
}

/** An acknowledged append to a known value makes a known value. */
function appendForward({ operations, top, hasAppends, writer, known, source }: VersionTable): Conflict | undefined {
  if (!hasAppends) return undefined
  for (let version = 1; version <= top; version++) {
    const token = appended(operations.get(writer[version] ?? -1))
    const before = known[version - 1]
    if (token === undefined || before === undefined) continue
    const value = textOf(before) + token
    const seen = known[version]
    if (seen === undefined) {
      known[version] = value
      source[version] = sources.append
    } else if (seen !== value) {
      const witness = source[version] ?? sources.initial
      return { core: [...provenance(writer, source, version - 1), writer[version] ?? 0, witness] }
    }
  }
  return undefined
}

/** The operations from which a version's value is known: the appends since one saw or wrote it, and that one. */
function provenance(writer: Int32Array, source: Int32Array, version: number): readonly number[] {
  const operations: number[] = []
  for (let at = version; at >= 0; at--) {
    const from = source[at] ?? sources.initial
    if (from !== sources.append) {
      if (from >= 0) operations.unshift(from)
      return operations
    }
    operations.unshift(writer[at] ?? 0)
  }
  return operations
}

/**
 * Refused, although the expected value was there. The proof by a few operations stands only where that value was there
 * from the start of its version; an observer may have come later, as far as versions alone tell.
 */
function refusedWrongly(table: VersionTable, rules: VersionRules): Conflict | undefined {
  const { operations, place, known, isText, source, writer } = table
  for (const i of rules.refusals ? table.blind : []) {
    const version = (place[i] ?? 0) >> 1
    const input = operations.get(i)?.input
    if (input?.f !== 'cas' || known[version] !== input.value[0] || isText[version] === 1) continue
    const from = source[version] ?? sources.pending
    const isFromStart = from === sources.initial || from === sources.append || from === writer[version]
    return isFromStart ? { core: [...provenance(writer, source, version), i] } : {}
  }
  return undefined
}

export function appended(operation: Pick<KvOperation, 'input'> | undefined): string | undefined {
  return operation?.input.f === 'append' ? operation.input.value : undefined
}

/** The pending operations by what they put. */
class PendingIndex {
  /** Whether some can put a value whatever was there, or in its place: then a text need not have grown. */
  readonly hasResets: boolean
  readonly tokens = new Set<string>()
  /** The lengths that tokens have; empty if there are too many to try. */
  readonly lengths: readonly number[]
  readonly #table: VersionTable
  #byValue: Map<KvValue, number[]> | undefined

  constructor(table: VersionTable) {
    this.#table = table
    let hasResets = false
    for (const i of table.pending) {
      const token = appended(table.operations.get(i))
      if (token === undefined) hasResets = true
      else this.tokens.add(token)
    }
    this.hasResets = hasResets
    const lengths = [...new Set([...this.tokens].map((token) => token.length))].sort((a, b) => a - b)
    this.lengths = lengths.length <= mostLengths ? lengths : []
  }

  /** Writes, deletes and compare-and-sets that put this value. */
  putting(value: KvValue): readonly number[] {
    this.#byValue ??= this.#index()
    return this.#byValue.get(value) ?? []
  }

  #index(): Map<KvValue, number[]> {
    const byValue = new Map<KvValue, number[]>()
    for (const i of this.#table.pending) {
      const value = putBy(this.#table.operations.get(i))
      if (value === undefined) continue
      const same = byValue.get(value)
      if (same === undefined) byValue.set(value, [i])
      else same.push(i)
    }
    return byValue
  }
}

const mostLengths = 64

/** What an operation other than an append leaves there if it changes something. */
function putBy(operation: Pick<KvOperation, 'input'> | undefined): KvValue | undefined {
  const input = operation?.input
  if (input?.f === 'write') return input.value
  if (input?.f === 'delete') return null
  return input?.f === 'cas' ? input.value[1] : undefined
}

/**
 * Runs of unknown versions between two known ones, all made by appends, acknowledged or missing. Where nothing pending
 * can have put another text in between, the later text is the earlier one and the tokens in their order, and if only
 * one pending token fits at each place there is only one way to read it.
 */
function parseRuns(table: VersionTable, pending: PendingIndex): Derived {
  const { known, top, operations, writer, source } = table
  let isChoice = false
  for (let end = 1, start = 0; end <= top; end++) {
    if (known[end] === undefined) continue
    const isRun = end - start > 1
    const grows = (writer[end] ?? -1) < 0 || appended(operations.get(writer[end] ?? -1)) !== undefined
    if (isRun && grows) {
      const offsets = parseRun(table, pending, start, end)
      if (offsets === 'impossible' && !pending.hasResets) return { conflict: {}, isChoice }
      if (typeof offsets === 'object') {
        if (pending.hasResets) isChoice = true
        const text = textOf(known[end] ?? null)
        for (const [k, offset] of offsets.entries()) {
          known[start + 1 + k] = text.slice(0, offset)
          source[start + 1 + k] = sources.pending
        }
      }
    }
    start = end
  }
  return { conflict: undefined, isChoice }
}

/** Where in the last text the versions between end; `undefined` if there is more than one way. */
function parseRun(
  table: VersionTable,
  pending: PendingIndex,
  start: number,
  end: number,
): readonly number[] | 'impossible' | undefined {
  const { known, operations, writer } = table
  const text = known[end]
  const before = textOf(known[start] ?? null)
  if (typeof text !== 'string' || !text.startsWith(before)) return 'impossible'
  const offsets: number[] = []
  let offset = before.length
  for (let version = start + 1; version < end; version++) {
    const token = appended(operations.get(writer[version] ?? -1))
    if (token !== undefined) {
      if (!text.startsWith(token, offset)) return 'impossible'
      offset += token.length
    } else {
      const lengths = pending.lengths.filter((length) => pending.tokens.has(text.slice(offset, offset + length)))
      const length = lengths[0]
      if (lengths.length > 1 || (pending.lengths.length === 0 && pending.tokens.size > 0)) return undefined
      if (length === undefined) return 'impossible'
      offset += length
    }
    offsets.push(offset)
  }
  const last = appended(operations.get(writer[end] ?? -1))
  return last === undefined || text.slice(offset) === last ? offsets : 'impossible'
}

/**
 * From a known version to the one before it, where that is unknown: an acknowledged append took its token's place at
 * the end; and if all the pending operations that can have put this value are compare-and-sets that expect the same,
 * that is what was there.
 */
function deriveBackward(table: VersionTable, pending: PendingIndex, deadlines: Float64Array): Conflict | undefined {
  const { known, isText, source, top, operations, writer } = table
  for (let version = top; version >= 1; version--) {
    const value = known[version]
    if (value === undefined || known[version - 1] !== undefined) continue
    const token = appended(operations.get(writer[version] ?? -1))
    if (token !== undefined) {
      if (typeof value !== 'string' || !value.endsWith(token)) return {}
      known[version - 1] = value.slice(0, value.length - token.length)
      isText[version - 1] = 1
      source[version - 1] = sources.pending
    } else if ((writer[version] ?? -1) < 0 && isText[version] === 0 && pending.tokens.size === 0) {
      const expected = onlyExpected(table, pending.putting(value), deadlines[version] ?? 0)
      if (expected === undefined) continue
      known[version - 1] = expected
      source[version - 1] = sources.pending
    }
  }
  return undefined
}

function onlyExpected(table: VersionTable, putting: readonly number[], deadline: number): KvValue | undefined {
  let expected: KvValue | undefined
  for (const i of putting) {
    if ((table.call[i] ?? 0) > deadline) continue
    const input = table.operations.get(i)?.input
    if (input?.f !== 'cas' || (expected !== undefined && expected !== input.value[0])) return undefined
    expected = input.value[0]
  }
  return expected
}
