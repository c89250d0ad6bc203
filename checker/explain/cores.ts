/**
 * Illegal parts of a history: windows of it, whatever the object held when they began, and moves that make one smaller
 * or say less. Every step keeps a legal history legal, and every candidate is decided again.
 */

import type { Model } from '../model.ts'
import { isPending, type Operation } from '../operation.ts'
import { Trial } from './cores-trial.ts'

/** A step from operations to fewer or weaker ones that are legal if they are; `undefined` where it does not apply. */
export type Move<I, O> = <Op extends Operation<I, O>>(operations: readonly Op[]) => readonly Op[] | undefined

/** `given`: the history begins with the model's initial state; `any`: something may have happened before. */
export type Start = 'given' | 'any'

/** What a model knows of making an illegal history smaller, beyond `removable`. */
export interface Shrinking<S, I, O> {
  /** If the operations are legal by the model from some state, they are legal by one of these from its initial one. */
  anyStart(operations: readonly Operation<I, O>[]): readonly Model<S, I, O>[]
  /** Moves to be tried on these operations one after the other, each on what the ones before it have left. */
  moves(operations: readonly Operation<I, O>[], start: Start): readonly Move<I, O>[]
  /**
   * A few operations of these that are in no legal order of all of them together, whatever was there before. `stuck` is
   * the first of which no order passes the return.
   */
  pairs?<Op extends Operation<I, O>>(operations: readonly Op[], stuck: Op): Iterable<readonly Op[]>
}

/** How many windows are looked for, and how many of them, the smallest ones, are shrunk. */
const windowsTried = 60
const windowsShrunk = 8
/** Moves are for what a person may read in the end. Larger windows are first cut down by groups. */
const movedAtMost = 300
const passesAtMost = 12

/**
 * The smallest illegal part that it finds of operations that are illegal, in the order of their calls; `stuck` is the
 * first of which no order passes the return. `undefined` if it finds none, in particular within the budget.
 */
export function partsCore<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  shrinking: Shrinking<S, I, O>,
  ordered: readonly Op[],
  stuck: Op,
  budget: number,
): PartsCore<S, I, O, Op> | undefined {
  const anywhere = new Trial<S, I, O, Op>((operations) => shrinking.anyStart(operations), budget)
  for (const pair of shrinking.pairs?.(ordered, stuck) ?? []) {
    if (anywhere.isIllegal(pair)) return { core: pair, trial: anywhere }
  }
  const windows = illegalWindows(model, anywhere, ordered, stuck).slice(0, windowsShrunk)
  const parts = windows.map((window) => shrunk(model, shrinking, anywhere, window, 'any'))
  const [smallest] = parts.sort((a, b) => a.length - b.length)
  if (smallest === undefined) return undefined
  return { core: smallest, trial: anywhere }
}

export interface PartsCore<S, I, O, Op extends Operation<I, O>> {
  readonly core: readonly Op[]
  readonly trial: Trial<S, I, O, Op>
}

/** By groups, then by moves, until nothing more can go. */
export function shrunk<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  shrinking: Shrinking<S, I, O>,
  trial: Trial<S, I, O, Op>,
  illegal: readonly Op[],
  start: Start,
): readonly Op[] {
  let core = trial.withoutGroups(model, illegal)
  if (core.length > movedAtMost) return core
  for (let pass = 0; pass < passesAtMost; pass++) {
    const before = core
    for (const move of shrinking.moves(core, start)) {
      const moved = move(core)
      if (moved !== undefined && trial.isIllegal(moved)) core = moved
    }
    if (core === before) break
  }
  return core
}

/**
 * Windows of the history that are illegal whatever came before, each as short as it can be at its end; small ones first.
 * A window within a legal one is legal, so the beginning can be bisected.
 */
function illegalWindows<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  trial: Trial<S, I, O, Op>,
  ordered: readonly Op[],
  stuck: Op,
): readonly (readonly Op[])[] {
  // No order passes the return of `stuck`, so a window that ends before it is legal.
  const ends = ordered
    .filter((each) => !isPending(each) && each.return >= stuck.return)
    .sort((a, b) => a.return - b.return)
    .slice(0, windowsTried)
  const found: (readonly Op[])[] = []
  let latest = Number.NEGATIVE_INFINITY
  for (const end of ends) {
    const upTo = endingWith(model, ordered, end)
    // A beginning at or before that of an earlier end holds the earlier window: nothing new.
    const starts = upTo.map(({ call }) => call).filter((call) => call > latest && call <= end.return)
    const first = latestIllegal(model, trial, upTo, starts)
    if (first === undefined) continue
    latest = first
    found.push(beginningAt(model, upTo, first))
  }
  return found.sort((a, b) => a.length - b.length)
}

/** The latest of these beginnings, in their order, from which the window is illegal: looked for from the end, in doubling steps. */
function latestIllegal<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  trial: Trial<S, I, O, Op>,
  upTo: readonly Op[],
  starts: readonly number[],
): number | undefined {
  const isIllegalFrom = (at: number) => trial.isIllegal(beginningAt(model, upTo, starts[at] ?? 0))
  let legal = starts.length
  let illegal = -1
  for (let step = 4; legal > 0; step *= 2) {
    const at = Math.max(0, legal - step)
    if (isIllegalFrom(at)) {
      illegal = at
      break
    }
    legal = at
  }
  if (illegal < 0) return undefined
  while (legal - illegal > 1) {
    const middle = (legal + illegal) >>> 1
    if (isIllegalFrom(middle)) illegal = middle
    else legal = middle
  }
  return starts[illegal]
}

/**
 * The history up to a return. A beginning of a legal history is legal; what had not returned by then is pending, and a
 * pending operation keeps no output. One of which it is known that it changed nothing is left out.
 */
export function endingWith<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
  end: Op,
): readonly Op[] {
  return operations
    .filter((each) => each.call <= end.return)
    .flatMap((each) => (each.return <= end.return ? [each] : open(model, each)))
}

/**
 * The history from a moment on, whatever had happened before. In a legal order, what had returned before that moment
 * comes before all that was called at it or later: cut the order behind the last such operation. What is left is legal
 * from the state that was reached there; of what was under way at that moment some is left, and some is not.
 */
export function beginningAt<S, I, O, Op extends Operation<I, O>>(
  model: Model<S, I, O>,
  operations: readonly Op[],
  time: number,
): readonly Op[] {
  return operations
    .filter((each) => each.return >= time)
    .flatMap((each) => (each.call >= time || isPending(each) ? [each] : open(model, each)))
}

function open<S, I, O, Op extends Operation<I, O>>({ readOnly }: Model<S, I, O>, operation: Op): readonly Op[] {
  if (isPending(operation) && operation.output === undefined) return [operation]
  if (readOnly?.(operation.input, operation.output) === true) return []
  return [{ ...operation, output: undefined, return: Number.POSITIVE_INFINITY }]
}
