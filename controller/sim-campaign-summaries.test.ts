import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { OutcomeName } from '../results/outcome.ts'
import { SimCampaignRecord } from './sim-campaign-summaries.ts'
import type { SimSummary } from './sim-job.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultline-sim-campaign-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const read = (file: string) => readFileSync(join(dir, file), 'utf8')
const asked = { isSwarm: true }
const files = ['summary.json', 'junit.xml', 'summary.md']

function ended(seed: number, outcome: OutcomeName = 'valid'): SimSummary {
  const facts = { outcome, cause: `seed ${seed} is ${outcome}`, signature: outcome, marks: [], events: 1_000 }
  // What the machine did is not to be seen in any summary.
  const measured = { ms: Math.random() * 1_000, servedMs: 5, caughtUpMs: 10 }
  return {
    seed: String(seed),
    workload: seed % 2 === 0 ? 'append' : 'register',
    seconds: seed / 4,
    ...facts,
    ...measured,
  }
}

test('the same seeds leave the same bytes, in whatever order they ended, however often they were written', () => {
  const outcomes: OutcomeName[] = ['valid', 'valid', 'illegal', 'valid', 'stuck', 'valid', 'vacuous', 'valid']
  const runs = outcomes.map((outcome, at) => ended(7 + at, outcome))
  let first: string[] | undefined
  fc.assert(
    fc.property(fc.shuffledSubarray(runs, { minLength: runs.length }), fc.nat(8), (inOrder, stop) => {
      const record = new SimCampaignRecord({ dir, asked, firstSeed: 7, runs: 10 }, 2)
      record.stored('9', join(dir, '..', 'runs', 'x'))
      for (const [at, run] of inOrder.entries()) {
        record.add(run)
        if (at === stop) record.write(2)
      }
      record.write(1)
      first ??= files.map(read)
      expect(files.map(read)).toEqual(first)
    }),
    { numRuns: 60 },
  )
})

test('a summary lists runs by seed, counts the valid ones beyond its bound, and names what was not run', () => {
  const record = new SimCampaignRecord({ dir, asked, firstSeed: 1, runs: 9 }, 2)
  for (const seed of [5, 2, 1, 4, 7, 6]) record.add(ended(seed, seed === 4 ? 'illegal' : 'valid'))
  record.stored('4', join(dir, '..', 'runs', 'x'))
  const summary = record.write(1)
  expect(summary).toMatchObject({
    'faultline-campaign-summary': 1,
    mode: 'sim',
    passed: false,
    exitCode: 1,
    planned: 9,
    finished: 6,
    outcomes: { valid: 5, illegal: 1 },
    onlyCounted: 3,
    notRun: ['seed 3', 'seed 8', 'seed 9'],
  })
  expect(summary.runs.map(({ id, dir: place }) => [id, place])).toEqual([
    ['seed 1', undefined],
    ['seed 2', undefined],
    ['seed 4', '../runs/x'],
  ])
  expect(summary.runs[2]).toMatchObject({
    group: 'append',
    seconds: 1,
    repeat: 'npm run --silent faultline -- simulate --seed 4',
  })
  expect(JSON.parse(read('summary.json'))).toEqual(summary)
  expect(read('junit.xml')).toContain('<failure type="illegal" message="seed 4 is illegal">')
  expect(read('summary.md')).toContain('3 valid runs are only counted')
})

test('a swarm that passed in spite of a vacuous run says so everywhere; a build server skips that run', () => {
  const record = new SimCampaignRecord({ dir, asked, firstSeed: 1, runs: Number.POSITIVE_INFINITY })
  for (let seed = 1; seed <= 20; seed++) record.add(ended(seed, seed === 3 ? 'vacuous' : 'valid'))
  expect(record.write(0)).toMatchObject({ passed: true, planned: 20, finished: 20, notRun: [] })
  expect(read('junit.xml')).toMatch(/tests="20" failures="0" errors="0"/)
  expect(read('junit.xml')).toContain('<skipped message="vacuous: seed 3 is vacuous"/>')
  expect(record.write(2).passed).toBe(false)
  expect(read('junit.xml')).toMatch(/tests="20" failures="1" errors="0"/)
})

test('a campaign of which nothing ended yet is no pass', () => {
  const record = new SimCampaignRecord({ dir, asked, firstSeed: 1, runs: 1e9 })
  const summary = record.write(2)
  expect(summary).toMatchObject({ passed: false, planned: 1e9, finished: 0, runs: [] })
  expect(summary.notRun).toHaveLength(1_000)
  expect(read('summary.md')).toContain('1000000000 were not run')
})
