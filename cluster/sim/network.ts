/**
 * Directed links between endpoints. Each keeps order, as one TCP connection does; a cut one holds what was sent, and
 * healing destroys the connections that were made during the cut, as the link proxies of `real/` do.
 */
import type { Clock, Unreachable } from '../env.ts'
import type { Random } from '../random.ts'
import type { Link } from '../system.ts'

/** What a link carries: a way to hand it over, and a way to say that it got lost. */
export interface Parcel {
  /** False where nobody listens there: it gets lost as `refused`. */
  readonly deliver: () => boolean
  readonly lose: (cause: Unreachable) => void
}

/** How many parcels a cut link holds before more are given up. */
const maxHeld = 20_000

export class SimLink {
  readonly link: Link
  #clock: Clock
  #random: Random
  #isCut = false
  #held: Parcel[] = []
  #isConnected = false
  #wasMadeDuringCut = false
  #lastArrivalUs = 0
  /** What is on its way, so that a reset can lose it. */
  #flying = new Set<Parcel>()

  constructor(link: Link, clock: Clock, random: Random) {
    this.link = link
    this.#clock = clock
    this.#random = random
  }

  get isCut(): boolean {
    return this.#isCut
  }

  send(parcel: Parcel): void {
    if (!this.#isConnected) {
      this.#isConnected = true
      this.#wasMadeDuringCut = this.#isCut
    }
    if (!this.#isCut) return this.#fly(parcel)
    if (this.#held.length < maxHeld) this.#held.push(parcel)
    else this.#clock.after(0, () => parcel.lose('timeout'))
  }

  cut(): void {
    this.#isCut = true
  }

  /** How many parcels were held, and how many of them were destroyed with their connection. */
  heal(): { held: number; destroyed: number } {
    if (!this.#isCut) return { held: 0, destroyed: 0 }
    this.#isCut = false
    const held = this.#held
    this.#held = []
    if (!this.#wasMadeDuringCut) {
      for (const parcel of held) this.#fly(parcel)
      return { held: held.length, destroyed: 0 }
    }
    this.#disconnect()
    for (const parcel of held) this.#clock.after(0, () => parcel.lose('reset'))
    return { held: held.length, destroyed: held.length }
  }

  /** One end died: its connection is gone, with all that it carried. */
  reset(): void {
    this.#disconnect()
    const lost = [...this.#flying, ...this.#held]
    this.#flying.clear()
    this.#held = []
    for (const parcel of lost) this.#clock.after(this.#latencyUs(), () => parcel.lose('reset'))
  }

  #disconnect(): void {
    this.#isConnected = false
    this.#wasMadeDuringCut = false
  }

  #fly(parcel: Parcel): void {
    this.#flying.add(parcel)
    const arrivalUs = Math.max(this.#lastArrivalUs, this.#clock.monotonicUs() + this.#latencyUs())
    this.#lastArrivalUs = arrivalUs
    this.#clock.after(arrivalUs - this.#clock.monotonicUs(), () => {
      if (!this.#flying.delete(parcel)) return
      if (!parcel.deliver()) {
        this.#disconnect()
        this.#clock.after(this.#latencyUs(), () => parcel.lose('refused'))
      }
    })
  }

  #latencyUs(): number {
    return this.#random.between(50, 500)
  }
}
