/**
 * Finds a plan by local search: of the nodes that are loose one is drawn and gets the source that costs least, and
 * whatever that is at odds with becomes loose. A node that is drawn often weighs more, so that others give way
 * (min-conflicts, Minton et al. 1992; weights as in Morris 1993, "The breakout method").
 *
 * A plan is a guess: it leaves out refused compare-and-sets, and that chains can be in each other's way. But unlike a
 * search from level to level it sees the whole stretch at once, so where few sources are left it is the better guess. It
 * decides what is tried first, and nothing else.
 */
import { open } from '../columns.ts'
import { Random } from '../random.ts'
import { Links } from './links.ts'
import type { Stretch } from './stretch.ts'

const none = -1
/** What it costs if a chain's nodes are not all active at one moment; a node that becomes loose costs 1 and more. */
const gapCost = 0.3
/** How many nodes are drawn at most: so many for each that was loose at first, and so many more. */
const drawsPerLoose = 2
const moreDraws = 500
/** How many sources are compared at most. */
const mostSources = 64

export class Plan {
  readonly stretch: Stretch
  readonly links: Links
  /** By node: what it costs if it becomes loose. */
  #weight = new Float64Array(0)
  readonly #sources = new Int32Array(mostSources)
  #sourceCount = 0
  readonly #random = new Random()

  constructor(stretch: Stretch) {
    this.stretch = stretch
    this.links = new Links(stretch)
  }

  /** Plans for so many levels from the walk's configuration on. */
  make(levels: number, seed: number): void {
    const { stretch, links } = this
    stretch.take(levels)
    links.clear()
    if (this.#weight.length < stretch.count) this.#weight = new Float64Array(2 * stretch.count)
    this.#weight.fill(1, 0, stretch.count)
    this.#random.seed(seed)
    const draws = drawsPerLoose * links.looseCount + moreDraws
    for (let d = 0; d < draws && links.looseCount > 0; d++) {
      const node = links.loose[this.#random.draw() % links.looseCount] ?? 0
      const source = this.#bestSource(node)
      this.#weight[node] = 1 + (this.#weight[node] ?? 0)
      if (source === none) links.settle(node)
      else this.#place(node, source, true)
    }
  }

  #bestSource(node: number): number {
    const count = this.#findSources(node)
    let best = none
    let least = Number.POSITIVE_INFINITY
    let ties = 0
    for (let s = 0; s < count; s++) {
      const source = this.#sources[s] ?? 0
      const cost = this.#place(node, source, false)
      if (cost > least) continue
      ties = cost < least ? 1 : ties + 1
      least = cost
      if (ties === 1 || this.#random.draw() % ties === 0) best = source
    }
    return best
  }

  #findSources(node: number): number {
    const { meets, firstPutting, firstPendingPutting, firstPending, returns } = this.stretch
    const { swap, firstRead } = this.links
    // When a pending swap is to meet its value, those say that need it.
    let observer = node
    while (observer >= firstPending) {
      const wanting = swap[observer] ?? none
      observer = wanting === none ? (firstRead[observer] ?? none) : wanting
    }
    const value = meets[node] ?? 0
    this.#sourceCount = 0
    this.#collect({ node, observer, first: firstPutting[value] ?? none, until: returns[observer] ?? 0 })
    this.#collect({ node, observer, first: firstPendingPutting[value] ?? none, until: open })
    return Math.min(this.#sourceCount, mostSources)
  }

  #collect({ node, observer, first, until }: Collecting): void {
    const { call, nextPutting } = this.stretch
    for (let source = first; source !== none && (call[source] ?? 0) < until; source = nextPutting[source] ?? none) {
      if (source === node || !this.#mayPrecede(source, observer) || !this.#mayPrecede(source, node)) continue
      // Of more than can be compared, each has the same chance.
      const count = this.#sourceCount++
      const at = count < mostSources ? count : this.#random.draw() % (count + 1)
      if (at < mostSources) this.#sources[at] = source
    }
  }

  /** Whether one node of a chain can come before another. */
  #mayPrecede(first: number, second: number): boolean {
    const { call, returns, since } = this.stretch
    return (call[first] ?? 0) < (returns[second] ?? 0) && (returns[first] ?? 0) >= (since[second] ?? 0)
  }

  /**
   * What it costs to give a node a certain source; with `isDone`, does it. Intervals meet at one moment if any two of them
   * do, so what the node brings with it, and what it comes to, are compared by the latest call and the earliest return.
   * What becomes loose in turn, as nobody needs it any more, is not part of the cost.
   */
  #place(node: number, source: number, isDone: boolean): number {
    const { stretch, links } = this
    const isSwap = stretch.isSwap(node)
    let cost = 0
    if (isDone) links.held = source
    const rival = links.swap[source] ?? none
    if (isSwap && rival !== none) cost += this.#loosen(rival, isDone)
    let call = none
    let returns = open
    // A source itself may precede the node, so there is something below what may not.
    let top = source
    let cut = none
    for (let at = source; at !== none; at = links.source[at] ?? none) {
      if (at === node || !this.#mayPrecede(at, node)) {
        cut = top
        cost += this.#loosen(cut, isDone)
        break
      }
      call = Math.max(call, stretch.call[at] ?? 0)
      returns = Math.min(returns, stretch.returns[at] ?? 0)
      for (let read = links.firstRead[at] ?? none; read !== none; ) {
        const next = links.nextRead[read] ?? none
        // Of two reads of one source, either can be first.
        const mayFollow = !isSwap && at === source && this.#mayPrecede(node, read)
        if (!mayFollow && !this.#mayPrecede(read, node)) {
          cost += this.#loosen(read, isDone)
        } else {
          call = Math.max(call, stretch.call[read] ?? 0)
          returns = Math.min(returns, stretch.returns[read] ?? 0)
        }
        read = next
      }
      top = at
    }
    if (Math.max(call, stretch.call[node] ?? 0) > Math.min(returns, stretch.returns[node] ?? 0)) cost += gapCost
    if (stretch.meets[top] !== none && links.source[top] === none && !links.isLoose(top)) cost += this.#weight[top] ?? 0
    cost += isSwap ? this.#bring({ node, cut, call, returns, isDone }) : this.#precede(node, source, isDone)
    if (isDone) links.link(node, source)
    return cost
  }

