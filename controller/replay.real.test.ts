import { mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { exampleEnvironment, validRun } from '../results/examples.ts'
import type { Anomaly, Outcome } from '../results/outcome.ts'
import type { LoadedRun } from '../results/run.ts'
import { createRun, readRun } from '../results/store.ts'
import { type Asked, drawPlan } from './draw-plan.ts'
import { killAll, launch, processesOf } from './fixtures/launch.ts'
import { anchored, signatureOf } from './replay.ts'
import { repeatCommand } from './typed-command.ts'

/** `faultline replay` of runs on real processes; the first of them is really run. */
const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-replay-')))
const project = join(import.meta.dirname, '..')
const typed = (...args: readonly string[]) => launch(args, { cwd })
const latest = (root: string): LoadedRun => readRun(realpathSync(join(cwd, root, 'latest')))

/** Reads aimed at old leaders, which are cut off again and again: the bug shows within seconds. */
const asked: Asked = {
  seed: '1',
  bug: 'leader-local-read',
  faults: ['partition:isolate-leader'],
  durationMs: 12_000,
  workloadOptions: { rate: 80, keys: 2, previousReads: 0.5, anyReads: 0.4 },
}
let real: LoadedRun

beforeAll(async () => {
  await typed(...'run --bug leader-local-read --time 4 --seed 1 --root runs --quiet'.split(' '))
  real = latest('runs')
}, 60_000)
afterAll(() => {
  killAll(cwd)
  rmSync(cwd, { recursive: true })
})

test('a real run is run again as often as told, its faults tied to what they followed; hits are told as a rate', async () => {
  const wanted = signatureOf(real.outcome!)
  const { exitCode, stdout } = await typed('replay', real.dir, '--times', '2', '--root', 'again')
  expect(processesOf(cwd)).toEqual([])
  const tries = stdout.match(/^(hit |miss) /gm) ?? []
  const runs = readdirSync(join(cwd, 'again'))
    .filter((name) => name !== 'latest')
    .map((name) => readRun(join(cwd, 'again', name)))
  expect([tries.length, runs.length]).toEqual([2, 2])
  const hits = runs.filter(({ outcome }) => signatureOf(outcome!) === wanted).length
  expect(tries.filter((text) => text.startsWith('hit'))).toHaveLength(hits)
  expect(stdout).toContain(`\n${wanted}: ${hits} of 2 tries (95 % interval `)
  expect(exitCode === 0).toBe(runs.every(({ outcome }) => outcome?.outcome === 'valid'))
  for (const { dir, plan, environment } of runs) {
    expect(environment).toMatchObject({ mode: 'real', repeat: `npm start -- --plan ${dir}/plan.json` })
    expect(plan).toEqual(anchored(real))
  }
})

describe('carried into simulation, a real run', () => {
  test('is found in the world of some seed, with a command that needs no file of it', async () => {
    const wanted = 'illegal (stale read)'
    const dir = asIf('found', { outcome: 'illegal', anomaly: staleRead })
    const { exitCode, stdout } = await typed('replay', dir, '--simulate', '--root', 'found')
    expect(exitCode).toBe(1)
    const [, seed, count] =
      /^reproduced in simulation: .+ with the world of seed (\S+), in (\d+) runs?$/m.exec(stdout) ?? []
    expect(seed).toBe(`1/${count}`)
    const [, command = ''] = /^to the byte, on any machine with this version: (.+)$/m.exec(stdout) ?? []
    expect(command).toMatch(
      /^npm run --silent faultline -- simulate --plain --bug leader-local-read .* --world 1\/\d+$/,
    )
    const found = latest('found')
    expect(found.environment).toMatchObject({ mode: 'sim', repeat: command })
    expect(signatureOf(found.outcome!)).toBe(wanted)

    const options = { cwd: project, reject: false, shell: true } as const
    expect((await execa(options)`${command} --root ${join(cwd, 'pasted')}`).exitCode).toBe(1)
    const { plan, outcome, history } = latest('pasted')
    expect([plan, outcome?.cause]).toEqual([found.plan, found.outcome?.cause])
    expect(history).toEqual(found.history)
  })

  test('is honestly said not to be found, where it is not', async () => {
    const dir = asIf('stuck', { outcome: 'stuck' })
    const { exitCode, stdout } = await typed('replay', dir, '--simulate', '--runs', '3', '--root', 'stuck')
    expect(stdout).toMatch(/^3 runs · /m)
    expect(stdout).toContain('not reproduced in simulation in 3 runs: stuck.')
    expect(exitCode).toBe(1) // As what was seen instead was an anomaly.
  })

  test('that was valid has nothing to be looked for', async () => {
    const { exitCode, stderr } = await typed('replay', asIf('valid', {}), '--simulate')
    expect([exitCode, stderr]).toEqual([254, expect.stringMatching(/^given: .*which was valid\n/)])
  })

  const staleRead: Anomaly = {
    key: 'k1',
    sentence: 'c1 read what was no longer true',
    class: 'stale read',
    core: [],
    confirmed: true,
    prefix: [],
  }

  /** A run on real processes as it would be stored, with such an outcome. */
  function asIf(root: string, changed: Partial<Outcome>): string {
    const stored = createRun(join(cwd, root), 'real', {
      plan: drawPlan(asked),
      environment: { ...exampleEnvironment, repeat: repeatCommand(asked) },
    })
    stored.writeOutcome({ ...validRun().outcome!, ...changed })
    return stored.dir
  }
})
