/**
 * When turns are worth giving to threads. Each thread compiles anew what it needs and plays its first turns four times as
 * slowly, which takes it some 0.7 s. So threads pay where seconds of work are left: by the sizes of keys and the time
 * that others took in the same round of turns, or where several keys are left for turns that are long themselves.
 */

export interface Threshold {
  /** How long the check has to have taken. */
  readonly afterMs: number
  /** The turn from which on keys are spread whatever the rest of the round may take. */
  readonly attempt: number
  /** How long the rest of a round has to seem to take in earlier turns. */
  readonly restMs: number
}

export const worthwhile: Threshold = { afterMs: 500, attempt: 2, restMs: 2000 }

/** Follows a check from turn to turn. Times are of one monotonic clock, sizes in operations. */
export class Pace {
  readonly #threshold: Threshold
  readonly #startMs: number
  #attempt = -1
  #roundMs = 0
  /** Of the keys that were undecided when the round began, and of those that have had their turn in it. */
  #size = 0
  #played = 0

  constructor(threshold: Threshold, startMs: number) {
    this.#threshold = threshold
    this.#startMs = startMs
  }

  /** To be called before a turn that is a key's `attempt`-th, where `undecided` tells how large all undecided keys are. */
  begin(attempt: number, nowMs: number, undecided: () => number): void {
    if (attempt === this.#attempt) return
    this.#attempt = attempt
    this.#roundMs = nowMs
    this.#size = undecided()
    this.#played = 0
  }

  /** To be called after a turn. */
  end(size: number): void {
    this.#played += size
  }

  isWorthwhile(nowMs: number): boolean {
    const { afterMs, attempt, restMs } = this.#threshold
    if (nowMs - this.#startMs < afterMs) return false
    if (this.#attempt >= attempt) return true
    return (nowMs - this.#roundMs) * (this.#size - this.#played) > restMs * this.#played
  }
}
