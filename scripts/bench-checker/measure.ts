/** Contenders measured in turn (A B A B …), so that what else the machine does meets all of them alike. */
import type { Answer } from './peer.ts'

export interface Contender {
  readonly name: string
  readonly decide: () => Answer | Promise<Answer>
}

export interface Measured {
  readonly name: string
  readonly verdicts: ReadonlySet<Answer['verdict']>
  /** In the order of the rounds. One that was cut off has a single sample, Infinity. */
  readonly samples: readonly number[]
  readonly reason?: Answer['reason']
}

export interface MeasureOptions {
  /** Rounds go on until this much time is spent, but at least `fewest` and at most `most` of them are made. */
  readonly budgetMs: number
  readonly fewest: number
  readonly most: number
  /** Rounds beforehand that do not count: until this many, or a quarter of the budget. */
  readonly warmUps: number
}

interface Series {
  readonly contender: Contender
  samples: number[]
  verdicts: Set<Answer['verdict']>
  reason: Answer['reason']
}

/** A contender that gives no answer once is not asked again. */
export async function measure(contenders: readonly Contender[], options: MeasureOptions): Promise<readonly Measured[]> {
  const series = contenders.map((contender): Series => {
    return { contender, samples: [], verdicts: new Set(), reason: undefined }
  })
  let warmMs = 0
  for (let round = 0; round < options.warmUps && warmMs <= options.budgetMs / 4; round++) {
    const before = performance.now()
    const open = series.filter((each) => !isCut(each)).length
    await playRound(series)
    // A round in which somebody was cut off took as long as the limit, and warmed nobody.
    if (series.filter((each) => !isCut(each)).length === open) warmMs += performance.now() - before
  }
  // Long decisions are their own warm-up: where a round took the whole budget, it counts.
  if (warmMs < options.budgetMs) for (const each of series) if (!isCut(each)) each.samples = []
  const start = performance.now()
  for (let round = 0; round < options.most; round++) {
    if (round >= options.fewest && performance.now() - start > options.budgetMs) break
    await playRound(series)
  }
  return series.map(({ contender: { name }, verdicts, samples, reason }) => {
    return { name, verdicts, samples, ...(reason === undefined ? {} : { reason }) }
  })
}

async function playRound(series: readonly Series[]): Promise<void> {
  for (const each of series) {
    if (isCut(each)) continue
    const { verdict, ms, reason } = await each.contender.decide()
    each.verdicts.add(verdict)
    if (Number.isFinite(ms)) {
      each.samples.push(ms)
    } else {
      each.samples = [ms]
      each.verdicts = new Set([verdict])
      each.reason = reason ?? 'time'
    }
  }
}

function isCut({ samples }: Series): boolean {
  return samples[0] === Number.POSITIVE_INFINITY
}

export interface Estimate {
  readonly median: number
  /** Both ends of the median's 95 % interval by order statistics; no shape of distribution is assumed. */
  readonly low: number
  readonly high: number
}

export function estimate(samples: readonly number[]): Estimate {
  const sorted = samples.toSorted((a, b) => a - b)
  const count = sorted.length
  // How many samples lie below the median is binomial; 1.96 of its standard deviations to each side.
  const reach = (1.96 * Math.sqrt(count)) / 2
  const low = Math.max(0, Math.floor((count - 1) / 2 - reach))
  const high = Math.min(count - 1, Math.ceil((count - 1) / 2 + reach))
  const value = (index: number): number => sorted[index] ?? Number.NaN
  return { median: medianOf(sorted), low: value(low), high: value(high) }
}

/** How many times as long the other took, round by round. A time that was cut counts as the limit. */
export function ratio(other: Measured, ours: Measured, limitMs: number): Estimate {
  const rounds = Math.max(other.samples.length, ours.samples.length)
  const sample = ({ samples }: Measured, round: number): number =>
    Math.min(limitMs, samples[samples.length === 1 ? 0 : round] ?? Number.NaN)
  const ratios = Array.from({ length: rounds }, (_none, round) => sample(other, round) / sample(ours, round))
  return estimate(ratios.filter((each) => !Number.isNaN(each)))
}

export function medianOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  const middle = (sorted.length - 1) / 2
  return ((sorted[Math.floor(middle)] ?? Number.NaN) + (sorted[Math.ceil(middle)] ?? Number.NaN)) / 2
}

/** The value below which that part of the values lie. */
export function quantile(values: readonly number[], part: number): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.min(sorted.length - 1, Math.floor(part * sorted.length))] ?? Number.NaN
}
