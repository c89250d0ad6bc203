/** The proof that goes with a run's anomaly: the ops of its core found again in the history, and all orders tried. */
import { HistoryError, type HistoryEvent, pairs, type RecordedOperation } from 'porcupine-ts/formats'
import { isModelName, models, withInitial } from 'porcupine-ts/models'
import type { Anomaly } from '../outcome.ts'
import type { LoadedRun } from '../run.ts'
import { type ProofLine, proofOf } from './proof.ts'
import { reducedProof } from './proof-reduced.ts'

/** `undefined` where no short proof can be shown; ops are numbered by call, as everywhere in the report. */
export function proofOfRun({ outcome, header, history }: LoadedRun): ProofLine[] | undefined {
  const anomaly = outcome?.anomaly
  if (anomaly === undefined || header === undefined || !isModelName(header.model)) return undefined
  try {
    const ofKey = history.filter(({ key }) => (key ?? '') === anomaly.key)
    const { operations } = pairs(withEnds(ofKey, history))
    const last = anomaly.blocked?.returnUs ?? Number.POSITIVE_INFINITY
    // A beginning of a legal history is legal: what was called after the failed answer is not needed.
    const before = operations.filter(({ call }) => call <= last).map((each) => cutAt(each, last))
    const core = coreIn(before, anomaly)
    const model = withInitial(models[header.model], header.initial ?? null)
    const proof = core.length < anomaly.core.length ? undefined : proofOf(model, core, before)
    if (proof !== undefined || anomaly.reduced === undefined) return proof
    const inOrder = anomaly.core.toSorted((a, b) => a.callUs - b.callUs)
    return reducedProof(model, anomaly.reduced, { core: inOrder, recorded: coreIn(operations, anomaly) })
  } catch (error) {
    if (error instanceof HistoryError) return undefined
    throw error
  }
}

/** What had not been answered by then is pending, and a pending op keeps no output. */
function cutAt(operation: RecordedOperation, lastUs: number): RecordedOperation {
  return operation.return <= lastUs ? operation : { ...operation, output: undefined, return: Number.POSITIVE_INFINITY }
}

/** A completion need not repeat its key. */
function withEnds(ofKey: readonly HistoryEvent[], history: readonly HistoryEvent[]): readonly HistoryEvent[] {
  const isWhole =
    ofKey.length === history.length || history.every(({ type, key }) => type === 'invoke' || key !== undefined)
  if (isWhole) return ofKey
  const open = new Set<number>()
  const own = new Set(ofKey)
  return history.filter((event) => {
    if (event.type === 'invoke') {
      if (own.has(event)) open.add(event.process)
      return own.has(event)
    }
    return open.delete(event.process)
  })
}

/** A process has one op open at a time, so its number and the call's time name an op. */
function coreIn(operations: readonly RecordedOperation[], { core }: Anomaly): RecordedOperation[] {
  return core.flatMap(
    ({ process, callUs }) => operations.find((each) => each.process === process && each.call === callUs) ?? [],
  )
}
