/**
 * Virtual time: events in the order of (time, sequence). Integer microseconds, no floats compared for order, so that
 * equal seeds give equal runs. The near future is a binary heap; what is further off waits in unsorted slices of time,
 * so that the many time-outs that are cancelled long before they are due never cost a place in the heap.
 */
import type { Cancel, Clock } from '../env.ts'

interface Scheduled {
  readonly atUs: number
  readonly sequence: number
  run: (() => void) | undefined
}

/** Length of a slice; a power of two. */
const sliceUs = 8192
/** So many empty slices are stepped over one by one before the next one is searched for. */
const maxEmptySlices = 256

export class Scheduler implements Clock {
  /** All events in slices up to `#slice`. */
  #heap: Scheduled[] = []
  #slice = 0
  #later = new Map<number, Scheduled[]>()
  #nowUs = 0
  #sequence = 0
  #events = 0

  monotonicUs(): number {
    return this.#nowUs
  }

  wallUs(): number {
    return wallAtStartUs + this.#nowUs
  }

  /** How many events have run. */
  get events(): number {
    return this.#events
  }

  after(us: number, run: () => void): Cancel {
    const event = this.#schedule(us, run)
    return () => {
      event.run = undefined
    }
  }

  /** As `after`, for what is never cancelled; costs less. */
  post(us: number, run: () => void): void {
    this.#schedule(us, run)
  }

  /** Runs the next event; false if there is none. */
  step(): boolean {
    const event = this.#next()
    if (!event) return false
    const { run } = event
    this.#pop()
    event.run = undefined
    this.#nowUs = event.atUs
    this.#events++
    run?.()
    return true
  }

  /** Runs everything up to a moment, which then is now. */
  runUntil(untilUs: number): void {
    for (let next = this.#next(); next && next.atUs <= untilUs; next = this.#next()) this.step()
    this.#nowUs = Math.max(this.#nowUs, untilUs)
  }

  #schedule(us: number, run: () => void): Scheduled {
    const atUs = this.#nowUs + (us > 0 ? Math.round(us) : 0)
    const event: Scheduled = { atUs, sequence: this.#sequence++, run }
    const slice = Math.floor(atUs / sliceUs)
    if (slice <= this.#slice) {
      this.#push(event)
      return event
    }
    const others = this.#later.get(slice)
    if (others) others.push(event)
    else this.#later.set(slice, [event])
    return event
  }

  /** The next event that was not cancelled; it stays on top of the heap. */
  #next(): Scheduled | undefined {
    for (;;) {
      const top = this.#heap[0]
      if (top?.run) return top
      if (top) this.#pop()
      else if (!this.#advance()) return undefined
    }
  }

  /** Moves the next slice that holds anything into the empty heap. */
  #advance(): boolean {
    if (this.#later.size === 0) return false
    let slice = this.#slice + 1
    while (!this.#later.has(slice) && slice < this.#slice + maxEmptySlices) slice++
    if (!this.#later.has(slice)) {
      slice = Number.POSITIVE_INFINITY
      for (const other of this.#later.keys()) if (other < slice) slice = other
    }
    const events = this.#later.get(slice) ?? []
    this.#later.delete(slice)
    this.#slice = slice
    for (const event of events) if (event.run) this.#push(event)
    return true
  }

  #push(event: Scheduled): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(event)
    while (at > 0) {
      const parent = (at - 1) >> 1
      const other = heap[parent]
      if (!other || !isBefore(event, other)) break
      heap[at] = other
      at = parent
    }
    heap[at] = event
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()
    const { length } = heap
    if (!last || length === 0) return
    let at = 0
    for (let child = 1; child < length; child = 2 * at + 1) {
      let other = heap[child]
      const right = child + 1 < length ? heap[child + 1] : undefined
      if (right && other && isBefore(right, other)) {
        child++
        other = right
      }
      if (!other || !isBefore(other, last)) break
      heap[at] = other
      at = child
    }
    heap[at] = last
  }
}

/** True time at the start of every simulation, in microseconds since 1970. */
const wallAtStartUs = 1_700_000_000_000_000

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence)
}
