/**
 * Splits a history's columns by key, and makes of each key that is a plain register the columns that the procedures
 * read: positions instead of times, small numbers for the values that occur. No object per operation.
 *
 * Two passes over the rows, in their order: one counts them by key, one puts what the procedures need of each to its
 * key's part. All else happens within these parts, which are dense.
 */
import { type Arena, withArena } from '../arena.ts'
import { kinds, open, type RegisterColumns } from '../register/columns.ts'
import { sortByTime } from '../register/sort.ts'
import { f, type HistoryColumns, outcomes, swaps } from './history-columns.ts'
import { nullId } from './value-table.ts'

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

function isLeftOut(outcome: number | undefined, name: number | undefined): boolean {
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
    callTime: arena.float64(size),
    returnTime: arena.float64(size),
  }
  const values = new Numbers(columns, ids.length, size)
  return ids.map((key, number) => {
    const start = starts[number] ?? 0
    const end = starts[number + 1] ?? 0
    for (let place = start; place < end; place++) rows[place] = records.ints[place * recordInts + at.row] ?? 0
    const part = { key, rows: rows.subarray(start, end), hasAppends: records.hasAppends[number] === 1 }
    if (records.isPlain[number] !== 1) return { ...part, register: undefined }
    return { ...part, register: registerOf(all, start, gather(records, start, end, all), values) }
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
/** What a row is if none of `kinds`: silent about the register; for objects to tell. */
const [silent, other] = [255, 254]

/** What an operation says is as `kv.ts` has it; and as `translate.ts`, from which this must not differ. */
function scatter(columns: HistoryColumns, { ids, numbers, starts }: Keys, arena: Arena): Records {
  const { length, key, f: functions, outcome, value, next, seen, swapped, version, call, return: end } = columns
  const times = arena.float64(recordTimes * (starts[ids.length] ?? 0))
  const ints = new Int32Array(times.buffer, times.byteOffset, times.length * 2)
  const isPlain = new Uint8Array(ids.length).fill(1)
  const hasAppends = new Uint8Array(ids.length)
  const places = starts.slice()
  for (let row = 0; row < length; row++) {
    const name = functions[row]
    if (isLeftOut(outcome[row], name)) continue
    const number = numbers[(key[row] ?? -1) + 1] ?? 0
    const place = places[number] ?? 0
    places[number] = place + 1
    const isOpen = outcome[row] === outcomes.open
    const found = seen[row] ?? -1
    const from = value[row] ?? 0
    const to = next[row] ?? -1
    const called = call[row] ?? 0
    const returned = end[row] ?? 0
    let kind: number = other
    let id = from
    if (name === f.write) {
      kind = kinds.write
    } else if (name === f.read) {
      kind = found >= 0 ? kinds.read : other
      id = found
    } else if (name === f.delete) {
      kind = kinds.write
      id = nullId
    } else if (name === f.cas) {
      kind = isOpen ? (from === to ? silent : kinds.cas) : casKind(swapped[row] ?? 0, from, to, found)
      if (found >= 0) id = found
    } else {
      hasAppends[number] = 1
    }
    // Also where a time is no number.
    if ((!isOpen && (version[row] ?? -1) >= 0) || !(called <= returned)) kind = other
    if (kind === other) isPlain[number] = 0
    const record = place * recordInts
    ints[record + at.kind] = kind
    ints[record + at.value] = id
    ints[record + at.next] = kind === kinds.cas ? to : -1
    ints[record + at.row] = row
    times[place * recordTimes + at.call] = called
    times[place * recordTimes + at.return] = returned
  }
  return { ints, times, isPlain, hasAppends }
}

function casKind(swapped: number, from: number, to: number, found: number): number {
  if (swapped === swaps.untold) return other
  // What a swap found is not recorded; where somebody says it, the model shall judge.
  if (swapped === swaps.yes) return found >= 0 ? other : from === to ? kinds.read : kinds.cas
  if (found < 0) return kinds.refuse
  return found === from ? kinds.impossible : kinds.read
}

/** One key's operations, or those of all keys one after the other. */
interface Part {
  readonly kind: Uint8Array
  readonly value: Int32Array
  readonly next: Int32Array
  readonly operation: Int32Array
  readonly call: Int32Array
  readonly return: Int32Array
  readonly callTime: Float64Array
  readonly returnTime: Float64Array
}

/** From records to columns, without what says nothing. Returns where they end. */
function gather({ ints, times }: Records, start: number, end: number, part: Part): number {
  const { kind, value, next, operation, callTime, returnTime } = part
  let slot = start
  for (let place = start; place < end; place++) {
    const record = place * recordInts
    const said = ints[record + at.kind] ?? silent
    if (said === silent) continue
    kind[slot] = said
    value[slot] = ints[record + at.value] ?? 0
    next[slot] = ints[record + at.next] ?? 0
    operation[slot] = place - start
    callTime[slot] = times[place * recordTimes + at.call] ?? 0
    returnTime[slot] = times[place * recordTimes + at.return] ?? 0
    slot++
  }
  return slot
}

function registerOf(all: Part, start: number, end: number, values: Numbers): RegisterColumns {
  const part: Part = {
    kind: all.kind.subarray(start, end),
    value: all.value.subarray(start, end),
    next: all.next.subarray(start, end),
    operation: all.operation.subarray(start, end),
    call: all.call.subarray(start, end),
    return: all.return.subarray(start, end),
    callTime: all.callTime.subarray(start, end),
    returnTime: all.returnTime.subarray(start, end),
  }
  withArena((arena) => placeInTime(part, arena))
  const { initial, count } = values.renumber(part.value, part.next)
  const { kind, value, next, operation, call } = part
  return { length: end - start, kind, value, next, call, return: part.return, operation, initial, values: count }
}

/** Merges calls and returns; at one timestamp, calls come first, since they are concurrent. */
function placeInTime(part: Part, arena: Arena): void {
  sortByCall(part, arena)
  const { call, return: returns, callTime, returnTime } = part
  const length = call.length
  const order = arena.int32(length)
  let returned = 0
  for (let i = 0; i < length; i++) {
    if (returnTime[i] === Number.POSITIVE_INFINITY) returns[i] = open
    else order[returned++] = i
  }
  sortByTime(order, returned, returnTime, arena)
  let position = 0
  let called = 0
  for (let k = 0; k < returned; k++) {
    const i = order[k] ?? 0
    const time = returnTime[i] ?? 0
    for (; called < length && (callTime[called] ?? 0) <= time; called++) call[called] = position++
    returns[i] = position++
  }
  for (; called < length; called++) call[called] = position++
}

/** Rows are in the order of their ids, which mostly is that of their calls. */
function sortByCall(part: Part, arena: Arena): void {
  const { callTime } = part
  const length = callTime.length
  let i = 1
  while (i < length && (callTime[i - 1] ?? 0) <= (callTime[i] ?? 0)) i++
  if (i >= length) return
  const order = arena.int32(length)
  for (let k = 0; k < length; k++) order[k] = k
  sortByTime(order, length, callTime, arena)
  for (const column of Object.values(part)) {
    const unsorted = column.slice()
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

  renumber(value: Int32Array, next: Int32Array): { readonly initial: number; readonly count: number } {
    if (this.#isSame) return { initial: this.#initial, count: this.#size }
    const numbers = this.#numbers
    const base = this.#base
    let count = 1
    numbers[this.#initial] = base
    for (let i = 0; i < value.length; i++) {
      const id = value[i] ?? 0
      let number = (numbers[id] ?? 0) - base
      if (number < 0) {
        number = count++
        numbers[id] = base + number
      }
      value[i] = number
      const put = next[i] ?? -1
      if (put < 0) continue
      number = (numbers[put] ?? 0) - base
      if (number < 0) {
        number = count++
        numbers[put] = base + number
      }
      next[i] = number
    }
    this.#base += count
    return { initial: 0, count }
  }
}
