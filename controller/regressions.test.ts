import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { bugs } from '../cluster/bugs/index.ts'
import type { Regression } from './regression.ts'
import { runSimulated } from './simulate.ts'

/** Plans that once failed, and for each bug of the zoo one that shows it: each does what it did, every time. */
const folder = new URL('../regressions/', import.meta.url)
const files = readdirSync(folder).filter((file) => file.endsWith('.json'))
const read = (file: string): Regression => JSON.parse(readFileSync(new URL(file, folder), 'utf8'))
const refusedIn = ({ result }: ReturnType<typeof runSimulated>): number =>
  result.nodes.reduce((sum, { counters }) => sum + (counters.appendsRefused ?? 0), 0)

describe.each(files)('%s', (file) => {
  const regression = read(file)
  const { plan } = regression

  test('does what it did', () => {
    const run = runSimulated(plan)
    expect([run.outcome.outcome, run.outcome.cause]).toEqual([regression.expect.outcome, expect.any(String)])
    expect(refusedIn(run)).toBeGreaterThanOrEqual(regression.expect.appendsRefused ?? 0)
    expect(run.events).toBeLessThan(regression.expect.maxEvents ?? Number.POSITIVE_INFINITY)
  })

  if (plan.system.bug === undefined) return

  test('is valid without the bug', () => {
    const { bug: _bug, ...system } = plan.system
    const run = runSimulated({ ...plan, system })
    expect([run.outcome.outcome, run.outcome.cause]).toEqual(['valid', expect.stringContaining('single copy')])
    if (regression.expect.appendsRefused !== undefined) {
      expect(refusedIn(run)).toBeLessThan(regression.expect.appendsRefused / 4)
    }
  })
})

test('every bug of the zoo has a plan that shows it', () => {
  const shown = new Set(files.filter((file) => file.startsWith('bug-')).map((file) => read(file).plan.system.bug))
  expect([...shown].sort()).toEqual(Object.keys(bugs).sort())
})
