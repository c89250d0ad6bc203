/** Says in one sentence what is wrong with an illegal history of one key, and what kind of wrong it is. */

import { anomalies } from './anomalies.ts'
import { type Evidence, earlier, nameOf, seconds, tell } from './evidence.ts'
import type { RecordedOperation } from './formats/pairs.ts'
import type { KvValue } from './models/kv.ts'

export type AnomalyKind =
  | 'phantom read'
  | 'read of a failed write'
  | 'read from the future'
  | 'double apply'
  | 'lost write'
  | 'stale read'
  | 'lost update'
  | 'split brain'
  | 'non-monotonic read'
  | 'no order'

export interface Explanation {
  readonly kind: AnomalyKind
  /** For people. Times are seconds since the run began. */
  readonly text: string
  /** The operations that it speaks of. */
  readonly operations: readonly RecordedOperation[]
}

export interface ExplainContext {
  /** All operations of the core's key, as recorded; the core alone if absent. Says what surely nobody wrote again. */
  readonly history?: readonly RecordedOperation[]
  /** Operations that surely did not take effect, of any key. */
  readonly failed?: readonly RecordedOperation[]
  /** What the key held at first; nothing unless told. */
  readonly initial?: KvValue
}

const mostTold = 6

/** Explains a small illegal core, as `minimize` finds it. */
export function explain(core: readonly RecordedOperation[], context: ExplainContext = {}): Explanation {
  const history = (context.history ?? core).toSorted(earlier)
  const recorded = new Map(history.map((operation) => [operation.id, operation]))
  // The core's outputs may have been weakened, and its late operations made pending; the record says all.
  const subjects = core.map((operation) => recorded.get(operation.id) ?? operation).sort(earlier)
  const key = subjects[0]?.input.key
  const failed = (context.failed ?? []).filter(({ input }) => input.key === key)
  const evidence: Evidence = { key: key ?? 'the register', subjects, history, failed, initial: context.initial ?? null }
  for (const anomaly of anomalies) {
    const found = anomaly(evidence)
    if (found !== undefined) return found
  }
  return noOrder(evidence)
}

function noOrder({ subjects, key }: Evidence): Explanation {
  const told = subjects.slice(0, mostTold).map((each) => `${nameOf(each)} ${tell(each, key)} (${whenOf(each)})`)
  const more = subjects.length > mostTold ? `, and ${subjects.length - mostTold} more` : ''
  const text = `These ${subjects.length} operations can not be put in any order that fits their times and answers: ${told.join('; ')}${more}.`
  return { kind: 'no order', text, operations: subjects }
}

function whenOf({ call, return: end }: RecordedOperation): string {
  return end === Number.POSITIVE_INFINITY ? `from ${seconds(call)} s on` : `${seconds(call)} to ${seconds(end)} s`
}
