/**
 * Splits a history's columns by key, and makes of each key that is a plain register the columns that the procedures
 * read: positions instead of times, small numbers for the values that occur. No object per operation.
 *
 * Two passes over the rows, in their order: one counts them by key, one puts what the procedures need of each to its
 * key's part. All else happens within these parts, which are dense.
 */
import { type Arena, withArena } from '../arena.ts'
import { open, type RegisterColumns } from '../register/columns.ts'
import { sortByTime } from '../register/sort.ts'
import { f, type HistoryColumns, outcomes } from './history-columns.ts'
import { code, entries, entry, other, silent } from './row-codes.ts'

export interface KeyColumns {
  /** The id of the key; -1 if operations have none. */
  readonly key: number
  /** The key's rows, in their order, without those that say nothing: failed ones, and reads without an answer. */
  readonly rows: Int32Array
  /**
   * `operation` is a place in `rows`. `undefined` if this is no plain register: an output has a version, something is
   * appended, or an answer does not say what there is to know.
   */
  readonly register: RegisterColumns | undefined
  readonly hasAppends: boolean
}

/** In the order in which keys first appear. */
export function keysOf(columns: HistoryColumns): readonly KeyColumns[] {
  const keys = countRows(columns)
  return withArena((arena) => placeRows(columns, keys, arena))
}

interface Keys {
  /** By number of key: its id. */
  readonly ids: readonly number[]
  /** By id, plus 1: the number of the key. */
  readonly numbers: Int32Array
  /** By number: where its part begins in what holds one key after the other; one more for the end. */
  readonly starts: Int32Array
}

function countRows({ length, key, outcome, f: functions, values }: HistoryColumns): Keys {
  const numbers = new Int32Array(values.size + 1).fill(-1)
  const ids: number[] = []
  const counts: number[] = []
  for (let row = 0; row < length; row++) {
    if (isLeftOut(outcome[row], functions[row])) continue
    const id = key[row] ?? -1
    let number = numbers[id + 1] ?? -1
    if (number < 0) {
      number = ids.length
      numbers[id + 1] = number
      ids.push(id)
      counts.push(0)
    }
    counts[number] = (counts[number] ?? 0) + 1
  }
  const starts = new Int32Array(counts.length + 1)
  for (const [number, count] of counts.entries()) starts[number + 1] = (starts[number] ?? 0) + count
  return { ids, numbers, starts }
}

/** Whether an operation says nothing: it failed, or is a read that nobody answered. */
export function isLeftOut(outcome: number | undefined, name: number | undefined): boolean {
  return outcome === outcomes.failed || (outcome === outcomes.open && name === f.read)
}

function placeRows(columns: HistoryColumns, keys: Keys, arena: Arena): readonly KeyColumns[] {
  const { ids, starts } = keys
  const total = starts[ids.length] ?? 0
  const records = scatter(columns, keys, arena)
  const rows = new Int32Array(total)
  const size = records.isPlain.includes(1) ? total : 0
  const all: Part = {
    kind: new Uint8Array(size),
    value: new Int32Array(size),
    next: new Int32Array(size),
    operation: new Int32Array(size),
    call: new Int32Array(size),
    return: new Int32Array(size),
  }
  const values = new Numbers(columns, ids.length, size)
  return ids.map((key, number) => {
    const start = starts[number] ?? 0
    const end = starts[number + 1] ?? 0
    const isPlain = records.isPlain[number] === 1
    const part = { key, rows: rows.subarray(start, end), hasAppends: records.hasAppends[number] === 1 }
    for (let i = 0; i < end - start; i++) part.rows[i] = records.ints[(start + i) * recordInts + at.row] ?? 0
    return { ...part, register: isPlain ? registerOf(records, start, partOf(all, start, end), values) : undefined }
  })
}

/**
 * What is needed of each row, side by side, one key after the other. To write it to columns at once would be to write
 * to hundreds of places in turn, where there are a hundred keys, and processors remember fewer.
 */
