/** What can be told of a key-value history that is not valid. A file of its own, since most are. */
import { type Weaker, weaker } from '../explain/consistency.ts'
import { type Explanation, explain } from '../explain/explain.ts'
import { adviseUnknown } from '../explain/unknown.ts'
import type { RecordedOperation } from '../formats/pairs.ts'
import type { withInitial } from '../models/index.ts'
import type { PartitionResult } from '../result.ts'

export interface Telling<Op> {
  explain(core: readonly Op[], partition: PartitionResult<Op>): Pick<Explanation, 'kind' | 'text'>
  /** What is left of consistency on a key that is illegal. */
  weaker(operations: readonly Op[]): Weaker | undefined
  /** How far a check came that did not decide, and what to change. */
  advise(partition: PartitionResult<Op>): string
}

/** Beyond so many operations, to say what is left would take longer than to decide. */
const askedAtMost = 200_000

export function tellingOfKv(
  model: ReturnType<typeof withInitial>,
  failed: () => readonly RecordedOperation[],
): Telling<RecordedOperation> {
  return {
    explain: (core, { operations }) =>
      explain(core, { history: operations, failed: failed(), initial: model.init().value }),
    weaker: (operations) => (operations.length > askedAtMost ? undefined : weaker(model, operations)),
    advise: (partition) => adviseUnknown(partition).text,
  }
}
