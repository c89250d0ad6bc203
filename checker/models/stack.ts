/** A stack: what was pushed last is popped first. A pop that finds nothing answers `null`. */
import { decideStack } from '../collections/stack.ts'
import { type Chain, hashOfChain, isSameChain, itemsOfChain, onTop } from './chain.ts'
import { container } from './container.ts'

const empty: Chain = undefined

export const stack = container<Chain, 'push', 'pop'>({
  summary: 'a stack, last in, first out: push, pop (null: it was empty)',
  put: 'push',
  take: 'pop',
  empty,
  insert: onTop,
  next: (state) => state?.item,
  rest: (state) => state?.below,
  equal: isSameChain,
  hash: hashOfChain,
  items: (state) => itemsOfChain(state).toReversed(),
  procedure: { name: 'unique stack', decide: decideStack },
})
