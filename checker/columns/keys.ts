/**
 * Splits a history's columns by key, by counting, and makes of each key that is a plain register the columns that the
 * procedures read: positions instead of times, small numbers for the values that occur. No object per operation.
 */
import { kinds, open, type RegisterColumns } from '../register/columns.ts'
import { f, type HistoryColumns, outcomes, swaps } from './history-columns.ts'
import { sortedByTime } from './time-order.ts'
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
}

/** In the order in which keys first appear. */
export function keysOf(columns: HistoryColumns): readonly KeyColumns[] {
  return new Split(columns).run()
}

/** What an operation says of a register, where it says nothing that matters, and where only objects can tell. */
const [saysNothing, isOther] = [-1, -2]

class Split {
  readonly #columns: HistoryColumns
  /** By row: the number of its key, or -1 where the row is left out. */
  readonly #keyOfRow: Int32Array
  /** By row: its place in all columns, which hold one key after the other; -1 where it says nothing. */
  readonly #slotOfRow: Int32Array
  /** By number of key. */
  readonly #keys: number[] = []
  readonly #isPlain: boolean[] = []
  /** Where each key's part begins; one more than there are keys. */
  #starts = new Int32Array(0)
  readonly #rows: Int32Array
  readonly #kind: Uint8Array
  readonly #value: Int32Array
  readonly #next: Int32Array
  readonly #call: Int32Array
  readonly #return: Int32Array
  readonly #operation: Int32Array
  /** By number of key: how many operations its register has. */
  #lengths = new Int32Array(0)

  constructor(columns: HistoryColumns) {
    const { length } = columns
    this.#columns = columns
    this.#keyOfRow = new Int32Array(length).fill(-1)
    this.#slotOfRow = new Int32Array(length).fill(-1)
    this.#rows = new Int32Array(length)
    this.#kind = new Uint8Array(length)
    this.#value = new Int32Array(length)
    this.#next = new Int32Array(length)
    this.#call = new Int32Array(length)
    this.#return = new Int32Array(length)
    this.#operation = new Int32Array(length)
  }

  run(): readonly KeyColumns[] {
    this.#groupRows()
    this.#placeInTime()
    const numbers = new Numbers(this.#columns)
    return this.#keys.map((key, number) => {
      const start = this.#starts[number] ?? 0
      const rows = this.#rows.subarray(start, this.#starts[number + 1])
      return { key, rows, register: this.#isPlain[number] ? this.#register(number, numbers) : undefined }
    })
  }

