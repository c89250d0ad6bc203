/** `faultline runs`: the list of runs as a table, or as JSON. */
import { Command, InvalidArgumentError, Option } from 'commander'
import { type RunFilter, type SortName, sorts } from '../../results/index/filter.ts'
import { RunIndex } from '../../results/index/run-index.ts'
import { runsJson } from '../../results/index/runs-json.ts'
import { outcomes } from '../../results/outcome.ts'
import { defaultRoot } from '../../results/store.ts'
import { runsTable } from '../runs-table.ts'
import { duration, oneOrMore, someNames } from './options.ts'

interface RunsOptions {
  readonly outcome?: readonly string[]
  readonly workload?: string
  readonly system?: string
  readonly bug?: string
  readonly fault?: string
  readonly mode?: string
  readonly since?: string
  readonly sort: SortName
  readonly ascending: boolean
  readonly limit?: number
  readonly json: boolean
  readonly rebuild: boolean
  readonly root: string
}

/** Without a limit; a table has to fit a terminal, a program wants all. */
const tableLimit = 40
const names = [...Object.keys(outcomes), 'open', 'damaged']

/** `print` gets what is listed. */
export function runsCommand(print: (text: string) => void = (text) => process.stdout.write(text)): Command {
  return new Command('runs')
    .description('list runs, the newest first')
    .argument('[words...]', 'only runs in whose name, cause, seed … all of these occur')
    .addOption(
      new Option('--outcome <names>', `comma-separated, of ${names.join(', ')} (default: all)`).argParser(someOutcomes),
    )
    .option('--workload <name>', 'of this workload (default: all)')
    .option('--system <name>', 'of this system (default: all)')
    .option('--bug <name>', 'carrying this bug, or none (default: all)')
    .option('--fault <name>', 'with this kind of fault in the plan, or none (default: all)')
    .addOption(new Option('--mode <mode>', '(default: both)').choices(['real', 'sim']))
    .addOption(new Option('--since <when>', 'started since then: 2h, 7d, 2026-01-31 (default: ever)').argParser(since))
    .addOption(new Option('--sort <column>', 'by this').choices(Object.keys(sorts)).default('started'))
    .option('--ascending', 'smallest or oldest first', false)
    .addOption(
      new Option('--limit <n>', `at most so many (default: ${tableLimit}, with --json no limit)`).argParser(oneOrMore),
    )
    .option('--json', 'as JSON, of a versioned form', false)
    .option('--rebuild', 'make the index anew from the directories', false)
    .option('--root <dir>', 'where run directories are', defaultRoot)
    .action((words: readonly string[], options: RunsOptions) => print(listed(words, options)))
}

function listed(words: readonly string[], options: RunsOptions): string {
  const index = new RunIndex(options.root)
  try {
    if (options.rebuild) index.rebuild()
    else index.refresh()
    const filter = filterBy(words, options)
    const listing = index.list(filter)
    if (index.note !== undefined) console.error(index.note)
    return options.json ? runsJson(options.root, listing) : runsTable(listing)
  } finally {
    index.close()
  }
}

function filterBy(words: readonly string[], options: RunsOptions): RunFilter {
  const { outcome, workload, system, bug, fault, mode, since, sort, ascending, json } = options
  const limit = options.limit ?? (json ? undefined : tableLimit)
  return {
    ...(words.length === 0 ? {} : { text: words.join(' ') }),
    ...(outcome === undefined ? {} : { outcomes: outcome }),
    ...(workload === undefined ? {} : { workload }),
    ...(system === undefined ? {} : { system }),
    ...(bug === undefined ? {} : { bug }),
    ...(fault === undefined ? {} : { fault }),
    ...(mode === undefined ? {} : { mode }),
    ...(since === undefined ? {} : { since }),
    ...(limit === undefined ? {} : { limit }),
    sort,
    isAscending: ascending,
  }
}

function someOutcomes(text: string): string[] {
  const given = someNames(text)
  const [unknown] = given.filter((name) => !names.includes(name))
  if (unknown !== undefined) throw new InvalidArgumentError(`expected some of ${names.join(', ')}.`)
  return given
}

/** A length of time before now, or a moment, as ISO 8601. */
function since(text: string): string {
  const [, days] = /^(\d+(?:\.\d+)?)d$/.exec(text) ?? []
  if (days !== undefined) return ago(Number(days) * 86_400_000)
  if (/^\d+(?:\.\d+)?[smh]$/.test(text)) return ago(duration(text))
  const time = new Date(text)
  if (Number.isNaN(time.getTime()) || !/^\d{4}-/.test(text)) {
    throw new InvalidArgumentError('expected 90s, 10m, 2h, 7d, or a day as 2026-01-31.')
  }
  return time.toISOString()
}

function ago(ms: number): string {
  const time = new Date(Date.now() - ms)
  if (Number.isNaN(time.getTime())) throw new InvalidArgumentError('expected a time that a calendar has, e.g. 7d.')
  return time.toISOString()
}
