/**
 * A plan: for each node that has to meet a value, the *source* that puts what it meets. Of two swaps each has a source
 * of its own, as it takes the value away; reads share. So nodes hang together in *chains*: something that meets nothing,
 * a swap that meets what it puts, a swap that meets what that one puts, and so on, and reads that hang on each. A chain
 * can be placed at one moment, between two others, if its nodes are all active then; or each not much later than the one
 * before returned.
 */
import type { Stretch } from './stretch.ts'

const none = -1

export class Links {
  /** By node: its source; the swap and the first of the reads that have it as theirs; the reads around it. -1 for none. */
  source = new Int32Array(0)
  swap = new Int32Array(0)
  firstRead = new Int32Array(0)
  nextRead = new Int32Array(0)
  previousRead = new Int32Array(0)
  /** Nodes that are needed and have no source. */
  loose = new Int32Array(0)
  looseCount = 0
  /** By node: its place among those; -1 if it is none of them. */
  #place = new Int32Array(0)
  /** A node that counts as needed until the next link; -1 if there is none. */
  held = none
  readonly #stretch: Stretch

  constructor(stretch: Stretch) {
    this.#stretch = stretch
  }

  /** Takes all links away: whatever is required is loose. */
  clear(): void {
    const { count, meets, isRequired } = this.#stretch
    if (count > this.source.length) this.#grow(count)
    this.source.fill(none, 0, count)
    this.swap.fill(none, 0, count)
    this.firstRead.fill(none, 0, count)
    this.#place.fill(none, 0, count)
    this.looseCount = 0
    for (let node = 0; node < count; node++) {
      if (isRequired[node] === 1 && meets[node] !== none) this.loosen(node)
    }
  }

  /** Gives a node its source, if it is still needed; the source is not held any more. */
  link(node: number, source: number): void {
    this.held = none
    if (!this.#isNeeded(node)) {
      this.settle(node)
      if (!this.#isNeeded(source)) this.unlink(source)
      return
    }
    this.source[node] = source
    this.#attach(node, source)
    this.settle(node)
    if (this.source[source] === none && this.#stretch.meets[source] !== none) this.loosen(source)
  }

  unlink(node: number): void {
    let at = node
    for (;;) {
      const source = this.source[at] ?? none
      if (source !== none) {
        this.source[at] = none
        this.#detach(at, source)
      }
      if (this.#isNeeded(at)) this.loosen(at)
      else this.settle(at)
      // What is not needed any more leaves its own source to others.
      if (source === none || this.#stretch.meets[source] === none || this.#isNeeded(source)) return
      at = source
    }
  }

  /** Else it has its source, or needs none, or there is none for it. */
  isLoose(node: number): boolean {
    return (this.#place[node] ?? none) !== none
  }

  loosen(node: number): void {
    if (this.#place[node] !== none) return
    this.#place[node] = this.looseCount
    this.loose[this.looseCount++] = node
  }

  /** It has a source, or there is none for it. */
  settle(node: number): void {
    const place = this.#place[node] ?? none
    if (place === none) return
    const last = this.loose[--this.looseCount] ?? 0
    this.loose[place] = last
    this.#place[last] = place
    this.#place[node] = none
  }

  /** Two nodes that do the same change places; who of them is loose stays so. */
  exchange(a: number, b: number): void {
    const { source, swap } = this
    if (swap[a] === b || swap[b] === a) return
    const sourceOfA = source[a] ?? none
    const sourceOfB = source[b] ?? none
    const swapOfA = swap[a] ?? none
    const swapOfB = swap[b] ?? none
    if (sourceOfA !== none) this.#detach(a, sourceOfA)
    if (sourceOfB !== none) this.#detach(b, sourceOfB)
    source[a] = sourceOfB
    source[b] = sourceOfA
    if (sourceOfB !== none) this.#attach(a, sourceOfB)
    if (sourceOfA !== none) this.#attach(b, sourceOfA)
    swap[a] = swapOfB
    swap[b] = swapOfA
    if (swapOfB !== none) source[swapOfB] = a
    if (swapOfA !== none) source[swapOfA] = b
    const readOfA = this.firstRead[a] ?? none
    this.firstRead[a] = this.firstRead[b] ?? none
    this.firstRead[b] = readOfA
    for (let r = this.firstRead[a] ?? none; r !== none; r = this.nextRead[r] ?? none) source[r] = a
    for (let r = this.firstRead[b] ?? none; r !== none; r = this.nextRead[r] ?? none) source[r] = b
  }

  #isNeeded(node: number): boolean {
    const { isRequired } = this.#stretch
    return isRequired[node] === 1 || this.swap[node] !== none || this.firstRead[node] !== none || node === this.held
  }

  #attach(node: number, source: number): void {
    if (this.#stretch.isSwap(node)) {
      this.swap[source] = node
      return
    }
    const next = this.firstRead[source] ?? none
    this.nextRead[node] = next
    this.previousRead[node] = none
    if (next !== none) this.previousRead[next] = node
    this.firstRead[source] = node
  }

  #detach(node: number, source: number): void {
    if (this.#stretch.isSwap(node)) {
      this.swap[source] = none
      return
    }
    const previous = this.previousRead[node] ?? none
    const next = this.nextRead[node] ?? none
    if (previous === none) this.firstRead[source] = next
    else this.nextRead[previous] = next
    if (next !== none) this.previousRead[next] = previous
  }

  #grow(count: number): void {
    const room = 2 * count
    this.source = new Int32Array(room)
    this.swap = new Int32Array(room)
    this.firstRead = new Int32Array(room)
    this.nextRead = new Int32Array(room)
    this.previousRead = new Int32Array(room)
    this.loose = new Int32Array(room)
    this.#place = new Int32Array(room)
  }
}
