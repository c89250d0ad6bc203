/** A check of many keys on several threads, for Node.js. Its result is that of `checkColumns`, whatever the threads do. */
import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { type CheckColumnsOptions, resultOf, undecidedKeys } from '../columns/check-columns.ts'
import type { HistoryColumns } from '../columns/history-columns.ts'
import { keysOf } from '../columns/keys.ts'
import type { RecordedOperation } from '../formats/pairs.ts'
import type { CheckResult } from '../result.ts'
import { defaultConfigurations, inTurn, turns } from '../schedule.ts'
import { Watch } from '../watch.ts'
import { Pace, type Threshold, worthwhile } from './pace.ts'
import { sharedColumns, sharedKeys } from './parallel-columns.ts'
import { Crew } from './parallel-crew.ts'
import type { Assignment } from './parallel-thread.ts'
import type { WorkerCheckOptions } from './worker.ts'

export interface WorkersCheckOptions extends WorkerCheckOptions, Pick<CheckColumnsOptions, 'model'> {
  /** The most threads; as many as the machine runs at once unless told. */
  readonly workers?: number
}

/** How long turns may go on without a look at the signal; one turn is not broken off. */
const deafMs = 50

/**
 * As `checkColumns`, and with the same result: also of several illegal keys it is the same one. Where the turns that are
 * left seem to take seconds, threads play them, which look at the same columns. `maxOldGenerationSizeMb` is for each
 * thread; before there are any, `signal` is heard between two turns.
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
  const split = keysOf(columns)
  const keys = undecidedKeys(columns, rest, split)
  const numbers = new Map(keys.map((each, number) => [each, number]))
  const attempts = keys.map(() => 0)
  const pace = new Pace(threshold, startMs)
  const undecided = () => keys.reduce((sum, each) => (each.verdict === 'unknown' ? sum + each.size : sum), 0)
  const crewFor = (explored: number): Crew | undefined => {
    const left = inTurn(keys.filter(({ verdict }) => verdict === 'unknown')).map((key) => numbers.get(key) ?? -1)
    if (left.length < 2) return undefined
    const open = left.map((number) => ({ number, attempt: attempts[number] ?? 0 }))
    const assignment = { columns: sharedColumns(columns), keys: sharedKeys(split), options: forThreads(rest) }
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
      pace.begin(turn.attempt, performance.now(), undecided)
      if (workers > 1 && crew === undefined && pace.isWorthwhile(performance.now())) crew = crewFor(explored)
      if (crew === undefined && performance.now() - heardMs >= deafMs) {
        // A signal can only come while others have their turn.
        await setImmediate()
        heardMs = performance.now()
      }
      signal?.throwIfAborted()
      const { attempt, budget } = turn
      const work = crew === undefined ? each.attempt(turn) : each.adopt(await crew.answer(number, attempt, budget))
      attempts[number] = attempt + 1
      pace.end(each.size)
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
