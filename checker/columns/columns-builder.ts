/** Columns that grow row by row. */
import type { ModelName } from '../models/index.ts'
import { type HistoryColumns, wholeColumns } from './history-columns.ts'
import { ValueTableBuilder } from './value-table.ts'

type WholeColumn = (typeof wholeColumns)[number]

export class ColumnsBuilder {
  readonly values = new ValueTableBuilder()
  length = 0
  f = new Uint8Array(0)
  outcome = new Uint8Array(0)
  swapped = new Uint8Array(0)
  call = new Float64Array(0)
  return = new Float64Array(0)
  id = new Int32Array(0)
  completedAt = new Int32Array(0)
  process = new Int32Array(0)
  client = new Int32Array(0)
  node = new Int32Array(0)
  error = new Int32Array(0)
  key = new Int32Array(0)
  value = new Int32Array(0)
  next = new Int32Array(0)
  seen = new Int32Array(0)
  version = new Int32Array(0)

  constructor(capacity: number) {
    this.#resize(Math.max(16, capacity))
  }

  /** A fresh row, with nothing in it. */
  addRow(): number {
    if (this.length === this.f.length) this.#resize(this.length * 2)
    return this.length++
  }

  build(model: ModelName, initial: number): HistoryColumns {
    this.#resize(this.length)
    const { length, f, outcome, swapped, call } = this
    const { id, completedAt, process, client, node, error, key, value, next, seen, version } = this
    const whole = { id, completedAt, process, client, node, error, key, value, next, seen, version }
    return {
      model,
      initial,
      length,
      f,
      outcome,
      swapped,
      call,
      return: this.return,
      ...whole,
      values: this.values.build(),
    }
  }

  #resize(size: number): void {
    this.f = resizedBytes(this.f, size)
    this.outcome = resizedBytes(this.outcome, size)
    this.swapped = resizedBytes(this.swapped, size)
    this.call = resizedTimes(this.call, size)
    this.return = resizedTimes(this.return, size)
    for (const name of wholeColumns) this.#resizeWhole(name, size)
  }

  #resizeWhole(name: WholeColumn, size: number): void {
    const column = this[name]
    if (column.length === size) return
    const resized = new Int32Array(size)
    resized.set(column.length > size ? column.subarray(0, size) : column)
    if (size > column.length) resized.fill(-1, column.length)
    this[name] = resized
  }
}

function resizedBytes(column: Uint8Array<ArrayBuffer>, size: number): Uint8Array<ArrayBuffer> {
  if (column.length === size) return column
  if (column.length > size) return column.slice(0, size)
  const larger = new Uint8Array(size)
  larger.set(column)
  return larger
}

function resizedTimes(column: Float64Array<ArrayBuffer>, size: number): Float64Array<ArrayBuffer> {
  if (column.length === size) return column
  if (column.length > size) return column.slice(0, size)
  const larger = new Float64Array(size)
  larger.set(column)
  return larger
}
