import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { drawPlan } from './draw-plan.ts'
import { regressionOf, writeRegression } from './regression.ts'

const dir = mkdtempSync(join(tmpdir(), 'faultline-regression-'))
afterAll(() => rmSync(dir, { recursive: true }))

test('what correct nodes did wrong is expected to be mended, and what shows a bug to show it', () => {
  const plan = drawPlan({ seed: '7' })
  expect(regressionOf(plan, { outcome: 'stuck', cause: 'n2 stayed behind' })).toEqual({
    note: 'stuck with seed 7: n2 stayed behind',
    plan,
    expect: { outcome: 'valid' },
  })
  const broken = drawPlan({ seed: '7', bug: 'commit-old-term' })
  expect(regressionOf(broken, { outcome: 'illegal', cause: 'a lost update' }).expect).toEqual({ outcome: 'illegal' })
})

test.each([
  [{ seed: '7', workload: 'append' }, 'append-stuck-7'],
  [{ seed: '../a b', workload: 'append' }, 'append-stuck-.._a_b'],
  [{ seed: '7', bug: 'commit-old-term' }, 'bug-commit-old-term-stuck-7'],
])('it is written beside the run, with what to type to keep it: %j', (asked, name) => {
  const outcome = { outcome: 'stuck', cause: 'n2 stayed behind' } as const
  const regression = regressionOf(drawPlan(asked), outcome)
  expect(writeRegression(dir, regression, outcome)).toBe(
    `cp ${dir}/regression.json regressions/${name}.json && npm run --silent format`,
  )
  expect(JSON.parse(readFileSync(join(dir, 'regression.json'), 'utf8'))).toEqual(regression)
})
