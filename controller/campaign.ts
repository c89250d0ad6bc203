/**
 * Many runs one after another: workloads × fault sets × seeds, within a time budget. What is finished is on disk at
 * once, so a campaign that was cut short goes on where it stopped.
 */
import { appendFileSync, existsSync, mkdirSync, readFileSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exitCodeOf, type OutcomeName, outcomes } from '../results/outcome.ts'
import { storing } from '../results/store-error.ts'
import { UsageError } from '../workloads/usage-error.ts'
import type { Asked } from './draw-plan.ts'

/** One run of a campaign, before it ran. */
export interface Planned {
  /** Unique in the campaign: `register partition+kill 3`. */
  readonly id: string
  readonly asked: Asked
}

export interface Campaign {
  readonly campaign: 1
  readonly runs: readonly Planned[]
}

export interface Finished {
  readonly id: string
  readonly outcome: OutcomeName
  readonly cause: string
  readonly dir: string
  readonly seconds: number
}

export interface Crossing {
  readonly workloads: readonly string[]
  readonly faultSets: readonly (readonly string[])[]
  readonly seeds: readonly string[]
  /** The rest of the setup, the same for all. */
  readonly common: Omit<Asked, 'workload' | 'faults' | 'seed'>
}

/** Seeds outermost, so that a short budget still sees every combination. */
export function crossed({ workloads, faultSets, seeds, common }: Crossing): Campaign {
  const runs = seeds.flatMap((seed) =>
    workloads.flatMap((workload) =>
      faultSets.map((faults) => ({
        id: `${workload} ${faults.join('+') || 'none'} ${seed}`,
        asked: { ...common, workload, faults, seed },
      })),
    ),
  )
  return { campaign: 1, runs }
}

const definitionFile = 'campaign.json'
const finishedFile = 'finished.jsonl'

/** A campaign's directory. */
export class CampaignStore {
  readonly dir: string
  readonly campaign: Campaign
  #finished: Finished[]

  private constructor(dir: string, campaign: Campaign, finished: readonly Finished[]) {
    this.dir = dir
    this.campaign = campaign
    this.#finished = [...finished]
  }

  /** Throws a `UsageError` where one of that name is there already. */
  static create(dir: string, campaign: Campaign): CampaignStore {
    if (existsSync(join(dir, definitionFile))) {
      throw new UsageError({
        given: `a campaign that is there already: ${dir}`,
        expected: 'a new name, or to go on with it',
        type: `--resume ${dir}`,
      })
    }
    storing(dir, () => {
      mkdirSync(dir, { recursive: true })
      writeFileSync(join(dir, definitionFile), `${JSON.stringify(campaign, undefined, 2)}\n`)
    })
    return new CampaignStore(dir, campaign, [])
  }

  /** Throws a `UsageError` where there is none, or none that can be read. */
  static open(dir: string): CampaignStore {
    const file = join(dir, definitionFile)
    if (!existsSync(file)) {
      throw new UsageError({
        given: `--resume ${dir}, which has no ${definitionFile}`,
        expected: 'the directory of a campaign',
        type: '--resume results/campaigns/NAME',
      })
    }
    const campaign = readDefinition(file)
    const finished = join(dir, finishedFile)
    return new CampaignStore(dir, campaign, existsSync(finished) ? readFinished(finished) : [])
  }

  get finished(): readonly Finished[] {
    return this.#finished
  }

  /** What has not been run yet, in order. */
  open(): readonly Planned[] {
    const done = new Set(this.#finished.map(({ id }) => id))
    return this.campaign.runs.filter(({ id }) => !done.has(id))
  }

  add(finished: Finished): void {
    this.#finished.push(finished)
    const file = join(this.dir, finishedFile)
    storing(file, () => appendFileSync(file, `${JSON.stringify(finished)}\n`))
  }

  /** The worst of all; one that was cut short says little, unless what it did see is bad. */
  exitCode(isCutShort: boolean): number {
    const ended = this.#finished.map(({ outcome }) => outcome)
    return exitCodeOf(isCutShort || ended.length === 0 ? [...ended, 'vacuous'] : ended)
  }
}

function readDefinition(file: string): Campaign {
  const wrong = (what: string, cause?: unknown): UsageError =>
    new UsageError(
      { given: `${file}: ${what}`, expected: 'a campaign of version 1', type: 'faultline campaign --help' },
      { cause },
    )
  let campaign: unknown
  try {
    campaign = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause)
  }
  if (!isCampaign(campaign)) throw wrong('it is of another version, or damaged')
  return campaign
}

function isCampaign(value: unknown): value is Campaign {
  return (
    typeof value === 'object' &&
    value !== null &&
    'campaign' in value &&
    value.campaign === 1 &&
    'runs' in value &&
    Array.isArray(value.runs)
  )
}

/** A line torn by a kill is cut off, lest the next one is joined to it: its run is done again. */
function readFinished(file: string): Finished[] {
  const text = readFileSync(file, 'utf8')
  const whole = text.slice(0, text.lastIndexOf('\n') + 1)
  if (whole.length < text.length) truncateSync(file, Buffer.byteLength(whole))
  return whole.split('\n').flatMap((line) => {
    try {
      const finished: unknown = JSON.parse(line)
      return isFinished(finished) ? [finished] : []
    } catch {
      return []
    }
  })
}

function isFinished(value: unknown): value is Finished {
  return (
    typeof value === 'object' &&
    value !== null &&
    'id' in value &&
    'outcome' in value &&
    Object.hasOwn(outcomes, String(value.outcome))
  )
}

/** One row per workload and fault set: how many runs ended how. */
export function campaignTable(store: CampaignStore): string {
  const rows = new Map<string, Finished[]>()
  for (const finished of store.finished) {
    const combination = finished.id.split(' ').slice(0, -1).join(' ')
    rows.set(combination, [...(rows.get(combination) ?? []), finished])
  }
  const lines = [...rows].map(([combination, runs]) => {
    const counts = new Map<OutcomeName, number>()
    for (const { outcome } of runs) counts.set(outcome, (counts.get(outcome) ?? 0) + 1)
    const text = [...counts].map(([outcome, count]) => `${count} ${outcome}`).join(', ')
    const seconds = runs.reduce((sum, run) => sum + run.seconds, 0) / runs.length
    return `${combination.padEnd(40)} ${String(runs.length).padStart(4)} runs  ${seconds.toFixed(1).padStart(6)} s each  ${text}`
  })
  const open = store.open().length
  const bad = store.finished.filter(({ outcome }) => outcome !== 'valid')
  return [
    ...lines,
    ...(open > 0 ? [`${open} more were not run; go on with --resume ${store.dir}`] : []),
    ...bad.map(({ id, outcome, cause, dir }) => `\n${outcome}: ${id}\n  ${cause}\n  ${dir}`),
  ].join('\n')
}
