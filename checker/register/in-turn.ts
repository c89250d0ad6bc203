/**
 * The quickest attempt of all, for a few operations of which mostly one is under way at a time: each takes effect when
 * it is called, or, if it does not fit then, as soon as it does. Where that gives no order, nothing is known; but for an
 * operation that is refused where none of those so far overlap, nor anything overlaps it: there is one order of them
 * only, so there is none of the whole. (That is said of histories with appends only. Others have procedures which are as
 * quick to see it, and tell which few operations show it.)
 */
import type { Model } from '../model.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { Decision } from '../procedure.ts'

type KvOperation = Operation<KvInput, KvOutput>

/**
 * Of operations in the order of their calls. Pending ones are left out. An operation is placed when it is the latest
 * that was called, or waits and has not returned before that one was called: so none stands behind one that was called
 * after its return.
 */
export function decideInTurn(
  model: Model<KvState, KvInput, KvOutput>,
  operations: readonly KvOperation[],
): Decision | undefined {
  const order: number[] = []
  /** What was called and has not fitted yet. */
  let waiting: readonly number[] = []
  let state = model.init()
  let latestCall = Number.NEGATIVE_INFINITY
  let latestReturn = Number.NEGATIVE_INFINITY
  for (let i = 0; i < operations.length; i++) {
    const operation = operations[i]
    if (operation === undefined || !isNext(operation, latestCall)) return undefined
    latestCall = operation.call
    // If something before it is under way then, it stays so for ever: a later refusal proves nothing.
    const isAlone = latestReturn < operation.call
    latestReturn = isAlone ? operation.return : Number.POSITIVE_INFINITY
    if (operation.return === Number.POSITIVE_INFINITY) continue
    for (const each of waiting) if ((operations[each]?.return ?? 0) < latestCall) return undefined
    const [next] = model.step(state, operation.input, operation.output)
    if (next === undefined) {
      if (isAlone && followsAll(operations, i) && hasAppends(operations)) {
        return { verdict: 'illegal', order, stuck: i, explored: 0 }
      }
      waiting = [...waiting, i]
      continue
    }
    state = next
    order.push(i)
    if (waiting.length > 0) tryWaiting()
  }
  return waiting.length === 0 ? { verdict: 'valid', order, explored: 0 } : undefined

  function tryWaiting(): void {
    for (let placed = order.length - 1; placed < order.length; ) {
      placed = order.length
      waiting = waiting.filter((each) => {
        const operation = operations[each]
        const [next] = operation === undefined ? [] : model.step(state, operation.input, operation.output)
        if (next === undefined) return true
        state = next
        order.push(each)
        return false
      })
    }
  }
}

function isNext({ call, return: end }: KvOperation, latestCall: number): boolean {
  return call >= latestCall && end >= call
}

function hasAppends(operations: readonly KvOperation[]): boolean {
  return operations.some(({ input }) => input.f === 'append')
}

/** Whether all that come behind an operation are called after its return (and are operations at all). */
function followsAll(operations: readonly KvOperation[], index: number): boolean {
  const end = operations[index]?.return ?? 0
  for (let i = index + 1; i < operations.length; i++) {
    const operation = operations[i]
    if (operation === undefined || !(operation.call > end && operation.return >= operation.call)) return false
  }
  return true
}
