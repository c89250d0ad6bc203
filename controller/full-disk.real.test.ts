import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, expect, test } from 'vitest'
import { readRun } from '../results/store.ts'
import { killAll, processesOf } from './fixtures/launch.ts'

/** What becomes of a run when the disk takes no more: files are limited to so many KiB, for the controller and its nodes. */
const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-full-')))
const launcher = join(import.meta.dirname, 'launch.js')
afterAll(() => {
  killAll(cwd)
  rmSync(cwd, { recursive: true })
})

function typed(kib: number, ...args: readonly string[]) {
  const script = `ulimit -f ${kib}; exec "$0" "$@"`
  return execa('bash', ['-c', script, process.execPath, launcher, ...args], {
    cwd,
    reject: false,
    env: { FAULTLINE_TEST: cwd, NO_COLOR: '1' },
  })
}

const asked = '--system single-copy --faults none --seed 1 --with rate=200'.split(' ')

test('a history that can not be written ends the run early, as harness, with a sentence', async () => {
  const startMs = performance.now()
  const { exitCode, stdout } = await typed(20, 'run', ...asked, '--time', '60', '--quiet', '--root', 'run')
  expect(performance.now() - startMs).toBeLessThan(40_000)
  expect(stdout.trim()).toMatch(/^harness: could not write \/.+\/history\.jsonl: EFBIG: file too large, write\n/)
  expect(exitCode).toBe(3)
  expect(processesOf(cwd)).toEqual([])
  const { outcome, history } = readRun(realpathSync(join(cwd, 'run', 'latest')))
  expect(outcome).toMatchObject({ outcome: 'harness', verdict: 'valid' })
  expect(history.length).toBeGreaterThan(20)
  expect(readdirSync(realpathSync(join(cwd, 'run', 'latest'))).filter((name) => name.endsWith('.new'))).toEqual([])
})

test.each([
  ['run', ['run', ...asked, '--quiet']],
  ['simulated run', ['simulate', '--plain', ...asked]],
])('a %s that can not even write its plan says so, and exits as harness', async (kind, args) => {
  const { exitCode, stderr } = await typed(0, ...args, '--root', kind)
  expect([exitCode, stderr]).toEqual([
    3,
    expect.stringMatching(/^harness: could not write \/.+\/plan\.json: EFBIG: file too large, write$/),
  ])
})

test('a simulated campaign that can not store a failure still tells it, and how to show it again', async () => {
  const { exitCode, stdout } = await typed(
    20,
    ...'simulate --bug leader-local-read --runs 3 --keep-going --root campaign'.split(' '),
  )
  const told = stdout.match(
    /^illegal with seed \d+: .+\n {2}again {3}npm run .+ --seed \d+\n {2}it could not be stored: .*EFBIG.*$/gm,
  )
  const [, counted] = /^3 runs · .*?(\d+) illegal/m.exec(stdout) ?? []
  expect([exitCode, told?.length]).toEqual([1, Number(counted)])
})