interface Records {
  readonly ints: Int32Array
  /** The same memory. */
  readonly times: Float64Array
  /** By number of key: 0 where some operation is not that of a plain register. */
  readonly isPlain: Uint8Array
  /** 1 where something is appended. */
  readonly hasAppends: Uint8Array
}

/** Where in a record's numbers, and in its times. */
const at = { kind: 4, value: 5, next: 6, row: 7, call: 0, return: 1 } as const
const [recordInts, recordTimes] = [8, 4]
function scatter(columns: HistoryColumns, { ids, numbers, starts }: Keys, arena: Arena): Records {
  const { length, key, f: functions, outcome, value, next, seen, swapped, version, call, return: end } = columns
  const times = arena.float64(recordTimes * (starts[ids.length] ?? 0))
  const ints = new Int32Array(times.buffer, times.byteOffset, times.length * 2)
  const isPlain = new Uint8Array(ids.length).fill(1)
  const hasAppends = new Uint8Array(ids.length)
  const places = starts.slice()
  for (let row = 0; row < length; row++) {
    const name = functions[row] ?? 0
    const came = outcome[row] ?? 0
    if (isLeftOut(came, name)) continue
    const number = numbers[(key[row] ?? -1) + 1] ?? 0
    const place = places[number] ?? 0
    places[number] = place + 1
    const found = seen[row] ?? -1
    const from = value[row] ?? 0
    const to = next[row] ?? -1
    const called = call[row] ?? 0
    const returned = end[row] ?? 0
    const said =
      entries[
        ((name & 7) << code.name) |
          ((came & 3) << code.outcome) |
          (((swapped[row] ?? 0) & 3) << code.swapped) |
          ((found >>> 31) << code.isUnfound) |
          (isZero(found ^ from) << code.isMatch) |
          (isZero(from ^ to) << code.isIdle) |
          (((version[row] ?? -1) >>> 31) << code.isUnversioned)
      ] ?? other
    let kind = said & entry.kind
    // Also where a time is no number.
    if (kind === other || !(called <= returned)) {
      kind = other
      isPlain[number] = 0
      if (name === f.append) hasAppends[number] = 1
    }
    const record = place * recordInts
    ints[record + at.kind] = kind
    // Null has the id 0.
    ints[record + at.value] = (found & mask(said, entry.found)) | (from & mask(said, entry.given))
    ints[record + at.next] = to | ~mask(said, entry.next)
    ints[record + at.row] = row
    times[place * recordTimes + at.call] = called
    times[place * recordTimes + at.return] = returned
  }
  return { ints, times, isPlain, hasAppends }
}

/** 1 for 0, else 0. */
function isZero(number: number): number {
  return (~number & (number - 1)) >>> 31
}

/** All ones where a bit is set, else all zeros. */
function mask(bits: number, bit: number): number {
  return -((bits >> bit) & 1)
}

/** One key's operations, or those of all keys one after the other. */
type Part = Pick<RegisterColumns, 'kind' | 'value' | 'next' | 'operation' | 'call' | 'return'>

interface Times {
  readonly callTime: Float64Array
  readonly returnTime: Float64Array
}

function partOf(all: Part, start: number, end: number): Part {
  return {
    kind: all.kind.subarray(start, end),
    value: all.value.subarray(start, end),
    next: all.next.subarray(start, end),
    operation: all.operation.subarray(start, end),
    call: all.call.subarray(start, end),
    return: all.return.subarray(start, end),
  }
}

/** `part` has room for all records from `start` on that are its key's. */
function registerOf(records: Records, start: number, part: Part, values: Numbers): RegisterColumns {
  const length = withArena((arena) => {
    const room = part.kind.length
    const times: Times = { callTime: arena.float64(room), returnTime: arena.float64(room) }
    const { length, isSorted } = gather(records, start, part, times)
    if (!isSorted) sortByCall(part, times, length, arena)
    placeInTime(part, times, length, arena)
    return length
  })
  return { ...part, length, ...values.renumber(part, length) }
}

