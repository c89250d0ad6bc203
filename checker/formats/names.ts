/**
 * Short texts that come again and again, such as keywords and keys: found by their characters, without a string being
 * made of each occurrence.
 */
import type { Codes } from './codes.ts'

const slots = 1 << 12
const longest = 40

/** Each text is looked for in one slot only; whoever comes there later takes it over. */
export class Names<T> {
  readonly #text: string
  readonly #codes: Codes
  /** Where each text was seen, and how long it is; -1 in free slots. */
  readonly #starts = new Int32Array(slots)
  readonly #lengths = new Int32Array(slots).fill(-1)
  readonly #values: (T | undefined)[] = new Array(slots).fill(undefined)
  readonly #make: (text: string) => T

  constructor(text: string, codes: Codes, make: (text: string) => T) {
    this.#text = text
    this.#codes = codes
    this.#make = make
  }

  /** What stands for the text from `start` to `end`, whose characters have this hash (see `hashed`). */
  of(start: number, end: number, hash: number): T {
    const length = end - start
    if (length > longest) return this.#make(this.#text.slice(start, end))
    const slot = (hash ^ (hash >>> 13)) & (slots - 1)
    if (this.#lengths[slot] === length && this.#isSame(this.#starts[slot] ?? 0, start, length)) {
      return this.#values[slot] as T // Set together with its length.
    }
    const value = this.#make(this.#text.slice(start, end))
    this.#starts[slot] = start
    this.#lengths[slot] = length
    this.#values[slot] = value
    return value
  }

  #isSame(known: number, start: number, length: number): boolean {
    const codes = this.#codes
    for (let i = 0; i < length; i++) if (codes[known + i] !== codes[start + i]) return false
    return true
  }
}

/** The hash of a text with one more character. */
export function hashed(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0
}
