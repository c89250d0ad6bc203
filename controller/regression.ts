/** Plans that once failed, as `regressions/` keeps them. */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Plan } from '../nemesis/plan.ts'
import type { Outcome, OutcomeName } from '../results/outcome.ts'
import { quoted } from './typed-command.ts'

export interface Regression {
  /** What it is about, for people. */
  readonly note: string
  readonly plan: Plan
  readonly expect: {
    readonly outcome: OutcomeName
    /** Refused appends, over all nodes, at least: where a bug only costs time. */
    readonly appendsRefused?: number
    /** Simulated events, at most: where a defect of ours made a run endless. */
    readonly maxEvents?: number
  }
}

/** A bug of the zoo must show itself again; what correct nodes did wrong must not happen again once it is mended. */
export function regressionOf(plan: Plan, { outcome, cause }: Pick<Outcome, 'outcome' | 'cause'>): Regression {
  return {
    note: `${outcome} with seed ${plan.seed}: ${cause}`,
    plan,
    expect: { outcome: plan.system.bug === undefined ? 'valid' : outcome },
  }
}

/** Writes it beside the run that failed; gives what to type to have it kept, in the layout of our files. */
export function writeRegression(dir: string, regression: Regression, { outcome }: Pick<Outcome, 'outcome'>): string {
  const { system, workload, seed } = regression.plan
  const name = [system.bug === undefined ? workload.name : `bug-${system.bug}`, outcome, seed].join('-')
  const file = join(dir, 'regression.json')
  writeFileSync(file, `${JSON.stringify(regression, undefined, 2)}\n`)
  return `cp ${quoted(file)} regressions/${name.replace(/[^\w.-]+/g, '_')}.json && npm run --silent format`
}
