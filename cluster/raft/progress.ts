/**
 * How far one follower is, as its leader sees it. Three states, as in etcd's `tracker`:
 * - probe: where the logs part is not known; one request at a time.
 * - replicate: the follower keeps up; requests go out before the last was answered, up to a bound.
 * - snapshot: a snapshot is on its way; entries wait.
 */
import type { NodeId } from './message.ts'

/** Append requests with entries that may be unanswered at a time. Flow control by bytes would go here. */
const maxInFlight = 8

export class Progress {
  readonly peer: NodeId
  #state: 'probe' | 'replicate' | 'snapshot' = 'probe'
  #match = 0
  #next: number
  /** Last indexes of the requests on their way, rising. */
  #inFlight: number[] = []
  /** A probe is out, or the peer is out of reach; a heartbeat's answer ends it. */
  #isWaiting = false
  #snapshotTicks = 0
  #round = 0
  #isActive = false

  constructor(peer: NodeId, next: number) {
    this.peer = peer
    this.#next = next
  }

  get match(): number {
    return this.#match
  }
  get next(): number {
    return this.#next
  }
  /** The newest broadcast that it answered. */
  get round(): number {
    return this.#round
  }
  get maySend(): boolean {
    switch (this.#state) {
      case 'probe':
        return !this.#isWaiting
      case 'replicate':
        return this.#inFlight.length < maxInFlight
      case 'snapshot':
        return false
      default:
        return this.#state satisfies never
    }
  }

  /** Entries up to `last` were sent. */
  sent(last: number): void {
    if (this.#state === 'probe') {
      this.#isWaiting = true
    } else {
      this.#inFlight.push(last)
      this.#next = last + 1
    }
  }

  sentSnapshot(): void {
    this.#state = 'snapshot'
    this.#snapshotTicks = 0
  }

  /** A snapshot without an answer for too long may have got lost. */
  tick(snapshotTimeoutTicks: number): void {
    if (this.#state === 'snapshot' && ++this.#snapshotTicks >= snapshotTimeoutTicks) this.lost()
  }

  /** Something sent may not have arrived: probe again, but only once the peer has answered a heartbeat. */
  lost(): void {
    this.#probe(this.#state === 'replicate' ? this.#match + 1 : this.#next)
    this.#isWaiting = true
  }

  /**
   * The log no longer holds the place before `next`, so no heartbeat can tell whether what is in flight arrived. With as
   * much in flight as may be, nothing else would ever be sent: it counts as lost, and a snapshot takes its place.
   */
  outlived(): void {
    if (this.#state === 'replicate') this.lost()
  }

  heard(round: number): void {
    this.#round = Math.max(this.#round, round)
    this.#isActive = true
  }

  /** The logs are equal up to `match`. Within a term that stays true, so that late answers count too. */
  acknowledged(match: number, firstIndex: number): void {
    this.#match = Math.max(this.#match, match)
    // An empty heartbeat verifies nothing for a follower below the log: its snapshot stays on its way.
    if (this.#state === 'snapshot' && this.#match + 1 < firstIndex) return
    if (this.#state === 'probe' && this.#match + 1 < this.#next) {
      this.#isWaiting = false // It lives, but this was not the answer to the probe.
      return
    }
    this.#next = this.#state === 'replicate' ? Math.max(this.#next, this.#match + 1) : this.#match + 1
    this.#state = 'replicate'
    this.#isWaiting = false
    while ((this.#inFlight[0] ?? Number.POSITIVE_INFINITY) <= this.#match) this.#inFlight.shift()
  }

  /** Is a refusal of the place `refused` about what was sent last? A late one must not move `next`. */
  isNews(refused: number): boolean {
    switch (this.#state) {
      case 'probe':
        return refused === this.#next - 1
      case 'replicate':
        return refused > this.#match
      case 'snapshot':
        return false
      default:
        return this.#state satisfies never
    }
  }

  /**
   * The follower refused; `next` is where to go on, in the bounds of what is known. A refusal that leads nowhere new,
   * as only a broken cluster gives, waits for the next heartbeat: the two must not toss it back and forth at full speed.
   */
  refused(refused: number, next: number): void {
    const bounded = Math.max(this.#match + 1, Math.min(next, refused))
    const isNew = this.#state !== 'probe' || bounded < this.#next
    this.#probe(bounded)
    this.#isWaiting = !isNew
  }

  /** Has it been heard since this was last asked? */
  takeActive(): boolean {
    const wasActive = this.#isActive
    this.#isActive = false
    return wasActive
  }

  #probe(next: number): void {
    this.#state = 'probe'
    this.#next = next
    this.#inFlight = []
    this.#isWaiting = false
  }
}
