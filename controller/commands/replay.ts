/** `faultline replay RUN`: shows a stored run again, in the way that its kind allows. */
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { exitCodeOf, type Outcome, type OutcomeName, outcomes, worstOf } from '../../results/outcome.ts'
import { count, plural } from '../../results/report/figures.ts'
import type { LoadedRun } from '../../results/run.ts'
import { defaultRoot, readRun, resolveRun } from '../../results/store.ts'
import { UsageError } from '../../workloads/usage-error.ts'
import { interruptSignal } from '../interrupt.ts'
import { showProgress } from '../progress-line.ts'
import { anchored, rateText, rerolled, signatureOf } from '../replay.ts'
import { runReal } from '../run.ts'
import { differences } from '../same-run.ts'
import { SimTally } from '../sim-campaign.ts'
import { runPool } from '../sim-pool.ts'
import { runSimulated } from '../simulate.ts'
import { storeSimulated } from '../store-simulated.ts'
import { quoted, repeatInSimulation, repeatSimulatedPlan, typedCommand } from '../typed-command.ts'
import { jobCount, oneOrMore } from './options.ts'

interface ReplayOptions {
  readonly times: number
  readonly simulate: boolean
  readonly runs: number
  readonly jobs?: number
  readonly root: string
}

export function replayCommand(): Command {
  return new Command('replay')
    .description('show a stored run again: a simulated one to the byte, a real one with a rate')
    .argument('[run]', 'directory or name of the run', 'latest')
    .addOption(new Option('--times <n>', 'how often to run a real plan again').argParser(oneOrMore).default(5))
    .option('--simulate', "carry a real run's plan into simulation, and search worlds around it", false)
    .addOption(new Option('--runs <n>', 'with --simulate: how many worlds to try').argParser(oneOrMore).default(1000))
    .addOption(new Option('--jobs <n>', 'with --simulate: worker threads (default: one per core)').argParser(jobCount))
    .option('--root <dir>', 'where run directories are, and go', defaultRoot)
    .action(async (given: string, options: ReplayOptions, command: Command) => {
      const run = readRun(resolveRun(options.root, given))
      refuseIdle(run, options, (name) => command.getOptionValueSource(name) === 'cli')
      process.exitCode = await replay(run, options)
    })
}

async function replay(run: LoadedRun, options: ReplayOptions): Promise<number> {
  if (run.environment.mode !== 'sim')
    return options.simulate ? searchSimulation(run, options) : replayReal(run, options)
  if (!options.simulate) return replaySimulated(run)
  throw new UsageError({
    given: `--simulate with ${run.name}, which was simulated`,
    expected: 'a run on real processes, as a simulated one repeats anyway',
    type: `faultline replay ${run.name}`,
  })
}

/** Of the options that say how, those that say nothing of what is to be done here: they would silently not happen. */
function refuseIdle(run: LoadedRun, { simulate }: ReplayOptions, isTyped: (name: string) => boolean): void {
  const isReal = run.environment.mode !== 'sim'
  const idle = [...(isReal && !simulate ? [] : ['times']), ...(isReal && simulate ? [] : ['runs', 'jobs'])]
  const typed = idle.filter(isTyped).map((name) => `--${name}`)
  if (typed.length === 0) return
  const kind = isReal ? `a real run ${simulate ? 'with' : 'without'} --simulate` : 'which was simulated'
  throw new UsageError({
    given: `${typed.join(', ')} with ${run.name}, ${kind}`,
    expected: isReal
      ? '--times without --simulate, --runs and --jobs with it'
      : 'no such option, as a simulated run repeats to the byte: --times, --runs and --jobs belong to real runs',
    type: `faultline replay ${run.name}${isReal && simulate ? ' --simulate' : ''}`,
  })
}

/** The same bytes, or what differs: that would be a defect of the simulation, or another version of it. */
function replaySimulated(run: LoadedRun): number {
  const again = runSimulated(run.plan)
  const different = differences(run, again)
  for (const { what, recorded, now } of different)
    console.log(`${pc.red('not the same')}: ${what} differs\n  recorded: ${recorded}\n  now:      ${now}`)
  if (different.length > 0) {
    const { faultline, git } = run.environment
    console.log(`recorded by faultline ${faultline}, ${git?.commit ?? 'no commit'}${git?.dirty ? ' with changes' : ''}`)
    return outcomes.harness.exitCode
  }
  const { outcome, cause } = again.outcome
  const { history, events, evidence } = run
  console.log(
    `${pc.green('the same to the byte')}: ${history.length} events of ops, ${events.length} of the system, the evidence of ${evidence.length} faults, ${run.outcome ? 'outcome and cause' : 'but no outcome was recorded'}`,
  )
  console.log(`${outcome}: ${cause}`)
  return outcomes[outcome].exitCode
}

