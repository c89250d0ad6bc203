/**
 * From the operations of one key to columns: what each says of the register, values as small integers, times as
 * positions. The models of the kv family all mean the same by an operation, so this reads them all.
 */
import { type Arena, withArena } from '../arena.ts'
import type { Model } from '../model.ts'
import type { KvInput, KvOutput, KvState, KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import { sortByTime } from './sort.ts'

type KvOperation = Operation<KvInput, KvOutput>

/**
 * The columns of a key's operations, which may come in any order; positions are dense from 0. `undefined` if they are
 * not those of a plain register: some output has a version, something is appended, or a compare-and-set returned that
 * does not say whether it swapped.
 *
 * Left out are operations that say nothing: reads without a value, and pending operations that change nothing
 * whatever they meet. (Those of them that returned can stand anywhere within their intervals.)
 */
export function registerColumns(
  model: Model<KvState, KvInput, KvOutput>,
  operations: readonly KvOperation[],
  room: ColumnRoom = new ColumnRoom(operations.length),
): RegisterColumns | undefined {
  return withArena((arena) => new Translation(model, operations, arena).run(room))
}

/** What is not large is used again: to make typed arrays takes as long as to decide some tens of operations. */
const keptRoom = 1 << 12
const leastRoom = 256

/** Memory for columns. Whoever has taken it has it alone until it is given back; then nothing may look at them. */
export class ColumnRoom {
  static #free: ColumnRoom | undefined
  readonly size: number
  readonly kind: Uint8Array
  readonly value: Int32Array
  readonly next: Int32Array
  readonly call: Int32Array
  readonly return: Int32Array
  readonly operation: Int32Array

  static take(count: number): ColumnRoom {
    const free = ColumnRoom.#free
    if (free === undefined || free.size < count) return new ColumnRoom(Math.max(count, leastRoom))
    ColumnRoom.#free = undefined
    return free
  }

  constructor(size: number) {
    const buffer = new ArrayBuffer(size * 21)
    const ints = (column: number) => new Int32Array(buffer, column * size * 4, size)
    this.size = size
    this.kind = new Uint8Array(buffer, size * 20, size)
    this.value = ints(0)
    this.next = ints(1)
    this.call = ints(2)
    this.return = ints(3)
    this.operation = ints(4)
  }

  giveBack(): void {
    if (this.size <= keptRoom) ColumnRoom.#free = this
  }
}

/** In place of how many there are: they do not come in the order of their calls. */
const outOfOrder = -2

class Translation {
  readonly #model: Model<KvState, KvInput, KvOutput>
  readonly #operations: readonly KvOperation[]
  readonly #arena: Arena
  readonly #ids: ValueIds

  constructor(model: Model<KvState, KvInput, KvOutput>, operations: readonly KvOperation[], arena: Arena) {
    this.#model = model
    this.#operations = operations
    this.#arena = arena
    this.#ids = new ValueIds(arena, operations.length)
  }

  run(columns: ColumnRoom): RegisterColumns | undefined {
    const count = this.#operations.length
    const calls = this.#arena.float64(count)
    const returns = this.#arena.float64(count)
    const length = this.#read(columns, calls, returns)
    if (length < 0 || this.#ids.hasNaN) return undefined
    this.#placeInTime(columns, length, calls, returns)
    const { kind, value, next, call, return: ends, operation } = columns
    return { kind, value, next, call, return: ends, operation, length, initial: 0, values: this.#ids.count }
  }

  /** Reads all that say something, in the order of their calls. How many, or -1 if this is no plain register. */
  #read(columns: ColumnRoom, calls: Float64Array, returns: Float64Array): number {
    // Mostly they come in that order.
    const length = this.#readInOrder(columns, calls, returns, undefined)
    if (length !== outOfOrder) return length
    this.#ids.reset()
    return this.#readInOrder(columns, calls, returns, this.#callOrder(calls))
  }

  #readInOrder(columns: ColumnRoom, calls: Float64Array, returns: Float64Array, order: Int32Array | undefined): number {
    const operations = this.#operations
    const count = operations.length
    const ids = this.#ids
    // The initial value is the first.
    ids.of(this.#model.init().value)
    let seen = 0
    let length = 0
    let latest = Number.NEGATIVE_INFINITY
    for (let i = 0; i < count; i++) {
      const index = order === undefined ? i : (order[i] ?? 0)
      const operation = operations[index]
      if (operation === undefined) return -1
      if (operation.call < latest && order === undefined) return outOfOrder
      latest = operation.call
      const { input, output } = operation
      if (output?.version !== undefined || !(operation.return >= operation.call)) return -1
      const bit = functionBits[input.f]
      if ((seen & bit) === 0) {
        // The model throws if it does not know the function.
        this.#model.step(this.#model.init(), input, undefined)
        seen |= bit
      }
      const isOpen = operation.return === Number.POSITIVE_INFINITY
      let kind: number = kinds.write
      let value = 0
      let next = -1
      switch (input.f) {
        case 'read':
          if (isOpen || output?.value === undefined) continue
          kind = kinds.read
          value = ids.of(output.value)
          break
        case 'write':
          value = ids.of(input.value)
          break
        case 'delete':
          value = ids.of(null)
          break
        case 'append':
          return -1
        case 'cas': {
          // Not taken apart: code that has not been optimized would iterate.
          const from = input.value[0]
          const to = input.value[1]
          const swapped = output?.swapped
          if (isOpen) {
            if (from === to || swapped === false) continue
            kind = kinds.cas
          } else if (swapped === undefined) {
            if (from !== to || output?.found !== undefined) return -1
            continue
          } else if (swapped) {
            kind = from === to ? kinds.read : kinds.cas
          } else if (output?.found === undefined) {
            kind = kinds.refuse
          } else {
            kind = output.found === from ? kinds.impossible : kinds.read
          }
          value = ids.of(swapped === false && output?.found !== undefined ? output.found : from)
          if (kind === kinds.cas) next = ids.of(to)
          break
        }
        default:
          return input satisfies never
      }
      columns.kind[length] = kind
      columns.value[length] = value
      columns.next[length] = next
      columns.operation[length] = index
      calls[length] = operation.call
      returns[length] = operation.return
      length++
    }
    return length
  }

  /** `scratch` is free for anything. */
  #callOrder(scratch: Float64Array): Int32Array {
    const count = this.#operations.length
    for (let i = 0; i < count; i++) scratch[i] = this.#operations[i]?.call ?? 0
    const order = ascending(this.#arena, count)
    sortByTime(order, count, scratch, this.#arena)
    return order
  }

  /** Merges calls and returns; at one timestamp, calls come first, since they are concurrent. */
  #placeInTime(columns: ColumnRoom, length: number, calls: Float64Array, returns: Float64Array): void {
    const returned = this.#arena.int32(length)
    let count = 0
    for (let i = 0; i < length; i++) {
      if (returns[i] === Number.POSITIVE_INFINITY) columns.return[i] = open
      else returned[count++] = i
    }
    sortByTime(returned, count, returns, this.#arena)
    let position = 0
    let called = 0
    for (let i = 0; i < count; i++) {
      const operation = returned[i] ?? 0
      const time = returns[operation] ?? 0
      for (; called < length && (calls[called] ?? 0) <= time; called++) columns.call[called] = position++
      columns.return[operation] = position++
    }
    for (; called < length; called++) columns.call[called] = position++
  }
}

const functionBits = { read: 1, write: 2, delete: 4, append: 8, cas: 16 } as const

function ascending(arena: Arena, count: number): Int32Array {
  const order = arena.int32(count)
  for (let i = 0; i < count; i++) order[i] = i
  return order
}

/** Numbers values from 0 as they come; two are the same if `===` says so. */
class ValueIds {
  count = 0
  /** NaN is not even equal to itself, which ids can not say. */
  hasNaN = false
  /** The ids of small integers, which values mostly are; -1 if not seen yet. */
  readonly #small: Int32Array
  readonly #smallCount: number
  readonly #others = new Map<KvValue, number>()

  constructor(arena: Arena, operations: number) {
    this.#smallCount = 2 * operations + 128
    this.#small = arena.filled(this.#smallCount, -1)
  }

  reset(): void {
    this.count = 0
    this.hasNaN = false
    this.#small.fill(-1, 0, this.#smallCount)
    this.#others.clear()
  }

  of(value: KvValue): number {
    if (typeof value === 'number' && (value | 0) === value && value >= 0 && value < this.#smallCount) {
      const known = this.#small[value] ?? -1
      if (known >= 0) return known
      this.#small[value] = this.count
      return this.count++
    }
    const known = this.#others.get(value)
    if (known !== undefined) return known
    this.hasNaN ||= Number.isNaN(value)
    this.#others.set(value, this.count)
    return this.count++
  }
}
