/** The command line: parses, runs one command, and turns what came of it into an exit code. */
import { Command, CommanderError } from 'commander'
import pc from 'picocolors'
import { UsageError } from '../workloads/usage-error.ts'
import { campaignCommand } from './commands/campaign.ts'
import { checkCommand } from './commands/check.ts'
import { listCommand } from './commands/list.ts'
import { nodeCommand } from './commands/node.ts'
import { reportCommand } from './commands/report.ts'
import { runCommand } from './commands/run.ts'
import { version } from './version.ts'

const exitUsage = 254
const exitCrash = 255

const program = new Command('faultline')
  .description(
    'Breaks a replicated key-value store on purpose, and proves from what its clients saw whether it kept its promise.',
  )
  .version(version)
  .showHelpAfterError('(add --help for what there is)')
  .exitOverride()
  .addHelpText(
    'after',
    '\nExit codes: 0 valid · 1 illegal, stuck, invariant, node-crash · 2 unknown, vacuous · 3 harness · 254 usage · 255 a crash of faultline',
  )
for (const command of [runCommand, campaignCommand, checkCommand, reportCommand, listCommand, nodeCommand]) {
  program.addCommand(command().exitOverride())
}

try {
  await program.parseAsync()
} catch (error) {
  process.exitCode = explain(error)
}

function explain(error: unknown): number {
  if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitUsage
  if (error instanceof UsageError) {
    const { given, expected, type } = error.usage
    console.error(`${pc.red('given:   ')} ${given}\n${pc.red('expected:')} ${expected}\n${pc.red('type:    ')} ${type}`)
    return exitUsage
  }
  console.error(pc.red('faultline itself failed; this is a defect of ours:'))
  console.error(error)
  return exitCrash
}
