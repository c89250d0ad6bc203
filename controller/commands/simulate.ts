/** `faultline simulate`: the same nodes, workloads and faults on virtual time, on all cores. */
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { outcomes } from '../../results/outcome.ts'
import { UsageError } from '../../workloads/usage-error.ts'
import { drawSimPlan, type SimAsked } from '../draw-sim-plan.ts'
import { runSimulated } from '../simulate.ts'
import { simulateMany } from '../simulate-many.ts'
import { storeSimulated } from '../store-simulated.ts'
import { traceTable } from '../trace-table.ts'
import { repeatSimulated, repeatSimulatedPlan, typedCommand } from '../typed-command.ts'
import {
  askedBy,
  duration,
  finite,
  jobCount,
  nameList,
  oneOrMore,
  readPlanAlone,
  type SetupOptions,
  seedNumber,
  setupOptions,
} from './options.ts'

interface SimulateOptions extends SetupOptions {
  readonly runs?: number
  readonly for?: number
  readonly firstSeed: number
  readonly seed?: string
  readonly plan?: string
  readonly failFast: boolean
  readonly plain: boolean
  readonly world?: string
  readonly keepGoing: boolean
  readonly jobs?: number
  readonly name?: string
  readonly trace: boolean
  readonly from?: number
  readonly until?: number
  readonly workload?: string
  readonly faults?: readonly string[]
  readonly bug?: string
}

/** Runs without a number and without a time. */
const defaultRuns = 100
const ofMany = ['runs', 'for', 'firstSeed', 'keepGoing', 'jobs', 'name']

export function simulateCommand(): Command {
  const command = new Command('simulate')
    .description(
      'run many seeds in a deterministic simulation: a swarm, in which each run draws all that was not typed; every failure repeats to the byte',
    )
    .addOption(
      new Option('--runs <n>', `how many seeds (default: ${defaultRuns}, or no limit with --for)`).argParser(oneOrMore),
    )
    .addOption(
      new Option('--for <duration>', 'begin no run after this: 90s, 10m, 2h (default: no limit)').argParser(duration),
    )
    .addOption(
      new Option('--first-seed <n>', 'the seeds are this number and the next ones').argParser(seedNumber).default(1),
    )
    .addOption(
      new Option('--seed <text>', 'this seed only; its run is stored and told in full (default: many seeds)').conflicts(
        ofMany,
      ),
    )
    .addOption(
      new Option('--plan <file>', 'this plan only; nothing that it decides goes with it (default: none)').conflicts([
        ...ofMany,
        'plain',
        'world',
      ]),
    )
    .option('--plain', 'the plan of `faultline run` instead of a swarm', false)
    .option('--world <text>', "rolls all that is neither ops nor faults (default: the run's seed)")
    .option('--keep-going', 'collect failures instead of stopping at the first', false)
    .addOption(new Option('--jobs <n>', 'worker threads (default: one per core)').argParser(jobCount))
    .option('--name <name>', 'name of the campaign, in campaigns/ beside the root (default: the time)')
    .option('--trace', 'with --seed or --plan: print what every node got and did, as a table', false)
    .option('--fail-fast', 'with --seed or --plan: end the run at the first violation', false)
    .addOption(
      new Option('--from <s>', 'begin the trace there, in seconds; start-up is before 0 (default: the begin)')
        .argParser(finite)
        .implies({ trace: true }),
    )
    .addOption(
      new Option('--until <s>', 'end the trace there, in seconds (default: the end)')
        .argParser(finite)
        .implies({ trace: true }),
    )
    .option('--workload <name>', "what clients do (default: drawn; with --plain register, or the bug's)")
    .addOption(
      new Option(
        '--faults <names>',
        "comma-separated, or none (default: drawn from all; with --plain as of `run`, or the bug's)",
      ).argParser(nameList),
    )
    .option('--bug <name>', 'a bug for the nodes to carry, with the options that do not mask it (default: none)')
  for (const option of setupOptions({ isSwarm: true })) command.addOption(option)
  return command.action(async (options: SimulateOptions) => {
    const isOne = options.seed !== undefined || options.plan !== undefined
    if (!isOne && options.trace) throw traceOfMany()
    if (!isOne && options.failFast) throw failFastOfMany()
    process.exitCode = isOne ? simulateOne(options) : await simulateMany(manyBy(options))
  })
}

function traceOfMany(): UsageError {
  return new UsageError({
    given: '--trace, --from or --until with many seeds',
    expected: 'one run to trace',
    type: 'faultline simulate --seed 1 --trace',
  })
}

function failFastOfMany(): UsageError {
  return new UsageError({
    given: '--fail-fast with many seeds',
    expected: 'one run to end at its first violation (a campaign ends at its first failing run anyway)',
    type: 'faultline simulate --seed 1 --fail-fast',
  })
}

function emptySeed(): UsageError {
  return new UsageError({ given: "--seed ''", expected: 'a seed', type: 'faultline simulate --seed 1' })
}

function backwards(from: number, until: number): UsageError {
  return new UsageError({
    given: `--from ${from} --until ${until}`,
    expected: 'a trace that begins before it ends',
    type: `faultline simulate --seed 1 --from ${until} --until ${from}`,
  })
}

function manyBy(options: SimulateOptions): Parameters<typeof simulateMany>[0] {
  const { runs, for: forMs = Number.POSITIVE_INFINITY, firstSeed, keepGoing, jobs, name, root } = options
  return {
    asked: simAsked(options),
    firstSeed,
    runs: runs ?? (Number.isFinite(forMs) ? Number.POSITIVE_INFINITY : defaultRuns),
    forMs,
    keepGoing,
    root,
    ...(jobs === undefined ? {} : { jobs }),
    ...(name === undefined ? {} : { name }),
  }
}

function simAsked(options: SimulateOptions): SimAsked {
  const { seed: _seed, ...asked } = askedBy(options)
  return {
    ...asked,
    isSwarm: !options.plain,
    ...(options.world === undefined ? {} : { worldSeed: options.world }),
  }
}

function simulateOne(options: SimulateOptions): number {
  const {
    plan: file,
    seed = '',
    root,
    trace,
    from = Number.NEGATIVE_INFINITY,
    until = Number.POSITIVE_INFINITY,
  } = options
  if (file === undefined && seed.trim() === '') throw emptySeed()
  if (from > until) throw backwards(from, until)
  const asked = simAsked(options)
  const plan = file === undefined ? drawSimPlan(asked, seed) : readPlanAlone(file, options)
  if (trace) {
    console.log(traceTable(plan, { fromS: from, untilS: until }))
    return 0
  }
  const run = runSimulated(plan, { hashes: true, failFast: options.failFast })
  const repeat = file === undefined ? repeatSimulated(asked, seed) : repeatSimulatedPlan(file)
  const { text } = storeSimulated(plan, run, { root, command: typedCommand(), repeat })
  const { exitCode } = outcomes[run.outcome.outcome]
  console.log(exitCode === 0 ? pc.green(text) : pc.yellow(text))
  console.log(
    `${run.seconds.toFixed(1)} simulated seconds, ${run.events.toLocaleString('en-US')} events, fingerprint ${run.digest}`,
  )
  return exitCode
}
