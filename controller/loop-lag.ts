/** How late the controller's own event loop runs: a tester that stalls must not blame the system. */

/** Samples each `periodMs`; the lag is how much later than that a sample came. */
export class LoopLag {
  #timer: NodeJS.Timeout
  #lastMs = performance.now()
  #worstMs = 0

  constructor(periodMs = 10) {
    this.#timer = setInterval(() => {
      const nowMs = performance.now()
      this.#worstMs = Math.max(this.#worstMs, nowMs - this.#lastMs - periodMs)
      this.#lastMs = nowMs
    }, periodMs)
    this.#timer.unref()
  }

  get worstMs(): number {
    return this.#worstMs
  }

  /** Forgets what was before: the lag counts from the main phase on. */
  reset(): void {
    this.#worstMs = 0
    this.#lastMs = performance.now()
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
