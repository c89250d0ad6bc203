/**
 * Draws whole simulated runs as a swarm: not one average setting with everything in it, but a different subset of
 * features, rates and faults each time, as many bugs hide behind a feature that is on (Groce et al., Swarm Testing,
 * ISSTA 2012). Each decision has a stream of its own, so that pinning one does not re-roll the others.
 */
import { raftKvOptions, readOptions } from '../cluster/node/options.ts'
import type { Random } from '../cluster/random.ts'
import { workloadOptions, workloads } from '../workloads/index.ts'
import { weighted } from '../workloads/weighted.ts'
import { drawFaults } from './draw.ts'
import type { Plan, PlannedFault, World } from './plan.ts'
import { askedFault, faults } from './registry.ts'
import { weather } from './weather.ts'

type Scalars = Readonly<Record<string, unknown>>

/** What is not to be drawn. */
export interface SwarmOptions {
  /** Faults to take a subset of, as `NAME` or `NAME:TARGET`; the whole registry unless told. None: no faults. */
  readonly faults?: readonly string[]
  /** Every one of those faults takes part. */
  readonly everyFault?: boolean
  readonly nodes?: number
  readonly clients?: number
  readonly durationMs?: number
  readonly opTimeoutMs?: number
  readonly recoveryMs?: number
  readonly workload?: string
  readonly composites?: boolean
  readonly sweep?: boolean
  /** A bug of the zoo that the nodes carry. */
  readonly bug?: string
  /** Only these are pinned; the others are drawn. Throws where `raft-kv` has no such option. */
  readonly systemOptions?: Scalars
  /** If no workload is pinned, one is drawn that has them. Throws a `UsageError` where there is none. */
  readonly workloadOptions?: Scalars
}

/** How rough a run is. */
export interface Mood {
  /** The faults that take part. */
  readonly faults: readonly string[]
  readonly intensity: number
  readonly lengthScale: number
  readonly composites: boolean
}

/** A plan but for its version and seed. */
export type SwarmSetup = Omit<Plan, 'plan' | 'seed'> & { readonly mood: Mood }

/** Those that have all these options; all of them where none does, so that one says which is wrong. */
export function workloadsWith(options: Scalars = {}): readonly string[] {
  const fit = Object.entries(workloads).filter(([, workload]) =>
    Object.keys(options).every((name) => Object.hasOwn(workload.options, name)),
  )
  return fit.length === 0 ? Object.keys(workloads) : fit.map(([name]) => name)
}

/**
 * One run of `raft-kv`, for which a right cluster owes both a legal history and a recovery: all that is broken is healed
 * at the end of the main phase, and no disk stays wrong.
 */
export function drawSwarm(random: Random, options: SwarmOptions = {}): SwarmSetup {
  const nodes = options.nodes ?? drawNodes(random.fork('nodes'))
  const durationMs = options.durationMs ?? random.fork('duration').between(20, 30) * 1000
  const workload = options.workload ?? random.fork('workload').pick(workloadsWith(options.workloadOptions))
  const mood = drawMood(random, nodes, options)
  const raftOptions = readOptions(raftKvOptions, { ...drawRaftOptions(random), ...options.systemOptions })
  const schedule = drawFaults({ ...mood, random: random.fork('schedule'), durationMs, nodes })
  const climate = mood.faults.includes('weather') ? drawClimate(random.fork('climate'), durationMs) : []
  return {
    system: {
      name: 'raft-kv',
      nodes,
      options: raftOptions,
      ...(options.bug === undefined ? {} : { bug: options.bug }),
    },
    workload: {
      name: workload,
      options: workloadOptions(workload, { ...drawMix(random, workload), ...options.workloadOptions }),
    },
    clients: options.clients ?? random.fork('clients').between(3, 10),
    durationMs,
    opTimeoutMs: options.opTimeoutMs ?? random.fork('op time-out').pick([500, 1000, 1000, 2000]),
    recoveryMs: options.recoveryMs ?? 15_000,
    faults: [...climate, ...schedule.map((fault) => (raftOptions.snapshotEvery === 0 ? unsnapped(fault) : fault))],
    sweep: options.sweep ?? random.fork('sweep').chance(0.5),
    world: drawWorld(random, nodes),
    mood,
  }
}

function drawNodes(random: Random): number {
  return weighted(random, [
    { item: 3, weight: 42 },
    { item: 5, weight: 42 },
    { item: 4, weight: 8 },
    { item: 7, weight: 5 },
    { item: 1, weight: 3 },
  ])
}

