/** Says in one sentence what is wrong with an illegal history of one key, and what kind of wrong it is. */

import type { RecordedOperation } from '../formats/pairs.ts'
import type { KvValue } from '../models/kv.ts'
import { anomalies } from './anomalies.ts'
import { clockOf, type Evidence, earlier, nameOf, seconds, tell } from './evidence.ts'

/** Worst first; `anomalies.ts` has the definitions. `no order`: none of them is sure. */
export type AnomalyKind =
  | 'phantom'
  | 'value of a failed write'
  | 'read from the future'
  | 'double apply'
  | 'split-brain CAS'
  | 'split brain'
  | 'lost acknowledged write'
  | 'lost update'
  | 'stale read'
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
  const evidence: Evidence = {
    key: key ?? 'the register',
    subjects,
    history,
    failed,
    initial: context.initial ?? null,
    at: clockOf(history),
  }
  for (const anomaly of anomalies) {
    const found = anomaly(evidence)
    if (found !== undefined) return found
  }
  return noOrder(evidence)
}

function noOrder({ subjects, key, at }: Evidence): Explanation {
  const told = subjects.slice(0, mostTold).map((each) => `${nameOf(each)} ${tell(each, key)} (${whenOf(each, at)})`)
  const more = subjects.length > mostTold ? `, and ${subjects.length - mostTold} more` : ''
  const they = subjects.length === 1 ? 'This operation' : `These ${subjects.length} operations`
  const theirs = subjects.length === 1 ? 'its time and answer' : 'their times and answers'
  const text = `${they} can not be put in any order that fits ${theirs}: ${told.join('; ')}${more}.`
  return { kind: 'no order', text, operations: subjects }
}

function whenOf({ call, return: end }: RecordedOperation, at: Evidence['at']): string {
  const [, from = ''] = /^at (.*)$/.exec(at(call)) ?? []
  if (end === Number.POSITIVE_INFINITY) return `from ${from} on`
  return from.startsWith('event') ? `events ${call} to ${end}` : `${from.slice(0, -2)} to ${seconds(end)} s`
}
