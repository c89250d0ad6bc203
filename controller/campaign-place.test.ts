import { join } from 'node:path'
import { expect, test } from 'vitest'
import { UsageError } from '../workloads/usage-error.ts'
import { campaignDirectory } from './campaign-place.ts'

test('a campaign has a directory of its name, or of the time', () => {
  expect(campaignDirectory('night-1')).toBe(join('results', 'campaigns', 'night-1'))
  expect(campaignDirectory()).toMatch(/campaigns.\d{8}T\d{6}$/)
})

test.each(['', '.', '..', '.hidden', '-rf', 'a/b', '../x', 'a\\b', 'a b', 'a\n', 'a'.repeat(121)])(
  'the name %j is refused',
  (name) => {
    expect(() => campaignDirectory(name)).toThrow(UsageError)
  },
)
