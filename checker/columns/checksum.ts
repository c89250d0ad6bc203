/**
 * A checksum of many megabytes, read as words: far quicker than a CRC, and enough against what happens to files. Each
 * step is a bijection of the lane for a given word and of the word for a given lane, so that no single changed word
 * goes unnoticed; the length is part of the sum.
 */

/** Sixteen hexadecimal digits. Pieces may be of any length. */
export class Checksum {
  #first = 0x243f6a88
  #second = 0x13198a2e
  #length = 0
  /** Bytes that do not fill a pair of words yet. */
  readonly #rest = new Uint8Array(8)
  #restLength = 0

  update(bytes: Uint8Array): this {
    this.#length += bytes.length
    let from = 0
    while (this.#restLength > 0 && from < bytes.length) from += this.#fill(bytes, from)
    const pairs = (bytes.length - from) >>> 3
    this.#take(bytes, from, pairs)
    for (from += pairs * 8; from < bytes.length; ) from += this.#fill(bytes, from)
    return this
  }

  digest(): string {
    const padded = new Uint8Array(16)
    padded.set(this.#rest.subarray(0, this.#restLength))
    new DataView(padded.buffer).setFloat64(8, this.#length, true)
    const [restLength, first, second] = [this.#restLength, this.#first, this.#second]
    this.#restLength = 0
    this.#take(padded, 0, 2)
    const digest = hex(this.#first) + hex(this.#second)
    ;[this.#restLength, this.#first, this.#second] = [restLength, first, second]
    return digest
  }

  /** Takes one byte; returns 1. */
  #fill(bytes: Uint8Array, at: number): number {
    this.#rest[this.#restLength++] = bytes[at] ?? 0
    if (this.#restLength === 8) {
      this.#restLength = 0
      this.#take(this.#rest, 0, 1)
    }
    return 1
  }

  #take(bytes: Uint8Array, from: number, pairs: number): void {
    const aligned = (bytes.byteOffset + from) % 4 === 0 && isLittleEndian
    if (!aligned) {
      const view = new DataView(bytes.buffer, bytes.byteOffset + from, pairs * 8)
      for (let i = 0; i < pairs * 8; i += 8) this.#mix(view.getInt32(i, true), view.getInt32(i + 4, true))
      return
    }
    const words = new Int32Array(bytes.buffer, bytes.byteOffset + from, pairs * 2)
    let first = this.#first
    let second = this.#second
    for (let i = 0; i < words.length; i += 2) {
      first = Math.imul(first ^ (words[i] ?? 0), 0x2545f491)
      first ^= first >>> 15
      second = Math.imul(second ^ (words[i + 1] ?? 0), 0x5bd1e995)
      second ^= (second >>> 13) ^ first
    }
    this.#first = first
    this.#second = second
  }

  #mix(word: number, next: number): void {
    const first = Math.imul(this.#first ^ word, 0x2545f491)
    this.#first = first ^ (first >>> 15)
    const second = Math.imul(this.#second ^ next, 0x5bd1e995)
    this.#second = second ^ (second >>> 13) ^ this.#first
  }
}

export function checksum(bytes: Uint8Array): string {
  return new Checksum().update(bytes).digest()
}

export const isLittleEndian = new Uint8Array(Uint32Array.of(1).buffer)[0] === 1

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
