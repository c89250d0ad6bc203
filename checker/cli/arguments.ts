/** The command line of porcupine-ts, read. */
import { parseArgs } from 'node:util'
import { FormatError } from '../formats/format-error.ts'
import { type FormatName, formats } from '../formats/guess.ts'
import { readScalar } from '../formats/scalar.ts'
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
    budget: values.budget === undefined ? undefined : toWhole('--budget', values.budget, 0),
    timeLimitMs: values['time-limit'] === undefined ? undefined : toMs(values['time-limit']),
    workers: values.workers === undefined ? undefined : toWhole('--workers', values.workers, 1),
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
  throw new Misuse(`${option} ${name}: there is no such format; there are ${Object.keys(formats).join(', ')}`)
}

function isFormatName(name: string): name is FormatName {
  return Object.hasOwn(formats, name)
}

function toWhole(option: string, text: string, least: number): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && Number.isSafeInteger(number) && number >= least) return number
  throw new Misuse(`${option} ${text}: a whole number from ${least} on was expected`)
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
