import { expect, test } from 'vitest'
import { usageOf } from './parse-error.ts'

test.each([
  [
    'commander.unknownCommand',
    "error: unknown command 'rnu'\n(Did you mean run?)",
    'rnu',
    { given: "unknown command 'rnu'", expected: 'what faultline --help shows', type: 'faultline run' },
  ],
  [
    'commander.unknownOption',
    "error: unknown option '--noodes'\n(Did you mean one of --nodes, --set?)",
    'run',
    { given: "unknown option '--noodes'", expected: 'what faultline run --help shows', type: '--nodes' },
  ],
  [
    'commander.unknownOption',
    "error: unknown option '-x'",
    '-x',
    { given: "unknown option '-x'", expected: 'what faultline --help shows', type: 'faultline --help' },
  ],
  [
    'commander.invalidArgument',
    "error: option '--clients <n>' argument '0' is invalid. expected a whole number above 0.",
    'run',
    {
      given: "option '--clients <n>' argument '0' is invalid",
      expected: 'a whole number above 0',
      type: 'faultline run --help',
    },
  ],
  [
    'commander.invalidArgument',
    "error: option '--program <name>' argument 'x' is invalid. Allowed choices are raft-kv, single-copy.",
    'node',
    {
      given: "option '--program <name>' argument 'x' is invalid",
      expected: 'one of raft-kv, single-copy',
      type: 'faultline node --help',
    },
  ],
])('%s becomes what was given, what was expected and what to type', (code, message, command, usage) => {
  expect(usageOf({ code, message }, command)).toEqual(usage)
})
