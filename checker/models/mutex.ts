/**
 * A mutex: one owner at a time. Only the owner can release it, and it can not be acquired twice. `false` is the answer
 * of an attempt that was refused: somebody held it, or it was not the releaser's.
 */
import {
  answered,
  expected,
  type Item,
  isItem,
  keyOf,
  named,
  type ObjectModel,
  type RecordedOp,
  unknownFunction,
} from './object.ts'

export interface MutexInput {
  readonly f: 'acquire' | 'release'
  readonly key?: string
  readonly owner: Item
}

const functions = ['acquire', 'release']

export const mutex: ObjectModel<Item | null, MutexInput, boolean> = {
  summary: 'a mutex: acquire, release (value: the owner, else the client or process; false: it was refused)',
  init: () => null,
  key: ({ key }) => key,
  step(owner, input, output) {
    const isPossible = input.f === 'acquire' ? owner === null : owner === input.owner
    if (output !== undefined && output !== isPossible) return []
    if (!isPossible) return [owner]
    return [input.f === 'acquire' ? input.owner : null]
  },
  readOnly: (_input, output) => output === false,
  describeOperation: (input, output) => `${named(input)} by ${input.owner}${answered(output)}`,
  describeState: (owner) => (owner === null ? 'free' : `held by ${owner}`),
  codec: {
    input: lockInput,
    output: (input, output) =>
      output === null || typeof output === 'boolean'
        ? output !== false
        : expected('true, false or null', input.f, output),
  },
}

/** Of a lock: who asks stands in the value; where there is none, it is the client, or the process. */
export function lockInput(op: RecordedOp): MutexInput {
  const { f, value, client, process } = op
  if (f !== 'acquire' && f !== 'release') return unknownFunction(f, functions)
  if (value !== undefined && value !== null && !isItem(value)) return expected('an owner as its value', f, value)
  return { f, ...keyOf(op), owner: value ?? client ?? process }
}
