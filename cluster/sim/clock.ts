/**
 * The clock of one simulated machine: true time, bent by a rate and an offset. Monotonic time runs with the rate and
 * never goes back; wall time runs with it as well, and jumps where it is set.
 */
import type { Cancel, Clock } from '../env.ts'
import type { ClockError } from '../system.ts'
import type { Scheduler } from './scheduler.ts'

export class SimClock implements Clock {
  #scheduler: Scheduler
  /** What true time and this machine's time were when the rate was set last. */
  #sinceUs = 0
  #localUs = 0
  #ratePpm = 0
  #offsetUs = 0

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler
  }

  monotonicUs(): number {
    const elapsedUs = this.#scheduler.monotonicUs() - this.#sinceUs
    if (this.#ratePpm === 0) return this.#localUs + elapsedUs
    return this.#localUs + Math.floor((elapsedUs * (1_000_000 + this.#ratePpm)) / 1_000_000)
  }

  wallUs(): number {
    return this.#scheduler.wallUs() + this.#driftUs() + this.#offsetUs
  }

  after(us: number, run: () => void): Cancel {
    const dueUs = this.monotonicUs() + Math.max(0, us)
    let isCancelled = false
    const fire = (): void => {
      if (isCancelled) return
      const earlyUs = dueUs - this.monotonicUs() // The clock may have been slowed down meanwhile.
      if (earlyUs > 0) this.#scheduler.post(this.#trueUs(earlyUs), fire)
      else run()
    }
    const cancel = this.#scheduler.after(this.#trueUs(us), fire)
    return () => {
      isCancelled = true
      cancel()
    }
  }

  set({ offsetUs, ratePpm }: ClockError): void {
    if (!(ratePpm > -1_000_000)) throw new RangeError(`a clock can not run at ${ratePpm} ppm`)
    this.#localUs = this.monotonicUs()
    this.#sinceUs = this.#scheduler.monotonicUs()
    this.#ratePpm = ratePpm
    this.#offsetUs = offsetUs
  }

  /** Back to true time, as a time server would set it; gives by how much wall time jumped. */
  reset(): number {
    const before = this.wallUs()
    this.set({ offsetUs: 0, ratePpm: 0 })
    this.#offsetUs = -this.#driftUs()
    return this.wallUs() - before
  }

  /** By how much this machine's time has got ahead of true time since the start. */
  #driftUs(): number {
    return this.monotonicUs() - this.#scheduler.monotonicUs()
  }

  /** How much true time passes while `us` pass here. */
  #trueUs(us: number): number {
    return this.#ratePpm === 0 ? us : Math.ceil((us * 1_000_000) / (1_000_000 + this.#ratePpm))
  }
}
