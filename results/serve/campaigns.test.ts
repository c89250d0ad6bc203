import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { makeDirectory } from '../index/runs.fixture.ts'
import { type CampaignFacts, writeCampaignSummaries } from '../summaries/of-campaign.ts'
import { Campaigns } from './campaigns.ts'
import { campaignsPage } from './campaigns-page.ts'

let root = ''
beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-campaigns-')))
  mkdirSync(join(root, 'campaigns'))
  mkdirSync(join(root, 'runs', 'x'), { recursive: true })
})
afterEach(() => rmSync(root, { recursive: true }))

const at = (...path: string[]) => join(root, ...path)

function campaign(name: string, change: Partial<CampaignFacts> = {}): void {
  mkdirSync(at('campaigns', name))
  const run = { id: 'register none 1', group: 'register none', outcome: 'valid', cause: 'fine', seconds: 3 } as const
  const runs = [{ ...run, dir: at('runs', 'x') }]
  writeCampaignSummaries(at('campaigns', name), { name, mode: 'real', exitCode: 0, runs, notRun: [], ...change })
}

test('campaigns are listed by name, the newest first; a directory without any file of theirs is none', () => {
  campaign('20260101T000000')
  campaign('20260201T000000')
  mkdirSync(at('campaigns', 'empty'))
  writeFileSync(at('campaigns', 'file'), '')
  const found = new Campaigns(at('campaigns')).list()
  expect(found.map(({ name }) => name)).toEqual(['20260201T000000', '20260101T000000'])
  expect(found[0]).toMatchObject({
    summary: { passed: true, outcomes: { valid: 1 } },
    files: ['summary.json', 'junit.xml', 'summary.md'],
  })
  expect(new Campaigns(at('nowhere')).list()).toEqual([])
})

test('a summary that changes is read again', () => {
  campaign('one')
  const campaigns = new Campaigns(at('campaigns'))
  expect(campaigns.get('one')?.summary?.finished).toBe(1)
  rmSync(at('campaigns', 'one'), { recursive: true })
  campaign('one', { runs: [], exitCode: 2 })
  expect(campaigns.get('one')?.summary?.finished).toBe(0)
})

test('of more campaigns than are kept, listing reads but those again that find no room', () => {
  const summary = { 'faultline-campaign-summary': 1, name: 'x', passed: false, exitCode: 2, planned: 0, finished: 0 }
  const text = JSON.stringify({ ...summary, outcomes: {}, runs: [], notRun: [] })
  for (let number = 100; number < 167; number++) makeDirectory(at('campaigns'), `${number}`, { 'summary.json': text })
  const campaigns = new Campaigns(at('campaigns'))
  const listed = () => campaigns.list().map((each) => each.summary)
  const again = (before: readonly unknown[]) => listed().filter((each, place) => each !== before[place]).length
  expect(again(listed())).toBe(4)
  for (let number = 100; number < 150; number++) rmSync(at('campaigns', `${number}`), { recursive: true })
  expect(listed()).toHaveLength(17)
  expect(again(listed())).toBe(0)
})

test('a campaign whose summary tells no mode is given none', () => {
  campaign('one')
  const found = new Campaigns(at('campaigns')).get('one')
  const { mode: _mode, ...summary } = found?.summary ?? expect.fail('there is none')
  expect(campaignsPage('campaigns', [{ name: 'one', files: [], summary }])).toContain('<td>mode not recorded</td>')
})

test('a run is led to only where it is one of those that are served', () => {
  campaign('one')
  const campaigns = new Campaigns(at('campaigns'))
  const run = { id: 'a', group: 'a', outcome: 'valid', cause: '', seconds: 1 } as const
  mkdirSync(at('elsewhere', 'x'), { recursive: true })
  const leadsTo = (dir: string) => campaigns.runOf('one', { ...run, dir }, at('runs'))
  expect(leadsTo('../../runs/x')).toBe('x')
  for (const dir of ['../../runs/y', '../../elsewhere/x', '../../runs', '..', '', '/etc', '../../runs/x/..'])
    expect(leadsTo(dir), dir).toBeUndefined()
})

