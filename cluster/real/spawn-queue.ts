/**
 * Starts children one per turn of the event loop. A spawn blocks the controller for 5 to 70 ms, as it forks and waits
 * for the exec; five in a row, as after a kill of all nodes, would make the tester itself late.
 */
export class SpawnQueue {
  readonly #waiting: (() => void)[] = []
  #isScheduled = false

  push(spawn: () => void): void {
    this.#waiting.push(spawn)
    this.#schedule()
  }

  #schedule(): void {
    if (this.#isScheduled || this.#waiting.length === 0) return
    this.#isScheduled = true
    // A timer, not `setImmediate`: timers that are due in between get their turn first.
    setTimeout(() => {
      this.#isScheduled = false
      this.#waiting.shift()?.()
      this.#schedule()
    }, 1)
  }
}
