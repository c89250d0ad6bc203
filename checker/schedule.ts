/**
 * Gives the partitions of a history their turns: small ones first, each turn with a larger budget; so one that is
 * hard can not hide another that is plainly illegal. Ends at the first illegal one.
 */
import { type Limits, outOfWork } from './procedure.ts'
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

export const defaultConfigurations = 5_000_000
const firstBudget = 1000
const budgetGrowth = 8

/** Those whose turns come first, first. */
export function inTurn<U extends Undecided>(partitions: readonly U[]): readonly U[] {
  return partitions.length < 2 ? partitions : partitions.toSorted((a, b) => a.size - b.size)
}

/** What a turn may expand, where all that is left is not less. */
export function budgetOf(attempt: number): number {
  return firstBudget * budgetGrowth ** attempt
}

/** What a schedule did; the verdicts are the partitions' own. */
export interface Scheduled {
  /** Configurations expanded in all. */
  readonly explored: number
  readonly ended: Ending
}

/** Why it ended there, for people: the reasons of the partitions that were left undecided. */
export interface Ending {
  /** For one that never had a turn. */
  readonly unattempted: string
  /** For one that had used up the budgets of its turns. */
  readonly undecided: string
}

const endings = {
  work: { undecided: outOfWork, unattempted: `${outOfWork} before its turn` },
  time: { undecided: 'time is up', unattempted: 'time was up before its turn' },
  illegal: {
    undecided: 'another part of the history is illegal, and the check ended before its next turn',
    unattempted: 'another part of the history is illegal, and the check ended before its turn',
  },
} as const satisfies Record<string, Ending>

/** What an engine said stood in its way; where that was the budget of one turn, why there was no larger one. */
export function reasonOf(told: string | undefined, ended: Ending): string {
  if (told === undefined || told === '') return ended.undecided
  return told.startsWith(outOfWork) ? ended.undecided + told.slice(outOfWork.length) : told
}

/** Throws a `TypeError` where the options can not be meant. */
export function schedule(partitions: readonly Undecided[], options: ScheduleOptions, watch: Watch): Scheduled {
  const all = turns(partitions, options, watch)
  let next = all.next()
  while (next.done !== true) next = all.next(next.value.each.attempt(next.value.turn))
  return next.value
}

/** Whose turn it is. What comes back is how many configurations were expanded in it. */
export interface Due<U extends Undecided> {
  readonly each: U
  readonly turn: Turn
}

/** The turns one after the other, for whoever takes them elsewhere; no verdict but of the one whose turn it is counts. */
export function* turns<U extends Undecided>(
  partitions: readonly U[],
  options: ScheduleOptions,
  watch: Watch,
): Generator<Due<U>, Scheduled, number> {
  const maximum = options.maxConfigurations ?? defaultConfigurations
  if (!(maximum >= 0)) throw new TypeError(`maxConfigurations is ${maximum}, but must be a number from 0 on`)
  const more = options.maxMemoryBytes === undefined ? {} : { maxBytes: options.maxMemoryBytes }
  let open = inTurn(partitions)
  let explored = 0
  let done = 0
  for (let attempt = 0, budget = firstBudget; open.length > 0; attempt++, budget *= budgetGrowth) {
    const left: U[] = []
    for (const each of open) {
      if (explored >= maximum) return { explored, ended: endings.work }
      if (watch.isOver()) return { explored, ended: endings.time }
      const { key } = each
      watch.begin({ partitionsDone: done, partitions: partitions.length, explored, key })
      const turn = { budget: Math.min(budget, maximum - explored), attempt, isOver: watch.isOver, watch, ...more }
      const work: number = yield { each, turn }
      explored += work
      if (each.verdict === 'unknown') left.push(each)
      else done++
      watch.end({ partitionsDone: done, partitions: partitions.length, explored, key }, work + each.size)
      if (each.verdict === 'illegal') return { explored, ended: endings.illegal }
    }
    // Whoever gave up with all that there is to give would give up again, such as for want of memory.
    if (budget >= maximum) break
    open = left
  }
  return { explored, ended: endings.work }
}
