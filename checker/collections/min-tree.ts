/** A row of integers in which the least of any range is found in logarithmic time (a segment tree). */
export class MinTree {
  /** Leaves from `#width` on; the parent of i is i / 2. */
  readonly #tree: Int32Array
  readonly #width: number

  constructor(values: Int32Array) {
    let width = 1
    while (width < values.length) width *= 2
    this.#width = width
    this.#tree = new Int32Array(2 * width).fill(0x7fffffff)
    this.#tree.set(values, width)
    for (let node = width - 1; node > 0; node--) this.#gather(node)
  }

  set(place: number, value: number): void {
    let node = place + this.#width
    this.#tree[node] = value
    for (node >>= 1; node > 0; node >>= 1) this.#gather(node)
  }

  /** The least of the places from `low` up to `high`, exclusive; 0x7fffffff of none. */
  least(low: number, high: number): number {
    const tree = this.#tree
    let least = 0x7fffffff
    let left = low + this.#width
    let right = high + this.#width
    for (; left < right; left >>= 1, right >>= 1) {
      if ((left & 1) === 1) least = Math.min(least, tree[left++] ?? least)
      if ((right & 1) === 1) least = Math.min(least, tree[--right] ?? least)
    }
    return least
  }

  /** The place of the least in this range, if it is no more than `most`; else -1. */
  placeOfLeast(low: number, high: number, most: number): number {
    const tree = this.#tree
    let best = -1
    let least = most
    let left = low + this.#width
    let right = high + this.#width
    const look = (node: number) => {
      const value = tree[node] ?? least
      if (best < 0 ? value > least : value >= least) return
      best = node
      least = value
    }
    for (; left < right; left >>= 1, right >>= 1) {
      if ((left & 1) === 1) look(left++)
      if ((right & 1) === 1) look(--right)
    }
    if (best < 0) return -1
    while (best < this.#width) best = (tree[2 * best] ?? 0) === least ? 2 * best : 2 * best + 1
    return best - this.#width
  }

  #gather(node: number): void {
    this.#tree[node] = Math.min(this.#tree[2 * node] ?? 0, this.#tree[2 * node + 1] ?? 0)
  }
}
