/** Which operations are drawn: all of a small history, of a large one those near what matters. */
import { isPending, type Operation } from '../operation.ts'

export interface Window<Op> {
  /** In the order of calls. */
  readonly operations: readonly Op[]
  readonly start: number
  readonly end: number
  readonly isWhole: boolean
}

type Timed = Operation<unknown, unknown>

/** `centre`: operations to be shown in any case, if there are not too many of them. */
export function windowOf<Op extends Timed>(
  operations: readonly Op[],
  centre: ReadonlySet<number>,
  most: number,
): Window<Op> {
  const ordered = operations.toSorted((a, b) => a.call - b.call || a.id - b.id)
  const isWhole = ordered.length <= most
  const shown = isWhole ? ordered : nearest(ordered, centre, most)
  const [start, end] = spanOf(shown)
  return { operations: shown, start, end, isWhole }
}

/** Those whose intervals are nearest to the span of the centre; of a valid history, the first ones. */
function nearest<Op extends Timed>(ordered: readonly Op[], centre: ReadonlySet<number>, most: number): readonly Op[] {
  const central = ordered.filter(({ id }) => centre.has(id))
  if (central.length === 0) return ordered.slice(0, most)
  const [start, end] = spanOf(central)
  const distance = (each: Op) => {
    if (centre.has(each.id)) return -1
    // A pending operation reaches everywhere; where it began tells what it may have to do with this.
    return isPending(each) ? Math.abs(each.call - start) : Math.max(0, start - each.return, each.call - end)
  }
  const chosen = new Set(
    ordered
      .map((each) => ({ each, distance: distance(each) }))
      .sort((a, b) => a.distance - b.distance || a.each.call - b.each.call || a.each.id - b.each.id)
      .slice(0, most)
      .map(({ each }) => each),
  )
  return ordered.filter((each) => chosen.has(each))
}

/** From the first call to the last return that was seen, with a little room at the end. */
function spanOf(operations: readonly Timed[]): readonly [number, number] {
  let start = Number.POSITIVE_INFINITY
  let end = Number.NEGATIVE_INFINITY
  for (const each of operations) {
    start = Math.min(start, each.call)
    end = Math.max(end, isPending(each) ? each.call : each.return)
  }
  if (start === Number.POSITIVE_INFINITY) return [0, 1]
  return [start, end + Math.max((end - start) * 0.04, Number.MIN_VALUE)]
}
