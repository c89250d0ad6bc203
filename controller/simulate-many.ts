/** Many seeds in simulation on all cores, from the first to what is told at the end. */
import pc from 'picocolors'
import { outcomes, worstOf } from '../results/outcome.ts'
import { makeRoot, StoreError } from '../results/store.ts'
import { campaignDirectory, freshCampaign } from './campaign-place.ts'
import { drawSimPlan, type SimAsked } from './draw-sim-plan.ts'
import { interruptSignal } from './interrupt.ts'
import { showProgress } from './progress-line.ts'
import { reasonOf } from './reason.ts'
import { regressionOf, writeRegression } from './regression.ts'
import { inTwoParts, isFailure, SimTally } from './sim-campaign.ts'
import { SimCampaignRecord } from './sim-campaign-summaries.ts'
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
  /** Where the directories of failures go; the campaign's own goes to `campaigns` beside it. */
  readonly root: string
  /** The campaign's; the time unless told. */
  readonly name?: string
}

/** Failures that are stored; the others are told in a line each. */
const maxStored = 5
const writeEveryMs = 10_000
/** As the command line has it for a crash of ours. */
const crashExitCode = 255

/** Gives the exit code. Throws a `UsageError` for what can not be, before anything is started. */
export async function simulateMany(options: ManyOptions): Promise<number> {
  const { asked, firstSeed, runs, forMs, keepGoing, jobs } = options
  drawSimPlan(asked, String(firstSeed)) // A usage error is better told now than by a worker.
  campaignDirectory(options.root, options.name) // So is a name that can not be.
  makeRoot(options.root) // And a place that can not be written, before hours of work.
  const tally = new SimTally()
  const record = new SimCampaignRecord({ dir: freshCampaign(options.root, options.name), asked, firstSeed, runs })
  record.write(outcomes.vacuous.exitCode) // Nothing proved yet; and better now than in the end, if it can not be written.
  const interrupt = interruptSignal()
  const endMs = performance.now() + forMs
  let given = 0
  let crash: unknown
  let writtenMs = performance.now()
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
        record.add(summary)
        if (performance.now() - writtenMs > writeEveryMs) {
          // So that one that is killed leaves what it has seen. What is not over does not read as a pass.
          isWritten(record, worstOf([tally.exitCode, outcomes.vacuous.exitCode]))
          writtenMs = performance.now()
        }
        return keepGoing || !isFailure(summary)
      },
    })
  } catch (error) {
    crash = error // A defect of ours; what the runs before it found must not be lost over it.
  } finally {
    progress.stop()
    interrupt.release()
  }
  const isWhole = tellFailures(tally, record, options)
  console.log(tally.text())
  if (crash !== undefined) {
    isWritten(record, crashExitCode)
    if (crash instanceof SeedError) console.error(`${crash.message}; again: ${repeatSimulated(asked, crash.seed)}`)
    throw crash
  }
  const codes = [tally.exitCode, ...(isWhole ? [] : [outcomes.harness.exitCode])]
  if (interrupt.signal.aborted && given < runs) {
    console.log(
      `interrupted after ${tally.runs} ${tally.runs === 1 ? 'run' : 'runs'}, which prove less than what was asked for; go on with --first-seed ${firstSeed + given}`,
    )
    codes.push(outcomes.vacuous.exitCode)
  }
  if (!isWritten(record, worstOf(codes))) return worstOf([...codes, outcomes.harness.exitCode])
  console.log(`summaries in ${record.dir}`)
  return worstOf(codes)
}

/** A disk that has become full must not take the findings with it. */
function isWritten(record: SimCampaignRecord, exitCode: number): boolean {
  try {
    record.write(exitCode)
    return true
  } catch (error) {
    if (!(error instanceof StoreError)) throw error
    console.error(pc.red(`the summaries could not be written: ${reasonOf(error)}`))
    return false
  }
}

/** All of them, each with what shows it again; false where our own part failed with one. */
function tellFailures(tally: SimTally, record: SimCampaignRecord, options: ManyOptions): boolean {
  const { asked } = options
  const { stored, others } = inTwoParts(tally.failures, maxStored)
  const isWhole = stored.map((failure) => tellFailure(failure, record, options))
  for (const { seed, signature } of others)
    console.log(`${pc.red(signature)} with seed ${seed}: ${repeatSimulated(asked, seed)}`)
  if (others.length > 0) console.log()
  const { provedLittle } = tally
  if (provedLittle) {
    const { seed, cause } = provedLittle
    console.log(`${pc.yellow('vacuous')}, as more than a tenth of the runs, with seed ${seed}: ${cause}`)
    console.log(`  again   ${repeatSimulated(asked, seed)}\n`)
  }
  return !isWhole.includes(false)
}

/** Runs it again, stores it, and says how to see it; false where it could not be stored, or did not repeat: defects of ours. */
function tellFailure(failure: SimSummary, record: SimCampaignRecord, { asked, root }: ManyOptions): boolean {
  const repeat = repeatSimulated(asked, failure.seed)
  console.log(`${pc.red(failure.outcome)} with seed ${failure.seed}: ${failure.cause}\n  again   ${repeat}`)
  const plan = drawSimPlan(asked, failure.seed)
  const run = runSimulated(plan)
  const { outcome } = run
  const isRepeated = outcome.outcome === failure.outcome && outcome.cause === failure.cause
  if (!isRepeated) {
    console.log(pc.red(`  a second run of this seed was not the same, but ${outcome.outcome}: ${outcome.cause}`))
  }
  try {
    const { dir } = storeSimulated(plan, run, { root, command: typedCommand(), repeat })
    record.stored(failure.seed, dir)
    console.log(`  stored  ${dir}\n  keep it ${writeRegression(dir, regressionOf(plan, outcome), outcome)}\n`)
    return isRepeated
  } catch (error) {
    console.log(pc.red(`  it could not be stored: ${reasonOf(error)}\n`))
    return false
  }
}
