import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, describe, expect, test } from 'vitest'
import { workloads } from '../workloads/index.ts'
import { type Asked, drawPlan } from './draw-plan.ts'
import { type RunResult, runReal } from './run.ts'

/** The tester tested, on real children: the toys that must pass and must fail. */
const root = mkdtempSync(join(tmpdir(), 'faultline-conformance-'))
afterAll(() => rmSync(root, { recursive: true, force: true }))

function run(asked: Asked): Promise<RunResult> {
  const signal = new AbortController().signal
  return runReal(drawPlan(asked), { root, command: 'test', repeat: 'test', isQuiet: true, keepRunning: false, signal })
}

describe.each(Object.keys(workloads))('%s', (workload) => {
  test('single-copy is valid under every fault it has controls for, and each bites', async () => {
    const { outcome } = await run({ seed: '1', system: 'single-copy', workload, durationMs: 6_000 })
    expect([outcome.verdict, outcome.outcome, outcome.cause]).toEqual([
      'valid',
      'valid',
      expect.stringContaining('single copy'),
    ])
  })

  test('stale-replica is caught without a fault', async () => {
    const { outcome } = await run({ seed: '1', system: 'stale-replica', workload, faults: [], durationMs: 3_000 })
    expect([outcome.outcome, outcome.anomaly?.confirmed]).toEqual(['illegal', true])
  })
})
