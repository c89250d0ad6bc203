/** The command line of a script: what is mistyped ends with 254, and never as a run of something else or of nothing. */
import { Command } from 'commander'

export function scriptCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .allowExcessArguments(false)
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : 254))
}