  /** Loosens what hangs on a node and can not come after something with that call and that return. */
  #bring({ node, cut, call, returns, isDone }: Bringing): number {
    const { stretch, links } = this
    let cost = 0
    for (let at = node; at !== none && at !== cut; at = links.swap[at] ?? none) {
      if (at !== node && !isAfter(stretch, at, call, returns)) return cost + this.#loosen(at, isDone)
      for (let read = links.firstRead[at] ?? none; read !== none; ) {
        const next = links.nextRead[read] ?? none
        if (!isAfter(stretch, read, call, returns)) cost += this.#loosen(read, isDone)
        read = next
      }
    }
    return cost
  }

  /** Loosens what can not come after a read, of what has to. */
  #precede(node: number, source: number, isDone: boolean): number {
    const { links } = this
    let cost = 0
    for (let at = links.swap[source] ?? none; at !== none; at = links.swap[at] ?? none) {
      if (!this.#mayPrecede(node, at)) return cost + this.#loosen(at, isDone)
      for (let read = links.firstRead[at] ?? none; read !== none; ) {
        const next = links.nextRead[read] ?? none
        if (!this.#mayPrecede(node, read)) cost += this.#loosen(read, isDone)
        read = next
      }
    }
    return cost
  }

  #loosen(node: number, isDone: boolean): number {
    if (isDone) this.links.unlink(node)
    return this.#weight[node] ?? 0
  }
}

interface Collecting {
  readonly node: number
  /** The operation that is served in the end. */
  readonly observer: number
  readonly first: number
  /** Sources are in the order of their calls up to here. */
  readonly until: number
}

interface Bringing {
  readonly node: number
  /** Where the chain ends, as what follows becomes loose anyway. */
  readonly cut: number
  readonly call: number
  readonly returns: number
  readonly isDone: boolean
}

function isAfter({ returns, since }: Stretch, node: number, call: number, earliest: number): boolean {
  return call < (returns[node] ?? 0) && earliest >= (since[node] ?? 0)
}