/** From records to columns, without what says nothing. How many are left, and whether they are in the order of calls. */
function gather(
  { ints, times }: Records,
  start: number,
  { kind, value, next, operation }: Part,
  { callTime, returnTime }: Times,
): { readonly length: number; readonly isSorted: boolean } {
  const room = kind.length
  let length = 0
  let latestCall = Number.NEGATIVE_INFINITY
  let isSorted = true
  for (let i = 0; i < room; i++) {
    const record = (start + i) * recordInts
    const said = ints[record + at.kind] ?? silent
    if (said === silent) continue
    const called = times[(start + i) * recordTimes + at.call] ?? 0
    if (called < latestCall) isSorted = false
    latestCall = called
    kind[length] = said
    value[length] = ints[record + at.value] ?? 0
    next[length] = ints[record + at.next] ?? 0
    operation[length] = i
    callTime[length] = called
    returnTime[length] = times[(start + i) * recordTimes + at.return] ?? 0
    length++
  }
  return { length, isSorted }
}

/** Merges calls and returns; at one timestamp, calls come first, since they are concurrent. */
function placeInTime({ call, return: returns }: Part, { callTime, returnTime }: Times, length: number, arena: Arena) {
  const order = arena.int32(length)
  let returned = 0
  for (let i = 0; i < length; i++) {
    if (returnTime[i] === Number.POSITIVE_INFINITY) returns[i] = open
    else order[returned++] = i
  }
  sortByTime(order, returned, returnTime, arena)
  // Whether a call or a return comes next is as good as random, so there is no branch on it: both get the position, and
  // the one that comes later gets its own when it does.
  let called = 0
  let k = 0
  while (called < length && k < returned) {
    const i = order[k] ?? 0
    const position = called + k
    const isCall = Number((callTime[called] ?? 0) <= (returnTime[i] ?? 0))
    call[called] = position
    returns[i] = position
    called += isCall
    k += 1 - isCall
  }
  for (; k < returned; k++) returns[order[k] ?? 0] = called + k
  for (; called < length; called++) call[called] = called + k
}

/** Rows are in the order of their ids, which mostly is that of their calls. */
function sortByCall({ kind, value, next, operation }: Part, times: Times, length: number, arena: Arena): void {
  const order = arena.int32(length)
  for (let k = 0; k < length; k++) order[k] = k
  sortByTime(order, length, times.callTime, arena)
  for (const column of [kind, value, next, operation, times.callTime, times.returnTime]) {
    const unsorted = column.slice(0, length)
    for (let k = 0; k < length; k++) column[k] = unsorted[order[k] ?? 0] ?? 0
  }
}

/** Numbers the values of one key after the other from 0. */
class Numbers {
  readonly #initial: number
  readonly #size: number
  /** Where there is but one key and most ids are of its values, these will do as numbers. */
  readonly #isSame: boolean
  /** By id: its number plus the `#base` of the key that numbered it last. Bases grow, so older ones are below. */
  readonly #numbers: Int32Array
  #base = 1

  constructor({ values, initial }: HistoryColumns, keys: number, operations: number) {
    this.#initial = initial
    this.#size = values.size
    this.#isSame = keys === 1 && values.size <= 2 * operations
    this.#numbers = new Int32Array(this.#isSame ? 0 : values.size)
  }

  /** Half of the values are new, as good as at random, so there is no branch on that. */
  renumber({ value, next }: Part, length: number): Pick<RegisterColumns, 'initial' | 'values'> {
    if (this.#isSame) return { initial: this.#initial, values: this.#size }
    const numbers = this.#numbers
    const base = this.#base
    let count = 1
    numbers[this.#initial] = base
    for (let i = 0; i < length; i++) {
      const id = value[i] ?? 0
      const known = (numbers[id] ?? 0) - base
      const isNew = known >> 31
      const number = (known & ~isNew) | (count & isNew)
      count -= isNew
      numbers[id] = base + number
      value[i] = number
      const put = next[i] ?? -1
      if (put < 0) continue
      const knownPut = (numbers[put] ?? 0) - base
      const isNewPut = knownPut >> 31
      const numberPut = (knownPut & ~isNewPut) | (count & isNewPut)
      count -= isNewPut
      numbers[put] = base + numberPut
      next[i] = numberPut
    }
    this.#base += count
    return { initial: 0, values: count }
  }
}
