/**
 * Directed links between endpoints. Each keeps order, as one TCP connection does, unless its weather says otherwise;
 * a cut one holds what was sent, and healing destroys the connections that were made during the cut, as the link
 * proxies of `real/` do. The parcels of one connection share a lane, so that a message costs no closure.
 */
import type { Unreachable } from '../env.ts'
import { linkVerdict } from '../link-rule.ts'
import type { Random } from '../random.ts'
import type { Link, LinkWeather } from '../system.ts'
import { LinkLatency } from './latency.ts'
import type { Scheduler } from './scheduler.ts'

/** What a link carries: a way to hand it over, and a way to say that it got lost. */
export interface Parcel {
  /** False where nobody listens there: it gets lost as `refused`. */
  deliver(): boolean
  lose(cause: Unreachable): void
  /** The weather dropped it. Neither end gets to know; for those who look on from outside. */
  vanish?(): void
}

/** What the weather did to the frames of a link. */
export interface WeatherCounts {
  readonly dropped: number
  readonly duplicated: number
  readonly delayed: number
}

/** How many parcels a cut link holds before more are given up. */
const maxHeld = 20_000

/** What is on its way, oldest first; a lane dies with its connection. */
interface Lane {
  readonly flying: Parcel[]
  readonly arrive: () => void
  isDead: boolean
}

export class SimLink {
  readonly link: Link
  #scheduler: Scheduler
  #latency: LinkLatency
  #weatherRandom: Random
  #isCut = false
  #held: Parcel[] = []
  /** What this cut has done so far. */
  #cutCounts = { held: 0, destroyed: 0 }
  #isConnected = false
  #wasMadeDuringCut = false
  #lastArrivalUs = 0
  #lane: Lane
  #weather: LinkWeather | undefined
  #counts = { dropped: 0, duplicated: 0, delayed: 0 }

  constructor(link: Link, scheduler: Scheduler, random: Random) {
    this.link = link
    this.#scheduler = scheduler
    this.#latency = new LinkLatency(random)
    this.#weatherRandom = random.fork('weather')
    this.#lane = this.#newLane()
  }

  get isCut(): boolean {
    return this.#isCut
  }

  send(parcel: Parcel): void {
    if (!this.#isConnected) {
      this.#isConnected = true
      this.#wasMadeDuringCut = this.#isCut
    }
    if (!this.#isCut) return this.#weather ? this.#brave(parcel, this.#weather) : this.#fly(parcel, 0)
    this.#cutCounts.held++
    if (this.#held.length < maxHeld) this.#held.push(parcel)
    else this.#scheduler.post(0, () => parcel.lose('timeout'))
  }

  cut(): void {
    this.#isCut = true
    this.#cutCounts = { held: 0, destroyed: 0 }
  }

  /** How many parcels were held since the cut, and how many of them were destroyed with their connection. */
  heal(): { held: number; destroyed: number } {
    if (!this.#isCut) return { held: 0, destroyed: 0 }
    this.#isCut = false
    const held = this.#held
    this.#held = []
    if (!this.#wasMadeDuringCut) {
      for (const parcel of held) this.#fly(parcel, 0)
      return this.#cutCounts
    }
    this.#disconnect()
    for (const parcel of held) this.#scheduler.post(0, () => parcel.lose('reset'))
    this.#cutCounts.destroyed += held.length
    return this.#cutCounts
  }

  setWeather(weather: LinkWeather): void {
    this.#weather = weather
  }

  /** What the weather did since it was set; `undefined` where there was none. */
  clearWeather(): WeatherCounts | undefined {
    if (!this.#weather) return undefined
    this.#weather = undefined
    const counts = this.#counts
    this.#counts = { dropped: 0, duplicated: 0, delayed: 0 }
    return counts
  }

  /** One end died: its connection is gone, with all that it carried. */
  reset(): void {
    this.#disconnect()
    const lost = [...this.#lane.flying, ...this.#held]
    this.#lane.isDead = true
    this.#lane.flying.length = 0
    this.#lane = this.#newLane()
    this.#lastArrivalUs = 0
    this.#cutCounts.destroyed += this.#held.length
    this.#held = []
    for (const parcel of lost) this.#scheduler.post(this.#latency.nextUs(), () => parcel.lose('reset'))
  }

  #disconnect(): void {
    this.#isConnected = false
    this.#wasMadeDuringCut = false
  }

  #newLane(): Lane {
    const flying: Parcel[] = []
    const arrive = (): void => {
      // Each parcel has one arrival, later than that of the one before; a dead lane has none to hand over.
      const parcel = flying.shift()
      if (parcel) this.#arrive(parcel)
    }
    return { flying, arrive, isDead: false }
  }

  /** In order, behind what already flies. */
  #fly(parcel: Parcel, heldUs: number): void {
    const nowUs = this.#scheduler.monotonicUs()
    const arrivalUs = Math.max(this.#lastArrivalUs, nowUs + this.#latency.nextUs() + heldUs)
    this.#lastArrivalUs = arrivalUs
    this.#lane.flying.push(parcel)
    this.#scheduler.post(arrivalUs - nowUs, this.#lane.arrive)
  }

  /** On its own, overtaken by whatever is faster. */
  #stray(parcel: Parcel, heldUs: number): void {
    const lane = this.#lane
    this.#scheduler.post(this.#latency.nextUs() + heldUs, () => {
      if (lane.isDead) parcel.lose('reset')
      else this.#arrive(parcel)
    })
  }

  #arrive(parcel: Parcel): void {
    if (parcel.deliver()) return
    this.#disconnect()
    this.#scheduler.post(this.#latency.nextUs(), () => parcel.lose('refused'))
  }

  #brave(parcel: Parcel, weather: LinkWeather): void {
    const verdict = linkVerdict(weather, this.#weatherRandom)
    switch (verdict.do) {
      case 'pass':
        return this.#fly(parcel, 0)
      case 'drop':
        this.#counts.dropped++ // Neither end is told: only silence shows that it is gone.
        parcel.vanish?.()
        return
      case 'delay':
        this.#counts.delayed++
        return this.#fly(parcel, verdict.ms * 1000)
      case 'reorder':
        this.#counts.delayed++
        return this.#stray(parcel, verdict.ms * 1000)
      case 'duplicate':
        this.#fly(parcel, 0)
        if (this.link.from === 'clients' || this.link.to === 'clients') return
        this.#counts.duplicated++
        return this.#stray(parcel, verdict.ms * 1000)
      default:
        return verdict satisfies never
    }
  }
}
