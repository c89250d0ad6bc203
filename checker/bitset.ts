/** A set of small integers, kept in 32-bit words that a caller may read. */
export class Bitset {
  readonly words: Int32Array

  constructor(size: number) {
    this.words = new Int32Array((size + 31) >>> 5)
  }

  add(member: number): void {
    this.words[member >>> 5] = this.#word(member) | (1 << (member & 31))
  }

  remove(member: number): void {
    this.words[member >>> 5] = this.#word(member) & ~(1 << (member & 31))
  }

  has(member: number): boolean {
    return (this.#word(member) & (1 << (member & 31))) !== 0
  }

  #word(member: number): number {
    return this.words[member >>> 5] ?? 0
  }
}
