/** Columns in memory that threads share, so that however many look at a history, it is there once. */
import { type HistoryColumns, wholeColumns } from '../columns/history-columns.ts'
import type { KeyColumns } from '../columns/keys.ts'

/** A copy, once; what is shared already is taken as it is. */
export function sharedColumns(columns: HistoryColumns): HistoryColumns {
  const { model, initial, length, values } = columns
  const whole = Object.fromEntries(wholeColumns.map((name) => [name, ints(columns[name])] as const))
  return {
    model,
    initial,
    length,
    ...(whole as Record<(typeof wholeColumns)[number], Int32Array>), // One entry for each name of the list.
    f: bytes(columns.f),
    outcome: bytes(columns.outcome),
    swapped: bytes(columns.swapped),
    call: floats(columns.call),
    return: floats(columns.return),
    values: {
      size: values.size,
      number: floats(values.number),
      end: words(values.end),
      tag: bytes(values.tag),
      text: bytes(values.text),
    },
  }
}

/** A copy of what keys were split into, so that no thread has to split them again. Keys are parts of common columns. */
export function sharedKeys(keys: readonly KeyColumns[]): readonly KeyColumns[] {
  const copies = new Map<ArrayBufferLike, SharedArrayBuffer>()
  const copyOf = (buffer: ArrayBufferLike): SharedArrayBuffer => {
    const made = copies.get(buffer)
    if (made !== undefined) return made
    const copy = new SharedArrayBuffer(buffer.byteLength)
    new Uint8Array(copy).set(new Uint8Array(buffer))
    copies.set(buffer, copy)
    return copy
  }
  const shared = ({ buffer, byteOffset, length }: Int32Array) => new Int32Array(copyOf(buffer), byteOffset, length)
  return keys.map(({ rows, register, ...rest }) => ({
    ...rest,
    rows: shared(rows),
    register: register && {
      ...register,
      kind: new Uint8Array(copyOf(register.kind.buffer), register.kind.byteOffset, register.kind.length),
      value: shared(register.value),
      next: shared(register.next),
      call: shared(register.call),
      return: shared(register.return),
      operation: shared(register.operation),
    },
  }))
}

function ints(column: Int32Array): Int32Array {
  if (isShared(column)) return column
  const copy = new Int32Array(new SharedArrayBuffer(column.byteLength))
  copy.set(column)
  return copy
}

function words(column: Uint32Array): Uint32Array {
  if (isShared(column)) return column
  const copy = new Uint32Array(new SharedArrayBuffer(column.byteLength))
  copy.set(column)
  return copy
}

function floats(column: Float64Array): Float64Array {
  if (isShared(column)) return column
  const copy = new Float64Array(new SharedArrayBuffer(column.byteLength))
  copy.set(column)
  return copy
}

function bytes(column: Uint8Array): Uint8Array {
  if (isShared(column)) return column
  const copy = new Uint8Array(new SharedArrayBuffer(column.byteLength))
  copy.set(column)
  return copy
}

function isShared({ buffer }: ArrayBufferView): boolean {
  return buffer instanceof SharedArrayBuffer
}
