/** What a run amounts to: the checker's verdict and all that a black box can not say. */

import type { UnknownAdvice, Weaker } from 'porcupine-ts'
import type { KvInput, KvOutput } from 'porcupine-ts/models'
import type { NodeStatus } from '../cluster/system.ts'
import type { Recovery } from '../nemesis/evidence.ts'

/** Best first is not an order: each has its exit code. Only `valid` reads as a pass. */
export const outcomes = {
  valid: { exitCode: 0, meaning: 'every client saw one copy of the data, in an order that respects real time' },
  illegal: { exitCode: 1, meaning: 'clients saw what no single copy of the data can show: an anomaly' },
  stuck: { exitCode: 1, meaning: 'the system did not come back after everything was healed' },
  invariant: { exitCode: 1, meaning: "the nodes' own traces break an invariant of Raft" },
  'node-crash': { exitCode: 1, meaning: 'a node died that nobody killed' },
  unknown: { exitCode: 2, meaning: 'the checker ran out of budget before it could decide' },
  vacuous: { exitCode: 2, meaning: 'a requested fault did not bite, or hardly an op succeeded: the run proves little' },
  harness: { exitCode: 3, meaning: 'the tester or its environment failed, so the run says nothing about the system' },
} as const satisfies Record<string, { exitCode: number; meaning: string }>

export type OutcomeName = keyof typeof outcomes

/** An operation as a report shows it; times in µs since the run began. */
export interface ShownOperation {
  readonly process: number
  readonly client?: number
  readonly node?: string
  readonly f: string
  readonly key?: string
  /** What was asked and answered, in a person's words: `cas 3 → 4: found 7 (version 12)`. */
  readonly text: string
  readonly callUs: number
  /** Absent where it never returned: it may have taken effect at any later moment. */
  readonly returnUs?: number
}

export interface Anomaly {
  readonly key: string
  /** The explanation in one sentence. */
  readonly sentence: string
  /** `stale read`, `lost update` … where one fits. */
  readonly class?: string
  /** The few ops that can not be reconciled, by call time. */
  readonly core: readonly ShownOperation[]
  /** What the checker cut the history down to, which may say less of an op than was recorded; absent if it is long. */
  readonly reduced?: ReducedCore
  /** Whether an unpruned search found the core illegal by itself. */
  readonly confirmed: boolean
  /** What the key still keeps, where that was asked: sequential consistency, session guarantees. */
  readonly weaker?: Weaker
  /** The longest prefix that could be put in order, and the op that could not follow it. */
  readonly prefix: readonly ShownOperation[]
  readonly blocked?: ShownOperation
}

/** Illegal by itself, by steps that keep a legal history legal. */
export interface ReducedCore {
  /** `any`: whatever the key held before these ops; `given`: from the beginning. */
  readonly start: 'given' | 'any'
  readonly ops: readonly ReducedOperation[]
}

/** An op of the core, found there by process and call, as far as the illegality needs it. */
export interface ReducedOperation {
  readonly process: number
  readonly callUs: number
  /** Absent where it may take effect at any later moment. */
  readonly returnUs?: number
  readonly input: KvInput
  readonly output?: KvOutput
}

export interface Outcome {
  readonly outcome: OutcomeName
  /** Why, in one sentence. */
  readonly cause: string
  readonly verdict: 'valid' | 'illegal' | 'unknown' | 'unchecked'
  readonly anomaly?: Anomaly
  /** Of keys that were not decided, the first few: how far, what is in the way, what to change. */
  readonly undecided?: readonly UnknownAdvice[]
  readonly counts: {
    readonly ok: number
    readonly fail: number
    readonly info: number
    readonly keys: number
  }
  readonly checker: { readonly configurations: number; readonly ms: number; readonly partitions: number }
  readonly recovery?: Recovery
  /** What the nodes said of themselves at the end of the run. */
  readonly nodes: readonly NodeStatus[]
  /** Faults begun, and how many of them bit. */
  readonly faults: { readonly planned: number; readonly begun: number; readonly bit: number }
  readonly notes: readonly string[]
}

/** The worst exit code first: an anomaly outweighs a failure of ours, and that outweighs a run that proves little. */
const gravity: readonly number[] = [1, 3, 2, 0]

/** The exit code of several runs together: 1 > 3 > 2 > 0. No run at all is a failure of ours: nothing was tested. */
export function exitCodeOf(names: readonly OutcomeName[]): number {
  return worstOf(names.map((name) => outcomes[name].exitCode))
}

/** Of several exit codes the one that counts: 1 > 3 > 2 > 0. */
export function worstOf(codes: readonly number[]): number {
  return gravity.find((code) => codes.includes(code)) ?? outcomes.harness.exitCode
}

/** Whether a value that was read from a file has the shape of an outcome, as far as it can be told by a glance. */
export function isOutcome(value: unknown): value is Outcome {
  return (
    isObject(value) &&
    typeof value.outcome === 'string' &&
    Object.hasOwn(outcomes, value.outcome) &&
    typeof value.cause === 'string' &&
    isObject(value.counts) &&
    isObject(value.checker) &&
    isObject(value.faults) &&
    Array.isArray(value.nodes) &&
    Array.isArray(value.notes)
  )
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
