/** Options that several commands share, and how their values are read. */
import { randomInt } from 'node:crypto'
import { InvalidArgumentError, Option } from 'commander'
import type { Plan } from '../../nemesis/plan.ts'
import { defaultRoot } from '../../results/store.ts'
import { UsageError } from '../../workloads/usage-error.ts'
import { type Asked, defaults } from '../draw-plan.ts'
import { longestMs, readPlan } from '../read-plan.ts'

export interface SetupOptions {
  readonly system?: string
  readonly nodes?: number
  readonly clients?: number
  readonly time?: number
  readonly set: Readonly<Record<string, unknown>>
  readonly with: Readonly<Record<string, unknown>>
  readonly opTimeout?: number
  readonly recovery?: number
  readonly root: string
}

/**
 * What a run is made of, beside workload, faults and seed. A bug's own settings stand where nothing was typed; a swarm
 * draws most of what was not typed.
 */
export function setupOptions({ isSwarm = false } = {}): Option[] {
  const untyped = (otherwise: string): string => `(default: ${isSwarm ? 'drawn; with --plain ' : ''}${otherwise})`
  return [
    new Option('--system <name>', `system under test (default: ${defaults.system})`),
    new Option('--nodes <n>', `number of nodes ${untyped("the system's or the bug's, 5 for raft-kv")}`).argParser(
      wholeNumber,
    ),
    new Option('--clients <n>', `concurrent clients ${untyped(`${defaults.clients}`)}`).argParser(oneOrMore),
    new Option(
      '--time <s>',
      `length of the main phase in seconds ${untyped(`${defaults.durationMs / 1000}, or the bug's`)}`,
    ).argParser(atMost(longestMs / 1000, positive)),
    new Option('--set <name=value>', 'option of the system, repeatable; `faultline list` shows them')
      .argParser(assignment)
      .default({}, 'none'),
    new Option('--with <name=value>', 'option of the workload, repeatable; `faultline list` shows them')
      .argParser(assignment)
      .default({}, 'none'),
    new Option(
      '--op-timeout <ms>',
      `after this an op is indeterminate ${untyped(`${defaults.opTimeoutMs}`)}`,
    ).argParser(atMost(longestMs, positive)),
    new Option('--recovery <ms>', `the system counts as stuck after this (default: ${defaults.recoveryMs})`).argParser(
      atMost(longestMs, positive),
    ),
    new Option('--root <dir>', 'where run directories go').default(defaultRoot),
  ]
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number.')
  if (!Number.isSafeInteger(Number(text))) throw new InvalidArgumentError('expected a number below 2^53.')
  return Number(text)
}

/** Counted up from, so that it stays far from where a double skips whole numbers. */
export function seedNumber(text: string): number {
  const value = wholeNumber(text)
  if (value > 1e15) throw new InvalidArgumentError('expected a whole number up to 10^15.')
  return value
}

export function oneOrMore(text: string): number {
  const value = wholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('expected a whole number above 0.')
  return value
}

export function finite(text: string): number {
  const value = text.trim() === '' ? Number.NaN : Number(text)
  if (!Number.isFinite(value)) throw new InvalidArgumentError('expected a number.')
  return value
}

export function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0.')
  return value
}

/** The same with an upper bound: what goes on for ever, or what no timer or memory can hold, is better refused. */
export function atMost(most: number, read: (text: string) => number): (text: string) => number {
  return (text) => {
    const value = read(text)
    if (value > most) throw new InvalidArgumentError(`expected ${most} at most.`)
    return value
  }
}

/** Worker threads; each is a V8 of its own. */
export const jobCount = atMost(1_024, oneOrMore)

/** `a, b` → `['a', 'b']`; `none` → `[]`. */
export function nameList(text: string): string[] {
  if (text === 'none') return []
  const names = namesIn(text)
  if (names.length === 0) throw new InvalidArgumentError('expected names joined by commas, or none.')
  return names
}

/** As `nameList`, for what can not do without a name. */
export function someNames(text: string): string[] {
  const names = namesIn(text)
  if (names.length === 0 || names.includes('none')) throw new InvalidArgumentError('expected names joined by commas.')
  return names
}

/** Each once. */
function namesIn(text: string): string[] {
  const names = text.split(',').map((name) => name.trim())
  return [...new Set(names)].filter((name) => name !== '')
}

/** Adds `name=value` to what was assigned before; numbers and booleans are read as such. */
function assignment(text: string, before: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const at = text.indexOf('=')
  if (at <= 0) throw new InvalidArgumentError('expected NAME=VALUE.')
  return { ...before, [text.slice(0, at)]: scalar(text.slice(at + 1)) }
}

function scalar(text: string): string | number | boolean {
  if (text === 'true') return true
  if (text === 'false') return false
  return text !== '' && Number.isFinite(Number(text)) ? Number(text) : text
}

/** What was typed, as a question to `drawPlan`; without a seed, a new one. */
export function askedBy(
  options: SetupOptions & {
    readonly workload?: string
    readonly faults?: unknown
    readonly bug?: string
    readonly seed?: string
  },
): Asked {
  const { faults } = options
  return {
    seed: options.seed ?? String(randomInt(1_000_000_000)),
    systemOptions: options.set,
    workloadOptions: options.with,
    ...(options.system === undefined ? {} : { system: options.system }),
    ...(options.bug === undefined ? {} : { bug: options.bug }),
    ...(options.nodes === undefined ? {} : { nodes: options.nodes }),
    ...(options.workload === undefined ? {} : { workload: options.workload }),
    ...(isNameList(faults) ? { faults } : {}),
    ...(options.clients === undefined ? {} : { clients: options.clients }),
    ...(options.time === undefined ? {} : { durationMs: Math.max(1, Math.round(options.time * 1000)) }),
    ...(options.opTimeout === undefined ? {} : { opTimeoutMs: options.opTimeout }),
    ...(options.recovery === undefined ? {} : { recoveryMs: options.recovery }),
  }
}

function isNameList(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((name) => typeof name === 'string')
}

/** A plan is the whole of a run: what else was asked for would silently not happen, and is a `UsageError`. */
export function readPlanAlone(file: string, options: Parameters<typeof askedBy>[0]): Plan {
  const { seed, systemOptions = {}, workloadOptions = {}, ...rest } = askedBy(options)
  const other = [
    ...Object.keys(rest),
    ...Object.keys({ ...systemOptions, ...workloadOptions }),
    ...(options.seed === undefined ? [] : [`seed ${seed}`]),
  ]
  if (other.length > 0) {
    throw new UsageError({
      given: `--plan together with ${other.join(', ')}`,
      expected: 'a plan alone, as it says all of these itself',
      type: `--plan ${file}`,
    })
  }
  return readPlan(file)
}

const longestHours = 1e9

/** `90s`, `10m`, `2h` in ms. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text)
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? '']
  if (!match || unitMs === undefined) throw new InvalidArgumentError('expected a number with s, m or h, e.g. 10m.')
  const durationMs = Number(match[1]) * unitMs
  if (durationMs > longestHours * 3_600_000) throw new InvalidArgumentError(`expected ${longestHours}h at most.`)
  return durationMs
}
