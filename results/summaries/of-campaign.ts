/** A campaign's summaries: `summary.json`, `junit.xml` and `summary.md` in its directory. */
import { relative, sep } from 'node:path'
import { type OutcomeName, outcomes } from '../outcome.ts'
import { writeWhole } from '../store.ts'
import { junitXml } from './junit.ts'
import { plain, table, target } from './markdown.ts'
import { signs, summaryFiles } from './of-run.ts'

/** One run, as a campaign knows it. */
export interface CampaignRun {
  /** Unique in the campaign. */
  readonly id: string
  /** What it is a repetition of: workload and faults. */
  readonly group: string
  readonly outcome: OutcomeName
  readonly cause: string
  readonly seconds: number
  /** Absent where the run was not stored. */
  readonly dir?: string
  /** What to type to run it again. */
  readonly repeat?: string
}

export interface CampaignSummary {
  readonly 'faultline-campaign-summary': 1
  readonly name: string
  /** True only where every run came out `valid` and none was cut short: as the exit code says. */
  readonly passed: boolean
  readonly exitCode: number
  readonly planned: number
  readonly finished: number
  readonly outcomes: Readonly<Partial<Record<OutcomeName, number>>>
  readonly runs: readonly CampaignRun[]
  /** Ids of planned runs that were not run. */
  readonly notRun: readonly string[]
}

export interface CampaignFacts {
  readonly name: string
  readonly exitCode: number
  readonly runs: readonly CampaignRun[]
  readonly notRun: readonly string[]
}

/** Writes all three into `dir`; runs are named relative to it. Throws a `StoreError` where it can not. */
export function writeCampaignSummaries(dir: string, facts: CampaignFacts): CampaignSummary {
  const summary = campaignSummary({ ...facts, runs: facts.runs.map((run) => relativeTo(dir, run)) })
  writeWhole(dir, summaryFiles.json, `${JSON.stringify(summary, undefined, 2)}\n`)
  writeWhole(dir, summaryFiles.junit, campaignJunit(summary))
  writeWhole(dir, summaryFiles.markdown, campaignMarkdown(summary))
  return summary
}

export function campaignSummary({ name, exitCode, runs, notRun }: CampaignFacts): CampaignSummary {
  return {
    'faultline-campaign-summary': 1,
    name,
    passed: exitCode === 0 && runs.length > 0 && runs.every(({ outcome }) => outcome === 'valid'),
    exitCode,
    planned: runs.length + notRun.length,
    finished: runs.length,
    outcomes: tallyOf(runs),
    runs,
    notRun,
  }
}

/** One suite for each group. What was not run is skipped in a suite of its own. */
export function campaignJunit({ name, runs, notRun }: CampaignSummary): string {
  const suites = [...groupsOf(runs)].map(([group, members]) => ({
    name: group,
    cases: members.map(({ id, outcome, cause, seconds, dir, repeat }) => ({
      name: id,
      group: `faultline.${group.replaceAll(' ', '.')}`,
      outcome,
      cause,
      seconds,
      details: [...(repeat === undefined ? [] : [`repeat: ${repeat}`]), ...(dir === undefined ? [] : [`run: ${dir}`])],
    })),
  }))
  const left = notRun.map((id) => ({
    name: id,
    group: 'faultline.not-run',
    outcome: 'not-run' as const,
    cause: 'the campaign ended before it began',
  }))
  return junitXml(name, left.length === 0 ? suites : [...suites, { name: 'not run', cases: left }])
}

export function campaignMarkdown(summary: CampaignSummary): string {
  const { name, passed, runs, notRun, planned, finished } = summary
  const rows = [...groupsOf(runs)].map(([group, members]) => [
    plain(group),
    String(members.length),
    `${(members.reduce((sum, { seconds }) => sum + seconds, 0) / members.length).toFixed(1)} s`,
    tallyText(tallyOf(members)),
  ])
  const bad = runs.filter(({ outcome }) => outcome !== 'valid')
  return `${[
    `# ${passed ? '✓' : '✕'} ${plain(name)}: ${finished} of ${planned} runs, ${finished === 0 ? 'none ended' : tallyText(tallyOf(runs))}`,
    ...(notRun.length === 0 ? [] : ['', `${notRun.length} were not run; they prove nothing.`]),
    ...(rows.length === 0 ? [] : ['', ...table(['workload and faults', 'runs', 'each', 'outcomes'], rows)]),
    ...(bad.length === 0 ? [] : ['', `## What did not come out valid`, '', ...bad.flatMap(badLines)]),
  ].join('\n')}\n`
}

function badLines({ id, outcome, cause, dir }: CampaignRun): string[] {
  const report = dir === undefined ? '' : ` ([report](${target(`${dir}/report.html`)}))`
  return [`- ${signs[outcome]} **${outcome}** ${plain(id)}${report}: ${plain(cause)}`]
}

function tallyText(tally: CampaignSummary['outcomes']): string {
  return Object.entries(tally)
    .map(([outcome, times]) => `${times} ${outcome}`)
    .join(', ')
}

/** In the order of the table of outcomes, so that it does not depend on which run came first. */
function tallyOf(runs: readonly CampaignRun[]): Partial<Record<OutcomeName, number>> {
  const counts = Object.keys(outcomes).map((name) => [name, runs.filter(({ outcome }) => outcome === name).length])
  return Object.fromEntries(counts.filter(([, times]) => times !== 0))
}

function groupsOf(runs: readonly CampaignRun[]): Map<string, CampaignRun[]> {
  return Map.groupBy(runs, ({ group }) => group)
}

/** With slashes on any system, as it ends up in links. */
function relativeTo(dir: string, run: CampaignRun): CampaignRun {
  return run.dir === undefined ? run : { ...run, dir: relative(dir, run.dir).split(sep).join('/') }
}
