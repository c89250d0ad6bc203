/**
 * Columns as bytes: a header, a description in JSON, then each column, little-endian and on a multiple of eight bytes,
 * so that a reader looks at them where they lie. A checksum covers all that follows the header.
 *
 *   bytes 0-7 `faultcol` · 8-11 version · 12-15 length of the description · 16-31 checksum, in hexadecimal text
 */
import { isModelName } from '../models/index.ts'
import { checksum, isLittleEndian } from './checksum.ts'
import { type HistoryColumns, wholeColumns } from './history-columns.ts'

const magic = 'faultcol'
const version = 1
const headerSize = 32

/** What the columns were made from. They stand for it only as long as it is the same. */
export interface Source {
  readonly bytes: number
  readonly checksum: string
}

interface Description {
  readonly model: string
  readonly initial: number
  readonly rows: number
  readonly values: number
  readonly text: number
  readonly source?: Source
}

type Column = Uint8Array | Int32Array | Uint32Array | Float64Array

const encoder = new TextEncoder()
const decoder = new TextDecoder()

export function encodeColumns(columns: HistoryColumns, source?: Source): Uint8Array {
  const { model, initial, length, values } = columns
  const description: Description = {
    model,
    initial,
    rows: length,
    values: values.size,
    text: values.text.length,
    ...(source === undefined ? {} : { source }),
  }
  const described = encoder.encode(JSON.stringify(description))
  const sections = sectionsOf(columns)
  let size = aligned(headerSize + described.length)
  for (const section of sections) size += aligned(section.byteLength)
  const bytes = new Uint8Array(size)
  bytes.set(encoder.encode(magic))
  bytes.set(described, headerSize)
  let offset = aligned(headerSize + described.length)
  for (const section of sections) {
    bytes.set(littleEndian(section), offset)
    offset += aligned(section.byteLength)
  }
  const header = new DataView(bytes.buffer)
  header.setUint32(8, version, true)
  header.setUint32(12, described.length, true)
  bytes.set(encoder.encode(checksum(bytes.subarray(headerSize))), 16)
  return bytes
}

export interface DecodedColumns {
  readonly columns: HistoryColumns
  readonly source: Source | undefined
}

/** In words what is wrong, if the bytes are no columns of this version, or were changed. Views, where they can be. */
export function decodeColumns(bytes: Uint8Array): DecodedColumns | { readonly problem: string } {
  if (bytes.length < headerSize || decoder.decode(bytes.subarray(0, 8)) !== magic) return { problem: 'no columns' }
  const header = new DataView(bytes.buffer, bytes.byteOffset, headerSize)
  const written = header.getUint32(8, true)
  if (written !== version) return { problem: `columns of version ${written}, where ${version} is known` }
  if (checksum(bytes.subarray(headerSize)) !== decoder.decode(bytes.subarray(16, 32))) {
    return { problem: 'columns whose checksum is wrong' }
  }
  const described = header.getUint32(12, true)
  // The checksum says that this is what `encodeColumns` wrote.
  const description: Description = JSON.parse(decoder.decode(bytes.subarray(headerSize, headerSize + described)))
  const { model, initial, rows, values, text, source } = description
  if (!isModelName(model)) return { problem: `columns of a model that is not known: ${model}` }
  const reader = new Reader(bytes, aligned(headerSize + described))
  const times = { call: reader.float64(rows), return: reader.float64(rows) }
  const [id, completedAt, process, client] = [
    reader.int32(rows),
    reader.int32(rows),
    reader.int32(rows),
    reader.int32(rows),
  ]
  const [node, error, key, value] = [reader.int32(rows), reader.int32(rows), reader.int32(rows), reader.int32(rows)]
  const [next, seen, versions] = [reader.int32(rows), reader.int32(rows), reader.int32(rows)]
  const whole = { id, completedAt, process, client, node, error, key, value, next, seen, version: versions }
  const small = { f: reader.uint8(rows), outcome: reader.uint8(rows), swapped: reader.uint8(rows) }
  const table = {
    size: values,
    number: reader.float64(values),
    end: reader.uint32(values),
    tag: reader.uint8(values),
    text: reader.uint8(text),
  }
  return { columns: { model, initial, length: rows, ...times, ...whole, ...small, values: table }, source }
}

function sectionsOf(columns: HistoryColumns): readonly Column[] {
  const { call, f, outcome, swapped, values } = columns
  const whole = wholeColumns.map((name) => columns[name])
  return [call, columns.return, ...whole, f, outcome, swapped, values.number, values.end, values.tag, values.text]
}

function aligned(size: number): number {
  return Math.ceil(size / 8) * 8
}

/** Hands out one column after the other. */
class Reader {
  readonly #bytes: Uint8Array
  #offset: number

  constructor(bytes: Uint8Array, offset: number) {
    this.#bytes = bytes
    this.#offset = offset
  }

  uint8(length: number): Uint8Array {
    const start = this.#offset
    this.#offset += aligned(length)
    return this.#bytes.subarray(start, start + length)
  }

  int32(length: number): Int32Array {
    const { buffer, byteOffset } = this.#words(length, 4)
    return new Int32Array(buffer, byteOffset, length)
  }

  uint32(length: number): Uint32Array {
    const { buffer, byteOffset } = this.#words(length, 4)
    return new Uint32Array(buffer, byteOffset, length)
  }

  float64(length: number): Float64Array {
    const { buffer, byteOffset } = this.#words(length, 8)
    return new Float64Array(buffer, byteOffset, length)
  }

  #words(length: number, width: number): Uint8Array {
    const bytes = this.uint8(length * width)
    if (isLittleEndian && bytes.byteOffset % width === 0) return bytes
    return isLittleEndian ? bytes.slice() : reversed(bytes, width)
  }
}

function littleEndian(column: Column): Uint8Array {
  const bytes = new Uint8Array(column.buffer, column.byteOffset, column.byteLength)
  return isLittleEndian ? bytes : reversed(bytes, column.BYTES_PER_ELEMENT)
}

function reversed(bytes: Uint8Array, width: number): Uint8Array {
  const copy = bytes.slice()
  for (let at = 0; width > 1 && at < copy.length; at += width) copy.subarray(at, at + width).reverse()
  return copy
}
