/** `faultline run`: one run on real processes. */
import { Command, Option } from 'commander'
import pc from 'picocolors'
import { outcomes } from '../../results/outcome.ts'
import { defaults, drawPlan } from '../draw-plan.ts'
import { interruptSignal } from '../interrupt.ts'
import { runReal } from '../run.ts'
import { quoted, repeatCommand, typedCommand } from '../typed-command.ts'
import { askedBy, nameList, readPlanAlone, type SetupOptions, setupOptions } from './options.ts'

interface RunCommandOptions extends SetupOptions {
  readonly workload?: string
  readonly faults?: readonly string[]
  readonly bug?: string
  readonly seed?: string
  readonly plan?: string
  readonly keepRunning?: boolean
  readonly failFast?: boolean
  readonly quiet?: boolean
}

export function runCommand(): Command {
  const command = new Command('run')
    .description(
      'run a workload against real child processes while the nemesis breaks them, then check what clients saw',
    )
    .option('--workload <name>', `what clients do (default: ${defaults.workload}, or the bug's)`)
    .addOption(
      new Option(
        '--faults <names>',
        `comma-separated, or none (default: ${defaults.faults.join(',')}, or the bug's)`,
      ).argParser(nameList),
    )
    .option('--bug <name>', 'a bug for the nodes to carry, with the settings under which it shows (default: none)')
    .option('--seed <text>', 'decides ops and faults (default: a new one each time)')
    .option(
      '--plan <file>',
      'run this plan again; only --root, --keep-running, --fail-fast and --quiet go with it (default: none)',
    )
    .option('--keep-running', 'leave the cluster up after the run, for curl, until Ctrl-C', false)
    .option(
      '--fail-fast',
      'check while clients work; at the first violation freeze all nodes, keep their state, stop',
      false,
    )
    .option('--quiet', 'no live display', false)
  for (const option of setupOptions()) command.addOption(option)
  return command.action(async (options: RunCommandOptions) => {
    process.exitCode = await run(options)
  })
}

async function run(options: RunCommandOptions): Promise<number> {
  const asked = askedBy(options)
  const plan = options.plan === undefined ? drawPlan(asked) : readPlanAlone(options.plan, options)
  const interrupt = interruptSignal()
  const result = await runReal(plan, {
    root: options.root,
    command: typedCommand(),
    repeat: options.plan === undefined ? repeatCommand(asked) : `npm start -- --plan ${quoted(options.plan)}`,
    isQuiet: options.quiet ?? false,
    keepRunning: options.keepRunning ?? false,
    failFast: options.failFast ?? false,
    signal: interrupt.signal,
  })
  const { exitCode } = outcomes[result.outcome.outcome]
  console.log(`\n${exitCode === 0 ? pc.green(result.text) : pc.yellow(result.text)}`)
  const addresses = Object.entries(result.addresses)
  if (addresses.length > 0) {
    console.log('\nThe cluster is still up; Ctrl-C ends it. Try:')
    for (const [node, address] of addresses) console.log(`  curl ${address}/status   # ${node}`)
    await interrupt.next()
    await result.stop()
  }
  interrupt.release()
  return exitCode
}
