/** Reads runs back. Lenient where a controller may have died in mid-write, strict where a verdict depends on it. */
import { existsSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { type DecodedHistory, decode } from 'porcupine-ts/formats'
import type { SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import { type Plan, planVersion } from '../nemesis/plan.ts'
import { UsageError } from '../workloads/usage-error.ts'
import type { Environment } from './environment.ts'
import { files, latest } from './layout.ts'
import { isStoredMessage } from './messages.ts'
import { isOutcome } from './outcome.ts'
import type { LoadedRun } from './run.ts'

/** A file of a run that can not be what was written. */
export class DamagedRunError extends Error {
  override readonly name = 'DamagedRunError'
}

/**
 * All that a run left. What a dead controller explains (no outcome, a torn last line) becomes a note; a damaged plan,
 * environment or history throws a `DamagedRunError` that names the file, as nothing should be concluded from it.
 */
export function readRun(dir: string): LoadedRun {
  const path = resolve(dir)
  const notes: string[] = []
  const plan = required(path, files.plan, isPlan)
  const environment = required(path, files.environment, isEnvironment)
  const decoded = readHistory(path, notes)
  const events = readLines(path, files.events, isSystemEvent, notes) ?? []
  const messages = readLines(path, files.messages, isStoredMessage, notes)
  const evidence = optional(path, files.evidence, isEvidence, notes)
  if (evidence === undefined) notes.push('There is no evidence of faults: what became of them is not known.')
  const outcome = optional(path, files.outcome, isOutcome, notes)
  if (outcome === undefined) notes.push('There is no outcome: the run was cut short, or was not judged yet.')
  return {
    dir: path,
    name: basename(path),
    plan,
    environment,
    ...(decoded === undefined ? {} : { header: decoded.header }),
    history: decoded?.events ?? [],
    events,
    evidence: evidence ?? [],
    ...(messages === undefined ? {} : { messages }),
    ...(outcome === undefined ? {} : { outcome }),
    notes,
    files: rawFiles(path),
  }
}

/** The names of all runs below `root`, oldest first; none where there is no such directory. */
export function listRuns(root: string): string[] {
  if (!existsSync(root)) return []
  return readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && existsSync(join(root, entry.name, files.plan)))
    .map(({ name }) => name)
    .sort(byTimeAndNumber)
}

/** The directory of a run that is given by name, by the beginning of its name, by path, or as `latest`. */
export function resolveRun(root: string, given: string): string {
  const runs = listRuns(root)
  const newest = runs.at(-1)
  if (given === latest && !isRun(join(root, latest)) && newest !== undefined) return resolve(root, newest)
  for (const path of [join(root, given), given]) if (given !== '' && isRun(path)) return real(path)
  const begun = given === '' ? [] : runs.filter((name) => name.startsWith(given))
  const [only] = begun
  if (only !== undefined && begun.length === 1) return resolve(root, only)
  throw noSuchRun(root, given, begun.length > 1 ? begun : runs)
}

function noSuchRun(root: string, given: string, fitting: readonly string[]): UsageError {
  const names = fitting.slice(-5).toReversed()
  const older = fitting.length > names.length ? ` and ${fitting.length - names.length} older` : ''
  const exists = names.length === 0 ? 'which holds no runs yet' : `which has ${names.join(', ')}${older}`
  return new UsageError({
    given: `the run ${JSON.stringify(given)}`,
    expected: `${names.length === 0 ? '' : `"${latest}", `}a path to a run's directory, or the name of one run in ${resolve(root)}, ${exists}`,
    type: names.length === 0 ? 'faultline run' : latest,
  })
}

function isRun(path: string): boolean {
  return existsSync(join(path, files.plan))
}

/** `latest` is a link; a report must say where it really is. */
function real(path: string): string {
  const target = resolve(path)
  return basename(target) === latest ? realpathSync(target) : target
}

/** `undefined` where the controller died before the first line was whole. */
function readHistory(dir: string, notes: string[]): DecodedHistory | undefined {
  const text = textOf(dir, files.history)
  if (text === undefined || !text.includes('\n')) {
    notes.push('There is no history: the run ended before a client began.')
    return undefined
  }
  try {
    const decoded = decode(text)
    notes.push(...decoded.notes.map((note) => `${files.history}: ${note}.`))
    return decoded
  } catch (cause) {
    throw new DamagedRunError(`${join(dir, files.history)} is damaged: ${messageOf(cause)}`, { cause })
  }
}

/** Events and messages only explain; a line that can not be read is left out and counted. */
function readLines<T>(
  dir: string,
  file: string,
  isIt: (value: unknown) => value is T,
  notes: string[],
): T[] | undefined {
  const text = textOf(dir, file)
  if (text === undefined) return undefined
  const lines = text.split('\n')
  const isTorn = lines.at(-1) !== ''
  const values: T[] = []
  let unread = 0
  for (const line of lines.slice(0, -1)) {
    const value = parsed(line)
    if (isIt(value)) values.push(value)
    else unread++
  }
  if (isTorn) notes.push(`${file}: the last line is torn and was left out.`)
  if (unread > 0) notes.push(`${file}: ${unread} damaged line${unread === 1 ? '' : 's'} left out.`)
  return values
}

function required<T>(dir: string, file: string, isIt: (value: unknown) => value is T): T {
  const text = textOf(dir, file)
  if (text === undefined) throw new DamagedRunError(`${dir} is not a run: it has no ${file}`)
  const value = parsed(text)
  if (isIt(value)) return value
  throw new DamagedRunError(`${join(dir, file)} is damaged, or was written by another version of faultline`)
}

function optional<T>(dir: string, file: string, isIt: (value: unknown) => value is T, notes: string[]): T | undefined {
  const text = textOf(dir, file)
  if (text === undefined) return undefined
  const value = parsed(text)
  if (isIt(value)) return value
  notes.push(`${file} is damaged, or was written by another version of faultline; it was left out.`)
  return undefined
}

function textOf(dir: string, file: string): string | undefined {
  const path = join(dir, file)
  return existsSync(path) ? readFileSync(path, 'utf8') : undefined
}

/** The value of a JSON text; `undefined` where it is none. */
function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // Callers check the shape of what they get, and `undefined` fits none.
  }
}

