import { rmSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { freshRoot, makeRun } from '../results/index/runs.fixture.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { replayCommand } from './commands/replay.ts'

const root = freshRoot()
beforeAll(() => {
  makeRun(root, { name: 'simulated', outcome: 'illegal', mode: 'sim' })
  makeRun(root, { name: 'real', outcome: 'illegal' })
})
afterAll(() => rmSync(root, { recursive: true }))

test.each([
  ['simulated --times 3', '--times with simulated, which was simulated', 'belong to real runs'],
  ['simulated --times 5', '--times with simulated, which was simulated', 'belong to real runs'],
  ['simulated --jobs 3 --runs 5', '--runs, --jobs with simulated, which was simulated', 'belong to real runs'],
  ['simulated --simulate', '--simulate with simulated, which was simulated', 'a run on real processes'],
  ['real --jobs 3', '--jobs with real, a real run without --simulate', '--runs and --jobs with it'],
  ['real --runs 5', '--runs with real, a real run without --simulate', '--runs and --jobs with it'],
  ['real --simulate --times 3', '--times with real, a real run with --simulate', '--times without --simulate'],
])('replay %s is refused, as an option would have no effect', async (words, given, expected) => {
  const replayed = replayCommand().parseAsync([...words.split(' '), '--root', root], { from: 'user' })
  await expect(replayed).rejects.toSatisfy(
    (error) => error instanceof UsageError && error.usage.given === given && error.usage.expected.includes(expected),
  )
})
