/** Draws the faults of a plan from the seed: a mix in which each named fault occurs, some overlap, some wait for an event. */
import type { Random } from '../cluster/random.ts'
import { compositesOf, type Part } from './composites.ts'
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
  /**
   * Mix in patterns of faults, where there are three nodes or more; a pattern uses no other faults than the named ones.
   * A named fault may then not occur on its own. Off unless told.
   */
  readonly composites?: boolean
  /** How densely faults follow each other and how often they overlap; 1 unless told, less is calmer. */
  readonly intensity?: number
  /** How long each fault lasts, times the usual; 1 unless told. */
  readonly lengthScale?: number
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
/** Share of the slots that hold a pattern, where patterns are wanted. */
const compositeShare = 0.35

/**
 * Each slot draws from a stream of its own, so that a slot does not depend on what others drew; only its time follows
 * from the slots before it. Symbolic targets carry their draws, so leaving one fault out changes no other.
 */
export function drawFaults(options: DrawFaultsOptions): PlannedFault[] {
  const { random, durationMs, nodes, triggers = nodes > 1 ? (['leader-elected'] as const) : [] } = options
  const { intensity = 1, lengthScale = 1 } = options
  const names = [...new Set(options.faults)]
  const named = names.map(askedFault)
  // Patterns choose their own targets, so a fault that was asked for with one takes part in none.
  const free = new Set(named.filter(({ pick }) => pick === undefined).map(({ name }) => name))
  const patterns = options.composites && nodes >= 3 ? compositesOf(free) : []
  const endMs = durationMs - quietEndMs
  if (names.length === 0 || endMs - quietStartMs < shortestMs) return []
  const lengths = lengthsFor((endMs - quietStartMs) / names.length, lengthScale)
  const first = random.fork('order').shuffle(names)

  const planned: PlannedFault[] = []
  let previous = { fault: '', beginMs: 0, forMs: 0 }
  let busyUntilMs = quietStartMs
  let singles = 0
  for (let slot = 0; slot < maxFaults; slot++) {
    const id = `f${slot + 1}`
    const stream = random.fork(`fault/${slot}`)
    const others = names.filter((name) => name !== previous.fault)
    const fault = first[singles] ?? stream.fork('fault').pick(others.length > 0 && stream.chance(0.7) ? others : names)
    const drawnMs = stream.between(lengths.minMs, lengths.maxMs)
    const gapMs = Math.round(stream.between(lengths.minGapMs, lengths.maxGapMs) / intensity)
    const overlap = 0.2 + 0.6 * stream.fraction()
    const overlaps = slot > 0 && stream.chance(Math.min(0.9, 0.3 * intensity)) && fault !== previous.fault
    const beginMs = overlaps
      ? previous.beginMs + Math.round(previous.forMs * overlap)
      : busyUntilMs + (slot === 0 ? 0 : gapMs)
    if (beginMs + shortestMs > endMs) break

    const patternStream = stream.fork('composite')
    if (patterns.length > 0 && patternStream.chance(compositeShare)) {
      const [composite, pattern] = patternStream.pick(patterns)
      const parts = clipped(pattern.plan(patternStream, beginMs), endMs)
      for (const [at, part] of parts.entries()) planned.push({ id: `${id}.${at + 1}`, composite, ...part })
      const untilMs = Math.max(beginMs + shortestMs, ...parts.map(likelyEndMs))
      previous = { fault: composite, beginMs, forMs: untilMs - beginMs }
      busyUntilMs = Math.max(busyUntilMs, untilMs)
      continue
    }

    const forMs = Math.min(drawnMs, endMs - beginMs)
    const afterMs = stream.between(0, 300)
    const latestEndMs = beginMs + triggerSlackMs + afterMs + forMs
    // The first fault of each name comes at a sure time: an event may never come.
    const waits = triggers.length > 0 && singles >= first.length && stream.chance(0.3) && latestEndMs <= endMs
    const begin: Trigger = waits
      ? { on: stream.pick(triggers), notBeforeMs: previous.beginMs, afterMs }
      : { atMs: beginMs }
    const asked = askedFault(fault)
    const drawn = asked.fault.plan(stream.fork('target'))
    const target = asked.pick === undefined ? drawn : { ...drawn, pick: asked.pick }
    planned.push({ id, fault: asked.name, target, begin, forMs })
    singles++
    previous = { fault, beginMs, forMs }
    busyUntilMs = Math.max(busyUntilMs, waits ? latestEndMs - triggerSlackMs : beginMs + forMs)
  }
  return planned
}

/** 1 to 4 s with gaps of 0.3 to 1.5 s; less where the main phase would else be too short for one fault of each name. */
function lengthsFor(
  shareMs: number,
  scale: number,
): { minMs: number; maxMs: number; minGapMs: number; maxGapMs: number } {
  const longestMs = Math.round(4000 * scale)
  const maxMs = Math.max(shortestMs, Math.min(longestMs, Math.floor(shareMs * 0.65)))
  const maxGapMs = Math.max(0, Math.min(1500, Math.floor(shareMs) - maxMs))
  return { minMs: Math.min(Math.round(1000 * scale), maxMs), maxMs, minGapMs: Math.min(300, maxGapMs), maxGapMs }
}

/** What of a pattern has room before the quiet end; what waits for an event must have room even if that comes late. */
function clipped(parts: readonly Part[], endMs: number): Part[] {
  return parts.flatMap((part) => {
    const { begin, forMs } = part
    if ('on' in begin) return likelyEndMs(part) + triggerSlackMs <= endMs ? [part] : []
    return begin.atMs < endMs ? [{ ...part, forMs: Math.min(forMs, endMs - begin.atMs) }] : []
  })
}

function likelyEndMs({ begin, forMs }: Part): number {
  return forMs + ('on' in begin ? begin.notBeforeMs + begin.afterMs : begin.atMs)
}
