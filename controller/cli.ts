/** The command line: parses, runs one command, and turns what came of it into an exit code. */
import { Command, CommanderError } from 'commander'
import pc from 'picocolors'
import { outcomes } from '../results/outcome.ts'
import { DamagedRunError, StoreError } from '../results/store.ts'
import { type Usage, UsageError } from '../workloads/usage-error.ts'
import { usageOf } from './parse-error.ts'
import { reasonOf } from './reason.ts'
import { version } from './version.ts'

const exitUsage = 254
const exitCrash = 255

process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  // Who reads no further, as `| head` does, has no quarrel with the outcome.
  if (error.code === 'EPIPE' || error.code === 'ECONNRESET') return
  console.error(`${pc.red('harness:')} the output could not be written: ${error.message}`)
  process.once('exit', () => {
    if (process.exitCode !== outcomes.illegal.exitCode) process.exitCode = outcomes.harness.exitCode
  })
})

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
/** In the order of the help. Each loads what it needs, and nobody else has to wait for that. */
const commands: Readonly<Record<string, () => Promise<() => Command>>> = {
  run: async () => (await import('./commands/run.ts')).runCommand,
  simulate: async () => (await import('./commands/simulate.ts')).simulateCommand,
  replay: async () => (await import('./commands/replay.ts')).replayCommand,
  campaign: async () => (await import('./commands/campaign.ts')).campaignCommand,
  check: async () => (await import('./commands/check.ts')).checkCommand,
  report: async () => (await import('./commands/report.ts')).reportCommand,
  runs: async () => (await import('./commands/runs.ts')).runsCommand,
  serve: async () => (await import('./commands/serve.ts')).serveCommand,
  list: async () => (await import('./commands/list.ts')).listCommand,
  node: async () => (await import('./commands/node.ts')).nodeCommand,
}
// `help` with a name that there is not is told as that name would be.
if (
  process.argv[2] === 'help' &&
  /^\w/.test(process.argv[3] ?? '') &&
  !Object.hasOwn(commands, process.argv[3] ?? '')
) {
  process.argv.splice(2, 1)
}
const typed = process.argv[2] ?? ''
for (const name of Object.hasOwn(commands, typed) ? [typed] : Object.keys(commands)) {
  const command = await commands[name]?.()
  if (command !== undefined) program.addCommand(command().copyInheritedSettings(program))
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
  const typed = type.replace(/^faultline /, 'npm run faultline -- ')
  console.error(`${pc.red('given:   ')} ${given}\n${pc.red('expected:')} ${expected}\n${pc.red('type:    ')} ${typed}`)
}
