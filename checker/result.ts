/** What a check answers, whatever engine decided and wherever it ran. */
import type { Annotation } from './annotation.ts'

/** `unknown`: a budget ran out before there was an answer. */
export type Verdict = 'valid' | 'illegal' | 'unknown'

export interface PartitionResult<Op> {
  /** What `Model.key` says of these operations. */
  readonly key: string | undefined
  /** `unknown` also where the check ended before this partition's turn, since another one is illegal. */
  readonly verdict: Verdict
  readonly operations: readonly Op[]
  /** How many operations. */
  readonly size: number
  /** The procedure that gave the verdict: a name of `Model.procedures`, or `general search`; `none` before its turn. */
  readonly engine: string
  /** Configurations expanded, over all attempts. */
  readonly explored: number
  /**
   * An order that the model accepts. If valid, it holds every operation that returned, and the pending ones that took
   * effect in it; it has been replayed against the model. Otherwise the order that passes the most returns, empty
   * where the engine does not know it: `longestPrefix` finds it.
   */
  readonly linearization: readonly Op[]
  /** Unless valid: the operation whose return no order passes (if unknown: none so far), where the engine knows it. */
  readonly stuck?: Op | undefined
  /** With `stuck`: the operations that were under way at that return and are not in the linearization. */
  readonly blocked: readonly Op[]
  /** If illegal: operations that are illegal by themselves, where the engine found them on its way. */
  readonly core?: readonly Op[] | undefined
  /** Always there if unknown: what stood in the way, for people. */
  readonly reason?: string
}

export interface CheckResult<Op> {
  /** Illegal if any partition is, else unknown if any is, else valid. */
  readonly verdict: Verdict
  /** In the order in which the keys first appear. */
  readonly partitions: readonly PartitionResult<Op>[]
  readonly explored: number
  /** As they were given with the options, for the page. */
  readonly annotations?: readonly Annotation[]
}

/** The verdict of the whole from those of its parts. */
export function verdictOf(partitions: readonly { readonly verdict: Verdict }[]): Verdict {
  let verdict: Verdict = 'valid'
  for (const each of partitions) {
    if (each.verdict === 'illegal') return 'illegal'
    if (each.verdict === 'unknown') verdict = 'unknown'
  }
  return verdict
}
