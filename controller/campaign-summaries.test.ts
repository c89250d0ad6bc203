import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CampaignStore, crossed } from './campaign.ts'
import { summarizeCampaign } from './campaign-summaries.ts'

let root = ''
let store: CampaignStore
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'faultline-campaign-'))
  const setup = { workloads: ['register'], faultSets: [['kill'], []], seeds: ['1'], common: { clients: 3 } }
  store = CampaignStore.create(join(root, 'campaigns', 'night'), crossed(setup))
})
afterEach(() => rmSync(root, { recursive: true }))

const finished = (id: string) =>
  ({ id, outcome: 'valid', cause: 'fine', dir: join(root, 'runs', 'x'), seconds: 3 }) as const

test('a campaign that was killed after its first run leaves a summary that is no pass', () => {
  store.add(finished('register kill 1'))
  expect(summarizeCampaign(store, true)).toMatchObject({
    name: 'night',
    passed: false,
    exitCode: 2,
    runs: [
      {
        id: 'register kill 1',
        group: 'register kill',
        dir: '../../runs/x',
        repeat: 'npm start -- --workload register --faults kill --clients 3 --seed 1',
      },
    ],
    notRun: ['register none 1'],
  })
  expect(readFileSync(join(store.dir, 'junit.xml'), 'utf8')).toContain('<skipped')
})

test('a whole campaign of valid runs passes, and goes on being one when it is opened again', () => {
  store.add(finished('register kill 1'))
  store.add(finished('register none 1'))
  const summary = summarizeCampaign(store, true)
  expect(summary).toMatchObject({ passed: true, exitCode: 0, outcomes: { valid: 2 }, notRun: [] })
  expect(summarizeCampaign(CampaignStore.open(store.dir), false)).toEqual(summary)
})
