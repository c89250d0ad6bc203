/**
 * Decides histories of reads, writes, deletes and appends without versions, where what was read tells what made it:
 * tokens that do not begin with each other, and are appended once each or can be told apart; see `appends-parse.ts`.
 *
 * Then each text that was read stands for one chain: a value that was put there, and the appends to it in their order.
 * To a register whose values are the places in such chains,
 *   - a read of a text is a read of its place, and a write or delete writes the beginning of a chain;
 *   - an append whose token was read in some text met the place before it and made its own: a compare-and-set. For the
 *     text was made by appends, and as each text reads in one way only, by that one in that place;
 *   - an acknowledged append whose token no text has made something that nobody saw, whatever it met; and so did all
 *     appends to that, until the next write or delete: it is a write of a value that nobody reads;
 *   - a pending append whose token no text has can be left out: what it made, nobody saw.
 * The two histories have the same linearizations. From appends to the register: a state is its place if an observed
 * text begins with it, else the value that nobody reads; by the above each operation then does what its translation
 * does. And back: between a write of what nobody reads and the next beginning of a chain, the register can hold no
 * place, so no read and no compare-and-set stands there, and appends do to the unread text what they will.
 */
import { withArena } from '../arena.ts'
import type { Model } from '../model.ts'
import type { KvInput, KvOutput, KvState, KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Limits, Procedure } from '../procedure.ts'
import { type ParseRules, TextParser, unseen } from './appends-parse.ts'
import { decideBlocks } from './blocks.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import { decideRegister } from './search.ts'
import { sortByTime } from './sort.ts'
import { ColumnRoom } from './translate.ts'
import { textOf } from './versions-values.ts'

type KvOperation = Operation<KvInput, KvOutput>

export const appends: Procedure<KvState, KvInput, KvOutput> = {
  name: 'appends',
  decide: (model, operations, limits) => decideAppends(model, operations, limits),
}

/** What `ParseRules` tells of texts, and of appends: */
export interface AppendRules extends ParseRules {
  /** An acknowledged append that nobody saw changes the value all the same. */
  readonly unseenChange: boolean
  /** An append that was seen met the place before it. */
  readonly seenExpect: boolean
  /** Where something was read in one of several ways, an order that is not found with it may be there all the same. */
  readonly choiceProvesNothing: boolean
}

export const allAppendRules: AppendRules = {
  allRoots: true,
  prefixFree: true,
  oneAppender: true,
  turnsWithoutResets: true,
  turnsInOrder: true,
  onePlace: true,
  unseenChange: true,
  seenExpect: true,
  choiceProvesNothing: true,
}

/** What the columns take for each operation, at most. */
const bytesEach = 96

export function decideAppends(
  model: Model<KvState, KvInput, KvOutput>,
  operations: readonly KvOperation[],
  limits: Limits,
  rules: AppendRules = allAppendRules,
): Decision | undefined {
  const kind = survey(model, operations)
  if (kind === undefined) return undefined
  const bytes = operations.length * bytesEach
  if (limits.maxBytes !== undefined && bytes > limits.maxBytes) {
    return unknown(`its columns take ${bytes} bytes, of ${limits.maxBytes} allowed`)
  }
  if (limits.isOver()) return unknown('time was over before it began')
  const parser = new TextParser({ ...kind, operations }, rules)
  if (!parser.isUsable) return undefined
  const parsed = parseTexts(parser, kind)
  const isOpen = parser.isChoice && rules.choiceProvesNothing
  if (parsed === undefined) return undefined
  if ('illegal' in parsed) return isOpen ? undefined : illegal(parser.hasAlike ? undefined : parsed.illegal)
  const reading = { ...kind, parser, places: parsed.places }
  const room = ColumnRoom.take(operations.length)
  const decision = decideReading(operations, reading, room, limits, rules)
  room.giveBack()
  return isOpen && decision?.verdict !== 'valid' ? undefined : decision
}

function decideReading(
  operations: readonly KvOperation[],
  reading: Reading,
  room: ColumnRoom,
  limits: Limits,
  rules: AppendRules,
): Decision | undefined {
  const columns = translate(operations, reading, room, rules)
  const quick = decideBlocks(columns)
  // A search would have limits, and what is given up for a choice may not depend on them.
  if (quick === undefined && reading.parser.isChoice) return undefined
  // A beginning that was put there several times, as nothing is by deletes, may need a search.
  const decision = quick ?? decideRegister(columns, limits)
  if (decision.verdict !== 'illegal') return decision
  // Where the register gets stuck is not said: what stands in the columns was told by later texts, and without them an
  // order may pass that return.
  return { ...illegal(closedCore(operations, reading, decision.core)), explored: decision.explored }
}

