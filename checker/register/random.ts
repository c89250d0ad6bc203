/** Numbers that decide what a search tries first; the same seed gives the same ones. Xorshift (Marsaglia 2003). */
export class Random {
  #state = 1

  seed(seed: number): void {
    this.#state = seed | 1
  }

  /** From 0 to below 2^32. */
  draw(): number {
    let state = this.#state
    state ^= state << 13
    state ^= state >>> 17
    state ^= state << 5
    this.#state = state
    return state >>> 0
  }
}
