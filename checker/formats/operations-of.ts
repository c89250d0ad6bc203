/** Operations of any model: invocations and completions put together, read by the model's codec. */
import { type Codec, UnreadableOp } from '../models/object.ts'
import type { Operation } from '../operation.ts'
import type { HistoryEvent } from './event.ts'
import { HistoryError, matched } from './pairs.ts'

/**
 * What took effect or may have, in the order of invocations; ids are the indexes of the invocations, times are in µs.
 * Throws a `HistoryError` where events do not fit together, or where the codec can not read one.
 */
export function operationsOf<I, O>(events: readonly HistoryEvent[], codec: Codec<I, O>): readonly Operation<I, O>[] {
  const operations: Operation<I, O>[] = []
  for (const { invocation, completion } of matched(events)) {
    // It surely did not happen.
    if (completion?.type === 'fail') continue
    const { index, process, timeUs } = invocation
    const input = reading(index, () => codec.input(invocation))
    const base = { id: index, process, input, call: timeUs }
    if (completion?.type !== 'ok') {
      operations.push({ ...base, output: undefined, return: Number.POSITIVE_INFINITY })
      continue
    }
    const output = reading(completion.index, () => codec.output(input, completion.output ?? null))
    operations.push({ ...base, output, return: completion.timeUs })
  }
  return operations
}

function reading<T>(index: number, read: () => T): T {
  try {
    return read()
  } catch (cause) {
    if (cause instanceof UnreadableOp) throw new HistoryError(cause.message, index)
    throw cause
  }
}