function unknown(reason: string): Decision {
  return { verdict: 'unknown', order: [], explored: 0, reason }
}

function illegal(core: readonly number[] | undefined): Decision {
  return { verdict: 'illegal', order: [], explored: 0, ...(core === undefined ? {} : { core }) }
}

interface Survey {
  /** The values that can have been put there: the initial one first. */
  readonly roots: readonly KvValue[]
  /** Of each of them, the earliest call of who put it there. */
  readonly rootCalls: readonly number[]
  /** What each operation appends. */
  readonly tokens: readonly (string | undefined)[]
  /** The distinct values that were read. */
  readonly reads: ReadonlyMap<KvValue, number>
  /** Whether something is written or deleted. */
  readonly hasResets: boolean
}

interface Reading extends Survey {
  readonly parser: TextParser
  /** The place of each value that was read. */
  readonly places: ReadonlyMap<KvValue, number>
}

/** `undefined` if there is an operation that this is not made for. */
function survey(model: Model<KvState, KvInput, KvOutput>, operations: readonly KvOperation[]): Survey | undefined {
  if (!hasAppends(operations)) return undefined
  const roots = new Map<KvValue, number>([[model.init().value, Number.NEGATIVE_INFINITY]])
  const tokens = new Array<string | undefined>(operations.length).fill(undefined)
  const reads = new Map<KvValue, number>()
  let hasResets = false
  for (let i = 0; i < operations.length; i++) {
    const operation = operations[i]
    if (operation === undefined) return undefined
    const { input, output, call, return: end } = operation
    if (output?.version !== undefined || !(call <= end)) return undefined
    switch (input.f) {
      case 'read':
        if (end === Number.POSITIVE_INFINITY) break
        if (output?.value === undefined) return undefined
        if (!reads.has(output.value)) reads.set(output.value, i)
        break
      case 'write':
        hasResets = true
        putEarliest(roots, input.value, call)
        break
      case 'delete':
        hasResets = true
        putEarliest(roots, null, call)
        break
      case 'append':
        tokens[i] = input.value
        break
      case 'cas':
        return undefined
      default:
        return input satisfies never
    }
  }
  const asked = new Set<string>()
  for (const { input } of operations) {
    // The model throws if it does not know the function.
    if (!asked.has(input.f)) model.step(model.init(), input, undefined)
    asked.add(input.f)
  }
  return { roots: [...roots.keys()], rootCalls: [...roots.values()], tokens, reads, hasResets }
}

function putEarliest(calls: Map<KvValue, number>, value: KvValue, call: number): void {
  const known = calls.get(value)
  if (known === undefined || call < known) calls.set(value, call)
}

function hasAppends(operations: readonly KvOperation[]): boolean {
  for (let i = 0; i < operations.length; i++) if (operations[i]?.input.f === 'append') return true
  return false
}

/** The place of each value that was read. Short texts first, so that longer ones go on from them. */
function parseTexts(
  parser: TextParser,
  { reads, roots }: Survey,
): { readonly places: ReadonlyMap<KvValue, number> } | { readonly illegal: readonly number[] | undefined } | undefined {
  const texts = [...reads].map(([value, by]) => ({ value, text: textOf(value), by }))
  texts.sort((a, b) => a.text.length - b.text.length)
  const places = new Map<KvValue, number>()
  let found: { readonly illegal: readonly number[] | undefined } | undefined
  for (const { value, text, by } of texts) {
    const place = parser.parse(text, by)
    if (place === 'ambiguous') return undefined
    if (place === 'phantom') {
      found ??= { illegal: [by] }
    } else if (place === 'clash') {
      found ??= { illegal: undefined }
    } else {
      const isSame = place < roots.length ? roots[place] === value : typeof value === 'string'
      // A text where there was a number, or '' where there was nothing: for the general search.
      if (!isSame) return undefined
      places.set(value, place)
    }
  }
  return found ?? { places }
}

