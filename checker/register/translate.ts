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
): RegisterColumns | undefined {
  return withArena((arena) => new Translation(model, operations, arena).run())
}

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

  run(): RegisterColumns | undefined {
    const count = this.#operations.length
    const buffer = new ArrayBuffer(count * 21)
    const ints = (column: number) => new Int32Array(buffer, column * count * 4, count)
    const columns = {
      kind: new Uint8Array(buffer, count * 20, count),
      value: ints(0),
      next: ints(1),
      call: ints(2),
      return: ints(3),
      operation: ints(4),
    }
    const initial = this.#ids.of(this.#model.init().value)
    const calls = this.#arena.float64(count)
    const returns = this.#arena.float64(count)
    const length = this.#read(columns, calls, returns)
    if (length < 0 || this.#ids.hasNaN) return undefined
    this.#placeInTime(columns, length, calls, returns)
    return { ...columns, length, initial, values: this.#ids.count }
  }

  /** Reads all that say something, in the order of their calls. How many, or -1 if this is no plain register. */
  #read(columns: Columns, calls: Float64Array, returns: Float64Array): number {
    const order = this.#callOrder(calls)
    const ids = this.#ids
    let seen = 0
    let length = 0
    for (let i = 0; i < this.#operations.length; i++) {
      const index = order === undefined ? i : (order[i] ?? 0)
      const operation = this.#operations[index]
      if (operation === undefined) return -1
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
          const [from, to] = input.value
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

  /** The order of calls, or `undefined` if operations come in it already. `scratch` is free for anything. */
  #callOrder(scratch: Float64Array): Int32Array | undefined {
    const count = this.#operations.length
    let latest = Number.NEGATIVE_INFINITY
    let isSorted = true
    for (let i = 0; i < count; i++) {
      const call = this.#operations[i]?.call ?? 0
      isSorted &&= call >= latest
      latest = call
      scratch[i] = call
    }
    if (isSorted) return undefined
    const order = ascending(this.#arena, count)
    sortByTime(order, count, scratch, this.#arena)
    return order
  }

  /** Merges calls and returns; at one timestamp, calls come first, since they are concurrent. */
  #placeInTime(columns: Columns, length: number, calls: Float64Array, returns: Float64Array): void {
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

interface Columns {
  readonly kind: Uint8Array
  readonly value: Int32Array
  readonly next: Int32Array
  readonly call: Int32Array
  readonly return: Int32Array
  readonly operation: Int32Array
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

  of(value: KvValue): number {
    if (typeof value === 'number' && value >= 0 && value < this.#smallCount && Math.trunc(value) === value) {
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