describe('a summary of which anything is not as it should be is none:', () => {
  const sound = { 'faultline-campaign-summary': 1, name: 'x', passed: true, exitCode: 0, planned: 1, finished: 1 }
  const run = { id: 'a', group: 'a', outcome: 'valid', cause: 'c', seconds: 1 }
  const whole = { ...sound, outcomes: { valid: 1 }, runs: [run], notRun: [] }
  const nineAndOne = {
    planned: 10,
    finished: 10,
    onlyCounted: 9,
    outcomes: { valid: 9, vacuous: 1 },
    runs: [{ ...run, outcome: 'vacuous' }],
  }

  test('but a swarm may pass with a few vacuous runs, and any campaign without all that were planned', () => {
    for (const value of [
      { ...whole, ...nineAndOne, mode: 'sim' },
      { ...whole, planned: 5_000, notRun: ['b'] },
    ]) {
      makeDirectory(at('campaigns'), 'odd', { 'summary.json': JSON.stringify(value) })
      expect(new Campaigns(at('campaigns')).get('odd')?.summary).toEqual(value)
    }
  })

  test.each<[string, unknown]>([
    ['no object', []],
    ['another version', { ...whole, 'faultline-campaign-summary': 2 }],
    ['an outcome that there is not', { ...whole, outcomes: { '<b>': 1 } }],
    ['a count that is none', { ...whole, outcomes: { valid: '<b>' } }],
    ['a run of an outcome that there is not', { ...whole, runs: [{ ...run, outcome: 'constructor' }] }],
    ['a run without a duration', { ...whole, runs: [{ ...run, seconds: null }] }],
    ['a run that is none', { ...whole, runs: [null] }],
    ['a name that is none', { ...whole, notRun: [1] }],
    ['a negative duration', { ...whole, runs: [{ ...run, seconds: -1 }] }],
    ['a count that no runs stand for', { ...whole, passed: false, exitCode: 1, outcomes: { valid: 1, illegal: 3 } }],
    ['a run that is not counted', { ...whole, outcomes: {} }],
    ['more that finished than were planned', { ...whole, planned: 0 }],
    ['more that finished than there are', { ...whole, planned: 5, finished: 5 }],
    ['fewer that finished than there are', { ...whole, onlyCounted: 1, outcomes: { valid: 2 } }],
    ['more that were not run than are left', { ...whole, notRun: ['b'] }],
    ['a pass with the exit code of a failure', { ...whole, exitCode: 1 }],
    ['no pass with the exit code of one', { ...whole, passed: false }],
    ['a pass of nothing', { ...whole, planned: 0, finished: 0, outcomes: {}, runs: [] }],
    ['a pass over an illegal run', { ...whole, outcomes: { illegal: 1 }, runs: [{ ...run, outcome: 'illegal' }] }],
    ['a pass over an unknown run', { ...whole, outcomes: { unknown: 1 }, runs: [{ ...run, outcome: 'unknown' }] }],
    ['a pass of vacuous runs', { ...whole, outcomes: { vacuous: 1 }, runs: [{ ...run, outcome: 'vacuous' }] }],
    ['a real pass with a vacuous run', { ...whole, ...nineAndOne, mode: 'real' }],
    ['a mode that there is not', { ...whole, mode: '<b>' }],
  ])('%s', (_title, value) => {
    mkdirSync(at('campaigns', 'odd'))
    writeFileSync(at('campaigns', 'odd', 'summary.json'), JSON.stringify(value))
    expect(new Campaigns(at('campaigns')).get('odd')).toEqual({ name: 'odd', files: ['summary.json'] })
    writeFileSync(at('campaigns', 'odd', 'summary.json'), JSON.stringify(whole))
    expect(new Campaigns(at('campaigns')).get('odd')?.summary).toEqual(whole)
  })
})
