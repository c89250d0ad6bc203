/**
 * Gives the partitions of a history their turns: small ones first, each turn with a larger budget; so one that is
 * hard can not hide another that is plainly illegal. Ends at the first illegal one.
 */
import type { Limits } from './procedure.ts'
import type { Verdict } from './result.ts'
import type { Watch } from './watch.ts'

export interface Turn extends Limits {
  readonly watch: Watch
}

/** What can be given a turn. */
export interface Undecided {
  readonly key: string | undefined
  /** How many operations. */
  readonly size: number
  readonly verdict: Verdict
  /** Tries to come to a verdict, and says how many configurations were expanded. */
  attempt(turn: Turn): number
}

export interface ScheduleOptions {
  readonly maxConfigurations?: number
  readonly maxMemoryBytes?: number
}

const defaultConfigurations = 5_000_000
const firstBudget = 1000
const budgetGrowth = 8

/** Returns the configurations expanded in all; the verdicts are the partitions' own. */
export function schedule(partitions: readonly Undecided[], options: ScheduleOptions, watch: Watch): number {
  const maximum = options.maxConfigurations ?? defaultConfigurations
  const more = options.maxMemoryBytes === undefined ? {} : { maxBytes: options.maxMemoryBytes }
  let open = partitions.length < 2 ? partitions : partitions.toSorted((a, b) => a.size - b.size)
  let explored = 0
  let done = 0
  for (let attempt = 0, budget = firstBudget; open.length > 0; attempt++, budget *= budgetGrowth) {
    const left: Undecided[] = []
    for (const each of open) {
      if (explored >= maximum || watch.isOver()) return explored
      const { key } = each
      watch.begin({ partitionsDone: done, partitions: partitions.length, explored, key })
      const turn = { budget: Math.min(budget, maximum - explored), attempt, isOver: watch.isOver, watch, ...more }
      const work = each.attempt(turn)
      explored += work
      if (each.verdict === 'unknown') left.push(each)
      else done++
      watch.end({ partitionsDone: done, partitions: partitions.length, explored, key }, work + each.size)
      if (each.verdict === 'illegal') return explored
    }
    // Whoever gave up with all that there is to give would give up again, such as for want of memory.
    if (budget >= maximum) return explored
    open = left
  }
  return explored
}
