/** Where each operation of a linearization took effect, and what the object held then. */
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'

export interface Step {
  /** From 1. */
  readonly rank: number
  /** A moment within the operation, no earlier than that of the one before. */
  readonly time: number
  /** What the object held afterwards, where the model can tell. */
  readonly state: string | undefined
}

/** By the operations' ids. */
export function stepsOf<S, I, O>(
  model: Model<S, I, O>,
  linearization: readonly Operation<I, O>[],
): ReadonlyMap<number, Step> {
  const steps = new Map<number, Step>()
  let states: readonly S[] = [model.init()]
  let time = Number.NEGATIVE_INFINITY
  for (const [i, { id, input, output, call }] of linearization.entries()) {
    time = Math.max(time, call)
    states = after(model, states, input, output)
    // Of several states nobody knows which one it was.
    const [state] = states.length === 1 ? states : []
    steps.set(id, { rank: i + 1, time, state: state === undefined ? undefined : told(model, state) })
  }
  return steps
}

const mostStates = 8

function after<S, I, O>(model: Model<S, I, O>, states: readonly S[], input: I, output: O | undefined): readonly S[] {
  const next = states.flatMap((state) => model.step(state, input, output))
  return next.length > mostStates ? [] : next
}

function told<S, I, O>(model: Model<S, I, O>, state: S): string {
  return model.describeState?.(state) ?? JSON.stringify(state) ?? String(state)
}
