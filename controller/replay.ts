/**
 * Showing a failure again. A simulated run repeats to the byte. A real run does not: its plan is run again with each
 * fault tied to the event that it followed, and what comes of it is a rate, told with its uncertainty.
 */
import type { Plan, PlannedFault, Trigger, TriggerEvent } from '../nemesis/plan.ts'
import { isAcknowledgedWrite, triggerEventOf } from '../nemesis/trigger.ts'
import type { Outcome } from '../results/outcome.ts'
import type { LoadedRun } from '../results/run.ts'

/** What of a recorded run a fault may be tied to. */
export type Recorded = Pick<LoadedRun, 'plan' | 'evidence' | 'events' | 'history'>

/** How close a fault must follow an event to be, as far as one can tell, about it; and how early that event may come again. */
interface Tie {
  readonly withinUs: number
  readonly earlierMs: number
}

const ties = {
  'leader-elected': { withinUs: 1_000_000, earlierMs: 500 },
  'snapshot-taken': { withinUs: 1_000_000, earlierMs: 500 },
  // Writes are acknowledged all the time, so the next one will do, and it is no use to wait for an early one.
  'write-acknowledged': { withinUs: 100_000, earlierMs: 0 },
} satisfies Record<TriggerEvent, Tie>

/** What makes two failures the same one: outcome, and the class of anomaly. */
export function signatureOf({ outcome, anomaly }: Pick<Outcome, 'outcome' | 'anomaly'>): string {
  return anomaly === undefined ? outcome : `${outcome} (${anomaly.class ?? 'anomaly'})`
}

/**
 * The recorded plan, with each fault tied to the event that it followed, where there was one, and at its recorded time
 * elsewhere. The nearest election or snapshot counts; an acknowledged write, which is almost always nearer and says
 * far less, counts only where neither was near.
 */
export function anchored({ plan, evidence, events, history }: Recorded): Plan {
  const rare = events.flatMap((event): Anchor[] => {
    const on = triggerEventOf(event)
    return on === undefined ? [] : [{ on, timeUs: event.timeUs }]
  })
  const writes = history.filter(isAcknowledgedWrite).map(({ timeUs }): Anchor => ({ on: 'write-acknowledged', timeUs }))
  const faults = plan.faults.map((fault): PlannedFault => {
    const beganUs = evidence.find(({ planned }) => planned.id === fault.id)?.beganUs
    // What never began is left as it was, and what waited for an event waits for it again.
    if (beganUs === undefined || 'on' in fault.begin) return fault
    const begin = after(beganUs, rare) ?? after(beganUs, writes) ?? { atMs: Math.round(beganUs / 1000) }
    return { ...fault, begin }
  })
  return { ...plan, faults }
}

/** An event that a fault can wait for, on the history's clock. */
interface Anchor {
  readonly on: TriggerEvent
  readonly timeUs: number
}

/** The begin tied to the last of these events before it, if that is near. What happened before time 0 is over in every run. */
function after(beganUs: number, anchors: readonly Anchor[]): Trigger | undefined {
  const isNear = ({ on, timeUs }: Anchor): boolean =>
    timeUs > 0 && timeUs <= beganUs && beganUs - timeUs <= ties[on].withinUs
  const anchor = anchors.filter(isNear).reduce<Anchor | undefined>(later, undefined)
  if (anchor === undefined) return undefined
  const { on, timeUs } = anchor
  const notBeforeMs = Math.max(0, Math.floor(timeUs / 1000) - ties[on].earlierMs)
  const counts = (other: Anchor): boolean =>
    other.on === on && other.timeUs >= notBeforeMs * 1000 && other.timeUs <= timeUs
  const nth = anchors.filter(counts).length
  return { on, notBeforeMs, ...(nth > 1 ? { nth } : {}), afterMs: Math.round((beganUs - timeUs) / 1000) }
}

function later(a: Anchor | undefined, b: Anchor): Anchor {
  return a !== undefined && a.timeUs > b.timeUs ? a : b
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
