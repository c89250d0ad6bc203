/** How long a link takes for a frame: a base and a jitter, and on some links now and then much longer. Drawn per run. */
import type { Random } from '../random.ts'

export class LinkLatency {
  #random: Random
  #baseUs: number
  #jitterUs: number
  #tailChance: number
  #tailUs: number

  constructor(random: Random) {
    this.#random = random
    this.#baseUs = random.between(50, 400)
    this.#jitterUs = random.between(20, 400)
    this.#tailChance = random.pick([0, 0, 0.0005, 0.005])
    this.#tailUs = random.between(2_000, 20_000)
  }

  nextUs(): number {
    const us = this.#baseUs + this.#random.below(this.#jitterUs)
    return this.#tailChance > 0 && this.#random.chance(this.#tailChance) ? us + this.#random.below(this.#tailUs) : us
  }
}
