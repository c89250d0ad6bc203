/** How far a node is, told while it moves: too often for each step, so at most ten times a second. */
import type { Env } from '../env.ts'

export interface Progress {
  readonly commit: number
  readonly applied: number
}

const everyUs = 100_000

export class ProgressTeller {
  #env: Env
  #read: () => Progress
  #isWaiting = false

  constructor(env: Env, read: () => Progress) {
    this.#env = env
    this.#read = read
  }

  /** To be called whenever the node may be further than before; what it reached by then is told a little later. */
  moved(): void {
    if (this.#isWaiting) return
    this.#isWaiting = true
    this.#env.clock.after(everyUs, () => {
      this.#isWaiting = false
      const { commit, applied } = this.#read()
      this.#env.trace({ type: 'progress', commit, applied })
    })
  }
}
