/** The command: reads files, prints what was found, and gives an exit code. For Node.js. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FormatError } from '../formats/format-error.ts'
import { guessFormat, readHistory, writers } from '../formats/guess.ts'
import type { JepsenOptions } from '../formats/jepsen-op.ts'
import { HistoryError } from '../formats/pairs.ts'
import { NotWritable } from '../formats/writable.ts'
import { type Arguments, help, Misuse, readArguments } from './arguments.ts'
import { checkHistory } from './check-history.ts'
import { asJson, exitCodeOf, type Report, told } from './report.ts'
import { load, type OwnModel, UnknownModel } from './subject.ts'

export interface Output {
  out(text: string): void
  err(text: string): void
  readonly hasColour: boolean
}

const usage = 254

/** The exit code. */
export async function main(given: readonly string[], output: Output): Promise<number> {
  try {
    const read = readArguments(given)
    if (typeof read === 'string') {
      output.out(read === 'help' ? help : `${version()}\n`)
      return 0
    }
    if (read.convertTo !== undefined) return converted(read, output)
    const own = read.model !== undefined && isFile(read.model) ? await ownModel(read.model) : undefined
    const reports = read.files.map((file) => reportOn(file, read, own))
    const exitCode = exitCodeOf(reports)
    if (read.isJson) output.out(asJson(reports, exitCode))
    else for (const report of reports) print(report, output)
    return exitCode
  } catch (error) {
    if (!(error instanceof Misuse)) throw error
    output.err(`porcupine-ts: ${error.message}\n`)
    return usage
  }
}

function print(report: Report, output: Output): void {
  const text = `${told(report, output.hasColour).join('\n')}\n`
  if ('damage' in report) output.err(text)
  else output.out(text)
}

function reportOn(file: string, args: Arguments, own: OwnModel | undefined): Report {
  const text = textOf(file)
  if (typeof text !== 'string') return { file, damage: text }
  try {
    const { format, model, initial, key, budget, timeLimitMs } = args
    const checked = checkHistory(load(text, format, jepsenOptions(args)), {
      own,
      model: own === undefined ? model : undefined,
      initial,
      key,
      maxConfigurations: budget,
      timeLimitMs,
      now: () => performance.now(),
    })
    return args.page === undefined
      ? { file, checked }
      : { file, checked, ...written(args.page, () => checked.page(file)) }
  } catch (error) {
    return { file, damage: damageOf(error) }
  }
}

/** A page that fails is no verdict, and changes none. */
function written(path: string, page: () => string): { readonly page: string } | { readonly pageError: string } {
  try {
    writeFileSync(path, page())
    return { page: path }
  } catch (error) {
    return { pageError: messageOf(error) }
  }
}

function damageOf(error: unknown) {
  if (error instanceof FormatError) return { message: error.message, line: error.line, column: error.column }
  if (error instanceof UnknownModel) throw new Misuse(error.message, { cause: error })
  if (error instanceof HistoryError) return { message: error.message }
  throw error
}

function textOf(file: string): string | { readonly message: string } {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8')
  } catch (error) {
    return { message: messageOf(error) }
  }
}

function converted(args: Arguments, output: Output): number {
  const { files, format, convertTo } = args
  const [file = '-'] = files
  const text = textOf(file)
  try {
    if (typeof text !== 'string') throw new Misuse(text.message)
    const known = format ?? guessFormat(text)
    if (known === undefined) throw new FormatError('this looks like the beginning of no known format', 1, 1)
    if (convertTo !== undefined) output.out(writers[convertTo](readHistory(text, known, jepsenOptions(args))))
    return 0
  } catch (error) {
    const isDamage = error instanceof FormatError || error instanceof HistoryError
    if (!isDamage && !(error instanceof NotWritable)) throw error
    output.err(`${file}: not converted: ${error.message}\n`)
    return usage
  }
}

function jepsenOptions({ independent, nilReadsMatchAnything, failedCasObserves }: Arguments): JepsenOptions {
  const told = { nilReadsMatchAnything, failedCasObserves }
  return independent === undefined ? told : { ...told, independent }
}

function isFile(model: string): boolean {
  return /[/\\]|\.[cm]?[jt]s$/.test(model)
}

async function ownModel(file: string): Promise<OwnModel> {
  const path = resolve(file)
  if (!existsSync(path)) throw new Misuse(`--model ${file}: there is no such file`)
  const module = await imported(path, file)
  const model: unknown = 'model' in module ? module.model : undefined
  if (isModel(model)) return model
  throw new Misuse(`--model ${file}: it exports no model with the functions init and step`)
}

async function imported(path: string, file: string): Promise<object> {
  try {
    const module: object = await import(pathToFileURL(path).href)
    return module
  } catch (cause) {
    throw new Misuse(`--model ${file}: it can not be loaded: ${messageOf(cause)}`, { cause })
  }
}

function isModel(value: unknown): value is OwnModel {
  if (typeof value !== 'object' || value === null) return false
  const { init, step }: { readonly init?: unknown; readonly step?: unknown } = value
  return typeof init === 'function' && typeof step === 'function'
}

/** What is built lies one folder deeper than its source. */
function version(): string {
  const path = import.meta.url.endsWith('.js') ? '../../package.json' : '../package.json'
  const own: { readonly version: string } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
  return own.version
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