async function replayReal(run: LoadedRun, { times, root }: ReplayOptions): Promise<number> {
  const wanted = signatureOf(outcomeOf(run))
  const plan = anchored(run)
  const interrupt = interruptSignal()
  const seen: OutcomeName[] = []
  let hits = 0
  try {
    while (seen.length < times && !interrupt.signal.aborted) {
      const { outcome, dir } = await runReal(plan, {
        root,
        command: typedCommand(),
        repeat: (own) => `npm start -- --plan ${quoted(`${own}/plan.json`)}`,
        isQuiet: true,
        keepRunning: false,
        signal: interrupt.signal,
      })
      if (interrupt.signal.aborted) break // What was cut short is no try.
      const isHit = signatureOf(outcome) === wanted
      if (isHit) hits++
      seen.push(outcome.outcome)
      console.log(`${isHit ? pc.red('hit ') : 'miss'} ${signatureOf(outcome)}: ${outcome.cause}\n     ${dir}`)
    }
  } finally {
    interrupt.release()
  }
  const isCutShort = seen.length < times
  console.log(`${wanted}: ${rateText(hits, seen.length)}${isCutShort ? `, interrupted before all ${times}` : ''}`)
  return exitCodeOf(isCutShort ? [...seen, 'vacuous'] : seen)
}

/** Tries worlds until one shows the same failure; of several that were under way, the first in order counts. */
async function searchSimulation(run: LoadedRun, { runs, jobs, root }: ReplayOptions): Promise<number> {
  const wanted = signatureOf(failureOf(run))
  const tally = new SimTally()
  const hits: number[] = []
  const interrupt = interruptSignal()
  const progress = showProgress(() => `looking for ${wanted}: ${tally.line()}`)
  let given = 0
  try {
    await runPool({
      source: { reroll: run.plan },
      ...(jobs === undefined ? {} : { jobs }),
      nextSeed: () => (given < runs && !interrupt.signal.aborted ? String(++given) : undefined),
      onSummary: (summary) => {
        tally.add(summary)
        if (summary.signature === wanted) hits.push(Number(summary.seed))
        return hits.length === 0
      },
    })
  } finally {
    progress.stop()
    interrupt.release()
  }
  console.log(tally.line())
  if (hits.length === 0) {
    const isCutShort = tally.runs < runs
    console.log(
      `not reproduced in simulation in ${plural(tally.runs, 'run')}${isCutShort ? `, interrupted before all ${count(runs)}` : ''}: ${wanted}. It may need real time, sockets or disks, or more runs (--runs).`,
    )
    return worstOf(isCutShort ? [tally.exitCode, outcomes.vacuous.exitCode] : [tally.exitCode])
  }
  const roll = Math.min(...hits)
  const plan = rerolled(run.plan, String(roll))
  const world = plan.world?.seed ?? plan.seed
  const simulated = runSimulated(plan)
  const again = repeatInSimulation(run.environment.repeat, world)
  const { dir, text } = storeSimulated(plan, simulated, {
    root,
    command: typedCommand(),
    repeat: again ?? `npm run --silent faultline -- replay ${quoted(run.name)} --simulate`,
  })
  console.log(
    `${text}\nreproduced in simulation: ${wanted} with the world of seed ${world}, in ${roll} ${roll === 1 ? 'run' : 'runs'}`,
  )
  console.log(`to the byte, on any machine with this version: ${again ?? repeatSimulatedPlan(`${dir}/plan.json`)}`)
  return outcomes[simulated.outcome.outcome].exitCode
}

function failureOf(run: LoadedRun): Outcome {
  const outcome = outcomeOf(run)
  if (outcome.outcome !== 'valid') return outcome
  throw new UsageError({
    given: `--simulate with ${run.name}, which was valid`,
    expected: 'a run that failed, as there is nothing else to look for',
    type: `faultline replay ${run.name}`,
  })
}

function outcomeOf(run: LoadedRun): Outcome {
  if (run.outcome) return run.outcome
  throw new UsageError({
    given: `run ${run.name}, which has no outcome`,
    expected: 'a run that was judged',
    type: `faultline check ${run.dir}`,
  })
}
