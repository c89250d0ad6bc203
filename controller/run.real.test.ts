import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { commandOf } from '../cluster/real/fixtures/processes.ts'
import { readRun } from '../results/load.ts'
import type { LoadedRun } from '../results/run.ts'
import { olderNode } from '../scripts/older-node.ts'
import { eventually, killAll, launch, processesOf } from './fixtures/launch.ts'

/** Runs that do not end by themselves: what is left of them, on disk and among the machine's processes. */
let cwd = ''
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-run-')))
})
afterEach(() => {
  killAll(cwd)
  rmSync(cwd, { recursive: true, force: true })
})

/** Long ticks: a machine that is busy with other tests must not make the tester's own lag count. */
const patient = ['--set', 'tickMs=100', '--set', 'electionTicks=4', '--clients', '4', '--nodes', '3', '--seed', '1']
const bigRun = ['run', '--time', '20', '--root', 'runs', '--faults', 'pause', ...patient]

/** Waits until clients work and a node is frozen. */
async function underWay(): Promise<void> {
  const fileOf = (name: string) => join(cwd, 'runs', 'latest', name)
  await eventually(
    'a frozen node',
    () => existsSync(fileOf('events.jsonl')) && textOf(fileOf('events.jsonl')).includes('"node-paused"'),
  )
  expect(linesOf(fileOf('history.jsonl'))).toBeGreaterThan(50)
  expect(census()).toEqual(expect.arrayContaining(nodesAndProxies))
}

const latest = (): LoadedRun => readRun(realpathSync(join(cwd, 'runs', 'latest')))

/** The processes of a run by what they are. */
function census(): string[] {
  return processesOf(cwd)
    .map((pid) => /(cli\.ts|launch\.js|proxy-child\.ts|child\.ts n\d)/.exec(commandOf(pid))?.[0] ?? commandOf(pid))
    .sort()
}

const nodesAndProxies = ['child.ts n1', 'child.ts n2', 'child.ts n3', 'proxy-child.ts']

describe('Ctrl-C in the middle of a run', () => {
  test.each<[string, boolean, (pid: number) => void]>([
    ['typed in a terminal, which tells the whole process group', true, (pid) => void process.kill(-pid, 'SIGINT')],
    ['sent to the one process that was started', false, (pid) => void process.kill(pid, 'SIGINT')],
  ])('%s: heals, stops everything, and still checks and reports', async (_title, ownGroup, ctrlC) => {
    const child = launch(bigRun, { cwd, ownGroup, node: olderNode() ?? process.execPath })
    await underWay()
    ctrlC(child.pid!)
    const { exitCode, stdout } = await child
    expect(processesOf(cwd)).toEqual([])
    const run = latest()
    expect(run.outcome).toMatchObject({
      outcome: 'vacuous',
      verdict: 'valid',
      cause: expect.stringContaining('interrupted'),
    })
    expect(exitCode).toBe(2)
    expect(stdout).toContain('interrupted')
    expect(stdout).toContain('✔ stop the nodes')
    expect(stdout).not.toContain('✔ final ops') // They were left out.
    expect(stdout).toMatch(/ ops\/s · ok \d+ · fail \d+ · info \d+ · n\d leads term \d+ · /)
    expect(run.notes).toEqual([])
    expect(run.evidence[0]).toMatchObject({ bit: expect.any(String), endedUs: expect.any(Number) })
    expect(run.events.some(({ type }) => type === 'node-resumed')).toBe(true)
    expect(readFileSync(join(run.dir, 'report.html'), 'utf8')).toContain('interrupted')
  })

  test('before anything has started: ends at once, with nothing left', async () => {
    const child = launch(bigRun, { cwd })
    await eventually('a node', () => census().some((name) => name.startsWith('child.ts')))
    child.kill('SIGINT')
    expect((await child).exitCode).toBe(2)
    expect(processesOf(cwd)).toEqual([])
    expect(latest().outcome).toMatchObject({ outcome: 'vacuous', counts: { ok: 0 } })
  })
})

describe('a controller that is killed', () => {
  test.for<[string, boolean, (pid: number) => number | undefined]>([
    ['itself', false, (pid) => pid],
    [
      'below its launcher',
      true,
      (pid) => processesOf(cwd).find((each) => each !== pid && commandOf(each).includes('launch.js')),
    ],
    ['by way of its launcher', true, (pid) => pid],
  ])('%s leaves no orphan, and a history that can be checked', async ([, isLaunched, victim], { skip }) => {
    const older = olderNode()
    if (isLaunched && older === undefined)
      skip('the PATH has no Node.js older than 24, so the launcher starts no other')
    const child = launch(bigRun, { cwd, node: isLaunched && older !== undefined ? older : process.execPath })
    await underWay()
    process.kill(victim(child.pid!)!, 'SIGKILL')
    const { exitCode, signal } = await child
    expect(exitCode ?? signal).not.toBe(0)
    await eventually('no orphan', () => processesOf(cwd).length === 0, 6_000)
    const { dir } = latest()
    // What a dying writer may leave.
    appendFileSync(join(dir, 'history.jsonl'), '{"index":99999,"timeUs":')
    const checked = await launch(['check', dir], { cwd })
    expect([checked.exitCode, checked.stdout]).toEqual([
      0,
      expect.stringContaining('history.jsonl: valid as cas-register'),
    ])
    expect(checked.stdout).toContain('torn')
    const reported = await launch(['report', dir], { cwd })
    expect(reported.exitCode).toBe(2)
    expect(existsSync(join(dir, 'report.html'))).toBe(true)
  })
})

