/**
 * The proof of a valid verdict: an order is held against time and the model again, by code that knows nothing of the
 * engines. One pass, so that it is always done: a million operations take a fraction of a second.
 */
import { fingerprint } from './fingerprint.ts'
import type { Model } from './model.ts'
import { isPending, type Operation } from './operation.ts'

/**
 * What is wrong with an order of operations, or `undefined`: it must respect time, hold all of `required` that
 * returned, and be accepted by the model. This is the whole proof of a valid verdict, and knows nothing of the search.
 */
export function replay<S, I, O>(
  model: Model<S, I, O>,
  order: readonly Operation<I, O>[],
  required: readonly Operation<I, O>[],
): string | undefined {
  const placed = new Set(order)
  if (placed.size < order.length) return 'an operation appears twice'
  const missing = required.find((operation) => !isPending(operation) && !placed.has(operation))
  if (missing !== undefined) return `operation ${missing.id} is missing`
  return replayIndexes(model, order, Array.from(order.keys()), 'part')
}

/** The same for an order of indexes into a list: of the `whole` list, or of a `part` of it, which may lack anything. */
export function replayIndexes<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  order: ArrayLike<number>,
  extent: 'whole' | 'part',
): string | undefined {
  const placed = takeMarks(operations.length)
  const objection = objectionTo(model, operations, order, extent, placed)
  if (placed.length <= keptMarks) spareMarks = placed
  return objection
}

/** Marks are made once for many small histories; a replay within a model's step finds none and makes its own. */
let spareMarks: Uint8Array | undefined
const keptMarks = 1 << 12

/** Zeros, at least so many. */
function takeMarks(count: number): Uint8Array {
  const spare = spareMarks
  if (spare === undefined || spare.length < count) return new Uint8Array(Math.max(count, 1 << 8))
  spareMarks = undefined
  return spare.fill(0, 0, count)
}

function objectionTo<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  order: ArrayLike<number>,
  extent: 'whole' | 'part',
  placed: Uint8Array,
): string | undefined {
  let states: readonly S[] = [model.init()]
  let latestCall = Number.NEGATIVE_INFINITY
  for (let place = 0; place < order.length; place++) {
    const index = order[place] ?? -1
    const operation = operations[index]
    if (operation === undefined) return `there is no operation at ${index}`
    if (placed[index] === 1) return 'an operation appears twice'
    placed[index] = 1
    if (operation.call > latestCall) latestCall = operation.call
    if (operation.return < latestCall) {
      return `operation ${operation.id} returned before one that precedes it was called`
    }
    states = step(model, states, operation)
    if (states.length === 0) return `the model refuses operation ${operation.id}`
  }
  if (extent === 'part') return undefined
  const missing = operations.find((operation, index) => placed[index] === 0 && !isPending(operation))
  return missing === undefined ? undefined : `operation ${missing.id} is missing`
}

function step<S, I, O>(model: Model<S, I, O>, states: readonly S[], { input, output }: Operation<I, O>): readonly S[] {
  if (states.length !== 1)
    return distinct(
      model,
      states.flatMap((state) => model.step(state, input, output)),
    )
  // There is one state; it may be `undefined`.
  const next = model.step(states[0] as S, input, output)
  return next.length < 2 ? next : distinct(model, next)
}

/** Without it a coin thrown thirty times would have a billion states. */
function distinct<S, I, O>({ hash, equal }: Model<S, I, O>, states: readonly S[]): readonly S[] {
  const found = new Map<string | number, S[]>()
  for (const state of states) {
    const name = hash === undefined ? (equal === undefined ? fingerprint(state) : 0) : hash(state)
    const others = found.get(name)
    if (others === undefined) found.set(name, [state])
    else if (!others.some((other) => isSame(equal, other, state))) others.push(state)
  }
  return [...found.values()].flat()
}

function isSame<S>(equal: ((a: S, b: S) => boolean) | undefined, a: S, b: S): boolean {
  return equal === undefined ? fingerprint(a) === fingerprint(b) : equal(a, b)
}
