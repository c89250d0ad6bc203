import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { illegalRun, stuckRun, validRun } from '../examples.ts'
import type { LoadedRun } from '../run.ts'
import {
  type CampaignRun,
  campaignJunit,
  campaignMarkdown,
  campaignSummary,
  writeCampaignSummaries,
} from './of-campaign.ts'
import { runJunit, runMarkdown, writeRunSummaries } from './of-run.ts'
import { isRunSummary, summaryOf } from './run-summary.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultline-summaries-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const read = (file: string): string => readFileSync(join(dir, file), 'utf8')

describe('of a run', () => {
  test('say what came out, why, and how to repeat it', () => {
    const run = { ...illegalRun({ ops: 200 }), dir }
    writeRunSummaries(run)
    const summary: unknown = JSON.parse(read('summary.json'))
    expect(isRunSummary(summary)).toBe(true)
    expect(summary).toEqual(summaryOf(run))
    expect(summary).toMatchObject({
      'faultline-summary': 1,
      outcome: 'illegal',
      passed: false,
      exitCode: 1,
      anomaly: { key: 'k2', sentence: run.outcome!.anomaly!.sentence },
      system: { name: 'raft-kv', nodes: 3, bug: 'read-without-quorum' },
      seed: '1729',
      ops: run.outcome!.counts,
    })
    expect(read('junit.xml')).toContain('<failure type="illegal"')
    expect(read('junit.xml')).toContain(run.environment.repeat)
    expect(read('summary.md')).toMatch(/^# ✕ illegal: 20260131-142503-register-ok-1729\n/)
    expect(read('summary.md')).toContain(`\n    ${run.environment.repeat}\n`)
  })

  test('are the same bytes for the same run, also where they have been written before', () => {
    const run = { ...stuckRun(), dir }
    const written = () => ['summary.json', 'junit.xml', 'summary.md'].map(read)
    writeRunSummaries(run)
    const first = written()
    writeRunSummaries(run)
    expect(written()).toEqual(first)
  })

  test('that was cut short do not read as a pass', () => {
    const { outcome: _outcome, ...cut }: LoadedRun = validRun({ ops: 100 })
    const summary = summaryOf(cut)
    expect(summary).toMatchObject({ passed: false, exitCode: 2, faults: { planned: 1, begun: 1 } })
    expect(summary.outcome).toBeUndefined()
    expect(summary.ops.ok).toBeGreaterThan(50)
    expect(runJunit(summary)).toContain('<failure type="no outcome"')
    expect(runMarkdown(summary)).toMatch(/^# … no outcome: /)
  })

  test('never show a key, a value or a name as markup', () => {
    const run = illegalRun({ ops: 100 })
    const nasty = '<img src=x onerror=alert(1)>'
    const anomaly = { ...run.outcome!.anomaly!, key: nasty, class: nasty, sentence: nasty }
    const summary = summaryOf({
      ...run,
      name: nasty,
      plan: { ...run.plan, seed: nasty, system: { ...run.plan.system, name: nasty } },
      outcome: { ...run.outcome!, cause: `${nasty}|`, anomaly, notes: [nasty] },
    })
    expect(runMarkdown(summary).replace(/`[^`]*`/g, '')).not.toContain('<img')
    expect(runJunit(summary)).not.toContain('<img')
  })
})

describe('of a campaign', () => {
  const runs: readonly CampaignRun[] = [
    { id: 'register kill 1', group: 'register kill', outcome: 'valid', cause: 'fine', seconds: 10, dir: 'r/1' },
    { id: 'register kill 2', group: 'register kill', outcome: 'vacuous', cause: 'f1 <did> not bite', seconds: 12 },
    {
      id: 'append none 1',
      group: 'append none',
      outcome: 'illegal',
      cause: 'stale',
      seconds: 8,
      dir: 'r/2',
      repeat: 'npm start',
    },
  ]
  const facts = { name: 'night', mode: 'real' as const, exitCode: 1, runs, notRun: ['append none 2'] }

  test('count outcomes, and leave out nothing that was planned', () => {
    expect(campaignSummary(facts)).toMatchObject({
      passed: false,
      planned: 4,
      finished: 3,
      outcomes: { valid: 1, illegal: 1, vacuous: 1 },
      notRun: ['append none 2'],
    })
    expect(campaignSummary({ ...facts, exitCode: 0, runs: runs.slice(0, 1), notRun: [] }).passed).toBe(true)
    expect(campaignSummary({ ...facts, exitCode: 2, runs: runs.slice(0, 1) }).passed).toBe(false)
    expect(campaignSummary({ ...facts, exitCode: 0, runs: [], notRun: [] }).passed).toBe(false)
  })

  test('are one suite for each workload and fault set, and one for what was not run', () => {
    const xml = campaignJunit(campaignSummary(facts))
    expect(xml).toContain('<testsuites name="night" tests="4" failures="2" errors="0"')
    expect([...xml.matchAll(/<testsuite name="([^"]+)" tests="(\d)"/g)].map(([, ...found]) => found)).toEqual([
      ['register kill', '2'],
      ['append none', '1'],
      ['not run', '1'],
    ])
    expect(xml).toContain('<failure type="vacuous" message="f1 &lt;did&gt; not bite">')
    expect(xml).toContain('repeat: npm start\nrun: r/2')
  })

  test('name what did not come out valid, with the way to its report', () => {
    expect(campaignMarkdown(campaignSummary(facts))).toBe(
      [
        '# ✕ night: 3 of 4 runs, 1 valid, 1 illegal, 1 vacuous',
        '',
        '1 were not run; they prove nothing.',
        '',
        '| workload and faults | runs | each | outcomes |',
        '| --- | --- | --- | --- |',
        '| register kill | 2 | 11.0 s | 1 valid, 1 vacuous |',
        '| append none | 1 | 8.0 s | 1 illegal |',
        '',
        '## What did not come out valid',
        '',
        '- ○ **vacuous** register kill 2: f1 &lt;did&gt; not bite',
        '- ✕ **illegal** append none 1 ([report](r/2/report.html)): stale',
        '',
      ].join('\n'),
    )
  })

  test('name runs relative to where they lie themselves', () => {
    const campaign = join(dir, 'campaigns', 'night')
    mkdirSync(campaign, { recursive: true })
    writeCampaignSummaries(campaign, { ...facts, runs: [{ ...runs[2]!, dir: join(dir, 'runs', 'x') }] })
    expect(JSON.parse(read('campaigns/night/summary.json'))).toMatchObject({ runs: [{ dir: '../../runs/x' }] })
  })
})
