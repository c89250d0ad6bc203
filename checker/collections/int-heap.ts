/** A binary heap of integers: the smallest first. */
export class IntHeap {
  readonly #items: Int32Array
  #size = 0

  /** It never holds more than `most`. */
  constructor(most: number) {
    this.#items = new Int32Array(most)
  }

  get size(): number {
    return this.#size
  }

  push(item: number): void {
    const items = this.#items
    let hole = this.#size++
    while (hole > 0) {
      const parent = (hole - 1) >> 1
      const above = items[parent] ?? 0
      if (above <= item) break
      items[hole] = above
      hole = parent
    }
    items[hole] = item
  }

  /** The smallest, taken out; -1 if there is none. */
  pop(): number {
    const items = this.#items
    if (this.#size === 0) return -1
    const smallest = items[0] ?? 0
    const last = items[--this.#size] ?? 0
    let hole = 0
    for (let child = 1; child < this.#size; child = 2 * hole + 1) {
      const right = child + 1
      if (right < this.#size && (items[right] ?? 0) < (items[child] ?? 0)) child = right
      const below = items[child] ?? 0
      if (below >= last) break
      items[hole] = below
      hole = child
    }
    items[hole] = last
    return smallest
  }
}
