/** What became of each planned fault: when it really began and ended, what its target meant, and what proves that it bit. */
import type { SystemEvent } from '../cluster/system.ts'
import type { Resolved } from './fault.ts'
import type { PlannedFault } from './plan.ts'

export interface FaultEvidence {
  readonly planned: PlannedFault
  /** On the history's clock; absent where it never began. */
  readonly beganUs?: number
  readonly endedUs?: number
  readonly resolved?: Resolved
  /** What proves that it bit; absent where nothing does. */
  readonly bit?: string
  /** Why it was not tried: the system has no such control, or its trigger never came. */
  readonly skipped?: string
}

/** How the system came back after the last heal. Times in ms since the heal; absent where it did not. */
export interface Recovery {
  /** A probe write and a read were answered `ok`. */
  readonly servedMs?: number
  /** Every node had applied what was committed when the system first served again. */
  readonly caughtUpMs?: number
  /** Nodes that had not caught up when the bound was reached, with what they said. */
  readonly behind: readonly string[]
  readonly boundMs: number
}

/** How long after a fault was released its events may still arrive, e.g. what a healed link had held. */
const graceUs = 1_000_000

/** The events that may prove that a fault bit; without an end, all from `fromUs` on. Times on the tester's clock. */
export function windowOf(
  events: readonly SystemEvent[],
  fromUs: number,
  releasedUs: number = Number.POSITIVE_INFINITY,
): SystemEvent[] {
  return events.filter(({ timeUs }) => timeUs >= fromUs && timeUs <= releasedUs + graceUs)
}
