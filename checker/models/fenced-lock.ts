/**
 * A lock that hands out a fencing token with each acquisition, a whole number that grows from one to the next, so that
 * what its owner guards can tell a late owner from the present one (Kleppmann 2016, "How to do distributed locking").
 */

import { lockInput, type MutexInput } from './mutex.ts'
import { answered, expected, type Item, named, type ObjectModel } from './object.ts'

export interface FencedState {
  readonly owner: Item | null
  /** The last token, or the least that it can have been where nobody knows it. Tokens begin above 0 at least. */
  readonly token: number
}

/** Of an acquire, its token; `true` of a release; `false` if it was refused. */
export type FencedOutput = number | boolean

export const fencedLock: ObjectModel<FencedState, MutexInput, FencedOutput> = {
  summary: 'a lock with fencing tokens: acquire (answers a token that grows), release (false: refused)',
  init: () => ({ owner: null, token: Number.MIN_SAFE_INTEGER }),
  key: ({ key }) => key,
  step(state, input, output) {
    const { owner, token } = state
    const isPossible = input.f === 'acquire' ? owner === null : owner === input.owner
    if (output !== undefined && (output !== false) !== isPossible) return []
    if (!isPossible) return [state]
    if (input.f === 'release') return [{ owner: null, token }]
    // Of the tokens that nobody saw, the least leaves most room: each order that fits another one fits it too.
    const next = typeof output === 'number' ? output : token + 1
    return next > token ? [{ owner: input.owner, token: next }] : []
  },
  readOnly: (_input, output) => output === false,
  // Tokens only grow.
  lost: ({ token }, _input, output) => typeof output === 'number' && output <= token,
  describeOperation: (input, output) => `${named(input)} by ${input.owner}${answered(output)}`,
  describeState: ({ owner, token }) => {
    const last = token === Number.MIN_SAFE_INTEGER ? 'no token yet' : `token ${token}`
    return `${owner === null ? 'free' : `held by ${owner}`}, ${last}`
  },
  codec: {
    input: lockInput,
    output(input, output) {
      if (output === false) return false
      if (input.f === 'release') return output === true || output === null || expected('true or false', input.f, output)
      return typeof output === 'number' && Number.isSafeInteger(output)
        ? output
        : expected('a whole number, its token, or false', input.f, output)
    },
  },
}
