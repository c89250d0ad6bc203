/** A draw by weight, for ops and for faults. */
import type { Random } from '../cluster/random.ts'

export interface Weighted<T> {
  /** Not negative; an item of weight 0 is never drawn. */
  readonly weight: number
  readonly item: T
}

/** One of the items, each as likely as its weight says. At least one weight must be above 0. */
export function weighted<T>(random: Random, choices: readonly Weighted<T>[]): T {
  const total = choices.reduce((sum, { weight }) => sum + weight, 0)
  if (!(total > 0)) throw new RangeError('a draw by weight needs a weight above 0')
  let left = random.fraction() * total
  let last: Weighted<T> | undefined
  for (const choice of choices) {
    if (choice.weight <= 0) continue
    if (left < choice.weight) return choice.item
    left -= choice.weight
    last = choice // Rounding may leave a crumb behind the last item.
  }
  if (last === undefined) throw new RangeError('a draw by weight needs a weight above 0')
  return last.item
}