function drawMood(random: Random, nodes: number, options: SwarmOptions): Mood {
  const possible = (options.faults ?? Object.keys(faults)).filter((name) => nodes > 1 || !needsPeers(name))
  const chosen = options.everyFault ? possible : possible.filter((name) => random.fork(`fault ${name}`).chance(0.5))
  // Never none of several: one that was left out takes part after all.
  const spare = chosen.length === 0 && possible.length > 0 ? [random.fork('one fault').pick(possible)] : []
  return {
    faults: [...chosen, ...spare],
    intensity: random.fork('intensity').pick([0.3, 0.6, 1, 1.5, 2.5, 4]),
    lengthScale: random.fork('length').pick([0.25, 0.5, 1, 1, 1.5]),
    composites: options.composites ?? random.fork('composites').chance(0.5),
  }
}

/** A single node has no links between nodes, and sends to nobody. */
function needsPeers(asked: string): boolean {
  const { name } = askedFault(asked)
  return name === 'partition' || name === 'weather' || name === 'crash-point'
}

/** Where no snapshot is ever taken, nobody dies of one: the same moment of a sync takes its place. */
function unsnapped(planned: PlannedFault): PlannedFault {
  const { fault, target } = planned
  if (fault !== 'crash-point') return planned
  return { ...planned, target: { ...target, pick: target.pick.replace('snapshot', 'sync') } }
}

/** The weather between faults: in some runs the network is never quite quiet. */
function drawClimate(random: Random, durationMs: number): PlannedFault[] {
  if (!random.chance(0.4)) return []
  // An odd draw: on all links.
  const target = { ...weather.plan(random), pick: 'unsettled', draw: random.below(0x80000000) * 2 + 1 }
  return [{ id: 'f0', fault: 'weather', target, begin: { atMs: 0 }, forMs: durationMs }]
}

function drawRaftOptions(random: Random): Scalars {
  const draw = (label: string): Random => random.fork(`option ${label}`)
  const heartbeatTicks = draw('heartbeatTicks').pick([1, 2, 3, 3, 4])
  // Of the silence that starts an election at least three heartbeats must get lost, or leaders would not last.
  const electionTicks = Math.max(6, heartbeatTicks * draw('electionTicks').between(3, 6))
  return {
    tickMs: draw('tickMs').pick([10, 25, 25, 40]),
    heartbeatTicks,
    electionTicks,
    voteTimeoutTicks: draw('voteTimeoutTicks').between(2, Math.max(2, Math.floor(electionTicks / 2))),
    preVote: draw('preVote').chance(0.6),
    checkQuorum: draw('checkQuorum').chance(0.6),
    maxEntriesPerAppend: draw('maxEntriesPerAppend').pick([1, 4, 64]),
    snapshotEvery: draw('snapshotEvery').pick([0, 20, 60, 500]),
    keepEntries: draw('keepEntries').pick([0, 10, 50]),
  }
}

/** Keys stay short-lived, as deciding one takes more than linear time. */
function drawMix(random: Random, workload: string): Scalars {
  const draw = (label: string): Random => random.fork(`workload ${label}`)
  const known = Object.keys(workloads[workload as keyof typeof workloads]?.options ?? {})
  const mix: Scalars = {
    rate: draw('rate').pick([5, 10, 20, 20, 40]),
    keys: draw('keys').pick([1, 2, 4, 4, 8]),
    opsPerKey: workload === 'append' ? draw('opsPerKey').between(5, 12) : draw('opsPerKey').between(6, 20),
    previousReads: draw('previousReads').pick([0, 0.2, 0.3, 0.5]),
    anyReads: draw('anyReads').pick([0, 0.2, 0.4]),
    reads: draw('reads').pick([20, 45, 60]),
    writes: draw('writes').pick([15, 30, 60]),
    cas: draw('cas').pick([0, 20, 40]),
    deletes: draw('deletes').pick([0, 5, 15]),
    appends: draw('appends').pick([30, 50, 80]),
  }
  return Object.fromEntries(Object.entries(mix).filter(([name]) => known.includes(name)))
}

/** Kills at crash points by chance are seldom enough that a majority is up most of the time. */
function drawWorld(random: Random, nodes: number): World {
  return {
    encodesMessages: random.fork('encoding').chance(0.125),
    crashPoints: nodes > 1 ? random.fork('crash points').pick([0, 0, 0, 0.00003, 0.0001, 0.0003]) : 0,
  }
}
