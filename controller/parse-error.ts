/** What the parser of the command line has to say, in the form of all our usage errors. */
import type { CommanderError } from 'commander'
import type { Usage } from '../workloads/usage-error.ts'

/** `command`: the first word that was typed. */
export function usageOf(
  { code, message }: Pick<CommanderError, 'code' | 'message'>,
  command: string | undefined,
): Usage {
  const [first = '', second = ''] = message.replace(/^error: /, '').split('\n')
  const isCommand = code !== 'commander.unknownCommand' && command !== undefined && !command.startsWith('-')
  const help = isCommand ? `faultline ${command} --help` : 'faultline --help'
  const [, given, expected] = /^(.* is invalid)\. (.*?)\.?$/.exec(first) ?? []
  if (given !== undefined && expected !== undefined) {
    return {
      given,
      expected: expected.replace(/^expected /, '').replace(/^Allowed choices are /, 'one of '),
      type: help,
    }
  }
  const [, nearest] = /Did you mean (?:one of )?([^,?]+)/.exec(second) ?? []
  return {
    given: first,
    expected: `what ${help} shows`,
    type: nearest === undefined ? help : isCommand ? nearest : `faultline ${nearest}`,
  }
}
