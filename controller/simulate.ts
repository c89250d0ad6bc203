/** One run in simulation, from its plan to its verdict: the same session as on real processes, on virtual time. */
import { seededRandom } from '../cluster/random.ts'
import type { Delivery } from '../cluster/sim/peer-parcel.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import { TraceHash } from '../cluster/sim/trace-hash.ts'
import type { SystemEvent } from '../cluster/system.ts'
import { systems } from '../cluster/systems/index.ts'
import type { SystemKind } from '../cluster/systems/system-kind.ts'
import type { Plan } from '../nemesis/plan.ts'
import type { Outcome } from '../results/outcome.ts'
import { workloadNamed } from '../workloads/index.ts'
import { named } from '../workloads/named.ts'
import { watchedModel, withAlarm } from './fail-fast.ts'
import { judge } from './judge.ts'
import { Session, type SessionResult } from './session.ts'

export interface SimulatedRun {
  readonly outcome: Outcome
  readonly result: SessionResult
  readonly systemEvents: readonly SystemEvent[]
  /** Simulated time in seconds, and how many events it took. */
  readonly seconds: number
  readonly events: number
  /** The simulated moment that is time 0 of the history; 0 where the run never came so far. */
  readonly startUs: number
  /** A fingerprint over time, node and kind of every event; '' where it was not asked for. */
  readonly digest: string
}

/** A run on its way, event by event. */
export interface RunUnderWay {
  readonly scheduler: Scheduler
  /** As far as they have come, on the history's clock. */
  readonly systemEvents: readonly SystemEvent[]
  /** Absent before the main phase. */
  startUs(): number | undefined
  /** Absent before the end. */
  result(): SessionResult | undefined
  /** Runs the next event. */
  step(): void
}

/** A run that has not come to its end after so many events is a defect of the simulation. */
const maxEvents = 50_000_000

export interface SimulateOptions {
  /** Gets every event of consequence, in order. */
  readonly onTrace?: (timeUs: number, node: string, what: string) => void
  /** Gets every message between nodes, as the simulated system tells it. */
  readonly onMessage?: (delivery: Delivery) => void
  /** Gets what the system tells of itself, when it does. */
  readonly onSystem?: (event: SystemEvent) => void
  /** Compute `digest`; takes a little time. */
  readonly hashes?: boolean
  /** Freeze the nodes and end the run as soon as the history is illegal. */
  readonly failFast?: boolean
}

/** Runs a plan to its end. Equal plans give equal runs, to the last event. */
export function runSimulated(plan: Plan, { hashes = false, ...watching }: SimulateOptions = {}): SimulatedRun {
  const workload = workloadNamed(plan.workload.name)
  const hash = hashes ? new TraceHash() : undefined
  const onTrace = (timeUs: number, node: string, what: string): void => {
    hash?.add(timeUs, node, what)
    watching.onTrace?.(timeUs, node, what)
  }
  const run = startSimulated(plan, { ...watching, ...(hash === undefined ? {} : { onTrace }) })
  let result = run.result()
  for (; !result; result = run.result()) run.step()
  const outcome = withAlarm(judge(plan, workload.model, result, { lagMs: 0, lagBoundMs: 0 }), result, '')
  return {
    outcome,
    result,
    systemEvents: run.systemEvents,
    seconds: run.scheduler.monotonicUs() / 1e6,
    events: run.scheduler.events,
    startUs: run.startUs() ?? 0,
    digest: hash?.digest ?? '',
  }
}

/** Begins a run, for callers that do not want to see its end. */
export function startSimulated(
  plan: Plan,
  { onTrace, onMessage, onSystem, failFast = false }: Omit<SimulateOptions, 'hashes'>,
): RunUnderWay {
  const kind: SystemKind = named('system', systems, plan.system.name)
  const scheduler = new Scheduler()
  const { encodesMessages, crashPoints, seed: worldSeed } = plan.world ?? {}
  const { bug, options, nodes } = plan.system
  const system = kind.sim?.({
    nodes: Array.from({ length: nodes }, (_none, at) => `n${at + 1}`),
    options: { ...options, ...(bug === undefined ? {} : { bug }) },
    scheduler,
    random: seededRandom(worldSeed ?? plan.seed).fork('world'),
    ...(encodesMessages === undefined ? {} : { encodesMessages }),
    ...(crashPoints === undefined
      ? {}
      : { crashPoints: { probability: crashPoints, untilUs: plan.durationMs * 1000 } }),
    ...(onTrace === undefined ? {} : { onTrace }),
    ...(onMessage === undefined ? {} : { onMessage }),
  })
  if (!system) throw new Error(`the system ${plan.system.name} can not be simulated`)
  const systemEvents: SystemEvent[] = []
  let result: SessionResult | undefined
  let startUs: number | undefined
  const session = new Session({
    plan,
    system,
    clock: scheduler,
    onHistory: () => undefined,
    onSystem: (event) => {
      systemEvents.push(event)
      onSystem?.(event)
    },
    onPhase: (phase) => {
      if (phase === 'main') startUs = scheduler.monotonicUs()
    },
    ...(failFast ? { failFast: watchedModel(plan) } : {}),
    done: (ended) => {
      result = ended
    },
  })
  session.start()
  return {
    scheduler,
    systemEvents,
    startUs: () => startUs,
    result: () => result,
    step() {
      if (!scheduler.step() || scheduler.events > maxEvents)
        throw new Error(`the simulated run of seed ${plan.seed} never ended`)
    },
  }
}
