/**
 * Gives each gap a pending operation of its own: a bipartite matching. A gap accepts some buckets of operations, and of
 * these whatever was called by its deadline. The deadlines of gaps only grow, so what one gap can take by time, all
 * later ones can.
 *
 * First greedily, in the order of deadlines, each gap taking what was called last of what is left in the first of its
 * buckets that has something. Where a gap accepts one bucket that no other kind of gap does, this is exact, and it
 * leaves the earliest calls for others: an operation called before t goes to a gap after t only when all that were
 * called in between are taken, that is when any matching needs it. What is left is mended by augmenting paths
 * (Berge 1957: a matching is a largest one exactly if there is none), breadth first, each path in one pass over the
 * buckets, as every slot is looked at once.
 */
export interface Gaps {
  /** Not decreasing. */
  readonly deadlines: Float64Array
  /** 1: serve these first, as they take only certain values. */
  readonly isPicky: Uint8Array
  /** Gap g accepts the buckets `buckets[first[g]]` to `buckets[first[g + 1] - 1]`, in order of preference. */
  readonly first: Int32Array
  readonly buckets: readonly number[]
}

export interface Supply {
  /** Operations are numbered in the order of calls. */
  readonly calls: Float64Array
  /** The items of bucket b, from `first[b]` to `first[b + 1] - 1`, ascend. An operation may be in several. */
  readonly first: Int32Array
  readonly items: Int32Array
}

export interface FillRules {
  readonly once: boolean
  readonly exchange: boolean
  readonly deadlines: boolean
}

/** Steps per slot and gap beyond which it gives up: so many augmenting paths were never seen in earnest. */
const stepsEach = 64
const stepsAtLeast = 1_000_000

/** The operation of each gap; `none` if there is no such matching. */
export function fill(gaps: Gaps, supply: Supply, rules: FillRules): Int32Array | 'none' | 'too hard' {
  return new Filler(gaps, supply, rules).run()
}

class Filler {
  readonly #gaps: Gaps
  readonly #supply: Supply
  readonly #rules: FillRules
  readonly #operationOf: Int32Array
  readonly #gapOf: Int32Array
  #steps: number

  constructor(gaps: Gaps, supply: Supply, rules: FillRules) {
    this.#gaps = gaps
    this.#supply = supply
    this.#rules = rules
    this.#operationOf = new Int32Array(gaps.deadlines.length).fill(-1)
    this.#gapOf = new Int32Array(supply.calls.length).fill(-1)
    this.#steps = stepsAtLeast + stepsEach * (supply.items.length + gaps.buckets.length)
  }

  run(): Int32Array | 'none' | 'too hard' {
    this.#greedy(1)
    this.#greedy(0)
    const operationOf = this.#operationOf
    for (let gap = 0; gap < operationOf.length; gap++) {
      if (at(operationOf, gap) >= 0) continue
      if (!this.#rules.exchange || !this.#augment(gap)) return 'none'
      if (this.#steps < 0) return 'too hard'
    }
    return operationOf
  }

  /** One pass over the gaps, each bucket a stack of what was called by now and is not taken. */
  #greedy(isPicky: 0 | 1): void {
    const { first, buckets } = this.#gaps
    const { first: bucketFirst, items, calls } = this.#supply
    const pushed = bucketFirst.slice()
    const top = new Int32Array(bucketFirst.length).fill(-1)
    const below = new Int32Array(items.length)
    for (let gap = 0; gap < this.#operationOf.length; gap++) {
      if (this.#gaps.isPicky[gap] !== isPicky) continue
      const deadline = this.#deadline(gap)
      for (let k = at(first, gap); k < at(first, gap + 1) && at(this.#operationOf, gap) < 0; k++) {
        const bucket = buckets[k] ?? 0
        const end = at(bucketFirst, bucket + 1)
        let slot = at(pushed, bucket)
        for (; slot < end && time(calls, at(items, slot)) <= deadline; slot++) {
          below[slot] = at(top, bucket)
          top[bucket] = slot
        }
        pushed[bucket] = slot
        slot = at(top, bucket)
        while (slot >= 0 && this.#isTaken(at(items, slot))) slot = at(below, slot)
        if (slot >= 0) {
          this.#give(at(items, slot), gap)
          slot = this.#rules.once ? at(below, slot) : slot
        }
        top[bucket] = slot
      }
    }
  }

  /** Finds an alternating path from a gap without an operation to an operation without a gap, and turns it over. */
  #augment(start: number): boolean {
    const { first, buckets } = this.#gaps
    const { first: bucketFirst, items, calls } = this.#supply
    const reached = bucketFirst.slice()
    const reachedFrom = new Int32Array(calls.length).fill(-1)
    const queue = [start]
    this.#steps -= calls.length + bucketFirst.length
    for (const gap of queue) {
      const deadline = this.#deadline(gap)
      for (let k = at(first, gap); k < at(first, gap + 1); k++) {
        const bucket = buckets[k] ?? 0
        const end = at(bucketFirst, bucket + 1)
        let slot = at(reached, bucket)
        for (; slot < end && time(calls, at(items, slot)) <= deadline; slot++) {
          this.#steps--
          const operation = at(items, slot)
          if (at(reachedFrom, operation) >= 0) continue
          reachedFrom[operation] = gap
          const holder = at(this.#gapOf, operation)
          if (holder < 0) {
            this.#turnOver(operation, reachedFrom)
            return true
          }
          queue.push(holder)
        }
        reached[bucket] = slot
      }
    }
    return false
  }

  #turnOver(last: number, reachedFrom: Int32Array): void {
    for (let operation = last; operation >= 0; ) {
      const gap = at(reachedFrom, operation)
      const former = at(this.#operationOf, gap)
      this.#give(operation, gap)
      operation = former
    }
  }

  #give(operation: number, gap: number): void {
    this.#operationOf[gap] = operation
    this.#gapOf[operation] = gap
  }

  #isTaken(operation: number): boolean {
    return this.#rules.once && at(this.#gapOf, operation) >= 0
  }

  #deadline(gap: number): number {
    return this.#rules.deadlines ? (this.#gaps.deadlines[gap] ?? 0) : Number.POSITIVE_INFINITY
  }
}

function at(array: Int32Array, index: number): number {
  return array[index] ?? -1
}

function time(array: Float64Array, index: number): number {
  return array[index] ?? 0
}
