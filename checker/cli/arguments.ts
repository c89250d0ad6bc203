/** The command line of porcupine-ts, read. */
import { parseArgs } from 'node:util'
import { FormatError } from '../formats/format-error.ts'
import { type FormatName, formats } from '../formats/guess.ts'
import { readScalar } from '../formats/scalar.ts'
import { models, objects } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'

export interface Arguments {
  readonly files: readonly string[]
  readonly format: FormatName | undefined
  readonly model: string | undefined
  readonly initial: KvValue | undefined
  readonly key: string | undefined
  readonly independent: boolean | undefined
  readonly nilReadsMatchAnything: boolean
  readonly failedCasObserves: boolean
  readonly budget: number | undefined
  readonly timeLimitMs: number | undefined
  /** Over how many threads the keys may be spread. */
  readonly workers: number | undefined
  /** Only the verdicts, without their causes. */
  readonly isBrief: boolean
  readonly isJson: boolean
  readonly page: string | undefined
  readonly convertTo: FormatName | undefined
}

/** What was typed can not be meant. */
export class Misuse extends Error {
  override readonly name = 'Misuse'
}

const formatNames = Object.keys(formats).join(', ')

export const help = `porcupine-ts FILE…: decides whether recorded histories are linearizable. "-" is the standard input.

  --format NAME      ${formatNames} (default: guessed)
  --model NAME|FILE  ${[...Object.keys(models), ...Object.keys(objects)].join(', ')},
                     or a module that exports model (default: the history's or the format's own)
  --initial JSON     what every key holds at first, such as 0 or '""' (default: the history's or the format's own);
                     only with ${Object.keys(models).join(', ')}
  --key KEY          only operations of this key
  --independent      Jepsen: values are [key value]; --no-independent: they are not (default: guessed)
  --nil-reads-match-anything   Jepsen: a read of nil saw nothing in particular, as Knossos has it
  --failed-cas-observes        Jepsen: a failed compare-and-set met another value (default; --no-… as Knossos has it)
  --budget N         configurations to expand before saying unknown (default: 5 million)
  --time-limit S     seconds before saying unknown (default: none)
  --workers N        threads for histories whose keys are hard to decide (default: 1); the result is the same
  --brief            say the verdict only, and look for no cause: quicker
  --html FILE        write a page that shows it
  --json             print JSON, with a version
  --convert NAME     print the history in another format instead of checking it
  --help, --version

Exit codes: 0 valid, 1 illegal, 2 unknown, 254 usage, damaged input or a model that fails, 255 a crash of ours; of
several files 1 > 254 > 2 > 0.
`

/** `help` and `version` are asked for as such. Throws a `Misuse`. */
export function readArguments(given: readonly string[]): Arguments | 'help' | 'version' {
  const { values, positionals } = parsed(given)
  if (values.help) return 'help'
  if (values.version) return 'version'
  if (positionals.length === 0) throw new Misuse('no file was given; type porcupine-ts --help')
  if (values.html !== undefined && positionals.length > 1) throw new Misuse('--html takes one file at a time')
  if (values.convert !== undefined) {
    if (positionals.length > 1) throw new Misuse('--convert takes one file at a time')
    const other = checkOnly.find((name) => values[name] !== undefined)
    if (other !== undefined) throw new Misuse(`--${other} is for checks; --convert makes none`)
  }
  return {
    files: positionals,
    format: formatNamed('--format', values.format),
    model: values.model,
    initial: values.initial === undefined ? undefined : toValue(values.initial),
    key: values.key,
    independent: values.independent,
    nilReadsMatchAnything: values['nil-reads-match-anything'] ?? false,
    failedCasObserves: values['failed-cas-observes'] ?? true,
    budget: values.budget === undefined ? undefined : toWhole('--budget', values.budget),
    timeLimitMs: values['time-limit'] === undefined ? undefined : toMs(values['time-limit']),
    workers: values.workers === undefined ? undefined : toWhole('--workers', values.workers),
    isBrief: values.brief ?? false,
    isJson: values.json ?? false,
    page: values.html,
    convertTo: formatNamed('--convert', values.convert),
  }
}

/** What says nothing where nothing is checked. */
const checkOnly = ['model', 'initial', 'key', 'budget', 'time-limit', 'workers', 'brief', 'json', 'html'] as const

function parsed(given: readonly string[]) {
  try {
    return parseArgs({
      args: [...given],
      allowPositionals: true,
      allowNegative: true,
      options: {
        format: { type: 'string' },
        model: { type: 'string' },
        initial: { type: 'string' },
        key: { type: 'string' },
        independent: { type: 'boolean' },
        'nil-reads-match-anything': { type: 'boolean' },
        'failed-cas-observes': { type: 'boolean' },
        budget: { type: 'string' },
        'time-limit': { type: 'string' },
        workers: { type: 'string' },
        brief: { type: 'boolean' },
        json: { type: 'boolean' },
        html: { type: 'string' },
        convert: { type: 'string' },
        help: { type: 'boolean', short: 'h' },
        version: { type: 'boolean' },
      },
    })
  } catch (cause) {
    throw new Misuse(cause instanceof Error ? cause.message : String(cause), { cause })
  }
}

function formatNamed(option: string, name: string | undefined): FormatName | undefined {
  if (name === undefined || isFormatName(name)) return name
  throw new Misuse(`${option} ${name}: there is no such format; there are ${formatNames}`)
}

function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name)
}

function toWhole(option: string, text: string): number {
  const number = Number(text)
  if (Number.isSafeInteger(number) && number > 0) return number
  throw new Misuse(`${option} ${text}: a whole number above 0 was expected`)
}

function toMs(text: string): number {
  const timeMs = Number(text) * 1000
  if (timeMs > 0 && Number.isFinite(timeMs)) return timeMs
  throw new Misuse(`--time-limit ${text}: a number of seconds above 0 was expected`)
}

function toValue(text: string): KvValue {
  try {
    return readScalar(text)
  } catch (cause) {
    if (!(cause instanceof FormatError)) throw cause
    throw new Misuse(`--initial ${text}: ${cause.problem}`, { cause })
  }
}
