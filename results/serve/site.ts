/** What is answered to which address. Decides only: nothing here knows of sockets. */
import { RunIndex } from '../index/run-index.ts'
import type { RunRow } from '../index/run-row.ts'
import { runsJson } from '../index/runs-json.ts'
import { files } from '../layout.ts'
import { DamagedRunError } from '../load.ts'
import type { CampaignRun } from '../summaries/of-campaign.ts'
import { type Asset, assets } from './assets.ts'
import { Campaigns } from './campaigns.ts'
import { campaignPage, campaignsPage } from './campaigns-page.ts'
import { planDifferences } from './compare.ts'
import { type Compared, comparePage } from './compare-page.ts'
import { listPage } from './list-page.ts'
import { LiveRun, type LiveState, lastWriteMs } from './live.ts'
import { filterOf, questionOf } from './question.ts'
import { readJson, readSummary } from './read-summary.ts'
import { type OpenedFile, openRunFile, runDirectory, shownFiles } from './run-files.ts'
import { runPage } from './run-page.ts'
import { addressOf, campaignAddress, type Target } from './target.ts'

export type Answer =
  | { readonly type: 'page'; readonly text: string }
  | { readonly type: 'json'; readonly text: string }
  | { readonly type: 'asset'; readonly asset: Asset }
  | { readonly type: 'file'; readonly opened: OpenedFile; readonly isReport: boolean }
  | { readonly type: 'archive'; readonly name: string; readonly dir: string; readonly timeS: number }
  /** To be looked at again and again, until it is over. */
  | { readonly type: 'live'; readonly look: () => LiveState }
  | { readonly type: 'redirect'; readonly to: string }
  | { readonly type: 'nothing'; readonly why: string }
  | { readonly type: 'refused'; readonly why: string }

/** A run that was written to within this time is taken to be going on. */
const runningMs = 15_000
const livesAtMost = 16

export interface SiteOptions {
  /** Where run directories are. */
  readonly root: string
  /** Where campaigns are. */
  readonly campaigns: string
  readonly nowMs: () => number
}

export class Site {
  readonly #root: string
  readonly #index: RunIndex
  readonly #nowMs: () => number
  readonly #campaignsRoot: string
  readonly #campaigns: Campaigns
  readonly #lives = new Map<string, LiveRun>()

  /** `nowMs`: wall time, as the files have it. */
  constructor({ root, campaigns, nowMs }: SiteOptions) {
    this.#root = root
    this.#campaignsRoot = campaigns
    this.#campaigns = new Campaigns(campaigns)
    this.#nowMs = nowMs
    this.#index = new RunIndex(root)
  }

  close(): void {
    this.#index.close()
  }

