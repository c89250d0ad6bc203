/**
 * Virtual time: one binary heap of events, ordered by (time, sequence). Integer microseconds, no floats compared for
 * order, so that equal seeds give equal runs.
 */
import type { Cancel, Clock } from '../env.ts'

interface Scheduled {
  readonly atUs: number
  readonly sequence: number
  run: (() => void) | undefined
}

export class Scheduler implements Clock {
  #heap: Scheduled[] = []
  #nowUs = 0
  #sequence = 0
  #events = 0

  monotonicUs(): number {
    return this.#nowUs
  }

  wallUs(): number {
    return 1_700_000_000_000_000 + this.#nowUs
  }

  /** How many events have run. */
  get events(): number {
    return this.#events
  }

  after(us: number, run: () => void): Cancel {
    const event: Scheduled = { atUs: this.#nowUs + Math.max(0, Math.round(us)), sequence: this.#sequence++, run }
    this.#push(event)
    return () => {
      event.run = undefined
    }
  }

  /** Runs the next event; false if there is none. */
  step(): boolean {
    for (let event = this.#pop(); event; event = this.#pop()) {
      const { run } = event
      if (!run) continue // It was cancelled.
      event.run = undefined
      this.#nowUs = event.atUs
      this.#events++
      run()
      return true
    }
    return false
  }

  /** Runs everything up to a moment, which then is now. */
  runUntil(untilUs: number): void {
    for (;;) {
      const next = this.#heap[0]
      if (!next || next.atUs > untilUs) break
      this.step()
    }
    this.#nowUs = Math.max(this.#nowUs, untilUs)
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

  #pop(): Scheduled | undefined {
    const heap = this.#heap
    const top = heap[0]
    const last = heap.pop()
    if (!top || !last || heap.length === 0) return top
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      let other = heap[child]
      if (!other) break
      const right = heap[child + 1]
      if (right && isBefore(right, other)) {
        child++
        other = right
      }
      if (!isBefore(other, last)) break
      heap[at] = other
      at = child
    }
    heap[at] = last
    return top
  }
}

function isBefore(a: Scheduled, b: Scheduled): boolean {
  return a.atUs < b.atUs || (a.atUs === b.atUs && a.sequence < b.sequence)
}
