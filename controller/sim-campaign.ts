/** What a simulated campaign has seen so far, and how it is told. */
import { exitCodeOf, type OutcomeName, outcomes } from '../results/outcome.ts'
import { plural } from '../results/report/figures.ts'
import { quantile } from '../results/statistics.ts'
import { type Mark, marks } from './marks.ts'
import type { SimSummary } from './sim-job.ts'

export class SimTally {
  #runs = 0
  #seconds = 0
  #events = 0
  #workMs = 0
  #outcomes = new Map<OutcomeName, number>()
  #marks = new Map<Mark, number>()
  #caughtUpMs: number[] = []
  #failures: SimSummary[] = []
  #vacuous: SimSummary[] = []

  get runs(): number {
    return this.#runs
  }
  /** Runs that found something or could not decide, in the order in which they ended. A vacuous run is none of them. */
  get failures(): readonly SimSummary[] {
    return this.#failures
  }

  /** A run that proved little, where there were so many of them that the campaign did. */
  get provedLittle(): SimSummary | undefined {
    return this.#isVacuous ? this.#vacuous[0] : undefined
  }

  get #isVacuous(): boolean {
    return this.#vacuous.length * 10 > this.#runs
  }

  /**
   * The worst run's, but that a swarm may draw faults that happen not to bite: vacuous runs count only where they are
   * more than a tenth. No run at all proves nothing.
   */
  get exitCode(): number {
    if (this.#runs === 0) return outcomes.vacuous.exitCode
    const seen = [...this.#outcomes.keys()]
    return exitCodeOf(this.#isVacuous ? seen : seen.filter((outcome) => outcome !== 'vacuous'))
  }

  add(summary: SimSummary): void {
    this.#runs++
    this.#seconds += summary.seconds
    this.#events += summary.events
    this.#workMs += summary.ms
    this.#outcomes.set(summary.outcome, (this.#outcomes.get(summary.outcome) ?? 0) + 1)
    for (const mark of summary.marks) this.#marks.set(mark, (this.#marks.get(mark) ?? 0) + 1)
    if (summary.caughtUpMs !== undefined) this.#caughtUpMs.push(summary.caughtUpMs)
    if (isFailure(summary)) this.#failures.push(summary)
    if (summary.outcome === 'vacuous') this.#vacuous.push(summary)
  }

  /** `1,234 runs · 1,230 valid, 4 illegal · 12.3 h simulated · 612 s/s and core · 540 k events/s and core`. */
  line(): string {
    const work = Math.max(1, this.#workMs) / 1000
    const counts = [...this.#outcomes].map(([outcome, count]) => `${count.toLocaleString('en-US')} ${outcome}`)
    return [
      plural(this.#runs, 'run'),
      counts.join(', ') || 'none ended yet',
      `${(this.#seconds / 3600).toFixed(1)} h simulated`,
      `${Math.round(this.#seconds / work)} s/s and core`,
      `${Math.round(this.#events / work / 1000)} k events/s and core`,
    ].join(' · ')
  }

  /** The end of a campaign: outcomes, recovery, and which rare states it reached. */
  text(): string {
    const sorted = this.#caughtUpMs.toSorted((a, b) => a - b)
    const at = (share: number): string => `${Math.round(quantile(sorted, share))} ms`
    const never = (Object.keys(marks) as Mark[]).filter((mark) => !this.#marks.has(mark))
    const rows = [...this.#marks].map(
      ([mark, count]) => `  ${mark.padEnd(28)} in ${count.toLocaleString('en-US')} of ${plural(this.#runs, 'run')}`,
    )
    return [
      this.line(),
      ...(sorted.length > 0
        ? [`recovery: all nodes had caught up after ${at(0.5)} (median), ${at(0.99)} (p99), ${at(1)} (worst)`]
        : []),
      'reached:',
      ...rows.sort(),
      ...never.map((mark) => `  NEVER REACHED: ${mark}: ${marks[mark]}`),
    ].join('\n')
  }
}

/** Worst first, so that a person reads the worst first; of equals, the one with the fewest events to look through. */
export function bySeverity(a: SimSummary, b: SimSummary): number {
  const rank = (outcome: OutcomeName): number => gravity.indexOf(outcomes[outcome].exitCode)
  return rank(a.outcome) - rank(b.outcome) || a.events - b.events
}

const gravity: readonly number[] = [1, 3, 2, 0]

/**
 * All failures, worst first, in two parts: `most` to be stored, of which every signature has one before any has two,
 * and the others.
 */
export function inTwoParts(
  failures: readonly SimSummary[],
  most: number,
): { readonly stored: readonly SimSummary[]; readonly others: readonly SimSummary[] } {
  const sorted = failures.toSorted(bySeverity)
  const seen = new Set<string>()
  const [firsts, repeats]: [SimSummary[], SimSummary[]] = [[], []]
  for (const failure of sorted) {
    if (seen.has(failure.signature)) repeats.push(failure)
    else firsts.push(failure)
    seen.add(failure.signature)
  }
  const stored = new Set([...firsts, ...repeats].slice(0, most))
  return { stored: [...stored].sort(bySeverity), others: sorted.filter((failure) => !stored.has(failure)) }
}

/** What a campaign stops at. */
export function isFailure({ outcome }: Pick<SimSummary, 'outcome'>): boolean {
  return outcome !== 'valid' && outcome !== 'vacuous'
}
