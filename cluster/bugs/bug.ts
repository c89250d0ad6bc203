/**
 * A named bug that the built-in nodes can carry, so that a tester can show that it finds such bugs. It replaces rules
 * of the correct algorithm, which has no branch for it.
 */
import type { Rules } from '../raft/rules.ts'

export interface Bug {
  /** What is wrong, in one line. */
  readonly summary: string
  /** The property that is lost, in the words of Raft figure 3 where it is one of those. */
  readonly breaks: string
  /** The whole table, with this bug's entries replaced. */
  readonly rules?: Rules
  readonly shows: Shows
}

/** Under what a bug is seen: plain data, applied unless the user asks for something else. */
export interface Shows {
  readonly workload: string
  readonly faults: readonly string[]
  readonly nodes?: number
  /** Options of the system; several mask a bug and are switched off here. */
  readonly options?: Readonly<Record<string, unknown>>
  readonly workloadOptions?: Readonly<Record<string, unknown>>
  readonly timeLimitS?: number
}
