/** A check of many keys on several threads, for Node.js. Its result is that of `checkColumns`, whatever the threads do. */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { type CheckColumnsOptions, resultOf, undecidedKeys } from './columns/check-columns.ts'
import type { HistoryColumns } from './columns/history-columns.ts'
import type { RecordedOperation } from './formats/pairs.ts'
import { sharedColumns } from './parallel-columns.ts'
import { Crew } from './parallel-crew.ts'
import type { Assignment } from './parallel-thread.ts'
import type { CheckResult } from './result.ts'
import { defaultConfigurations, inTurn, type Turn, turns } from './schedule.ts'
import { Watch } from './watch.ts'
import type { WorkerCheckOptions } from './worker.ts'

export interface WorkersCheckOptions extends WorkerCheckOptions, Pick<CheckColumnsOptions, 'model'> {
  /** The most threads; as many as the machine runs at once unless told. */
  readonly workers?: number
}

/** How long turns may go on without a look at the signal; one turn is not broken off. */
const deafMs = 50

/** When turns are given to threads. */
export interface Threshold {
  readonly attempt: number
  readonly afterMs: number
}

/**
 * Threads pay where several keys stay undecided in their first turns and the check has taken this long: to start one and
 * have it compile what it needs takes about as much processor time. What has gone on so long mostly goes on longer.
 * Measured on the packed package with two threads, in processor time along the longest path, 60 keys of 500 operations,
 * nine of them hard: what takes one thread 0.6 s takes 0.58 to 0.68 s, and what takes it 1.95 s takes 1.3 to 1.56 s.
 * By the wall clock of a machine with two shared cores, two threads were slower all the same (`--suite processes`).
 * On linear work, in the first turn, threads do not pay.
 */
const worthwhile: Threshold = { attempt: 1, afterMs: 300 }

/**
 * As `checkColumns`, and with the same result: also of several illegal keys it is the same one. Keys that stay undecided
 * for a while are spread over threads, which look at the same columns. `maxOldGenerationSizeMb` is for each thread;
 * before there are any, `signal` is heard between two turns.
 */
export function checkColumnsInWorkers(
  columns: HistoryColumns,
  options: WorkersCheckOptions = {},
): Promise<CheckResult<RecordedOperation>> {
  return checkSpread(columns, options, worthwhile)
}

/** For tests: with a threshold of their own. */
export async function checkSpread(
  columns: HistoryColumns,
  options: WorkersCheckOptions,
  threshold: Threshold,
): Promise<CheckResult<RecordedOperation>> {
  const { signal, workers = availableParallelism(), maxOldGenerationSizeMb, ...rest } = options
  if (!Number.isSafeInteger(workers) || workers < 1) {
    throw new TypeError(`workers is ${workers}, but must be a whole number from 1 on`)
  }
  signal?.throwIfAborted()
  const startMs = performance.now()
  const leftMs = countdown(options.timeLimitMs)
  const keys = undecidedKeys(columns, rest)
  const numbers = new Map(keys.map((each, number) => [each, number]))
  const attempts = keys.map(() => 0)
  const isWorthwhile = ({ attempt }: Turn): boolean =>
    workers > 1 && attempt >= threshold.attempt && performance.now() - startMs >= threshold.afterMs
  const crewFor = (explored: number): Crew | undefined => {
    const left = inTurn(keys.filter(({ verdict }) => verdict === 'unknown')).map((key) => numbers.get(key) ?? -1)
    if (left.length < 2) return undefined
    const open = left.map((number) => ({ number, attempt: attempts[number] ?? 0 }))
    const assignment = { columns: sharedColumns(columns), options: forThreads(rest) }
    const budget = (options.maxConfigurations ?? defaultConfigurations) - explored
    return new Crew({ workers, assignment, open, budget, leftMs, signal, maxOldGenerationSizeMb })
  }
  const all = turns(keys, rest, new Watch(rest))
  let explored = 0
  let heardMs = startMs
  let crew: Crew | undefined
  try {
    let next = all.next()
    while (next.done !== true) {
      const { each, turn } = next.value
      const number = numbers.get(each) ?? -1
      if (crew === undefined && isWorthwhile(turn)) crew = crewFor(explored)
      if (crew === undefined && performance.now() - heardMs >= deafMs) {
        // A signal can only come while others have their turn.
        await setImmediate()
        heardMs = performance.now()
      }
      signal?.throwIfAborted()
      const { attempt, budget } = turn
      const work = crew === undefined ? each.attempt(turn) : each.adopt(await crew.answer(number, attempt, budget))
      attempts[number] = attempt + 1
      explored += work
      next = all.next(work)
    }
    return resultOf(columns, keys, next.value, rest)
  } finally {
    await crew?.end()
  }
}

function countdown(timeLimitMs: number | undefined): (() => number) | undefined {
  if (timeLimitMs === undefined) return undefined
  const end = performance.now() + timeLimitMs
  return () => end - performance.now()
}

function forThreads({ model, maxMemoryBytes }: WorkersCheckOptions): Assignment['options'] {
  return {
    ...(model === undefined ? {} : { model }),
    ...(maxMemoryBytes === undefined ? {} : { maxMemoryBytes }),
  }
}