test('--keep-running leaves nodes that a person can drive by HTTP, until Ctrl-C', async () => {
  const args = [
    'run',
    '--time',
    '3',
    '--root',
    'runs',
    '--faults',
    'none',
    '--with',
    'rate=100',
    '--quiet',
    '--keep-running',
    ...patient,
  ]
  const child = launch(args, { cwd })
  let out = ''
  child.stdout.on('data', (text) => {
    out += text
  })
  await eventually('the addresses', () => out.includes('# n3'), 30_000)
  expect(out).toContain('The cluster is still up; Ctrl-C ends it.')
  const addresses = [...out.matchAll(/curl (\S+)\/status +# (n\d)/g)].map(([, address = '']) => address)
  expect(addresses).toHaveLength(3)

  const statuses = await Promise.all(addresses.map((address) => ask(`${address}/status`)))
  const at = statuses.findIndex(({ body }) => body.role === 'leader')
  expect(statuses[at]?.status).toBe(200)
  const leader = `${addresses[at]}/kv/by-hand`
  const follower = `${addresses[(at + 1) % 3]}/kv/by-hand`

  expect(await ask(leader)).toMatchObject({ status: 404, body: { error: 'not_found' } })
  expect(await ask(leader, 'PUT', { value: 'a' })).toEqual({ status: 200, body: { version: 1 } })
  expect(await ask(leader)).toEqual({ status: 200, body: { value: 'a', version: 1 } })
  expect(await ask(`${leader}/append`, 'POST', { value: 'b' })).toEqual({ status: 200, body: { version: 2 } })
  expect(await ask(`${leader}/cas`, 'POST', { from: 'x', to: 'y' })).toEqual({
    status: 200,
    body: { swapped: false, found: 'ab', version: 2 },
  })
  expect(await ask(`${leader}/cas`, 'POST', { from: 'ab', to: 7 })).toEqual({
    status: 200,
    body: { swapped: true, version: 3 },
  })
  expect(await ask(leader, 'DELETE')).toEqual({ status: 200, body: { version: 4 } })
  expect(await ask(follower, 'PUT', { value: 1 })).toMatchObject({
    status: 409,
    body: { error: 'not_leader', leader: `n${at + 1}`, address: addresses[at] },
  })
  expect(await ask(leader, 'PUT', { valeu: 1 })).toMatchObject({ status: 400, body: { field: 'value' } })
  expect(await ask(`${leader}/cas`, 'POST', { from: 1 })).toMatchObject({ status: 400, body: { field: 'to' } })
  expect(await ask(leader, 'PUT', { value: 'x'.repeat(2_000_000) })).toMatchObject({
    status: 413,
    body: { error: 'body_too_large' },
  })
  expect(await ask(leader)).toMatchObject({ status: 404, body: { version: 4 } })

  child.kill('SIGINT')
  expect((await child).exitCode).toBe(0)
  expect(processesOf(cwd)).toEqual([])
  expect(latest().outcome).toMatchObject({ outcome: 'valid' })
})

test('a report that can not be written changes no outcome', async () => {
  const child = launch(
    ['run', '--system', 'single-copy', '--faults', 'none', '--time', '2', '--root', 'runs', '--quiet'],
    { cwd },
  )
  const dir = join(cwd, 'runs', 'latest')
  await eventually('the run', () => existsSync(join(dir, 'history.jsonl')))
  mkdirSync(join(dir, 'report.html'))
  const { exitCode, stdout } = await child
  expect([exitCode, latest().outcome?.outcome]).toEqual([0, 'valid'])
  expect(stdout).toContain('The report could not be written: ')
})

test('nodes that can not start are a failure of the harness, which shows the end of their log, and nothing is left up', async () => {
  const args = ['run', '--nodes', '3', '--faults', 'none', '--time', '2', '--root', 'runs', '--keep-running']
  process.env.FAULTLINE_CRASH_POINT = 'before-ready'
  const { exitCode, stdout } = await launch(args, { cwd }).finally(() => delete process.env.FAULTLINE_CRASH_POINT)
  expect(exitCode).toBe(3)
  expect(stdout).toMatch(/HARNESS: the system did not start: n\d ended with SIGKILL; the end of its log/)
  expect(stdout).not.toContain('still up')
  expect(processesOf(cwd)).toEqual([])
})

async function ask(
  url: string,
  method = 'GET',
  body?: unknown,
): Promise<{ status: number; body: Record<string, unknown> }> {
  const answer = await fetch(url, { method, ...(body === undefined ? {} : { body: JSON.stringify(body) }) })
  return { status: answer.status, body: (await answer.json()) as Record<string, unknown> }
}

function textOf(file: string): string {
  return readFileSync(file, 'utf8')
}

function linesOf(file: string): number {
  return textOf(file).split('\n').length
}
