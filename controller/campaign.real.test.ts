import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { eventually, killAll, launch, processesOf } from './fixtures/launch.ts'

let cwd = ''
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-campaign-')))
})
afterEach(() => {
  killAll(cwd)
  rmSync(cwd, { recursive: true })
})

const setup = ['--system', 'single-copy', '--time', '2', '--clients', '4', '--with', 'rate=50', '--root', 'runs']
const tiny = ['campaign', '--name', 'tiny', '--workloads', 'register', '--faults', 'none', '--seeds', '2', ...setup]
const dir = join('campaigns', 'tiny') // Beside the root.
const finished = (): string[] => {
  const file = join(cwd, dir, 'finished.jsonl')
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : []
}

test('a campaign that is cut short goes on where it stopped, and ends with a table and the worst exit code', async () => {
  const first = launch(tiny, { cwd })
  await eventually('the first run', () => finished().length === 1, 30_000)
  first.kill('SIGINT')
  const cut = await first
  expect(processesOf(cwd)).toEqual([])
  expect(finished()).toHaveLength(1)
  expect(cut.exitCode).toBe(2)
  expect(cut.stdout).toContain(`1 more were not run; go on with --resume ${dir}`)

  const taken = await launch(tiny, { cwd })
  expect([taken.exitCode, taken.stderr]).toEqual([254, expect.stringContaining(`--resume ${dir}`)])

  const rest = await launch(['campaign', '--resume', dir, '--root', 'runs'], { cwd })
  expect(rest.exitCode).toBe(0)
  expect(rest.stdout).toMatch(/^1 of 2 runs to do/)
  expect(rest.stdout).toMatch(/^register none +2 runs +\d+\.\d s each {2}2 valid$/m)
  expect(finished()).toHaveLength(2)

  const nothing = await launch(['campaign', '--resume', dir, '--root', 'runs'], { cwd })
  expect([nothing.exitCode, nothing.stdout]).toEqual([0, expect.stringMatching(/^0 of 2 runs to do/)])
})