function translate(
  operations: readonly KvOperation[],
  reading: Reading,
  columns: ColumnRoom,
  rules: AppendRules,
): RegisterColumns {
  const count = operations.length
  return withArena((arena) => {
    const times = arena.float64(count)
    const order = arena.int32(count)
    for (let i = 0; i < count; i++) {
      times[i] = operations[i]?.call ?? 0
      order[i] = i
    }
    sortByTime(order, count, times, arena)
    const say = speaker(reading, rules)
    let length = 0
    for (let k = 0; k < count; k++) {
      const index = order[k] ?? 0
      const operation = operations[index]
      const said = operation === undefined ? undefined : say(operation, index)
      if (said === undefined) continue
      columns.kind[length] = said.kind
      columns.value[length] = said.value
      columns.next[length] = said.next
      columns.operation[length++] = index
    }
    placeInTime(operations, columns, length)
    const values = reading.roots.length + count + 1
    const { kind, value, next, call, return: ends, operation } = columns
    return { kind, value, next, call, return: ends, operation, length, initial: 0, values }
  })

  /** Positions of calls and returns; at one timestamp calls come first, as they are concurrent. */
  function placeInTime(
    given: readonly KvOperation[],
    { call, return: returns, operation }: ColumnRoom,
    length: number,
  ): void {
    withArena((arena) => {
      const times = arena.float64(length)
      const order = arena.int32(length)
      let returned = 0
      for (let i = 0; i < length; i++) {
        times[i] = given[operation[i] ?? 0]?.return ?? 0
        if (times[i] === Number.POSITIVE_INFINITY) returns[i] = open
        else order[returned++] = i
      }
      sortByTime(order, returned, times, arena)
      let position = 0
      let called = 0
      const callTime = (i: number) => given[operation[i] ?? 0]?.call ?? 0
      for (let k = 0; k < returned; k++) {
        const i = order[k] ?? 0
        for (; called < length && callTime(called) <= (times[i] ?? 0); called++) call[called] = position++
        returns[i] = position++
      }
      for (; called < length; called++) call[called] = position++
    })
  }
}

interface Said {
  readonly kind: number
  readonly value: number
  readonly next: number
}

/** What an operation says of the register of places; `undefined` if nothing. */
function speaker(
  { roots, tokens, parser, places }: Reading,
  rules: AppendRules,
): (operation: KvOperation, index: number) => Said | undefined {
  const rootOf = new Map(roots.map((root, place) => [root, place]))
  const unread = roots.length + tokens.length
  const write = (value: number): Said => ({ kind: kinds.write, value, next: -1 })
  return ({ input, output, return: end }, index) => {
    const isOpen = end === Number.POSITIVE_INFINITY
    switch (input.f) {
      case 'read':
        if (isOpen || output?.value === undefined) return undefined
        return { kind: kinds.read, value: places.get(output.value) ?? unread, next: -1 }
      case 'write':
        return write(rootOf.get(input.value) ?? unread)
      case 'delete':
        return write(rootOf.get(null) ?? unread)
      case 'append': {
        const before = parser.before[index] ?? unseen
        const made = roots.length + index
        if (before !== unseen) return rules.seenExpect ? { kind: kinds.cas, value: before, next: made } : write(made)
        return isOpen || !rules.unseenChange ? undefined : write(unread)
      }
      case 'cas':
        throw new Error('a history with a compare-and-set was not refused')
      default:
        return input satisfies never
    }
  }
}

const mostInCore = 16

/**
 * With the reads that show where its appends stood, and all that those texts are made of: without them the core would
 * not tell. `undefined` where that is more than a few, or a beginning may be one of several.
 */
function closedCore(
  operations: readonly KvOperation[],
  { parser, roots, places }: Reading,
  core: readonly number[] | undefined,
): readonly number[] | undefined {
  if (core === undefined || parser.hasAlike) return undefined
  const closed = new Set(core)
  const addPlace = (place: number): boolean => {
    if (place >= roots.length) closed.add(place - roots.length)
    if (place >= roots.length || place === 0) return true
    const writers = writersOf(operations, roots[place] ?? null)
    for (const writer of writers) closed.add(writer)
    return writers.length === 1
  }
  for (const index of closed) {
    if (closed.size > mostInCore) return undefined
    const { input, output } = operations[index] ?? {}
    const before = parser.before[index] ?? unseen
    if (input?.f === 'read' && !addPlace(places.get(output?.value ?? null) ?? 0)) return undefined
    if (input?.f !== 'append' || before === unseen) continue
    closed.add(parser.shownBy[index] ?? index)
    if (!addPlace(before)) return undefined
  }
  return [...closed].sort((a, b) => a - b)
}

function writersOf(operations: readonly KvOperation[], value: KvValue): readonly number[] {
  return operations.flatMap(({ input }, index) =>
    (input.f === 'write' && input.value === value) || (input.f === 'delete' && value === null) ? [index] : [],
  )
}
