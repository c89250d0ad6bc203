/** The plan: versioned plain data that is the whole of a run. The same plan runs on real processes and in simulation. */
import type { Target } from './fault.ts'

export const planVersion = 1

/** What a fault may wait for. A compare-and-set that wrote nothing acknowledges no write. */
export type TriggerEvent = 'leader-elected' | 'write-acknowledged' | 'snapshot-taken'

/** When a fault begins: at a time of the main phase, or at an event after it (`afterMs` later). */
export type Trigger =
  | { readonly atMs: number }
  | {
      readonly on: TriggerEvent
      /** Events before this time of the main phase do not count. */
      readonly notBeforeMs: number
      /** Which of those that count, from 1; the first where absent. */
      readonly nth?: number
      readonly afterMs: number
    }

export interface PlannedFault {
  /** `f1`, `f2` …; unique in the plan. Parts of a pattern are `f3.1`, `f3.2` … */
  readonly id: string
  /** The pattern that it is a part of, by its name in `composites.ts`. */
  readonly composite?: string
  /** A name in the registry of faults. */
  readonly fault: string
  readonly target: Target
  readonly begin: Trigger
  /** How long it lasts; faults may overlap. */
  readonly forMs: number
}

type Scalar = number | string | boolean

export interface Plan {
  readonly plan: typeof planVersion
  readonly seed: string
  readonly system: {
    readonly name: string
    readonly nodes: number
    /** Options of the system, complete. */
    readonly options: Readonly<Record<string, Scalar>>
    /** A bug of the zoo that the nodes carry. */
    readonly bug?: string
  }
  readonly workload: {
    readonly name: string
    readonly options: Readonly<Record<string, Scalar>>
  }
  readonly clients: number
  /** Length of the main phase. */
  readonly durationMs: number
  /** After this an op counts as indeterminate. */
  readonly opTimeoutMs: number
  /** How long the system may take to come back after the last heal, before it counts as stuck. */
  readonly recoveryMs: number
  readonly faults: readonly PlannedFault[]
  /** After the final ops: kill each leader in turn, and read every key again, so that what a node hides comes to light. */
  readonly sweep?: boolean
  /** What only a simulation can decide; real runs pay no heed to it. */
  readonly world?: World
}

/** The simulated surroundings of a run. */
export interface World {
  /** Rolls everything that is not ops and faults: latencies, time-outs, torn writes. The plan's seed where absent. */
  readonly seed?: string
  /** Whether messages cross the network as text; drawn where absent. */
  readonly encodesMessages?: boolean
  /** Probability of a kill at each crash point that a node passes; 0 where absent. */
  readonly crashPoints?: number
}
