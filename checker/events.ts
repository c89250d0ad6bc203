/** A history as a sequence of calls and returns, without times: the order is all that is known, as in Porcupine. */
import type { Operation } from './operation.ts'

/** A call and its return have the same id. A call without a return is pending. */
export type CallOrReturn<I, O> =
  | {
      readonly kind: 'call'
      readonly id: number
      readonly process: number
      readonly value: I
      readonly metadata?: unknown
    }
  | {
      readonly kind: 'return'
      readonly id: number
      readonly process: number
      /** `undefined`: nobody knows it, but it is known when the operation ended. */
      readonly value: O | undefined
      /** Stands in for the call's. */
      readonly metadata?: unknown
    }

/** An operation whose times are places in the sequence. */
export interface SequencedOperation<I, O> extends Operation<I, O> {
  readonly metadata?: unknown
}

/** Whether a history is given by calls and returns rather than by operations. */
export function isSequence<I, O>(
  history: readonly Operation<I, O>[] | readonly CallOrReturn<I, O>[],
): history is readonly CallOrReturn<I, O>[] {
  const first: object | undefined = history[0]
  return first !== undefined && 'kind' in first
}

/** Throws a `TypeError` with the place where calls and returns do not fit together. In the order of calls. */
export function operationsOf<I, O>(events: readonly CallOrReturn<I, O>[]): readonly SequencedOperation<I, O>[] {
  const operations: SequencedOperation<I, O>[] = []
  const places = new Map<number, number>()
  for (const [place, event] of events.entries()) {
    const known = places.get(event.id)
    const { id, process, metadata } = event
    if (event.kind === 'call') {
      if (known !== undefined) throw new TypeError(`event ${place}: operation ${id} is called a second time`)
      places.set(id, operations.length)
      const open = { id, process, input: event.value, output: undefined, call: place, return: Number.POSITIVE_INFINITY }
      operations.push(metadata === undefined ? open : { ...open, metadata })
      continue
    }
    const open = known === undefined ? undefined : operations[known]
    if (known === undefined || open === undefined) {
      throw new TypeError(`event ${place}: operation ${id} returns, but was not called`)
    }
    if (open.return !== Number.POSITIVE_INFINITY) {
      throw new TypeError(`event ${place}: operation ${id} returns a second time`)
    }
    if (open.process !== process) {
      throw new TypeError(`event ${place}: operation ${id} of process ${open.process} returns to process ${process}`)
    }
    const ended = { ...open, output: event.value, return: place }
    operations[known] = metadata === undefined ? ended : { ...ended, metadata }
  }
  return operations
}
