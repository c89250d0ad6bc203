/** How many intervals cover each place; intervals come and go (a segment tree whose nodes hold what covers them whole). */
export class CoverCounts {
  readonly #width: number
  /** What was added to all places below a node. */
  readonly #added: Int32Array
  /** The least count of a place below a node, not counting what was added above it. */
  readonly #least: Int32Array

  constructor(count: number) {
    let width = 1
    while (width < count) width *= 2
    this.#width = width
    this.#added = new Int32Array(2 * width)
    this.#least = new Int32Array(2 * width)
  }

  /** Adds to the counts from `low` up to `high`, exclusive. */
  add(low: number, high: number, by: number): void {
    if (low < high) this.#add(1, 0, this.#width, low, high, by)
  }

  /** The first place from `low` up to `high`, exclusive, that nothing covers; -1 if there is none. */
  firstZero(low: number, high: number): number {
    return low < high ? this.#firstZero(1, 0, this.#width, low, high, 0) : -1
  }

  #add(node: number, start: number, end: number, low: number, high: number, by: number): void {
    if (low >= end || high <= start) return
    if (low <= start && end <= high) {
      this.#added[node] = (this.#added[node] ?? 0) + by
      this.#least[node] = (this.#least[node] ?? 0) + by
      return
    }
    const middle = (start + end) >>> 1
    this.#add(2 * node, start, middle, low, high, by)
    this.#add(2 * node + 1, middle, end, low, high, by)
    const least = Math.min(this.#least[2 * node] ?? 0, this.#least[2 * node + 1] ?? 0)
    this.#least[node] = (this.#added[node] ?? 0) + least
  }

  #firstZero(node: number, start: number, end: number, low: number, high: number, above: number): number {
    if (low >= end || high <= start || (this.#least[node] ?? 0) + above > 0) return -1
    if (end - start === 1) return start
    const middle = (start + end) >>> 1
    const covering = above + (this.#added[node] ?? 0)
    const left = this.#firstZero(2 * node, start, middle, low, high, covering)
    return left >= 0 ? left : this.#firstZero(2 * node + 1, middle, end, low, high, covering)
  }
}
