/**
 * Seeded randomness: every bit of chance in a run comes from one seed, through one named stream per purpose.
 * A stream is a pure function of (seed, labels), so removing one user of chance does not re-roll the others.
 * Generator: sfc32 (PractRand, Doty-Humphrey), seeded by four rounds of a 32-bit multiplicative string hash.
 */
export interface Random {
  /** The next 32 bits, as an integer from 0 to 2^32 - 1. */
  uint32(): number
  /** An integer from 0 to `bound - 1`; `bound` is a positive integer up to 2^32. */
  below(bound: number): number
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number
  /** A number from 0 (included) to 1 (excluded), with 32 bits. */
  fraction(): number
  /** True with the given probability, 0 to 1. */
  chance(probability: number): boolean
  /** One of the items; the list must not be empty. */
  pick<T>(items: readonly T[]): T
  /** A new list in a random order (Fisher-Yates). */
  shuffle<T>(items: readonly T[]): T[]
  /** A stream of its own, derived from this stream's key and the label, not from what was drawn so far. */
  fork(label: string): Random
  /** Continues on another stream from here on, so that a run can be re-rolled from a moment on. */
  rekey(label: string): void
}

/** A stream for a seed; equal seeds give equal streams on every machine. */
export function seededRandom(seed: string | number): Random {
  return new Sfc32(String(seed))
}

class Sfc32 implements Random {
  #key: string
  #a = 0
  #b = 0
  #c = 0
  #counter = 1

  constructor(key: string) {
    this.#key = key
    this.#seed()
  }

  #seed(): void {
    const [a, b, c] = hash(this.#key)
    this.#a = a
    this.#b = b
    this.#c = c
    this.#counter = 1
    for (let round = 0; round < 12; round++) this.uint32()
  }

  uint32(): number {
    const sum = (this.#a + this.#b + this.#counter) | 0
    this.#counter = (this.#counter + 1) | 0
    this.#a = this.#b ^ (this.#b >>> 9)
    this.#b = (this.#c + (this.#c << 3)) | 0
    this.#c = (((this.#c << 21) | (this.#c >>> 11)) + sum) | 0
    return sum >>> 0
  }

  below(bound: number): number {
    if (!(bound >= 1)) throw new RangeError(`below(${bound}): the bound must be at least 1`)
    return Math.floor(this.fraction() * bound)
  }

  between(low: number, high: number): number {
    return low + this.below(high - low + 1)
  }

  fraction(): number {
    return this.uint32() / 4294967296
  }

  chance(probability: number): boolean {
    return this.fraction() < probability
  }

  pick<T>(items: readonly T[]): T {
    const index = this.below(items.length)
    return items[index] as T // `below` keeps the index inside the list.
  }

  shuffle<T>(items: readonly T[]): T[] {
    const result: T[] = []
    for (const item of items) {
      const at = this.below(result.length + 1)
      result.push(item)
      const displaced = result[at] as T // `at` is at most the index just pushed.
      result[at] = item
      result[result.length - 1] = displaced
    }
    return result
  }

  fork(label: string): Random {
    return new Sfc32(`${this.#key}/${label}`)
  }

  rekey(label: string): void {
    this.#key = `${this.#key}!${label}`
    this.#seed()
  }
}

/** 96 bits of a string, for seeding only. */
function hash(text: string): [number, number, number] {
  let a = 0x9e3779b9
  let b = 0x243f6a88
  let c = 0xb7e15162
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i)
    a = Math.imul(a ^ code, 0x85ebca6b)
    b = Math.imul(b ^ a ^ (code << 7), 0xc2b2ae35)
    c = Math.imul(c ^ b ^ (code << 13), 0x27d4eb2f)
    a ^= c >>> 15
  }
  return [a ^ (b >>> 13), b ^ (c >>> 16), c ^ (a >>> 14)]
}
