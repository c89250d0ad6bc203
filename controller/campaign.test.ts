import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import type { OutcomeName } from '../results/outcome.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { type Campaign, CampaignStore, campaignTable, crossed, type Finished } from './campaign.ts'

let dir = ''
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'faultline-campaign-'))
})
afterEach(() => rmSync(dir, { recursive: true }))

const campaign: Campaign = crossed({
  workloads: ['register', 'append'],
  faultSets: [[], ['kill', 'pause']],
  seeds: ['1', '2'],
  common: { clients: 3 },
})

const ids = campaign.runs.map(({ id }) => id)

test('every seed sees every combination before the next seed begins', () => {
  expect(ids).toEqual([
    'register none 1',
    'register kill+pause 1',
    'append none 1',
    'append kill+pause 1',
    'register none 2',
    'register kill+pause 2',
    'append none 2',
    'append kill+pause 2',
  ])
  expect(campaign.runs[3]?.asked).toEqual({ clients: 3, workload: 'append', faults: ['kill', 'pause'], seed: '1' })
})

test('what is finished is not done again by whoever goes on', () => {
  const store = CampaignStore.create(dir, campaign)
  store.add(finished(ids[1]!, 'valid'))
  store.add(finished(ids[0]!, 'illegal'))
  const resumed = CampaignStore.open(dir)
  expect(resumed.campaign).toEqual(campaign)
  expect(resumed.finished).toEqual(store.finished)
  expect(resumed.open().map(({ id }) => id)).toEqual(ids.slice(2))
})

test('a result that a kill tore off is done again, and does not spoil the next one', () => {
  CampaignStore.create(dir, campaign).add(finished(ids[0]!, 'valid'))
  appendFileSync(join(dir, 'finished.jsonl'), JSON.stringify(finished(ids[1]!, 'valid')).slice(0, -9))
  const resumed = CampaignStore.open(dir)
  expect(resumed.open()[0]?.id).toBe(ids[1])
  resumed.add(finished(ids[1]!, 'illegal'))
  const again = CampaignStore.open(dir)
  expect(again.finished.map(({ id, outcome }) => [id, outcome])).toEqual([
    [ids[0], 'valid'],
    [ids[1], 'illegal'],
  ])
  expect(readFileSync(join(dir, 'finished.jsonl'), 'utf8').split('\n')).toHaveLength(3)
})

describe('is refused', () => {
  test('a name that is taken', () => {
    CampaignStore.create(dir, campaign)
    expect(usageOf(() => CampaignStore.create(dir, campaign))).toMatchObject({ type: `--resume ${dir}` })
  })

  test('a directory without a campaign', () => {
    expect(usageOf(() => CampaignStore.open(dir)).given).toContain('has no campaign.json')
  })

  test.each([
    ['no JSON', '{"campaign":1', 'JSON'],
    ['another version', '{"campaign":2,"runs":[]}', 'of another version, or damaged'],
    ['no runs', '{"campaign":1}', 'of another version, or damaged'],
    ['nothing', 'null', 'of another version, or damaged'],
  ])('a definition that is %s', (_title, text, problem) => {
    writeFileSync(join(dir, 'campaign.json'), text)
    expect(usageOf(() => CampaignStore.open(dir)).given).toContain(problem)
  })
})

test.each<[readonly OutcomeName[], boolean, number]>([
  [['valid', 'valid'], false, 0],
  [['valid', 'vacuous'], false, 2],
  [['vacuous', 'harness'], false, 3],
  [['harness', 'stuck', 'valid'], false, 1],
  [[], false, 2],
  [['valid'], true, 2],
  [['illegal'], true, 1],
])('%s, cut short: %s: the exit code is %d', (outcomes, isCutShort, code) => {
  const store = CampaignStore.create(dir, campaign)
  for (const [at, outcome] of outcomes.entries()) store.add(finished(ids[at]!, outcome))
  expect(store.exitCode(isCutShort)).toBe(code)
})

test('the table counts outcomes by combination, says what is left, and explains what was not valid', () => {
  const store = CampaignStore.create(dir, campaign)
  store.add({ ...finished(ids[0]!, 'valid'), seconds: 2 })
  store.add({ ...finished(ids[4]!, 'illegal'), seconds: 3 })
  store.add(finished(ids[1]!, 'valid'))
  expect(campaignTable(store).split('\n')).toEqual([
    'register none                               2 runs     2.5 s each  1 valid, 1 illegal',
    'register kill+pause                         1 runs     1.0 s each  1 valid',
    `5 more were not run; go on with --resume ${dir}`,
    '',
    `illegal: ${ids[4]}`,
    '  because',
    '  runs/x',
  ])
})

function finished(id: string, outcome: OutcomeName): Finished {
  return { id, outcome, cause: 'because', dir: 'runs/x', seconds: 1 }
}

function usageOf(run: () => unknown): UsageError['usage'] {
  try {
    run()
  } catch (error) {
    if (error instanceof UsageError) return error.usage
    throw error
  }
  throw new Error('nothing was refused')
}
