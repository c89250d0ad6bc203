/** One seed's work in a simulated campaign, as plain data that crosses a thread boundary. */
import type { Plan } from '../nemesis/plan.ts'
import type { OutcomeName } from '../results/outcome.ts'
import { drawSimPlan, type SimAsked } from './draw-sim-plan.ts'
import { type Mark, marksOf } from './marks.ts'
import { rerolled, signatureOf } from './replay.ts'
import { runSimulated } from './simulate.ts'

/** Where plans come from: `draw` makes one of each seed, `reroll` puts the one plan into the world of each seed. */
export type PlanSource = { readonly draw: SimAsked } | { readonly reroll: Plan }

export interface SimSummary {
  readonly seed: string
  readonly workload: string
  readonly outcome: OutcomeName
  readonly cause: string
  /** Two failures with the same one count as the same failure. */
  readonly signature: string
  readonly marks: readonly Mark[]
  /** Simulated seconds, and events. */
  readonly seconds: number
  readonly events: number
  /** Time from the heal to service, and until all had caught up; absent where it did not happen. */
  readonly servedMs: number | undefined
  readonly caughtUpMs: number | undefined
  readonly ms: number
}

export function planFrom(source: PlanSource, seed: string): Plan {
  return 'draw' in source ? drawSimPlan(source.draw, seed) : rerolled(source.reroll, seed)
}

export function simulateSeed(source: PlanSource, seed: string): SimSummary {
  const startMs = performance.now()
  const plan = planFrom(source, seed)
  const { outcome, result, systemEvents, seconds, events } = runSimulated(plan)
  return {
    seed,
    workload: plan.workload.name,
    outcome: outcome.outcome,
    cause: outcome.cause,
    signature: signatureOf(outcome),
    marks: marksOf(systemEvents, result.events),
    seconds,
    events,
    servedMs: outcome.recovery?.servedMs,
    caughtUpMs: outcome.recovery?.caughtUpMs,
    ms: performance.now() - startMs,
  }
}
