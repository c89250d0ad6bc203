/**
 * Short texts that come again and again, such as keywords and keys: found by their characters, without a string being
 * made of each occurrence.
 */

const slots = 1 << 12
const longest = 40

/** Each text is looked for in one slot only; whoever comes there later takes it over. */
export class Names<T> {
  readonly #texts: (string | undefined)[] = new Array(slots).fill(undefined)
  readonly #values: (T | undefined)[] = new Array(slots).fill(undefined)
  readonly #make: (text: string) => T

  constructor(make: (text: string) => T) {
    this.#make = make
  }

  /** What stands for the text from `start` to `end`, whose characters have this hash (see `hashed`). */
  of(text: string, start: number, end: number, hash: number): T {
    const length = end - start
    if (length > longest) return this.#make(text.slice(start, end))
    const slot = (hash ^ (hash >>> 13)) & (slots - 1)
    const known = this.#texts[slot]
    if (known !== undefined && known.length === length && text.startsWith(known, start)) {
      return this.#values[slot] as T // Set together with its text.
    }
    const made = text.slice(start, end)
    this.#texts[slot] = made
    const value = this.#make(made)
    this.#values[slot] = value
    return value
  }
}

/** The hash of a text with one more character. */
export function hashed(hash: number, code: number): number {
  return (Math.imul(hash, 31) + code) | 0
}