  answer({ segments, query }: Target): Answer {
    const [first = '', name = '', ...path] = segments
    if (segments.length === 1 && first === '') return this.#list(query)
    if (segments.length === 1 && first === 'runs.json') return this.#json(query)
    if (segments.length === 1 && first === 'compare') return this.#compare(query.getAll('run'))
    const asset = segments.length === 2 && first === 'assets' && Object.hasOwn(assets, name) ? assets[name] : undefined
    if (asset !== undefined) return { type: 'asset', asset }
    if (first === 'campaigns') return this.#campaign(name, segments.length === 1 ? undefined : path)
    if (first !== 'runs' || name === '') return nothing('There is no such page.')
    this.#index.refreshOne(name)
    const row = this.#index.get(name)
    const dir = runDirectory(this.#root, name)
    if (row === undefined || dir === undefined) return nothing('There is no such run.')
    return path.length === 0 ? { type: 'redirect', to: addressOf(name) } : this.#run(row, dir, path)
  }

  #list(query: URLSearchParams): Answer {
    this.#index.refresh()
    const question = questionOf(query)
    const index = this.#index
    const { rows, total } = index.list(filterOf(question))
    const open = rows.filter(({ state }) => state === 'open').map(({ name }) => name)
    const text = listPage({
      root: this.#root,
      question,
      rows,
      total,
      running: new Set(open.filter((name) => this.#isRunning(name))),
      choices: {
        workload: index.values('workload'),
        system: index.values('system'),
        bug: index.values('bug'),
        mode: index.values('mode'),
        fault: index.faultKinds(),
      },
      outcomes: index.outcomes(),
      ...(index.note === undefined ? {} : { note: index.note }),
    })
    return { type: 'page', text }
  }

  /** `path`: what follows the name; `undefined` where not even a slash follows `/campaigns`. */
  #campaign(name: string, path: readonly string[] | undefined): Answer {
    if (path === undefined) return { type: 'redirect', to: '/campaigns/' }
    const campaigns = this.#campaigns
    if (name === '') return { type: 'page', text: campaignsPage(this.#campaignsRoot, campaigns.list()) }
    const campaign = campaigns.get(name)
    if (campaign === undefined) return nothing('There is no such campaign.')
    const [file, ...more] = path
    if (file === undefined) return { type: 'redirect', to: campaignAddress(name) }
    if (file === '' && more.length === 0) {
      const runOf = (run: CampaignRun): string | undefined => campaigns.runOf(name, run, this.#root)
      return { type: 'page', text: campaignPage({ campaign, runOf }) }
    }
    const opened = more.length === 0 ? campaigns.open(name, file) : undefined
    if (opened === undefined) return nothing('There is no such file, or it is none that is shown.')
    return { type: 'file', opened, isReport: false }
  }

  #json(query: URLSearchParams): Answer {
    this.#index.refresh()
    const { limit: _limit, offset: _offset, ...filter } = filterOf(questionOf(query))
    return { type: 'json', text: runsJson(this.#root, this.#index.list(filter)) }
  }

  #compare(names: readonly string[]): Answer {
    const [left, right] = names
    if (left === undefined || right === undefined || names.length !== 2) {
      return { type: 'refused', why: `Two runs are compared; ${names.length} were ticked. Go back and tick two.` }
    }
    const [leftDir, rightDir] = [runDirectory(this.#root, left), runDirectory(this.#root, right)]
    if (leftDir === undefined || rightDir === undefined) return nothing('One of these runs is not there.')
    const plan = planDifferences(readJson(leftDir, files.plan)?.value, readJson(rightDir, files.plan)?.value)
    return {
      type: 'page',
      text: comparePage({ left: compared(left, leftDir), right: compared(right, rightDir), plan }),
    }
  }

  #run(row: RunRow, dir: string, path: readonly string[]): Answer {
    const { name } = row
    const [only] = path
    if (path.length === 1 && only === '') {
      const live = row.state === 'open' ? this.#look(name, dir) : undefined
      const isRunning = row.state === 'open' && this.#isRunning(name)
      const shown = shownFiles(this.#root, name)
      return { type: 'page', text: runPage({ row, files: shown, isRunning, ...(live === undefined ? {} : { live }) }) }
    }
    if (path.length === 1 && only === 'live') return { type: 'live', look: () => this.#look(name, dir) }
    if (path.length === 1 && only === 'archive.tar.gz') {
      const started = Date.parse(row.startedAt ?? '')
      return { type: 'archive', name, dir, timeS: Number.isNaN(started) ? 0 : Math.floor(started / 1000) }
    }
    const opened = openRunFile(this.#root, name, path)
    if (opened === undefined) return nothing('There is no such file, or it is none that is shown.')
    return { type: 'file', opened, isReport: path.length === 1 && only === files.page }
  }

  /** Where a run was read up to is kept, so that a look costs what is new. */
  #look(name: string, dir: string): LiveState {
    const live = this.#lives.get(name) ?? new LiveRun(dir)
    this.#lives.delete(name)
    this.#lives.set(name, live)
    const [oldest] = this.#lives.keys()
    if (this.#lives.size > livesAtMost && oldest !== undefined) this.#lives.delete(oldest)
    return live.look(this.#nowMs())
  }

  #isRunning(name: string): boolean {
    const dir = runDirectory(this.#root, name)
    return dir !== undefined && this.#nowMs() - lastWriteMs(dir) < runningMs
  }
}

function compared(name: string, dir: string): Compared {
  try {
    return { name, summary: readSummary(dir) }
  } catch (error) {
    if (error instanceof DamagedRunError) return { name, summary: error.message }
    throw error
  }
}

function nothing(why: string): Answer {
  return { type: 'nothing', why }
}
