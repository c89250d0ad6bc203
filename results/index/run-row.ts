/**
 * One run as a list shows it, read from the small files of its directory alone: no history is opened, so that a thousand
 * runs are read in a second. Whatever stands in those files, reading them throws nothing: a list must open anyway.
 */
import { lstatSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { planVersion } from '../../nemesis/plan.ts'
import { files } from '../layout.ts'
import { isOutcome, type OutcomeName } from '../outcome.ts'

/** `judged`: it has an outcome. `open`: it goes on, or was cut short. `damaged`: a file is not what was written. */
export type RunState = 'judged' | 'open' | 'damaged'

export interface RunRow {
  /** The directory's name. */
  readonly name: string
  readonly state: RunState
  readonly outcome?: OutcomeName
  /** Why, in one sentence; of a damaged run, what is wrong with it. */
  readonly cause: string
  /** Of an anomaly: `stale read` … */
  readonly class?: string
  readonly mode?: string
  readonly system?: string
  readonly nodes?: number
  readonly bug?: string
  readonly workload?: string
  readonly clients?: number
  /** Kinds of planned faults, each once, sorted. */
  readonly faults: readonly string[]
  readonly seed?: string
  /** ISO 8601. */
  readonly startedAt?: string
  /** Of the main phase, as planned. */
  readonly durationMs?: number
  /** Absent where there is no outcome yet. */
  readonly ops?: { readonly ok: number; readonly fail: number; readonly info: number; readonly keys: number }
  readonly faultsBit?: number
  readonly faultsPlanned?: number
  readonly hasReport: boolean
}

const heads = [files.plan, files.environment, files.outcome, files.page] as const
/** A directory with one of these is a run's as well, though a damaged one. */
const otherMarks = [files.history, files.evidence] as const

/**
 * What changes whenever a row might: when the inode of the directory or of a file behind the row last changed, and its
 * size. That time is the kernel's own, so that no copying with old dates hides a change. `undefined` where there is no
 * such directory, or nothing of a run in it.
 */
export function signatureOf(root: string, name: string): string | undefined {
  const dir = join(root, name)
  const own = stamp(dir)
  if (own === undefined || !own.isDirectory) return undefined
  const stamps = heads.map((file) => stamp(join(dir, file))?.text)
  const isRun =
    stamps.some((one) => one !== undefined) || otherMarks.some((file) => stamp(join(dir, file)) !== undefined)
  return isRun ? [own.text, ...stamps.map((one) => one ?? '-')].join(' ') : undefined
}

/** The row of a run that `signatureOf` knows. */
export function readRow(root: string, name: string): RunRow {
  const dir = join(root, name)
  const problems: string[] = []
  const plan = object(dir, files.plan, problems, 'needed')
  const environment = object(dir, files.environment, problems, 'needed')
  const found = object(dir, files.outcome, problems, 'later')
  const outcome = isOutcome(found) ? found : undefined
  if (found !== undefined && outcome === undefined) problems.push(`${files.outcome} is no outcome`)
  if (plan !== undefined && plan.plan !== planVersion) problems.push(`${files.plan} is of another version`)
  const isDamaged = problems.length > 0
  const counts = isObject(outcome?.counts) ? outcome.counts : undefined
  const state: RunState = isDamaged ? 'damaged' : outcome === undefined ? 'open' : 'judged'
  return {
    name,
    state,
    cause: isDamaged ? `damaged: ${problems.join('; ')}` : (outcome?.cause ?? 'no outcome yet'),
    ...(outcome === undefined || isDamaged ? {} : { outcome: outcome.outcome }),
    ...optional('class', text(field(outcome, 'anomaly', 'class'))),
    ...optional('mode', text(field(environment, 'mode'))),
    ...optional('system', text(field(plan, 'system', 'name'))),
    ...optional('nodes', number(field(plan, 'system', 'nodes'))),
    ...optional('bug', text(field(plan, 'system', 'bug'))),
    ...optional('workload', text(field(plan, 'workload', 'name'))),
    ...optional('clients', number(field(plan, 'clients'))),
    faults: kindsOf(field(plan, 'faults')),
    ...optional('seed', text(field(plan, 'seed'))),
    ...optional('startedAt', text(field(environment, 'startedAt'))),
    ...optional('durationMs', number(field(plan, 'durationMs'))),
    ...optional(
      'ops',
      counts && {
        ok: number(counts.ok) ?? 0,
        fail: number(counts.fail) ?? 0,
        info: number(counts.info) ?? 0,
        keys: number(counts.keys) ?? 0,
      },
    ),
    ...optional('faultsBit', number(field(outcome, 'faults', 'bit'))),
    ...optional('faultsPlanned', number(field(outcome, 'faults', 'planned'))),
    hasReport: stamp(join(dir, files.page))?.isFile === true,
  }
}

/** What no row would hold of a plan with a million faults, or of a file that nobody of ours wrote. */
const largestBytes = 16 << 20
const longestText = 4_000

function object(
  dir: string,
  file: string,
  problems: string[],
  when: 'needed' | 'later',
): Readonly<Record<string, unknown>> | undefined {
  const path = join(dir, file)
  try {
    const found = lstatSync(path, { throwIfNoEntry: false })
    if (found === undefined) {
      if (when === 'needed') problems.push(`there is no ${file}`)
      return undefined
    }
    // A link may lead anywhere, and a pipe would be waited for.
    if (!found.isFile()) problems.push(`${file} is no file`)
    else if (found.size > largestBytes) problems.push(`${file} is too large`)
    else {
      const value: unknown = JSON.parse(readFileSync(path, 'utf8'))
      if (isObject(value)) return value
      problems.push(`${file} holds no object`)
    }
  } catch (error) {
    problems.push(`${file} can not be read: ${reasonOf(error)}`)
  }
  return undefined
}

function reasonOf(error: unknown): string {
  if (error instanceof SyntaxError) return 'it is no JSON'
  return error instanceof Error && 'code' in error ? String(error.code) : 'it can not be opened'
}

function stamp(path: string): { text: string; isDirectory: boolean; isFile: boolean } | undefined {
  const found = lstatSync(path, { bigint: true, throwIfNoEntry: false })
  if (found === undefined) return undefined
  const text = `${found.ino}:${found.ctimeNs}:${found.isFile() ? found.size : 0}`
  return { text, isDirectory: found.isDirectory(), isFile: found.isFile() }
}

function kindsOf(faults: unknown): string[] {
  if (!Array.isArray(faults)) return []
  const kinds = faults.flatMap((planned: unknown) => text(field(planned, 'fault')) ?? [])
  return [...new Set(kinds)].sort()
}

function field(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((at, name) => (isObject(at) ? at[name] : undefined), value)
}

function text(value: unknown): string | undefined {
  return typeof value === 'string' ? value.slice(0, longestText) : undefined
}

function number(value: unknown): number | undefined {
  return typeof value === 'number' && Number.isFinite(value) ? value : undefined
}

function optional<Name extends string, Value>(
  name: Name,
  value: Value | undefined,
): { readonly [name in Name]?: Value } | Record<never, never> {
  return value === undefined ? {} : { [name]: value }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
