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
  /** On real processes or in simulation; absent in what older versions wrote. */
  readonly mode?: 'real' | 'sim'
  /** As the exit code says: every run came out `valid`, but that a swarm's may be `vacuous` now and then. */
  readonly passed: boolean
  readonly exitCode: number
  readonly planned: number
  readonly finished: number
  readonly outcomes: Readonly<Partial<Record<OutcomeName, number>>>
  readonly runs: readonly CampaignRun[]
  /** Runs that came out `valid` and are not among `runs`, as there are so many; absent where there are none. */
  readonly onlyCounted?: number
  /** Ids of planned runs that were not run; the first of very many. */
  readonly notRun: readonly string[]
}

export interface CampaignFacts {
  readonly name: string
  readonly mode: 'real' | 'sim'
  readonly exitCode: number
  readonly runs: readonly CampaignRun[]
  readonly notRun: readonly string[]
  /** Where `notRun` does not hold all: how many there were in all. */
  readonly planned?: number
  /** Runs that came out `valid` beside `runs`; 0 unless told. */
  readonly onlyCounted?: number
}

/** Of planned runs that were not run, so many are named. */
export const notRunAtMost = 1_000

/** Writes all three into `dir`; runs are named relative to it. Throws a `StoreError` where it can not. */
export function writeCampaignSummaries(dir: string, facts: CampaignFacts): CampaignSummary {
  const summary = campaignSummary({ ...facts, runs: facts.runs.map((run) => relativeTo(dir, run)) })
  writeWhole(dir, summaryFiles.json, `${JSON.stringify(summary, undefined, 2)}\n`)
  writeWhole(dir, summaryFiles.junit, campaignJunit(summary))
  writeWhole(dir, summaryFiles.markdown, campaignMarkdown(summary))
  return summary
}

export function campaignSummary(facts: CampaignFacts): CampaignSummary {
  const { name, mode, exitCode, runs, notRun, onlyCounted = 0 } = facts
  const finished = runs.length + onlyCounted
  return {
    'faultline-campaign-summary': 1,
    name,
    mode,
    passed: exitCode === 0 && finished > 0,
    exitCode,
    planned: facts.planned ?? finished + notRun.length,
    finished,
    outcomes: tallyOf(runs, onlyCounted),
    runs,
    ...(onlyCounted === 0 ? {} : { onlyCounted }),
    notRun,
  }
}

/**
 * One suite for each group. What was not run is skipped in a suite of its own; so is, in a campaign that passed, a run
 * that was vacuous: it neither passed nor makes the campaign fail.
 */
export function campaignJunit({ name, passed, runs, notRun }: CampaignSummary): string {
  const suites = [...groupsOf(runs)].map(([group, members]) => ({
    name: group,
    cases: members.map(({ id, outcome, cause, seconds, dir, repeat }) => ({
      name: id,
      group: `faultline.${group.replaceAll(' ', '.')}`,
      outcome: passed && outcome === 'vacuous' ? ('not-run' as const) : outcome,
      cause: passed && outcome === 'vacuous' ? `vacuous: ${cause}` : cause,
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
  const { name, passed, runs, planned, finished, onlyCounted = 0 } = summary
  const rows = [...groupsOf(runs)].map(([group, members]) => [
    plain(group),
    String(members.length),
    `${(members.reduce((sum, { seconds }) => sum + seconds, 0) / members.length).toFixed(1)} s`,
    tallyText(tallyOf(members)),
  ])
  const bad = runs.filter(({ outcome }) => outcome !== 'valid')
  return `${[
    `# ${passed ? '✓' : '✕'} ${plain(name)}: ${finished} of ${planned} runs, ${finished === 0 ? 'none ended' : tallyText(tallyOf(runs, onlyCounted))}`,
    ...(planned === finished ? [] : ['', `${planned - finished} were not run; they prove nothing.`]),
    ...(onlyCounted === 0 ? [] : ['', `${onlyCounted} valid runs are only counted, and stand in no table.`]),
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
function tallyOf(runs: readonly CampaignRun[], moreValid = 0): Partial<Record<OutcomeName, number>> {
  const counts = Object.keys(outcomes).map((name): [string, number] => {
    const listed = runs.filter(({ outcome }) => outcome === name).length
    return [name, name === 'valid' ? listed + moreValid : listed]
  })
  return Object.fromEntries(counts.filter(([, times]) => times !== 0))
}

function groupsOf(runs: readonly CampaignRun[]): Map<string, CampaignRun[]> {
  return Map.groupBy(runs, ({ group }) => group)
}

/** With slashes on any system, as it ends up in links. */
function relativeTo(dir: string, run: CampaignRun): CampaignRun {
  return run.dir === undefined ? run : { ...run, dir: relative(dir, run.dir).split(sep).join('/') }
}
