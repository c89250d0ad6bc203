/**
 * A simulated campaign's summaries, as a campaign on real processes has them: `summary.json`, `junit.xml` and
 * `summary.md` in its directory. The same seeds give the same bytes, in whatever order the threads ended them: runs
 * stand by seed, and their seconds are simulated ones. (The directory of a stored failure has the time in its name.)
 */
import { basename } from 'node:path'
import {
  type CampaignRun,
  type CampaignSummary,
  notRunAtMost,
  writeCampaignSummaries,
} from '../results/summaries/of-campaign.ts'
import type { SimAsked } from './draw-sim-plan.ts'
import type { SimSummary } from './sim-job.ts'
import { repeatSimulated } from './typed-command.ts'

export interface SimCampaign {
  readonly dir: string
  readonly asked: SimAsked
  readonly firstSeed: number
  /** How many were planned; may be infinite, where only those that ended count. */
  readonly runs: number
}

type Ended = Pick<SimSummary, 'seed' | 'outcome' | 'cause' | 'workload' | 'seconds'>

/** Of runs that came out valid, those of the first seeds are listed; millions would make a file that nobody opens. */
const validListed = 10_000

export class SimCampaignRecord {
  #campaign: SimCampaign
  #validListed: number
  #valid: Ended[] = []
  #others: Ended[] = []
  #ended = new Set<string>()
  #onlyCounted = 0
  #stored = new Map<string, string>()

  constructor(campaign: SimCampaign, listed = validListed) {
    this.#campaign = campaign
    this.#validListed = listed
  }

  get dir(): string {
    return this.#campaign.dir
  }

  add({ seed, outcome, cause, workload, seconds }: SimSummary): void {
    const ended = { seed, outcome, cause, workload, seconds }
    this.#ended.add(seed)
    if (outcome !== 'valid') this.#others.push(ended)
    else if (this.#valid.push(ended) > 2 * this.#validListed) this.#prune()
  }

  /** The directory of a run that was stored. */
  stored(seed: string, dir: string): void {
    this.#stored.set(seed, dir)
  }

  /** Writes what there is so far. Throws a `StoreError` where it can not. */
  write(exitCode: number): CampaignSummary {
    this.#prune()
    const { dir, firstSeed, runs } = this.#campaign
    const planned = Number.isFinite(runs) ? runs : this.#ended.size
    return writeCampaignSummaries(dir, {
      name: basename(dir),
      mode: 'sim',
      exitCode,
      runs: [...this.#valid, ...this.#others].sort(bySeed).map((ended) => this.#runOf(ended)),
      planned,
      onlyCounted: this.#onlyCounted,
      notRun: this.#notRun(firstSeed, planned),
    })
  }

  /** Those that go have enough others with lower seeds, so it does not matter when they do. */
  #prune(): void {
    this.#valid.sort(bySeed)
    this.#onlyCounted += Math.max(0, this.#valid.length - this.#validListed)
    this.#valid.length = Math.min(this.#valid.length, this.#validListed)
  }

  #runOf({ seed, outcome, cause, workload, seconds }: Ended): CampaignRun {
    const dir = this.#stored.get(seed)
    return {
      id: `seed ${seed}`,
      group: workload,
      outcome,
      cause,
      seconds,
      ...(dir === undefined ? {} : { dir }),
      repeat: repeatSimulated(this.#campaign.asked, seed),
    }
  }

  #notRun(firstSeed: number, planned: number): string[] {
    const left: string[] = []
    const missing = Math.min(planned - this.#ended.size, notRunAtMost)
    for (let seed = firstSeed; left.length < missing; seed++) {
      if (!this.#ended.has(String(seed))) left.push(`seed ${seed}`)
    }
    return left
  }
}

function bySeed(a: Ended, b: Ended): number {
  return Number(a.seed) - Number(b.seed)
}
