/** The command line: parses, runs one command, and turns what came of it into an exit code. */
import { Command, CommanderError } from 'commander'
import pc from 'picocolors'
import { outcomes } from '../results/outcome.ts'
import { DamagedRunError, StoreError } from '../results/store.ts'
import { type Usage, UsageError } from '../workloads/usage-error.ts'
import { campaignCommand } from './commands/campaign.ts'
import { checkCommand } from './commands/check.ts'
import { listCommand } from './commands/list.ts'
import { nodeCommand } from './commands/node.ts'
import { replayCommand } from './commands/replay.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { runsCommand } from './commands/runs.ts'
import { serveCommand } from './commands/serve.ts'
import { simulateCommand } from './commands/simulate.ts'
import { usageOf } from './parse-error.ts'
import { reasonOf } from './reason.ts'
import { version } from './version.ts'

const exitUsage = 254
const exitCrash = 255

const program = new Command('faultline')
  .description(
    'Breaks a replicated key-value store on purpose, and proves from what its clients saw whether it kept its promise.',
  )
  .version(version)
  .configureOutput({ outputError: () => undefined }) // `explain` says it in our own form.
  .exitOverride()
  .addHelpText(
    'after',
    '\nExit codes: 0 valid · 1 illegal, stuck, invariant, node-crash · 2 unknown, vacuous · 3 harness · 254 usage · 255 a crash of faultline',
  )
for (const command of [
  runCommand,
  simulateCommand,
  replayCommand,
  campaignCommand,
  checkCommand,
  reportCommand,
  runsCommand,
  serveCommand,
  listCommand,
  nodeCommand,
]) {
  program.addCommand(command().copyInheritedSettings(program))
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) {
    if (error.exitCode === 0) return 0
    if (error.code !== 'commander.help') tell(usageOf(error, process.argv[2]))
    return exitUsage
  }
  if (error instanceof UsageError) {
    tell(error.usage)
    return exitUsage
  }
  if (error instanceof DamagedRunError) {
    tell({
      given: error.message,
      expected: 'the directory of an undamaged run',
      type: 'faultline report NAME, of another run',
    })
    return exitUsage
  }
  if (error instanceof StoreError) {
    console.error(`${pc.red('harness:')} ${reasonOf(error)}`)
    return outcomes.harness.exitCode
  }
  console.error(pc.red('faultline itself failed; this is a defect of ours:'))
  console.error(error)
  return exitCrash
}

function tell({ given, expected, type }: Usage): void {
  console.error(`${pc.red('given:   ')} ${given}\n${pc.red('expected:')} ${expected}\n${pc.red('type:    ')} ${type}`)
}
