/** One run in simulation, from its plan to its verdict: the same session as on real processes, on virtual time. */
import { seededRandom } from '../cluster/random.ts'
import { Scheduler } from '../cluster/sim/scheduler.ts'
import type { SystemEvent } from '../cluster/system.ts'
import { systems } from '../cluster/systems/index.ts'
import type { SystemKind } from '../cluster/systems/system-kind.ts'
import type { Plan } from '../nemesis/plan.ts'
import type { Outcome } from '../results/outcome.ts'
import { workloads } from '../workloads/index.ts'
import { judge } from './judge.ts'
import { named } from './named.ts'
import { Session, type SessionResult } from './session.ts'

export interface SimulatedRun {
  readonly outcome: Outcome
  readonly result: SessionResult
  readonly systemEvents: readonly SystemEvent[]
  /** Simulated time in seconds, and how many events it took. */
  readonly seconds: number
  readonly events: number
}

/** A run that has not come to its end after so many events is a defect of the simulation. */
const maxEvents = 50_000_000

export function runSimulated(plan: Plan): SimulatedRun {
  const kind: SystemKind = named('system', systems, plan.system.name)
  const workload = named('workload', workloads, plan.workload.name)
  const scheduler = new Scheduler()
  const { bug, options, nodes } = plan.system
  const system = kind.sim?.({
    nodes: Array.from({ length: nodes }, (_none, at) => `n${at + 1}`),
    options: { ...options, ...(bug === undefined ? {} : { bug }) },
    scheduler,
    random: seededRandom(plan.seed).fork('world'),
  })
  if (!system) throw new Error(`the system ${plan.system.name} can not be simulated`)
  const systemEvents: SystemEvent[] = []
  let result: SessionResult | undefined
  const session = new Session({
    plan,
    system,
    clock: scheduler,
    onHistory: () => undefined,
    onSystem: (event) => systemEvents.push(event),
    onPhase: () => undefined,
    done: (ended) => {
      result = ended
    },
  })
  session.start()
  while (!result) {
    if (!scheduler.step() || scheduler.events > maxEvents)
      throw new Error(`the simulated run of seed ${plan.seed} never ended`)
  }
  const outcome = judge(plan, workload.model, result, { lagMs: 0, lagBoundMs: 0 })
  return { outcome, result, systemEvents, seconds: scheduler.monotonicUs() / 1e6, events: scheduler.events }
}
