/** Options that several commands share, and how their values are read. */
import { randomInt } from 'node:crypto'
import { InvalidArgumentError, Option } from 'commander'
import { defaultRoot } from '../../results/store.ts'
import { type Asked, defaults } from '../draw-plan.ts'
import { quoted } from '../typed-command.ts'

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

/** What a run is made of, beside workload, faults and seed. A bug's own settings stand where nothing was typed. */
export function setupOptions(): Option[] {
  return [
    new Option('--system <name>', `system under test (default: ${defaults.system})`),
    new Option('--nodes <n>', "number of nodes (default: the system's or the bug's, 5 for raft-kv)").argParser(
      wholeNumber,
    ),
    new Option('--clients <n>', `concurrent clients (default: ${defaults.clients})`).argParser(oneOrMore),
    new Option(
      '--time <s>',
      `length of the main phase in seconds (default: ${defaults.durationMs / 1000}, or the bug's)`,
    ).argParser(positive),
    new Option('--set <name=value>', 'option of the system, repeatable; `faultline list` shows them')
      .argParser(assignment)
      .default({}, 'none'),
    new Option('--with <name=value>', 'option of the workload, repeatable; `faultline list` shows them')
      .argParser(assignment)
      .default({}, 'none'),
    new Option('--op-timeout <ms>', `after this an op is indeterminate (default: ${defaults.opTimeoutMs})`).argParser(
      positive,
    ),
    new Option('--recovery <ms>', `the system counts as stuck after this (default: ${defaults.recoveryMs})`).argParser(
      positive,
    ),
    new Option('--root <dir>', 'where run directories go').default(defaultRoot),
  ]
}

export function wholeNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError('expected a whole number.')
  return Number(text)
}

export function oneOrMore(text: string): number {
  const value = wholeNumber(text)
  if (value < 1) throw new InvalidArgumentError('expected a whole number above 0.')
  return value
}

export function positive(text: string): number {
  const value = Number(text)
  if (!(value > 0 && Number.isFinite(value))) throw new InvalidArgumentError('expected a number above 0.')
  return value
}

/** `a, b` → `['a', 'b']`; `none` → `[]`. */
export function nameList(text: string): string[] {
  if (text === 'none') return []
  return text
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '')
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

/** What to type so that `drawPlan` is asked the same again, on any machine with the same version. */
export function repeatCommand(asked: Asked): string {
  const words: string[] = ['npm', 'start', '--']
  const add = (flag: string, value: unknown): void => {
    if (value !== undefined) words.push(flag, quoted(String(value)))
  }
  add('--system', asked.system)
  add('--bug', asked.bug)
  add('--nodes', asked.nodes)
  add('--workload', asked.workload)
  add('--faults', asked.faults && (asked.faults.join(',') || 'none'))
  add('--clients', asked.clients)
  add('--time', asked.durationMs === undefined ? undefined : asked.durationMs / 1000)
  add('--op-timeout', asked.opTimeoutMs)
  add('--recovery', asked.recoveryMs)
  for (const [name, value] of Object.entries(asked.systemOptions ?? {})) add('--set', `${name}=${value}`)
  for (const [name, value] of Object.entries(asked.workloadOptions ?? {})) add('--with', `${name}=${value}`)
  add('--seed', asked.seed)
  return words.join(' ')
}

/** `90s`, `10m`, `2h` in ms. */
export function duration(text: string): number {
  const match = /^(\d+(?:\.\d+)?)(s|m|h)$/.exec(text)
  const unitMs = { s: 1000, m: 60_000, h: 3_600_000 }[match?.[2] ?? '']
  if (!match || unitMs === undefined) throw new InvalidArgumentError('expected a number with s, m or h, e.g. 10m.')
  return Number(match[1]) * unitMs
}
