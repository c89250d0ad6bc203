/**
 * Runs as JUnit's XML, the one form that every build server reads. Only `valid` passes. What is wrong with the system
 * is a failure; what could not be decided or proves little (`unknown`, `vacuous`, no outcome) is a failure as well, as a
 * green build would say more than the run does; what is wrong with the tester or its surroundings (`harness`) is an
 * error. A run that was planned and not begun is skipped, with the reason.
 */
import { type OutcomeName, outcomes } from '../outcome.ts'
import { visible } from '../report/html.ts'

export interface Case {
  readonly name: string
  /** What it belongs to, dotted as build servers group it: `faultline.register`. */
  readonly group: string
  /** `none`: it ended without one. `not-run`: it never began. */
  readonly outcome: OutcomeName | 'none' | 'not-run'
  readonly cause: string
  readonly seconds?: number
  /** More lines for a failure or an error: what repeats the run, where it is. */
  readonly details?: readonly string[]
}

export interface Suite {
  readonly name: string
  /** ISO 8601. */
  readonly timestamp?: string
  readonly properties?: readonly (readonly [name: string, value: string])[]
  readonly cases: readonly Case[]
}

export function junitXml(name: string, suites: readonly Suite[]): string {
  const all = suites.flatMap(({ cases }) => cases)
  const lines = suites.flatMap((suite) => [
    `  <testsuite name="${attribute(suite.name)}" ${totals(suite.cases)} skipped="${countOf(suite.cases, 'skipped')}"${suite.timestamp === undefined ? '' : ` timestamp="${attribute(suite.timestamp)}"`}>`,
    ...propertiesOf(suite),
    ...suite.cases.flatMap(caseLines),
    '  </testsuite>',
  ])
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites name="${attribute(name)}" ${totals(all)}>`,
    ...lines,
    '</testsuites>',
    '',
  ].join('\n')
}

/** What a build server makes of an outcome. */
export function resultOf(outcome: Case['outcome']): 'passed' | 'failure' | 'error' | 'skipped' {
  if (outcome === 'not-run') return 'skipped'
  if (outcome === 'none') return 'failure'
  switch (outcomes[outcome].exitCode) {
    case 0:
      return 'passed'
    case 3:
      return 'error'
    default:
      return 'failure'
  }
}

function caseLines({ name, group, outcome, cause, seconds = 0, details = [] }: Case): string[] {
  const open = `    <testcase name="${attribute(name)}" classname="${attribute(group)}" time="${seconds.toFixed(3)}"`
  const result = resultOf(outcome)
  if (result === 'passed') return [`${open}/>`]
  const message = `message="${attribute(cause)}"`
  if (result === 'skipped') return [`${open}>`, `      <skipped ${message}/>`, '    </testcase>']
  const type = outcome === 'none' ? 'no outcome' : outcome
  const text = [`${type}: ${cause}`, ...details].map(content).join('\n')
  return [`${open}>`, `      <${result} type="${type}" ${message}>${text}</${result}>`, '    </testcase>']
}

function propertiesOf({ properties = [] }: Suite): string[] {
  if (properties.length === 0) return []
  const lines = properties.map(
    ([name, value]) => `      <property name="${attribute(name)}" value="${attribute(value)}"/>`,
  )
  return ['    <properties>', ...lines, '    </properties>']
}

function totals(cases: readonly Case[]): string {
  const time = cases.reduce((sum, { seconds = 0 }) => sum + seconds, 0)
  return `tests="${cases.length}" failures="${countOf(cases, 'failure')}" errors="${countOf(cases, 'error')}" time="${time.toFixed(3)}"`
}

function countOf(cases: readonly Case[], result: ReturnType<typeof resultOf>): number {
  return cases.filter(({ outcome }) => resultOf(outcome) === result).length
}

function attribute(text: string): string {
  return content(text).replaceAll('"', '&quot;').replaceAll("'", '&#39;')
}

/** XML has no way at all to hold most control characters, a lone surrogate or U+FFFE: they are shown instead. */
function content(text: string): string {
  return visible(text.toWellFormed())
    .replace(/[\ufffe\uffff]/g, '\ufffd')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
}
