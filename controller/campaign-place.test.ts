import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../workloads/usage-error.ts'
import { campaignDirectory } from './campaign-place.ts'

const root = join('results', 'runs')

test('a campaign has a directory of its name, or of the time', () => {
  expect(campaignDirectory(root, 'night-1')).toBe(join('results', 'campaigns', 'night-1'))
  expect(campaignDirectory(root)).toMatch(/campaigns.\d{8}T\d{6}$/)
})

test.each([
  ['results/runs', 'results/campaigns'],
  ['runs', 'campaigns'],
  ['runs/', 'campaigns'],
  ['.', '../campaigns'],
  ['/far/away', '/far/campaigns'],
])('it lies beside the root of its runs: of %s in %s', (runs, campaigns) => {
  expect(campaignDirectory(runs, 'night-1')).toBe(join(campaigns, 'night-1'))
})

test.each(['campaigns', './campaigns/', 'results/campaigns'])(
  'the root %s is refused, as it would hold both',
  (runs) => {
    expect(() => campaignDirectory(runs, 'night-1')).toThrow(UsageError)
  },
)

test.each(['', '.', '..', '.hidden', '-rf', 'a/b', '../x', 'a\\b', 'a b', 'a\n', 'a'.repeat(121)])(
  'the name %j is refused',
  (name) => {
    expect(() => campaignDirectory(root, name)).toThrow(UsageError)
  },
)
