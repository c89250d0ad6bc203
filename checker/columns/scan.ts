/**
 * Reads JSON bytes of the shape that our own writer gives them, in place and without making objects. Whatever has
 * another shape (white space, nested values, a lone surrogate) is not an error here: the scanner stops, and the
 * ordinary reader is asked instead, which knows all shapes and says what is wrong.
 */
import { exactNumber } from '../formats/number.ts'
import type { ValueTableBuilder } from './value-table.ts'

const quote = 0x22
const backslash = 0x5c
const minus = 0x2d
const point = 0x2e
const zero = 0x30
const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true })

/** Thrown where the text is of another shape. */
export class OtherShape extends Error {
  override readonly name = 'OtherShape'
}

/**
 * A text of 4 to 12 bytes to be held against others four bytes at a time: its first, its last, and some between, which
 * together are all of it. Most of a line is such texts.
 */
export interface Word {
  readonly length: number
  readonly first: number
  readonly middle: number
  /** Where the middle begins. */
  readonly half: number
  readonly last: number
}

export function wordOf(text: string): Word {
  const bytes = new TextEncoder().encode(text)
  const { length } = bytes
  if (length < 4 || length > 12) throw new RangeError(`${text} has ${length} bytes, but must have 4 to 12`)
  const view = new DataView(bytes.buffer, bytes.byteOffset, length)
  const half = Math.min(4, length - 4)
  return { length, first: view.getInt32(0), middle: view.getInt32(half), half, last: view.getInt32(length - 4) }
}

export class Scanner {
  readonly bytes: Uint8Array
  readonly #view: DataView
  readonly #values: ValueTableBuilder
  at = 0

  constructor(bytes: Uint8Array, values: ValueTableBuilder) {
    this.bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length)
    this.#values = values
  }

  fail(): never {
    throw new OtherShape(`byte ${this.at}`)
  }

  peek(): number {
    return this.bytes[this.at] ?? 0
  }

  expect(byte: number): void {
    if (this.bytes[this.at++] !== byte) this.fail()
  }

  /** Whether a word stands here. */
  isAt({ length, first, middle, half, last }: Word): boolean {
    const { at } = this
    if (at + length > this.bytes.length) return false
    const view = this.#view
    return view.getInt32(at) === first && view.getInt32(at + length - 4) === last && view.getInt32(at + half) === middle
  }

  /** The place in a list of words of the one that stands here; goes past it. Looks for it from `likely` on. */
  name(names: readonly Word[], likely: number): number {
    for (let i = 0, place = likely; i < names.length; i++, place++) {
      if (place >= names.length) place = 0
      const name = names[place]
      if (name === undefined || !this.isAt(name)) continue
      this.at += name.length
      return place
    }
    return this.fail()
  }

  number(): number {
    const { bytes } = this
    const start = this.at
    let value = 0
    let at = start
    let byte = bytes[at] ?? 0
    while (byte >= zero && byte <= zero + 9) {
      value = value * 10 + byte - zero
      byte = bytes[++at] ?? 0
    }
    this.at = at
    const isPlain = byte !== point && byte !== minus && (byte | 0x20) !== 0x65
    // Up to fifteen digits are exact; a leading zero is no JSON.
    const digits = at - start
    if (isPlain && digits > 0 && digits <= 15 && (digits === 1 || bytes[start] !== zero)) return value
    return this.#oddNumber(start)
  }

  #oddNumber(start: number): number {
    this.at = start
    while (/[-+.0-9eE]/.test(String.fromCharCode(this.peek()))) this.at++
    const text = String.fromCharCode(...this.bytes.subarray(start, Math.min(this.at, start + 64)))
    if (this.at - start > 64 || !/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(text)) this.fail()
    return exactNumber(text) ?? this.fail()
  }

  /** The id of the text that stands here. */
  text(): number {
    this.expect(quote)
    const { bytes } = this
    const start = this.at
    let at = start
    for (let byte = bytes[at] ?? 0; byte !== quote; byte = bytes[++at] ?? 0) {
      if (byte === backslash) return this.#escapedText(start)
      if (byte < 0x20) this.fail() // Also behind the end.
    }
    this.at = at + 1
    return this.#values.idOfBytes(bytes, start, at) ?? this.fail()
  }

  #escapedText(start: number): number {
    let at = start
    for (let byte = this.bytes[at] ?? 0; byte !== quote; byte = this.bytes[at] ?? 0) {
      if (byte < 0x20) this.fail()
      at += byte === backslash ? 2 : 1
    }
    this.at = at + 1
    return this.#values.idOfText(this.#parsed(start - 1, at + 1)) ?? this.fail()
  }

  #parsed(start: number, end: number): string {
    try {
      return String(JSON.parse(decoder.decode(this.bytes.subarray(start, end))))
    } catch (cause) {
      throw new OtherShape(`byte ${start}`, { cause })
    }
  }

  /** The id of the null, boolean, number or text that stands here. */
  value(): number {
    const byte = this.peek()
    if (byte === quote) return this.text()
    if (byte === minus || (byte >= zero && byte <= zero + 9))
      return this.#values.idOfNumber(this.number()) ?? this.fail()
    for (const [id, word] of words.entries()) {
      if (!this.isAt(word)) continue
      this.at += word.length
      return id
    }
    return this.fail()
  }
}

/** In the order of `constants`. */
const words = ['null', 'false', 'true'].map(wordOf)

/** `"name":` as it stands in a line. */
export function nameWord(name: string): Word {
  return wordOf(`"${name}":`)
}
