/** Many seeds in simulation on all cores, from the first to what is told at the end. */
import pc from 'picocolors'
import { outcomes } from '../results/outcome.ts'
import { drawSimPlan, type SimAsked } from './draw-sim-plan.ts'
import { interruptSignal } from './interrupt.ts'
import { showProgress } from './progress-line.ts'
import { regressionOf, writeRegression } from './regression.ts'
import { bySeverity, isFailure, SimTally } from './sim-campaign.ts'
import type { SimSummary } from './sim-job.ts'
import { runPool, SeedError } from './sim-pool.ts'
import { runSimulated } from './simulate.ts'
import { storeSimulated } from './store-simulated.ts'
import { repeatSimulated, typedCommand } from './typed-command.ts'

export interface ManyOptions {
  readonly asked: SimAsked
  /** The seeds are this number and the next ones. */
  readonly firstSeed: number
  /** How many, at most; may be infinite. */
  readonly runs: number
  /** No run begins after so long; may be infinite. */
  readonly forMs: number
  /** Collect failures, instead of stopping at the first. */
  readonly keepGoing: boolean
  readonly jobs?: number
  /** Where the directories of failures go. */
  readonly root: string
}

/** Failures that are stored and told one by one. */
const maxStored = 5

/** Gives the exit code. Throws a `UsageError` for what can not be, before anything is started. */
export async function simulateMany(options: ManyOptions): Promise<number> {
  const { asked, firstSeed, runs, forMs, keepGoing, jobs } = options
  drawSimPlan(asked, String(firstSeed)) // A usage error is better told now than by a worker.
  const tally = new SimTally()
  const interrupt = interruptSignal()
  const endMs = performance.now() + forMs
  let given = 0
  console.log(`seeds from ${firstSeed}${Number.isFinite(runs) ? ` to ${firstSeed + runs - 1}` : ''}`)
  const progress = showProgress(() => tally.line())
  try {
    await runPool({
      source: { draw: asked },
      ...(jobs === undefined ? {} : { jobs }),
      nextSeed: () => {
        if (given >= runs || interrupt.signal.aborted || performance.now() >= endMs) return undefined
        return String(firstSeed + given++)
      },
      onSummary: (summary) => {
        tally.add(summary)
        return keepGoing || !isFailure(summary)
      },
    })
  } catch (error) {
    if (error instanceof SeedError) console.error(`${error.message}; again: ${repeatSimulated(asked, error.seed)}`)
    throw error
  } finally {
    progress.stop()
    interrupt.release()
  }
  const failures = [...tally.failures].sort(bySeverity)
  const isRepeated = failures.slice(0, maxStored).map((failure) => tellFailure(failure, options))
  const untold = failures.slice(maxStored).map(({ seed }) => seed)
  if (untold.length > 0)
    console.log(`and ${untold.length} more, by the same command with --seed ${untold.join(', ')}\n`)
  console.log(tally.text())
  return isRepeated.includes(false) && tally.exitCode !== 1 ? outcomes.harness.exitCode : tally.exitCode
}

/** Runs it again, stores it, and says how to see it; false where it did not repeat, which is a defect of ours. */
function tellFailure(failure: SimSummary, { asked, root }: ManyOptions): boolean {
  const plan = drawSimPlan(asked, failure.seed)
  const run = runSimulated(plan)
  const repeat = repeatSimulated(asked, failure.seed)
  const { dir } = storeSimulated(plan, run, { root, command: typedCommand(), repeat })
  const { outcome } = run
  const promote = writeRegression(dir, regressionOf(plan, outcome), outcome)
  console.log(`${pc.red(failure.outcome)} with seed ${failure.seed}: ${failure.cause}`)
  console.log(`  stored  ${dir}\n  again   ${repeat}\n  keep it ${promote}\n`)
  const isRepeated = outcome.outcome === failure.outcome && outcome.cause === failure.cause
  if (!isRepeated) {
    console.log(pc.red(`  a second run of this seed was not the same, but ${outcome.outcome}: ${outcome.cause}\n`))
  }
  return isRepeated
}
