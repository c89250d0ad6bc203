import { mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { execa } from 'execa'
import { afterAll, describe, expect, test } from 'vitest'
import { readRun } from '../results/store.ts'
import { drawPlan } from './draw-plan.ts'
import { drawSimPlan } from './draw-sim-plan.ts'
import { eventually, launch } from './fixtures/launch.ts'
import { marks } from './marks.ts'
import { runSimulated } from './simulate.ts'

/** `faultline simulate`, `faultline replay` of what it stored, and `npm run soak`, as a person types them. */
const cwd = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-simulate-')))
const project = join(import.meta.dirname, '..')
afterAll(() => rmSync(cwd, { recursive: true }))

/** Faults that always find something to bite. */
const calm = ['--faults', 'kill', '--time', '5']

async function typed(...args: readonly string[]) {
  const { exitCode, stdout, stderr } = await launch(args, { cwd })
  return { code: exitCode, out: stdout, err: stderr }
}

/** A printed command, just as it is printed, in the project's folder; only its run goes elsewhere. */
async function pasted(command: string) {
  const { exitCode, stdout } = await execa({ cwd: project, reject: false, env: { NO_COLOR: '1' }, shell: true })(
    `${command} --root ${join(cwd, 'pasted')}`,
  )
  return { code: exitCode, out: stdout }
}

function outcomeIn(root: string) {
  const { outcome, cause } = readRun(realpathSync(join(cwd, root, 'latest'))).outcome ?? {}
  return { outcome, cause }
}

test('a campaign runs its seeds on two threads, and ends with what it reached', async () => {
  const { code, out } = await typed('simulate', '--runs', '6', '--jobs', '2', '--root', 'six')
  expect(out).toMatch(/^seeds from 1 to 6\n/)
  expect(out).toMatch(/^6 runs · 6 valid · \d+\.\d h simulated · \d+ s\/s and core · \d+ k events\/s and core$/m)
  expect(out).toMatch(/^recovery: all nodes had caught up after \d+ ms \(median\), \d+ ms \(p99\), \d+ ms \(worst\)$/m)
  expect(out).toMatch(/^ {2}leader changed {15}in [1-6] of 6 runs$/m)
  for (const mark of Object.keys(marks)) expect(out).toContain(mark)
  expect(code).toBe(0)
})

test('a campaign leaves the same summaries on one thread and on two, and takes no name twice', async () => {
  const summaries = ['summary.json', 'junit.xml', 'summary.md']
  const left = async (jobs: string, name: string) => {
    const campaign = ['--runs', '4', '--first-seed', '11', '--jobs', jobs, '--name', name]
    const { code, out } = await typed('simulate', ...calm, ...campaign, '--root', 'named')
    expect(out).toContain(`summaries in ${join('campaigns', name)}`)
    const files = summaries.map((file) => readFileSync(join(cwd, 'campaigns', name, file), 'utf8'))
    return { code, files: files.map((text) => text.replaceAll(name, 'NAME')) }
  }
  const one = await left('1', 'on-one')
  expect(await left('2', 'on-two')).toEqual(one)
  expect(JSON.parse(one.files[0] ?? '')).toMatchObject({ mode: 'sim', finished: 4, planned: 4, exitCode: one.code })
  const again = await typed('simulate', '--runs', '4', '--name', 'on-one', '--root', 'named')
  expect([again.code, again.err]).toEqual([254, expect.stringContaining('a campaign that is there already')])
})

describe('a campaign over nodes that carry a bug', () => {
  const root = 'stops'
  const bugged = ['--bug', 'leader-local-read', '--runs', '5', '--jobs', '1', '--name', 'bugged']
  const campaign = typed('simulate', ...bugged, '--root', root)

  test('stops at the first failure, tells its seed and cause, and stores it', async () => {
    const { code, out } = await campaign
    expect(code).toBe(1)
    expect(out.match(/^illegal with seed (\d+): .+: a stale read\.$/gm)).toHaveLength(1)
    const [, runs = ''] = /^(\d+) runs · /m.exec(out) ?? []
    const [, seed = ''] = /^illegal with seed (\d+): /m.exec(out) ?? []
    expect(runs).toBe(seed) // None after it.
    expect(readdirSync(join(cwd, root)).filter((name) => name !== 'latest')).toHaveLength(1)
  })

  test('leaves a summary that leads to it, and names the seeds that were not run', async () => {
    const { out } = await campaign
    const dir = join(cwd, 'campaigns', 'bugged')
    const { runs, ...facts } = JSON.parse(readFileSync(join(dir, 'summary.json'), 'utf8'))
    const [, seed = ''] = /^illegal with seed (\d+): /m.exec(out) ?? []
    expect(facts).toMatchObject({ passed: false, exitCode: 1, planned: 5, finished: Number(seed) })
    expect(facts.notRun).toEqual([1, 2, 3, 4, 5].filter((each) => each > Number(seed)).map((each) => `seed ${each}`))
    const [bad] = runs.filter(({ outcome }: { outcome: string }) => outcome === 'illegal')
    expect(bad).toMatchObject({ id: `seed ${seed}`, repeat: expect.stringContaining(`--seed ${seed}`) })
    expect(realpathSync(join(dir, bad.dir))).toBe(realpathSync(join(cwd, root, 'latest')))
  })

  test('prints a command that shows the same outcome and cause, wherever it is typed', async () => {
    const { out } = await campaign
    const [, command = ''] = /^ {2}again {3}(.+)$/m.exec(out) ?? []
    expect(command).toMatch(/^npm run --silent faultline -- simulate --bug leader-local-read --seed \d+$/)
    const again = await pasted(command)
    expect([again.code, outcomeIn('pasted')]).toEqual([1, outcomeIn(root)])
    expect(out).toContain(`: ${outcomeIn('pasted').cause}\n`)
  })

  test('prints a command that keeps its plan as a regression, which does what it did', async () => {
    const { out } = await campaign
    const [, file = '', name] =
      /^ {2}keep it cp (\S+) (regressions\/bug-leader-local-read-illegal-\d+\.json) && npm run --silent format$/m.exec(
        out,
      ) ?? []
    expect(name).toBeDefined()
    const regression = JSON.parse(readFileSync(file, 'utf8'))
    expect(regression.expect).toEqual({ outcome: 'illegal' })
    expect(runSimulated(regression.plan).outcome).toMatchObject(outcomeIn(root))
  })

  test('collects failures where it is told to go on', async () => {
    const asked = '--plain --bug leader-local-read --time 10 --first-seed 2 --runs 9 --keep-going'.split(' ')
    const { code, out } = await typed('simulate', ...asked, '--root', 'collects')
    expect(code).toBe(1)
    expect(out).toMatch(/^seeds from 2 to 10\n/)
    expect(out).toMatch(/^9 runs · /m)
    const told = out.match(/^illegal with seed \d+: .+\n {2}again {3}npm run .* --seed \d+\n {2}stored {2}/gm) ?? []
    expect(told).toHaveLength(5)
    expect(readdirSync(join(cwd, 'collects')).filter((entry) => entry !== 'latest')).toHaveLength(5)
    // The others are not stored, but none is lost: each has its seed and its command.
    const others = out.matchAll(
      /^illegal \(.+\) with seed (\d+): npm run --silent faultline -- simulate .* --seed (\d+)$/gm,
    )
    const seeds = [...others].map(([, seed, typedSeed]) => [seed, typedSeed])
    expect(seeds).toEqual(seeds.map(([seed]) => [seed, seed]))
    const [, illegal] = /^9 runs · .*?(\d+) illegal/m.exec(out) ?? []
    expect(seeds.length).toBe(Number(illegal) - 5)
    expect(seeds.length).toBeGreaterThan(0)
  })
})

test('a campaign with a time begins no run after it', async () => {
  const startMs = performance.now()
  const { code, out } = await typed('simulate', '--for', '1s', '--jobs', '1', ...calm)
  expect(performance.now() - startMs).toBeLessThan(20_000)
  expect([code, out]).toEqual([0, expect.stringMatching(/^seeds from 1\n(.*\n)*\d+ runs · \d+ valid/)])
})

test('Ctrl-C ends a campaign with the runs that are under way; what they showed is told, and reads as no pass', async () => {
  const child = launch(['simulate', '--for', '10m', ...calm], { cwd })
  let out = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  await eventually('the begin', () => out.includes('seeds from 1'))
  child.kill('SIGINT')
  const { exitCode, stdout } = await child
  expect(stdout).toMatch(/\n\d+ runs · \d+ valid · (.*\n)+reached:/)
  const [, runs, next] = /^interrupted after (\d+) runs, .* go on with --first-seed (\d+)$/m.exec(stdout) ?? []
  expect([exitCode, Number(next)]).toEqual([2, Number(runs) + 1])
})

test('one seed is told in full, with the fingerprint of its events', async () => {
  const { code, out } = await typed('simulate', '--seed', '1', ...calm, '--root', 'one')
  const plan = drawSimPlan({ isSwarm: true, faults: ['kill'], durationMs: 5_000 }, '1')
  const { digest, events } = runSimulated(plan, { hashes: true })
  expect([code, outcomeIn('one').outcome]).toEqual([0, 'valid'])
  expect(digest).toMatch(/^[0-9a-f]{16}$/)
  expect(out).toContain(`${events.toLocaleString('en-US')} events, fingerprint ${digest}`)
  const repeat = 'npm run --silent faultline -- simulate --faults kill --time 5 --seed 1'
  expect(out).toContain(repeat)
  const { environment } = readRun(realpathSync(join(cwd, 'one', 'latest')))
  expect(environment).toMatchObject({ mode: 'sim', repeat })
})

test('one plan is simulated as it stands in its file', async () => {
  const plan = drawPlan({ seed: '2', bug: 'leader-local-read', durationMs: 10_000 })
  writeFileSync(join(cwd, 'plan.json'), JSON.stringify(plan))
  const { outcome, cause } = runSimulated(plan).outcome
  const { code, out } = await typed('simulate', '--plan', 'plan.json', '--root', 'plan')
  expect([code, outcomeIn('plan')]).toEqual([outcome === 'illegal' ? 1 : 0, { outcome, cause }])
  expect(out).toContain('npm run --silent faultline -- simulate --plan plan.json')
  expect(readRun(realpathSync(join(cwd, 'plan', 'latest'))).plan).toEqual(plan)
})

test('a trace holds events of its window, and no other', async () => {
  const trace = async (...window: readonly string[]) => {
    const { code, out } = await typed('simulate', '--seed', '1', ...calm, '--root', 'trace', ...window)
    expect(code).toBe(0)
    return out
      .split('\n')
      .slice(1)
      .map((line) => Number.parseFloat(line))
  }
  const times = await trace('--trace')
  expect(times.length).toBeGreaterThan(200)
  expect(times[0]).toBeLessThan(0)
  expect(await trace('--from', '1', '--until', '2.5')).toEqual(times.filter((timeS) => timeS >= 1 && timeS <= 2.5))
  expect(await trace('--from', '-9', '--until', '0')).toEqual(times.filter((timeS) => timeS <= 0))
})

describe('replay of a simulated run', () => {
  const stored = typed('simulate', '--seed', '3', ...calm, '--root', 'replayed').then(() =>
    realpathSync(join(cwd, 'replayed', 'latest')),
  )

  test('says the same to the byte, and exits as the run did', async () => {
    const dir = await stored
    const { history, outcome } = readRun(dir)
    const { code, out } = await typed('replay', dir)
    expect(out).toMatch(
      new RegExp(
        `^the same to the byte: ${history.length} events of ops, \\d+ of the system, the evidence of \\d+ faults, outcome and cause\n`,
      ),
    )
    expect(out).toContain(`valid: ${outcome?.cause}`)
    expect(code).toBe(0)
  })

  test.each<[string, string, (text: string) => string, RegExp]>([
    [
      'an op that is missing',
      'history.jsonl',
      (text) => `${text.trimEnd().split('\n').slice(0, -1).join('\n')}\n`,
      /^not the same: op \d+ differs\n {2}recorded: nothing\n {2}now: {6}\{/,
    ],
    [
      'an event of the system that was changed',
      'events.jsonl',
      (text) => text.replace('"role":"leader"', '"role":"follower"'),
      /^not the same: event of the system \d+ differs\n {2}recorded: .*"follower".*\n {2}now: {6}.*"leader"/,
    ],
    [
      'what a fault is said to have shown',
      'evidence.json',
      (text) => text.replace('"bit": "', '"bit": "perhaps '),
      /^not the same: evidence of fault \d+ differs\n {2}recorded: .*"bit":"perhaps .*\n {2}now: {6}.*"bit":"(?!perhaps)/,
    ],
    [
      'another cause',
      'outcome.json',
      (text) => JSON.stringify({ ...JSON.parse(text), cause: 'so it is' }),
      /^not the same: cause differs\n {2}recorded: so it is\n {2}now: {6}\d/,
    ],
    [
      'another world in the plan',
      'plan.json',
      (text) => JSON.stringify({ ...JSON.parse(text), world: { seed: 'another' } }),
      /^not the same: op \d+ differs\n {2}recorded: \{.*\n {2}now: {6}\{/,
    ],
  ])('finds %s', async (_title, file, change, found) => {
    const { code, out } = await typed('replay', tampered(await stored, file, change))
    expect(out).toMatch(found)
    expect(out).toContain('recorded by faultline ')
    expect(code).toBe(3)
  })

  test('takes no history that was changed, as its lines carry checksums', async () => {
    const dir = tampered(await stored, 'history.jsonl', (text) => text.replace('"type":"ok"', '"type":"info"'))
    const { code, err } = await typed('replay', dir)
    expect([code, err]).toEqual([254, expect.stringMatching(/^given: .*history\.jsonl is damaged: .*checksum/)])
  })

  test('needs no search in simulation', async () => {
    const { code, err } = await typed('replay', await stored, '--simulate')
    expect([code, err]).toEqual([254, expect.stringMatching(/^given: .*which was simulated\n/)])
  })
})

/** A copy of a run in which one file was changed. */
function tampered(from: string, file: string, change: (text: string) => string): string {
  const dir = mkdtempSync(join(cwd, 'tampered-'))
  for (const name of [
    'plan.json',
    'environment.json',
    'history.jsonl',
    'events.jsonl',
    'evidence.json',
    'outcome.json',
  ]) {
    const text = readFileSync(join(from, name), 'utf8')
    const changed = name === file ? change(text) : text
    if (name === file) expect(changed).not.toBe(text)
    writeFileSync(join(dir, name), changed)
  }
  return dir
}

test('the soak takes new seeds through the same command', async () => {
  const script = join(project, 'scripts', 'soak.ts')
  const soak = (...args: readonly string[]) =>
    execa(process.execPath, [script, ...args], { cwd, reject: false, env: { NO_COLOR: '1' } })
  const fresh = await soak('--for', '1s', ...calm)
  expect(fresh.stdout).toMatch(/^seeds from \d+\n(.*\n)*\d+ runs? · /)
  // Nobody knows what new seeds draw: of two runs one may prove little.
  expect(fresh.exitCode).toBe(/^vacuous, as more than a tenth/m.test(fresh.stdout) ? 2 : 0)
  const told = await soak('--first-seed', '2', '--runs', '3', '--bug', 'leader-local-read', '--time', '20')
  expect(told.stdout).toMatch(/^seeds from 2 to 4\n(.*\n)*3 runs · .*illegal/)
  expect(told.exitCode).toBe(1)
  expect(/^seeds from (\d+)/.exec(fresh.stdout)?.[1]).not.toBe(
    /^seeds from (\d+)/.exec((await soak('--runs', '1', ...calm)).stdout)?.[1],
  )
  expect((await soak('--bug', 'none')).exitCode).toBe(254)
})
