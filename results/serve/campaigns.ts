/** Campaigns as the web interface knows them: directories with a `summary.json`, which may come from anywhere. */
import { lstatSync, readdirSync, realpathSync } from 'node:fs'
import { basename, dirname, join, resolve } from 'node:path'
import { outcomes } from '../outcome.ts'
import type { CampaignRun, CampaignSummary } from '../summaries/of-campaign.ts'
import { summaryFiles } from '../summaries/of-run.ts'
import { readJson } from './read-summary.ts'
import { isName, type OpenedFile, openPlain, runDirectory, typeOf } from './run-files.ts'

export interface Campaign {
  /** Of its directory, whatever its summary says. */
  readonly name: string
  /** Absent where there is none that can be read: one that has only begun, or damage. */
  readonly summary?: CampaignSummary
  /** Paths of what can be opened. */
  readonly files: readonly string[]
}

const shown: readonly string[] = [...Object.values(summaryFiles), 'campaign.json', 'finished.jsonl']
const largestBytes = 1 << 25
const cachedAtMost = 64

export class Campaigns {
  readonly #root: string
  readonly #cache = new Map<string, { readonly stamp: string; readonly summary: CampaignSummary | undefined }>()

  constructor(root: string) {
    this.#root = root
  }

  /** The newest name first, as names are times unless somebody chose them. */
  list(): Campaign[] {
    let names: string[]
    try {
      names = readdirSync(this.#root)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error)) throw error
      return []
    }
    const there = new Set(names)
    for (const name of this.#cache.keys()) if (!there.has(name)) this.#cache.delete(name)
    return names
      .sort()
      .reverse()
      .flatMap((name) => this.get(name) ?? [])
  }

  /** `undefined` where there is no such directory with anything of a campaign in it, or where it is a link. */
  get(name: string): Campaign | undefined {
    const dir = runDirectory(this.#root, name)
    if (dir === undefined) return undefined
    const files = shown.filter((file) => lstatSync(join(dir, file), { throwIfNoEntry: false })?.isFile() === true)
    if (files.length === 0) return undefined
    const summary = this.#summaryOf(name, dir)
    return { name, files, ...(summary === undefined ? {} : { summary }) }
  }

  open(name: string, file: string): OpenedFile | undefined {
    const dir = runDirectory(this.#root, name)
    if (dir === undefined || !shown.includes(file) || !isName(file)) return undefined
    return openPlain(dir, [file], typeOf(file))
  }

  /** The name of a run that lies below `runs`; `undefined` for one that lies elsewhere, or is not there any more. */
  runOf(campaign: string, { dir }: CampaignRun, runs: string): string | undefined {
    const own = runDirectory(this.#root, campaign)
    if (dir === undefined || own === undefined) return undefined
    const place = resolve(own, dir)
    const name = basename(place)
    const found = runDirectory(runs, name)
    return found !== undefined && dirname(place) === realpathSync(runs) ? name : undefined
  }

  /**
   * Read again only where the file has changed: it may be large, and the list asks for all, always in the same order. So
   * the youngest makes room: were it the oldest, each would have gone just before it is asked for again.
   */
  #summaryOf(name: string, dir: string): CampaignSummary | undefined {
    const found = lstatSync(join(dir, summaryFiles.json), { bigint: true, throwIfNoEntry: false })
    if (found === undefined) return undefined
    const stamp = `${found.ino} ${found.ctimeNs} ${found.size}`
    const known = this.#cache.get(name)
    if (known?.stamp === stamp) return known.summary
    const value = readJson(dir, summaryFiles.json, largestBytes)?.value
    const summary = isCampaignSummary(value) ? value : undefined
    this.#cache.delete(name)
    const youngest = [...this.#cache.keys()].at(cachedAtMost - 1)
    if (youngest !== undefined) this.#cache.delete(youngest)
    this.#cache.set(name, { stamp, summary })
    return summary
  }
}

function isCampaignSummary(value: unknown): value is CampaignSummary {
  return hasItsTypes(value) && agrees(value)
}

/** Whether it says one thing throughout: `passed` must not stand over runs that say otherwise. */
function agrees({ passed, exitCode, planned, finished, mode, ...rest }: CampaignSummary): boolean {
  const { outcomes: counts, runs, onlyCounted = 0, notRun } = rest
  const isCounted = Object.keys(outcomes).every((name) => {
    const listed = runs.filter(({ outcome }) => outcome === name).length + (name === 'valid' ? onlyCounted : 0)
    return listed === (new Map(Object.entries(counts)).get(name) ?? 0)
  })
  return (
    isCounted &&
    finished === runs.length + onlyCounted &&
    notRun.length <= planned - finished && // Of very many only the first are named.
    passed === (exitCode === 0 && finished > 0) &&
    (!passed || mayPass(counts, mode))
  )
}

/** As exit codes are made: all valid, but that up to a tenth of the runs of a swarm may be vacuous. */
function mayPass({ valid = 0, vacuous = 0, ...others }: CampaignSummary['outcomes'], mode: CampaignSummary['mode']) {
  const isRare = mode !== 'real' && vacuous * 10 <= valid + vacuous
  return Object.values(others).every((count) => count === 0) && (vacuous === 0 || isRare)
}

/** Everything that is shown of it has the type that it should have. */
function hasItsTypes(value: unknown): value is CampaignSummary {
  const fields = fieldsOf(value)
  if (fields === undefined || fields.get('faultline-campaign-summary') !== 1) return false
  const counts = fieldsOf(fields.get('outcomes'))
  const [runs, notRun, mode, more] = ['runs', 'notRun', 'mode', 'onlyCounted'].map((name) => fields.get(name))
  return (
    typeof fields.get('passed') === 'boolean' &&
    ['exitCode', 'planned', 'finished'].every((name) => isCount(fields.get(name))) &&
    (mode === undefined || mode === 'real' || mode === 'sim') &&
    (more === undefined || isCount(more)) &&
    counts !== undefined &&
    [...counts].every(([name, count]) => Object.hasOwn(outcomes, name) && isCount(count)) &&
    Array.isArray(runs) &&
    runs.every(isRun) &&
    Array.isArray(notRun) &&
    notRun.every((id) => typeof id === 'string')
  )
}

function isRun(value: unknown): value is CampaignRun {
  const fields = fieldsOf(value)
  if (fields === undefined) return false
  const isText = (name: string): boolean => typeof fields.get(name) === 'string'
  return (
    ['id', 'group', 'cause'].every(isText) &&
    Object.hasOwn(outcomes, String(fields.get('outcome'))) &&
    Number.isFinite(fields.get('seconds')) &&
    Number(fields.get('seconds')) >= 0 &&
    ['dir', 'repeat'].every((name) => fields.get(name) === undefined || isText(name))
  )
}

function fieldsOf(value: unknown): Map<string, unknown> | undefined {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined
  return new Map(Object.entries(value))
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && Number(value) >= 0
}
