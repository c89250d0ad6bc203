/** The seam of a workload: what clients do, and by which model it is judged. */
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { Random } from '../cluster/random.ts'
import type { Generator } from './generator.ts'

export interface WorkloadOption {
  readonly summary: string
  readonly default: number | string | boolean
  /** Bounds of a number, both included; `whole` refuses fractions. */
  readonly min?: number
  readonly max?: number
  readonly whole?: boolean
}

/** Options by name, complete: defaults are filled in and types were checked against the workload's `options`. */
export type WorkloadOptions = Readonly<Record<string, number | string | boolean>>

export interface Workload {
  readonly summary: string
  /** Name of the model in `porcupine-ts/models`. */
  readonly model: string
  readonly options: Readonly<Record<string, WorkloadOption>>
  generator(options: WorkloadOptions, random: Random): Generator
  /** Ops after the heal, e.g. a read of every key touched by the history so far; each attempt is an op of its own. */
  final?(options: WorkloadOptions, random: Random, history: readonly HistoryEvent[]): Generator
}
