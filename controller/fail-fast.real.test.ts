import { existsSync, mkdtempSync, readdirSync, realpathSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { readRun } from '../results/load.ts'
import { killAll, launch, processesOf } from './fixtures/launch.ts'

let cwd = ''
beforeEach(() => {
  cwd = realpathSync(mkdtempSync(join(tmpdir(), 'faultline-fail-fast-')))
})
afterEach(() => {
  killAll(cwd)
  rmSync(cwd, { recursive: true, force: true })
})

const latest = () => readRun(realpathSync(join(cwd, 'runs', 'latest')))

test('a run over nodes with a bug ends at its first violation, with all nodes frozen as they were', async () => {
  const timeS = 60
  const args = ['run', '--bug', 'leader-local-read', '--seed', '1', '--time', `${timeS}`, '--root', 'runs', '--quiet']
  const { exitCode, stdout } = await launch([...args, '--fail-fast', '--keep-running'], { cwd })
  expect(processesOf(cwd)).toEqual([])
  const { dir, outcome, events, history } = latest()
  expect([exitCode, outcome?.outcome]).toEqual([1, 'illegal'])
  expect(outcome?.anomaly).toMatchObject({ class: 'stale read', confirmed: true })
  expect(stdout).not.toContain('still up')
  const [, violatedS = '', frozenS = ''] =
    /illegal on key k\d+ at (\d+\.\d{3}) s, and all nodes were frozen at (\d+\.\d{3}) s; what they had on disk is in nodes\/, their logs are in logs\/$/.exec(
      outcome?.notes[0] ?? '',
    ) ?? []
  expect(Number(frozenS) - Number(violatedS)).toBeLessThan(1)
  expect(Number(frozenS)).toBeLessThan(timeS - 10)
  // Every node was alive and frozen, or had been killed before; none of them went on.
  const frozenUs = Number(frozenS) * 1e6
  const afterwards = events.filter(({ timeUs, type }) => timeUs > frozenUs + 1000 && type !== 'node-paused')
  expect(afterwards.map(({ type }) => type)).not.toContain('node-resumed')
  expect(events.filter(({ type }) => type === 'node-paused').length).toBeGreaterThanOrEqual(3)
  expect(history.at(-1)!.timeUs).toBeLessThan((timeS - 10) * 1e6)
  for (const node of ['n1', 'n2', 'n3']) {
    expect(readdirSync(join(dir, 'nodes', node))).not.toEqual([])
    expect(existsSync(join(dir, 'logs', `${node}.log`))).toBe(true)
  }
  expect(existsSync(join(dir, 'report.html'))).toBe(true)
})

test('a correct run is watched to its end, and is as valid as without', async () => {
  const patient = ['--set', 'tickMs=100', '--set', 'electionTicks=4', '--clients', '4', '--nodes', '3', '--seed', '1']
  const args = ['run', '--faults', 'kill', '--time', '6', '--root', 'runs', '--quiet', '--fail-fast', ...patient]
  const { exitCode } = await launch(args, { cwd })
  const { outcome } = latest()
  expect([exitCode, outcome?.outcome, outcome?.verdict]).toEqual([0, 'valid', 'valid'])
  expect(outcome?.notes.join('\n')).not.toContain('--fail-fast')
  expect(outcome?.recovery).toMatchObject({ behind: [] })
})
