/** The command: reads files, prints what was found, and gives an exit code. For Node.js. */
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { FormatError } from '../formats/format-error.ts'
import { type FormatName, guessFormat, readHistory } from '../formats/guess.ts'
import type { JepsenOptions } from '../formats/jepsen-op.ts'
import { HistoryError } from '../formats/pairs.ts'
import { textOf } from '../formats/text.ts'
import { NotWritable } from '../formats/writable.ts'
import { ModelError } from '../model-error.ts'
import { type Arguments, Misuse, readArguments } from './arguments.ts'
import type { AskedOfColumns } from './as-columns.ts'
import { checkHistory } from './check-history.ts'
import { type LoadedColumns, load } from './load.ts'
import { Misfit, UnknownModel } from './misfit.ts'
import type { OwnModel } from './object-subject.ts'
import { asJson, type Damage, doneFor, exitCodeOf, type Report, told } from './report.ts'
import { isSameFile } from './same-file.ts'

export interface Output {
  out(text: string): void
  err(text: string): void
  readonly hasColour: boolean
  /** Where to add what was done, in words that tell what code it took. */
  readonly done?: Set<string>
}

const usage = 254

/** The exit code. */
export async function main(given: readonly string[], output: Output): Promise<number> {
  try {
    const read = readArguments(given)
    if (typeof read === 'string') {
      output.out(read === 'help' ? (await import('./help.ts')).help : `${version()}\n`)
      return 0
    }
    const { page } = read
    if (page !== undefined && read.files.some((file) => isSameFile(page, file))) {
      throw new Misuse(`--html ${page}: this is the history itself; the page needs another file`)
    }
    if (read.convertTo !== undefined) return await converted(read, read.convertTo, output)
    const own = read.model !== undefined && isFile(read.model) ? await ownModel(read.model) : undefined
    const reports: Report[] = []
    for (const file of read.files) reports.push(await reportOn(file, read, own))
    if (output.done !== undefined) {
      for (const each of reports.flatMap(doneFor)) output.done.add(each)
      if (read.isJson) output.done.add('json')
    }
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

async function reportOn(file: string, args: Arguments, own: OwnModel | undefined): Promise<Report> {
  const bytes = await bytesIn(file)
  if (!(bytes instanceof Uint8Array)) return { file, damage: bytes }
  try {
    const { format, model, initial, key, budget, timeLimitMs, isBrief, workers = 1 } = args
    const asked = { own, model: own === undefined ? model : undefined, initial, key }
    const isLarge = workers > 1 || bytes.length >= largeFrom
    const columns = isLarge && isOurs(bytes, format) ? await columnsIn(bytes, asked) : undefined
    const loaded = columns ?? load(textOf(bytes), format, jepsenOptions(args))
    const options = {
      ...asked,
      maxConfigurations: budget,
      timeLimitMs,
      isBrief,
      workers,
      now,
    }
    const checked = await checkHistory(loaded, options)
    const { page, ...facts } = checked
    const shown = args.page === undefined ? {} : await written(args.page, () => page(file))
    return { file, checked: { ...facts, page: letGo }, ...shown }
  } catch (error) {
    return { file, damage: damageOf(error) }
  }
}

/** In bytes. Smaller histories are decided before what reads columns would be loaded. */
const largeFrom = 1 << 20
const lookBytes = 10_000

function isOurs(bytes: Uint8Array, format: FormatName | undefined): boolean {
  return (format ?? guessFormat(new TextDecoder().decode(bytes.subarray(0, lookBytes)))) === 'faultline'
}

async function columnsIn(bytes: Uint8Array, asked: AskedOfColumns): Promise<LoadedColumns | undefined> {
  const { loadColumns } = await import('./as-columns.ts')
  return loadColumns(bytes, asked)
}

/** Milliseconds of a monotonic clock that is there without loading anything, unlike `performance`. */
function now(): number {
  return Number(process.hrtime.bigint()) / 1e6
}

/** The page needs the whole history; of many, only what was found is kept. */
async function letGo(): Promise<never> {
  throw new Error('the history of this page was let go')
}

/** A page that fails is no verdict, and changes none. */
async function written(
  path: string,
  page: () => Promise<string>,
): Promise<{ readonly page: string } | { readonly pageError: string }> {
  try {
    writeFileSync(path, await page())
    return { page: path }
  } catch (error) {
    return { pageError: messageOf(error) }
  }
}

function damageOf(error: unknown): Damage {
  if (error instanceof FormatError) return { message: error.message, line: error.line, column: error.column }
  if (error instanceof UnknownModel) throw new Misuse(error.message, { cause: error })
  if (error instanceof HistoryError || error instanceof Misfit || error instanceof ModelError) {
    return { message: error.message }
  }
  throw error
}

function isCompressed(bytes: Uint8Array): boolean {
  return bytes[0] === 0x1f && bytes[1] === 0x8b
}

/** Loaded on demand: it takes Node.js 3 ms, and few files are compressed. */
async function decompressed(bytes: Uint8Array): Promise<Uint8Array> {
  const { gunzipSync } = await import('node:zlib')
  return gunzipSync(bytes)
}

async function bytesIn(file: string): Promise<Uint8Array | Damage> {
  try {
    const bytes = readFileSync(file === '-' ? 0 : file)
    return isCompressed(bytes) ? await decompressed(bytes) : bytes
  } catch (error) {
    const isDirectory = error instanceof Error && 'code' in error && error.code === 'EISDIR'
    return { message: isDirectory ? 'it is a directory; a file was expected' : messageOf(error) }
  }
}

async function converted(args: Arguments, convertTo: FormatName, output: Output): Promise<number> {
  const { files, format } = args
  const [file = '-'] = files
  const bytes = await bytesIn(file)
  try {
    if (!(bytes instanceof Uint8Array)) throw new Misuse(`${file}: ${bytes.message}`)
    const text = textOf(bytes)
    const known = format ?? guessFormat(text)
    if (known === undefined) throw new FormatError('this looks like the beginning of no known format', 1, 1)
    const { writers } = await import('../formats/writers.ts')
    output.out(writers[convertTo](readHistory(text, known, jepsenOptions(args))))
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
  const path = /\.c?js$/.test(import.meta.url) ? '../../package.json' : '../package.json'
  const own: { readonly version: string } = JSON.parse(readFileSync(new URL(path, import.meta.url), 'utf8'))
  return own.version
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}
