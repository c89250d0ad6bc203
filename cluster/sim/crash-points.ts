/** Kills nodes at named moments of their work, by chance or on demand: where a real kill would have to be lucky. */
import type { Random } from '../random.ts'
import type { CrashPoint } from '../system.ts'

/** By chance: at each passing with this probability. The simulator starts such a node again by itself. */
export interface CrashPointOptions {
  readonly probability: number
  /** None from this moment on, in simulated microseconds, so that a run can end in peace. */
  readonly untilUs?: number
}

/** Thrown from within the node to end it on the spot; nothing of ours may catch it but the simulator. */
export class CrashPointReached extends Error {
  override readonly name = 'CrashPointReached'
  /** Whether by chance; else it was asked for. */
  readonly isByChance: boolean

  constructor(point: string, isByChance: boolean) {
    super(`crash point ${point}`)
    this.isByChance = isByChance
  }
}

export class CrashPoints {
  #options: CrashPointOptions | undefined
  #random: Random
  #armed: CrashPoint | undefined

  constructor(options: CrashPointOptions | undefined, random: Random) {
    this.#options = options
    this.#random = random
  }

  arm(point: CrashPoint | undefined): void {
    this.#armed = point
  }

  /** Throws where the node is to die. */
  pass(point: string, nowUs: number): void {
    if (this.#armed === point) {
      this.#armed = undefined
      throw new CrashPointReached(point, false)
    }
    if (!this.#options || nowUs >= (this.#options.untilUs ?? Number.POSITIVE_INFINITY)) return
    if (this.#random.chance(this.#options.probability)) throw new CrashPointReached(point, true)
  }
}
