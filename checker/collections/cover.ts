/**
 * The moments at which something is surely there: open intervals of ranks, joined as they come, and the first moment
 * that none of them covers (union-find over ranks, so almost constant time each).
 */
export class Cover {
  /** The number of ranks, and what `free` answers where there is no free one. */
  readonly count: number
  /** Itself for a free rank; else some later rank, with no free one between. */
  readonly #next: Int32Array

  constructor(count: number) {
    this.count = count
    this.#next = new Int32Array(count + 1)
    for (let i = 0; i <= count; i++) this.#next[i] = i
  }

  /** Covers what lies between these two, without them. */
  add(from: number, to: number): void {
    const end = Math.min(to, this.count)
    for (let at = this.free(from + 1); at < end; at = this.free(at + 1)) this.#next[at] = at + 1
  }

  /** The first rank from this one on that is not covered. */
  free(from: number): number {
    const next = this.#next
    let at = Math.min(from, this.count)
    for (;;) {
      const up = next[at] ?? at
      if (up === at) return at
      const further = next[up] ?? up
      next[at] = further
      at = further
    }
  }
}
