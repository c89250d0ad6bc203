/** Ctrl-C and SIGTERM as a signal: the first asks for an orderly end, which heals, stops the nodes and still checks. */

export interface Interrupt {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Resolves at the next one. */
  next(): Promise<void>
  release(): void
}

export function interruptSignal(): Interrupt {
  const controller = new AbortController()
  const waiting = new Set<() => void>()
  let count = 0
  const onSignal = (): void => {
    count++
    for (const resolve of waiting) resolve()
    waiting.clear()
    if (count === 1) controller.abort()
    // Whoever insists gets it: children die with the controller.
    if (count === 3) process.exit(130)
  }
  process.on('SIGINT', onSignal)
  process.on('SIGTERM', onSignal)
  return {
    signal: controller.signal,
    next: () => new Promise((resolve) => waiting.add(resolve)),
    release() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
