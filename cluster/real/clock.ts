/** Real time, for nodes and for the controller. */
import type { Cancel, Clock } from '../env.ts'

interface Timer {
  readonly dueUs: number
  readonly run: () => void
}

/**
 * A clock over the machine's monotonic and wall time. Timers run in the order of their moments, those of one moment
 * in the order of their calls, and never early: Node's own timers count from a cached time and may do both.
 */
export function realClock(): Clock {
  const timers: Timer[] = []
  let alarm: NodeJS.Timeout | undefined
  let alarmUs = Number.POSITIVE_INFINITY

  function arm(): void {
    const dueUs = timers[0]?.dueUs ?? Number.POSITIVE_INFINITY
    if (dueUs === alarmUs) return
    clearTimeout(alarm)
    alarmUs = dueUs
    const delayMs = Math.ceil((dueUs - monotonicUs()) / 1000)
    alarm = timers.length === 0 ? undefined : setTimeout(ring, Math.min(Math.max(delayMs, 1), MAX_DELAY_MS))
  }

  function ring(): void {
    alarmUs = Number.POSITIVE_INFINITY
    const nowUs = monotonicUs()
    try {
      for (let head = timers[0]; head !== undefined && head.dueUs <= nowUs; head = timers[0]) {
        timers.shift()
        head.run()
      }
    } finally {
      arm()
    }
  }

  function after(us: number, run: () => void): Cancel {
    const timer = { dueUs: monotonicUs() + Math.max(0, us), run }
    timers.splice(placeAfterEqual(timers, timer.dueUs), 0, timer)
    arm()
    return () => {
      const at = timers.indexOf(timer)
      if (at < 0) return
      timers.splice(at, 1)
      arm()
    }
  }

  return { monotonicUs, wallUs: () => Date.now() * 1000, after }
}

/** The longest delay that `setTimeout` takes; a later timer is simply armed again. */
const MAX_DELAY_MS = 2 ** 31 - 1

function monotonicUs(): number {
  const [seconds, nanoseconds] = process.hrtime()
  return seconds * 1_000_000 + Math.floor(nanoseconds / 1000)
}

/** Where a timer belongs among sorted ones, behind those due at the same moment. */
function placeAfterEqual(timers: readonly Timer[], dueUs: number): number {
  let low = 0
  let high = timers.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((timers[middle]?.dueUs ?? 0) <= dueUs) low = middle + 1
    else high = middle
  }
  return low
}
