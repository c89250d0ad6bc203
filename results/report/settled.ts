/** Events on one clock. */
import type { SystemEvent } from '../../cluster/system.ts'

/** More than what nodes' events overtake each other by. */
const backUs = 50_000

/**
 * A real run counts its time anew when its clients begin: what it told while the nodes started stands at 0 here, or
 * nodes would have started after they were ready. (A simulated run's events of that time have negative times.)
 */
export function settled(events: readonly SystemEvent[]): SystemEvent[] {
  const restart = restartOf(events)
  return events.map((event, at) => (at < restart ? { ...event, timeUs: Math.min(event.timeUs, 0) } : event))
}

/** Where time jumps back for the first time, if nothing but starting had happened until then; else 0. */
function restartOf(events: readonly SystemEvent[]): number {
  let latest = Number.NEGATIVE_INFINITY
  for (const [at, { type, timeUs }] of events.entries()) {
    if (timeUs < latest - backUs) return at
    if (type !== 'node-started' && type !== 'node-ready' && type !== 'trace') return 0
    latest = Math.max(latest, timeUs)
  }
  return 0
}
