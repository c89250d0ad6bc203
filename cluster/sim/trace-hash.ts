/**
 * A fingerprint of everything that happened in a simulation: a rolling hash of 64 bits, as two halves of 32, over
 * (time, node, event). Two runs of one seed must agree; the mixing is that of MurmurHash3, with two constants a half.
 */
import type { NodeId } from '../raft/message.ts'

export class TraceHash {
  #low = 0x9e3779b9
  #high = 0x243f6a88

  add(timeUs: number, node: NodeId, what: string): void {
    this.#mix(timeUs | 0)
    this.#mix((timeUs / 0x1_0000_0000) | 0)
    this.#mixText(node)
    this.#mixText(what)
  }

  /** Sixteen hexadecimal digits. */
  get digest(): string {
    return hex(this.#high) + hex(this.#low)
  }

  #mixText(text: string): void {
    this.#mix(text.length) // So that `a`, `bc` is not `ab`, `c`.
    for (let at = 0; at < text.length; at++) this.#mix(text.charCodeAt(at))
  }

  #mix(word: number): void {
    this.#low = rotate(this.#low ^ Math.imul(word ^ 0x85ebca6b, 0xcc9e2d51), 13)
    this.#low = (Math.imul(this.#low, 5) + 0xe6546b64) | 0
    this.#high = rotate(this.#high ^ Math.imul(word ^ 0xc2b2ae35, 0x1b873593), 17)
    this.#high = (Math.imul(this.#high, 9) + 0x38495ab5) | 0
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}

function hex(word: number): string {
  return (word >>> 0).toString(16).padStart(8, '0')
}
