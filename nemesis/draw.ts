/** Draws the faults of a plan from the seed: a mix in which each named fault occurs, some overlap, some wait for an event. */
import type { Random } from '../cluster/random.ts'
import type { PlannedFault, Trigger } from './plan.ts'
import { askedFault } from './registry.ts'

type EventTrigger = Extract<Trigger, { on: unknown }>['on']

export interface DrawFaultsOptions {
  /** `NAME` or `NAME:TARGET`, as in the registry. Throws a `UsageError` for an unknown one. */
  readonly faults: readonly string[]
  readonly random: Random
  /** Length of the main phase. */
  readonly durationMs: number
  /** How many nodes there are. */
  readonly nodes: number
  /** Events that the system tells of; `leader-elected` where there is more than one node. */
  readonly triggers?: readonly EventTrigger[]
}

/** The system settles and clients warm up before the first fault. */
const quietStartMs = 1500
/** Clients work without a fault at the end, so that what a fault left behind shows. */
const quietEndMs = 1000
/** How long after its slot an awaited event may come without the fault running into the quiet end. */
const triggerSlackMs = 1500
/** A fault that would be shorter is left out. */
const shortestMs = 200
/** More than any main phase has room for; a bound, not an aim. */
const maxFaults = 10_000

/**
 * Each slot draws from a stream of its own, so that a slot does not depend on what others drew; only its time follows
 * from the slots before it. Symbolic targets carry their draws, so leaving one fault out changes no other.
 */
export function drawFaults(options: DrawFaultsOptions): PlannedFault[] {
  const { random, durationMs, nodes, triggers = nodes > 1 ? (['leader-elected'] as const) : [] } = options
  const names = [...new Set(options.faults)]
  for (const name of names) askedFault(name)
  const endMs = durationMs - quietEndMs
  if (names.length === 0 || endMs - quietStartMs < shortestMs) return []
  const lengths = lengthsFor((endMs - quietStartMs) / names.length)
  const first = random.fork('order').shuffle(names)

  const planned: PlannedFault[] = []
  let previous = { fault: '', beginMs: 0, forMs: 0 }
  let busyUntilMs = quietStartMs
  for (let slot = 0; slot < maxFaults; slot++) {
    const stream = random.fork(`fault/${slot}`)
    const others = names.filter((name) => name !== previous.fault)
    const fault = first[slot] ?? stream.fork('fault').pick(others.length > 0 && stream.chance(0.7) ? others : names)
    const drawnMs = stream.between(lengths.minMs, lengths.maxMs)
    const gapMs = stream.between(lengths.minGapMs, lengths.maxGapMs)
    const overlap = 0.2 + 0.6 * stream.fraction()
    const overlaps = slot > 0 && stream.chance(0.3) && fault !== previous.fault
    const beginMs = overlaps
      ? previous.beginMs + Math.round(previous.forMs * overlap)
      : busyUntilMs + (slot === 0 ? 0 : gapMs)
    if (beginMs + shortestMs > endMs) break
    const forMs = Math.min(drawnMs, endMs - beginMs)

    const afterMs = stream.between(0, 300)
    const latestEndMs = beginMs + triggerSlackMs + afterMs + forMs
    // The first fault of each name comes at a sure time: an event may never come.
    const waits = triggers.length > 0 && slot >= first.length && stream.chance(0.3) && latestEndMs <= endMs
    const begin: Trigger = waits
      ? { on: stream.pick(triggers), notBeforeMs: previous.beginMs, afterMs }
      : { atMs: beginMs }
    const asked = askedFault(fault)
    const drawn = asked.fault.plan(stream.fork('target'))
    const target = asked.pick === undefined ? drawn : { ...drawn, pick: asked.pick }
    planned.push({ id: `f${slot + 1}`, fault: asked.name, target, begin, forMs })
    previous = { fault, beginMs, forMs }
    busyUntilMs = Math.max(busyUntilMs, waits ? latestEndMs - triggerSlackMs : beginMs + forMs)
  }
  return planned
}

/** 1 to 4 s with gaps of 0.3 to 1.5 s; less where the main phase would else be too short for one fault of each name. */
function lengthsFor(shareMs: number): { minMs: number; maxMs: number; minGapMs: number; maxGapMs: number } {
  const maxMs = Math.max(shortestMs, Math.min(4000, Math.floor(shareMs * 0.65)))
  const maxGapMs = Math.max(0, Math.min(1500, Math.floor(shareMs) - maxMs))
  return { minMs: Math.min(1000, maxMs), maxMs, minGapMs: Math.min(300, maxGapMs), maxGapMs }
}