  #groupRows(): void {
    const { length, key, outcome, f: functions, values } = this.#columns
    const numbers = new Int32Array(values.size + 1).fill(-1)
    const counts: number[] = []
    for (let row = 0; row < length; row++) {
      if (outcome[row] === outcomes.failed || (outcome[row] === outcomes.open && functions[row] === f.read)) continue
      const id = key[row] ?? -1
      let number = numbers[id + 1] ?? -1
      if (number < 0) {
        number = this.#keys.length
        numbers[id + 1] = number
        this.#keys.push(id)
        this.#isPlain.push(true)
        counts.push(0)
      }
      this.#keyOfRow[row] = number
      counts[number] = (counts[number] ?? 0) + 1
      if (kindOf(this.#columns, row) === isOther) this.#isPlain[number] = false
    }
    this.#starts = new Int32Array(counts.length + 1)
    for (const [number, count] of counts.entries()) this.#starts[number + 1] = (this.#starts[number] ?? 0) + count
    const ends = this.#starts.slice()
    for (let row = 0; row < length; row++) {
      const number = this.#keyOfRow[row] ?? -1
      if (number < 0) continue
      const place = ends[number] ?? 0
      ends[number] = place + 1
      this.#rows[place] = row
    }
  }

  /** Walks through all calls and returns in the order of time, calls first where they share a moment. */
  #placeInTime(): void {
    const { call, return: end, length } = this.#columns
    const rows = new Int32Array(length)
    let kept = 0
    for (let row = 0; row < length; row++) {
      const number = this.#keyOfRow[row] ?? -1
      if (number >= 0 && this.#isPlain[number]) rows[kept++] = row
    }
    const calls = sortedByTime(rows.subarray(0, kept), call)
    let returned = 0
    const candidates = new Int32Array(kept)
    for (const row of calls) if (end[row] !== Number.POSITIVE_INFINITY) candidates[returned++] = row
    const returns = sortedByTime(candidates.subarray(0, returned), end)
    const positions = new Int32Array(this.#keys.length)
    this.#lengths = new Int32Array(this.#keys.length)
    let nextReturn = 0
    for (let nextCall = 0; nextCall < kept || nextReturn < returned; ) {
      const callRow = nextCall < kept ? (calls[nextCall] ?? 0) : -1
      const returnRow = nextReturn < returned ? (returns[nextReturn] ?? 0) : -1
      const isCall = callRow >= 0 && (returnRow < 0 || (call[callRow] ?? 0) <= (end[returnRow] ?? 0))
      const row = isCall ? callRow : returnRow
      if (isCall) nextCall++
      else nextReturn++
      const number = this.#keyOfRow[row] ?? 0
      const slot = isCall ? this.#begin(row, number) : (this.#slotOfRow[row] ?? -1)
      if (slot < 0) continue
      const position = positions[number] ?? 0
      positions[number] = position + 1
      if (isCall) this.#call[slot] = position
      else this.#return[slot] = position
    }
    this.#placeInRows()
  }

  /** Gives an operation its slot; -1 if it says nothing. */
  #begin(row: number, number: number): number {
    const kind = kindOf(this.#columns, row)
    if (kind === saysNothing) return -1
    const done = this.#lengths[number] ?? 0
    const slot = (this.#starts[number] ?? 0) + done
    this.#lengths[number] = done + 1
    this.#slotOfRow[row] = slot
    this.#kind[slot] = kind
    this.#value[slot] = valueIn(this.#columns, row, kind)
    this.#next[slot] = kind === kinds.cas ? (this.#columns.next[row] ?? -1) : -1
    this.#return[slot] = open
    return slot
  }

  #placeInRows(): void {
    for (let number = 0; number < this.#keys.length; number++) {
      const start = this.#starts[number] ?? 0
      const end = this.#starts[number + 1] ?? 0
      for (let place = start; place < end; place++) {
        const slot = this.#slotOfRow[this.#rows[place] ?? 0] ?? -1
        if (slot >= 0) this.#operation[slot] = place - start
      }
    }
  }

  #register(number: number, numbers: Numbers): RegisterColumns {
    const start = this.#starts[number] ?? 0
    const length = this.#lengths[number] ?? 0
    const part = (column: Int32Array) => column.subarray(start, start + length)
    const [value, next] = [part(this.#value), part(this.#next)]
    const { initial, count } = numbers.renumber(value, next)
    return {
      length,
      kind: this.#kind.subarray(start, start + length),
      value,
      next,
      call: part(this.#call),
      return: part(this.#return),
      operation: part(this.#operation),
      initial,
      values: count,
    }
  }
}

/** Numbers the values of one key after the other from 0. */
class Numbers {
  readonly #initial: number
  readonly #number: Int32Array
  /** By id: the last key that has numbered it. */
  readonly #key: Int32Array
  #keys = 0

  constructor({ values, initial }: HistoryColumns) {
    this.#initial = initial
    this.#number = new Int32Array(values.size)
    this.#key = new Int32Array(values.size)
  }

  renumber(value: Int32Array, next: Int32Array): { readonly initial: number; readonly count: number } {
    const key = ++this.#keys
    let count = 0
    const numberOf = (id: number): number => {
      if (this.#key[id] !== key) {
        this.#key[id] = key
        this.#number[id] = count++
      }
      return this.#number[id] ?? 0
    }
    const initial = numberOf(this.#initial)
    for (let i = 0; i < value.length; i++) {
      value[i] = numberOf(value[i] ?? 0)
      const put = next[i] ?? -1
      if (put >= 0) next[i] = numberOf(put)
    }
    return { initial, count }
  }
}

/** As `kv.ts` has it; and as `translate.ts`, from which this must not differ. */
function kindOf(columns: HistoryColumns, row: number): number {
  const isOpen = columns.outcome[row] === outcomes.open
  if (!isOpen && (columns.version[row] ?? -1) >= 0) return isOther
  switch (columns.f[row]) {
    case f.read:
      if (isOpen) return saysNothing
      return (columns.seen[row] ?? -1) >= 0 ? kinds.read : isOther
    case f.write:
    case f.delete:
      return kinds.write
    case f.cas:
      return casKind(columns, row, isOpen)
    default:
      return isOther
  }
}

function casKind({ value, next, seen, swapped }: HistoryColumns, row: number, isOpen: boolean): number {
  if (isOpen) return value[row] === next[row] ? saysNothing : kinds.cas
  if (swapped[row] === swaps.untold) return isOther
  if (swapped[row] === swaps.yes) {
    // What a swap found is not recorded; where somebody says it, the model shall judge.
    if ((seen[row] ?? -1) >= 0) return isOther
    return value[row] === next[row] ? kinds.read : kinds.cas
  }
  const found = seen[row] ?? -1
  if (found < 0) return kinds.refuse
  return found === value[row] ? kinds.impossible : kinds.read
}

function valueIn({ value, seen, f: functions }: HistoryColumns, row: number, kind: number): number {
  if (functions[row] === f.delete) return nullId
  const isSeen = functions[row] === f.read || (functions[row] === f.cas && (seen[row] ?? -1) >= 0)
  return (kind === kinds.read || kind === kinds.impossible) && isSeen ? (seen[row] ?? 0) : (value[row] ?? 0)
}
