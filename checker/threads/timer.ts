/** Timers of those who wait for threads. */

/** The engines are asked to stop at the limit; the thread is terminated this much later. */
const graceMs = 100
/** A timer can not wait longer, some 24 days: then the thread's own clock has to do. */
const longestTimerMs = 2 ** 31 - 1

/** A timer a little after a time limit; none where there is no limit, or one that no timer can wait for. */
export function after(timeLimitMs: number | undefined, act: () => void): ReturnType<typeof setTimeout> | undefined {
  if (timeLimitMs === undefined || timeLimitMs + graceMs > longestTimerMs) return undefined
  return setTimeout(act, timeLimitMs + graceMs)
}
