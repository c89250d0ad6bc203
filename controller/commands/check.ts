/** `faultline check FILE…`: decides recorded histories, ours or others', and stored runs. */
import { writeFileSync } from 'node:fs'
import { Command, InvalidArgumentError, Option } from 'commander'
import pc from 'picocolors'
import { asJson, exitCodeOf, isSameFile, type Report, told } from 'porcupine-ts/cli'
import { FormatError, type FormatName, formats, readScalar } from 'porcupine-ts/formats'
import { isModelName, isObjectName, type KvValue, models, objects } from 'porcupine-ts/models'
import { outcomes } from '../../results/outcome.ts'
import { named } from '../../workloads/named.ts'
import { UsageError } from '../../workloads/usage-error.ts'
import { type Asked, checkRecorded } from '../check-recorded.ts'
import { checkBudget } from '../judge.ts'
import { reasonOf } from '../reason.ts'
import { DamagedHistory, historyFile } from '../recorded-history.ts'
import { isModelFile, loadModel } from '../user-model.ts'
import { oneOrMore, positive, wholeNumber } from './options.ts'

interface CheckCommandOptions {
  readonly format?: FormatName
  readonly model?: string
  readonly initial?: Initial
  readonly key?: string
  readonly independent?: boolean
  readonly nilReadsMatchAnything?: boolean
  readonly failedCasObserves: boolean
  readonly budget: number
  readonly timeLimit?: number
  readonly workers: number
  readonly brief?: boolean
  readonly html?: string
  readonly json?: boolean
}

/** In an object, since the parser of the command line takes a bare `null` for an empty text. */
interface Initial {
  readonly value: KvValue
}

export function checkCommand(): Command {
  const names = [...Object.keys(models), ...Object.keys(objects)].join(', ')
  const command = new Command('check')
    .description('decide whether recorded histories are linearizable')
    .argument('<files...>', 'history files, directories of runs, or - for the standard input')
  for (const option of [
    new Option('--format <name>', 'format of the files (default: guessed)').choices(Object.keys(formats)),
    new Option(
      '--model <name|file>',
      `the model to hold them to: ${names}, or a module that exports model (default: the header's or the format's)`,
    ),
    new Option(
      '--initial <json>',
      'what every key holds at first, such as 0 or \'""\' (default: what the header or the format says)',
    ).argParser(initialOf),
    new Option('--key <key>', 'check only operations of this key (default: all keys)'),
    new Option('--independent', 'in formats of Jepsen values are [key value] (default: guessed)'),
    new Option('--no-independent', 'in formats of Jepsen they are not (default: guessed)'),
    new Option(
      '--nil-reads-match-anything',
      'in formats of Jepsen a read of nil saw nothing in particular, as Knossos has it (default: it saw that nothing is there)',
    ),
    new Option(
      '--no-failed-cas-observes',
      'in formats of Jepsen a failed compare-and-set saw nothing, as Knossos has it (default: it saw another value)',
    ),
    new Option('--budget <n>', 'configurations to expand before saying unknown')
      .argParser(wholeNumber)
      .default(checkBudget),
    new Option('--time-limit <s>', 'seconds before saying unknown (default: none)').argParser(seconds),
    new Option(
      '--workers <n>',
      'threads for histories with several keys that are hard to decide; the result is the same',
    )
      .argParser(oneOrMore)
      .default(1),
    new Option('--brief', 'say the verdicts only (default: with their causes, which take longer to find)'),
    new Option('--html <file>', 'write a page that shows the check of one history (default: none)'),
    new Option('--json', 'print JSON, in a schema with a version (default: text)'),
  ]) {
    command.addOption(option)
  }
  return command.action(async (given: readonly string[], options: CheckCommandOptions) => {
    process.exitCode = await checkAll(given, options)
  })
}

/** The exit code. Whatever was typed wrong is found before the first check, which may take long. */
async function checkAll(given: readonly string[], options: CheckCommandOptions): Promise<number> {
  const { html, json: isJson = false } = options
  if (html !== undefined && given.length > 1) {
    const type = `faultline check --html ${html} ${given[0]}`
    throw new UsageError({ given: `--html with ${given.length} files`, expected: 'one file', type })
  }
  const asked = await askedBy(options)
  const files = given.map(historyFile)
  if (html !== undefined && files.some((file) => isSameFile(html, file))) {
    const type = `faultline check --html check.html ${given[0]}`
    throw new UsageError({ given: `--html ${html}, the history itself`, expected: 'another file for the page', type })
  }
  const damaged: DamagedHistory[] = []
  const reports: Report[] = []
  for (const file of files) {
    const report = await reportOn(file, asked, html, (error) => damaged.push(error))
    reports.push(report)
    if (isJson) continue
    if (!('damage' in report)) console.log(told(report, pc.isColorSupported).join('\n'))
    else if (files.length > 1) console.error(told(report, false).join('\n'))
  }
  const exitCode = exitCodeOf(reports)
  const [first] = damaged
  if (isJson) process.stdout.write(asJson(reports, exitCode))
  // An anomaly elsewhere outweighs a file that can not be checked.
  else if (first !== undefined && exitCode !== outcomes.illegal.exitCode) throw first
  return exitCode
}

async function askedBy(options: CheckCommandOptions): Promise<Asked> {
  const { format, model, initial, key, independent, nilReadsMatchAnything = false, failedCasObserves } = options
  const { budget, timeLimit, workers, brief = false } = options
  const own = model !== undefined && isModelFile(model) ? await loadModel(model) : undefined
  if (model !== undefined && own === undefined && !isModelName(model) && !isObjectName(model)) {
    named('model', { ...models, ...objects }, model)
  }
  return {
    jepsen: { nilReadsMatchAnything, failedCasObserves, ...(independent === undefined ? {} : { independent }) },
    maxConfigurations: budget,
    workers,
    isBrief: brief,
    ...(format === undefined ? {} : { format }),
    ...(model === undefined ? {} : { model }),
    ...(own === undefined ? {} : { own }),
    ...(initial === undefined ? {} : { initial: initial.value }),
    ...(key === undefined ? {} : { key }),
    ...(timeLimit === undefined ? {} : { timeLimitMs: timeLimit * 1000 }),
  }
}

async function reportOn(
  file: string,
  asked: Asked,
  page: string | undefined,
  onDamage: (error: DamagedHistory) => void,
): Promise<Report> {
  try {
    const { page: textOf, ...facts } = await checkRecorded(file, asked)
    const shown = page === undefined ? {} : await written(page, () => textOf(file))
    return { file, checked: { ...facts, page: letGo }, ...shown }
  } catch (error) {
    if (!(error instanceof DamagedHistory)) throw error
    onDamage(error)
    return { file, damage: error.damage }
  }
}

/** The page needs the whole history, and of many large ones only what was found has room in memory. */
async function letGo(): Promise<never> {
  throw new Error('the history of this page was let go')
}

/** A page that can not be written changes no verdict. */
async function written(
  path: string,
  page: () => Promise<string>,
): Promise<{ readonly page: string } | { readonly pageError: string }> {
  try {
    writeFileSync(path, await page())
    return { page: path }
  } catch (error) {
    return { pageError: reasonOf(error) }
  }
}

function seconds(text: string): number {
  const value = positive(text)
  if (!Number.isFinite(value * 1000)) throw new InvalidArgumentError('expected a number of seconds that can pass.')
  return value
}

function initialOf(text: string): Initial {
  try {
    return { value: readScalar(text) }
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    throw new InvalidArgumentError(`${cause.problem}.`)
  }
}
