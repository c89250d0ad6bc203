/**
 * Showing a failure again. A simulated run repeats to the byte. A real run does not: its plan is run again with each
 * fault tied to the event that it followed, and what comes of it is a rate, told with its uncertainty.
 */
import type { SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import type { Plan, PlannedFault, Trigger } from '../nemesis/plan.ts'
import type { Outcome } from '../results/outcome.ts'

/** A fault that began so soon after an election was, as far as one can tell, about that leader. */
const tiedWithinUs = 1_000_000
/** An election counts for a fault from so much earlier on than it came when it was recorded. */
const earlierMs = 500

/** What makes two failures the same one: outcome, and the class of anomaly. */
export function signatureOf({ outcome, anomaly }: Pick<Outcome, 'outcome' | 'anomaly'>): string {
  return anomaly === undefined ? outcome : `${outcome} (${anomaly.class ?? 'anomaly'})`
}

/** The recorded plan, with faults triggered by the recorded elections where they can be, at the recorded times elsewhere. */
export function anchored(plan: Plan, evidence: readonly FaultEvidence[], events: readonly SystemEvent[]): Plan {
  const elections = events.filter(isElection).map(({ timeUs }) => timeUs)
  const faults = plan.faults.map((fault): PlannedFault => {
    const beganUs = evidence.find(({ planned }) => planned.id === fault.id)?.beganUs
    return beganUs === undefined ? fault : { ...fault, begin: beginAt(fault.begin, beganUs, elections) }
  })
  return { ...plan, faults }
}

function beginAt(begin: Trigger, beganUs: number, elections: readonly number[]): Trigger {
  // What waited for an event waits for it again.
  if ('on' in begin) return begin
  const electedUs = elections.findLast((timeUs) => timeUs <= beganUs && beganUs - timeUs <= tiedWithinUs && timeUs > 0)
  if (electedUs === undefined) return { atMs: Math.round(beganUs / 1000) }
  return {
    on: 'leader-elected',
    notBeforeMs: Math.max(0, Math.round(electedUs / 1000) - earlierMs),
    afterMs: Math.round((beganUs - electedUs) / 1000),
  }
}

function isElection(event: SystemEvent): boolean {
  return event.type === 'trace' && event.event.type === 'role' && event.event.role === 'leader'
}

/** A plan as the simulation is to try it: the same ops and faults, with everything else of the world drawn anew. */
export function rerolled(plan: Plan, roll: string): Plan {
  return { ...plan, world: { ...plan.world, seed: `${plan.seed}/${roll}` } }
}

/** Bounds of a rate of which `hits` of `tries` were seen, at 95 % (Wilson 1927). */
export function wilson(hits: number, tries: number): { low: number; high: number } {
  if (tries === 0) return { low: 0, high: 1 }
  const z = 1.96
  const rate = hits / tries
  const centre = rate + (z * z) / (2 * tries)
  const spread = z * Math.sqrt((rate * (1 - rate)) / tries + (z * z) / (4 * tries * tries))
  const scale = 1 + (z * z) / tries
  return { low: Math.max(0, (centre - spread) / scale), high: Math.min(1, (centre + spread) / scale) }
}

/** `3 of 10 tries (95 % interval 11 % to 60 %)`. */
export function rateText(hits: number, tries: number): string {
  const { low, high } = wilson(hits, tries)
  const percent = (share: number): string => `${Math.round(share * 100)} %`
  return `${hits} of ${tries} ${tries === 1 ? 'try' : 'tries'} (95 % interval ${percent(low)} to ${percent(high)})`
}
