/** How each configuration of a sweep was reached: a tree of pieces of trails, from which dead branches are cut. */

export class Paths {
  /** By node: the one before, and where its piece begins; node 0 is the beginning of the history. */
  #before = new Int32Array(256)
  #start = new Int32Array(256)
  #steps = new Int32Array(1024)
  #nodes = 1
  #length = 0
  /** The number of nodes after the last cut. */
  #kept = 1

  clear(): void {
    this.#nodes = 1
    this.#length = 0
    this.#kept = 1
    this.#start[0] = 0
    this.#start[1] = 0
  }

  get bytes(): number {
    return 4 * (this.#before.length + this.#start.length + this.#steps.length)
  }

  /** Whether the tree has grown so much that cutting pays. */
  get isOvergrown(): boolean {
    return this.#nodes > 4 * this.#kept + 4096
  }

  /** A node for a piece of a trail behind another node; the same one if the piece is empty. */
  extend(before: number, trail: Int32Array, from: number, to: number): number {
    if (from === to) return before
    const node = this.#nodes++
    if (node + 2 > this.#start.length) {
      this.#before = grown(this.#before, 2 * node + 2)
      this.#start = grown(this.#start, 2 * node + 2)
    }
    const end = this.#length + to - from
    if (end > this.#steps.length) this.#steps = grown(this.#steps, 2 * end)
    this.#steps.set(trail.subarray(from, to), this.#length)
    this.#before[node] = before
    this.#start[node] = this.#length
    this.#length = end
    this.#start[node + 1] = end
    return node
  }

  /** The whole trail to a node. */
  trailTo(node: number): Int32Array {
    let length = 0
    for (let at = node; at > 0; at = this.#before[at] ?? 0) length += this.#lengthOf(at)
    const trail = new Int32Array(length)
    for (let at = node; at > 0; at = this.#before[at] ?? 0) {
      length -= this.#lengthOf(at)
      const start = this.#start[at] ?? 0
      trail.set(this.#steps.subarray(start, start + this.#lengthOf(at)), length)
    }
    return trail
  }

  /** Forgets all nodes from which none of the given ones was reached, and renumbers the others: by node, its number. */
  cut(isLive: Uint8Array): Int32Array {
    const number = new Int32Array(this.#nodes)
    for (let node = this.#nodes - 1; node > 0; node--) if (isLive[node] === 1) isLive[this.#before[node] ?? 0] = 1
    let nodes = 1
    let length = 0
    for (let node = 1; node < this.#nodes; node++) {
      if (isLive[node] !== 1) continue
      const start = this.#start[node] ?? 0
      const size = this.#lengthOf(node)
      this.#steps.copyWithin(length, start, start + size)
      this.#before[nodes] = number[this.#before[node] ?? 0] ?? 0
      this.#start[nodes] = length
      number[node] = nodes++
      length += size
    }
    this.#start[nodes] = length
    this.#nodes = nodes
    this.#kept = nodes
    this.#length = length
    return number
  }

  get nodes(): number {
    return this.#nodes
  }

  #lengthOf(node: number): number {
    return (this.#start[node + 1] ?? 0) - (this.#start[node] ?? 0)
  }
}

function grown(array: Int32Array, length: number): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(length)
  larger.set(array)
  return larger
}