function isPlan(value: unknown): value is Plan {
  return (
    isObject(value) &&
    value.plan === planVersion &&
    typeof value.seed === 'string' &&
    isObject(value.system) &&
    isObject(value.workload) &&
    Array.isArray(value.faults)
  )
}

function isEnvironment(value: unknown): value is Environment {
  return isObject(value) && ['startedAt', 'mode', 'command', 'repeat'].every((name) => typeof value[name] === 'string')
}

function isEvidence(value: unknown): value is FaultEvidence[] {
  return Array.isArray(value) && value.every((one: unknown) => isObject(one) && isObject(one.planned))
}

function isSystemEvent(value: unknown): value is SystemEvent {
  return isObject(value) && typeof value.timeUs === 'number' && typeof value.type === 'string'
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** What lies beside the report, without the reports: a page must not change because it was written before. */
function rawFiles(dir: string): string[] {
  const { page: _page, text: _text, ...raw } = files
  const known = Object.values(raw)
  const logs = join(dir, 'logs')
  const logFiles = existsSync(logs) && statSync(logs).isDirectory() ? readdirSync(logs).sort() : []
  return [...known.filter((file) => existsSync(join(dir, file))), ...logFiles.map((file) => `logs/${file}`)]
}

/** Names begin with the time; `-2` … `-10` of the same second go by number. */
function byTimeAndNumber(a: string, b: string): number {
  return naturalOrder.compare(a, b)
}

const naturalOrder = new Intl.Collator('en', { numeric: true })
