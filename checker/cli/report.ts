/** What the command line says of a file: for people, and as JSON for programs. */
import { plural } from '../plural.ts'
import type { Verdict } from '../result.ts'
import type { CheckedHistory } from './check-history.ts'

/** The version of the JSON; it grows with every change that is more than an addition. */
export const schemaVersion = 1

/** What became of a file: decided, or not read. */
export type Report =
  | { readonly file: string; readonly checked: CheckedHistory; readonly page?: string; readonly pageError?: string }
  | { readonly file: string; readonly damage: Damage }

export interface Damage {
  readonly message: string
  readonly line?: number
  readonly column?: number
}

const mostTold = 12
const colours: Readonly<Record<Verdict, string>> = { valid: '32', illegal: '31', unknown: '33' }

/** The lines for a terminal. */
export function told(report: Report, hasColour: boolean): readonly string[] {
  if ('damage' in report) return [`${report.file}: not checked: ${report.damage.message}`]
  const { file, checked, page, pageError } = report
  const { verdict, model, format, operations, partitions, explored, cause, advice, notes } = checked
  const shown = hasColour ? `\u001b[${colours[verdict]}m${verdict}\u001b[39m` : verdict
  const facts = `${plural(operations, 'operation')}, ${plural(partitions.length, 'partition')}, ${plural(explored, 'configuration')}, ${Math.round(checked.checkMs)} ms`
  return [
    `${file}: ${shown} as ${model} (${format}; ${facts})`,
    ...notes.map((note) => `  note: ${note}`),
    ...(cause === undefined ? [] : [`  ${cause.text}`, `  ${confirmation(checked)}`]),
    ...(cause?.weaker === undefined ? [] : [`  ${cause.weaker.text}`]),
    ...advice.slice(0, mostTold).map((each) => `  ${each}`),
    ...(page === undefined ? [] : [`  page: ${page}`]),
    ...(pageError === undefined ? [] : [`  the page could not be written: ${pageError}`]),
  ]
}

function confirmation({ cause }: CheckedHistory): string {
  const size = `a core of ${plural(cause?.core.length ?? 0, 'operation')}`
  return cause?.confirmed === true
    ? `confirmed on ${size} by the unpruned search`
    : `not confirmed by the unpruned search: ${size} is too large for it`
}

/** One object for all files. */
export function asJson(reports: readonly Report[], exitCode: number): string {
  const files = reports.map((report) => {
    if ('damage' in report) return { file: report.file, verdict: null, error: report.damage }
    const { page: _, checkMs, explainMs, ...checked } = report.checked
    const timing = { checkMs: round(checkMs), explainMs: round(explainMs) }
    return { file: report.file, ...checked, ...timing, page: report.page, pageError: report.pageError }
  })
  return `${JSON.stringify({ schema: 'porcupine-ts/check', version: schemaVersion, exitCode, files }, undefined, 2)}\n`
}

function round(ms: number): number {
  return Math.round(ms * 1000) / 1000
}

/** 0: all valid. 1: one is illegal. 254: one could not be read. 2: one is unknown. The first that applies, in this order: */
const exitCodes = { illegal: 1, damaged: 254, unknown: 2, valid: 0 } as const

export function exitCodeOf(reports: readonly Report[]): number {
  const found = new Set(reports.map((report) => ('damage' in report ? 'damaged' : report.checked.verdict)))
  for (const [name, code] of Object.entries(exitCodes)) if (found.has(name as keyof typeof exitCodes)) return code
  return 0
}

/** V8 lets go of code that has not run for long, so what the largest histories leave of it is not worth a cache. */
const mostCached = 100_000

/** What was done for a report, for `CachedScript.save`. Where it is the same, it took much the same code. */
export function doneFor(report: Report): readonly string[] {
  if ('damage' in report) return ['damage']
  const { format, operations, partitions, explored, cause } = report.checked
  if (operations > mostCached) return []
  const decided = partitions.map(({ verdict, engine }) => `${verdict} by ${engine}`)
  // The longer a search, the more of its ways were needed.
  const effort = `digits of configurations: ${String(explored).length}`
  const told = [cause === undefined ? 'no cause' : 'cause', report.page === undefined ? 'no page' : 'page']
  return [format, ...decided, effort, ...told]
}
