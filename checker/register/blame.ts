/**
 * Counts for which values the search had to turn back: when it goes back to choose anew, it goes to where something that
 * put such a value was used up. It decides where to look first, never whether to look.
 */
import type { Arena } from '../arena.ts'

export class Blame {
  readonly #counts: Int32Array
  /** The values that have a count. */
  readonly #values: Int32Array
  #length = 0
  #total = 0

  constructor(values: number, arena: Arena) {
    this.#counts = arena.filled(values, 0)
    this.#values = arena.int32(values)
  }

  add(value: number): void {
    const count = this.#counts[value] ?? 0
    if (count === 0) this.#values[this.#length++] = value
    this.#counts[value] = count + 1
    this.#total++
  }

  /** One of the values, each with the chance of its share, by a random number; forgets all. -1 if there is none. */
  draw(random: number): number {
    let left = this.#total === 0 ? -1 : random % this.#total
    let drawn = -1
    for (let v = 0; v < this.#length; v++) {
      const value = this.#values[v] ?? 0
      left -= this.#counts[value] ?? 0
      if (left < 0 && drawn < 0) drawn = value
      this.#counts[value] = 0
    }
    this.#length = 0
    this.#total = 0
    return drawn
  }
}
