/** The plan: versioned plain data that is the whole of a run. The same plan runs on real processes and in simulation. */
import type { Target } from './fault.ts'

export const planVersion = 1

/** When a fault begins: at a time of the main phase, or at an event after it (`afterMs` later). */
export type Trigger =
  | { readonly atMs: number }
  | {
      readonly on: 'leader-elected' | 'write-acknowledged' | 'snapshot-taken'
      /** Events before this time of the main phase do not count. */
      readonly notBeforeMs: number
      readonly afterMs: number
    }

export interface PlannedFault {
  /** `f1`, `f2` …; unique in the plan. */
  readonly id: string
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
}
