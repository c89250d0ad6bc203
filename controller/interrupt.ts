/** Ctrl-C and SIGTERM as a signal: the first asks for an orderly end, which heals, stops the nodes and still checks. */

export interface Interrupt {
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** Resolves at the next one; at once after a SIGTERM, as whoever sent that will not ask again. */
  next(): Promise<void>
  release(): void
}

/** One Ctrl-C may arrive several times: from the terminal, from npm, from our launcher. Nobody types that fast. */
const sameMs = 100

export function interruptSignal(): Interrupt {
  const controller = new AbortController()
  const waiting = new Set<() => void>()
  let count = 0
  let lastMs = Number.NEGATIVE_INFINITY
  let isTerminated = false
  const onSignal = (signal: NodeJS.Signals): void => {
    isTerminated ||= signal === 'SIGTERM'
    const nowMs = performance.now()
    const isSame = nowMs - lastMs < sameMs
    lastMs = nowMs
    if (isSame) return
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
    next: () => (isTerminated ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
    release() {
      process.off('SIGINT', onSignal)
      process.off('SIGTERM', onSignal)
    },
  }
}
