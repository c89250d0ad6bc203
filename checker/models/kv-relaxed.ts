/**
 * What versions alone say of a key's operations, whoever else may have written. Between any two operations others,
 * which the history does not show, may have changed the key any number of times to anything, as long as versions rise.
 *
 * It accepts every history that the exact model accepts: leave pending operations out of a legal order, and each
 * version still stands where it stood; a gap is somebody else's doing. And any operation can be taken out of a legal
 * history, for the same reason. So what is illegal here is illegal by the few operations that are left, not because
 * others are missing: two operations often suffice.
 */
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import { changes, type KvInput, type KvOutput, type KvValue } from './kv.ts'

interface SeenState {
  /** `undefined`: somebody else wrote it. */
  readonly value: KvValue | undefined
  readonly version: number
}

const refused: readonly SeenState[] = []

/** `undefined` where an answer came without its version, as nothing could be said then. */
export function relaxedKv(
  operations: readonly Operation<KvInput, KvOutput>[],
  init: () => SeenState,
): Model<SeenState, KvInput, KvOutput> | undefined {
  if (operations.some(({ output }) => output !== undefined && output.version === undefined)) return undefined
  return {
    init,
    step,
    readOnly: (_input, output) => output === undefined,
    equal: (a, b) => a.value === b.value && a.version === b.version,
    hash: (state) => `${state.version} ${typeof state.value} ${state.value}`,
    removable: (left) => left.map((_operation, index) => [index]),
  }
}

function step(state: SeenState, input: KvInput, output: KvOutput | undefined): readonly SeenState[] {
  // A pending operation is one of those that may have happened anyway.
  if (output?.version === undefined) return [state]
  const { version } = output
  const isChange = changes(input, output)
  if (version < state.version + (isChange ? 1 : 0)) return refused
  const before = version - (isChange ? 1 : 0) === state.version ? state.value : undefined
  const after = afterwards(before, input, output)
  return after === 'refused' ? refused : [{ value: after.value, version }]
}

/** The value afterwards, if the operation could have met `before` (`undefined`: anything). */
function afterwards(
  before: KvValue | undefined,
  input: KvInput,
  output: KvOutput,
): { value: KvValue | undefined } | 'refused' {
  switch (input.f) {
    case 'write':
      return { value: input.value }
    case 'delete':
      return { value: null }
    case 'append':
      return { value: before === undefined ? undefined : `${before ?? ''}${input.value}` }
    case 'read':
      return seen(before, output.value)
    case 'cas': {
      const [from, to] = input.value
      if (output.swapped === true) return seen(before, from) === 'refused' ? 'refused' : { value: to }
      return before !== undefined && before === from ? 'refused' : seen(before, output.found)
    }
    default:
      return input satisfies never
  }
}

function seen(before: KvValue | undefined, value: KvValue | undefined): { value: KvValue | undefined } | 'refused' {
  if (before === undefined || value === undefined) return { value: before ?? value }
  return before === value ? { value } : 'refused'
}
