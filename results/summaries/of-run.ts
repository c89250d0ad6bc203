/** A run's summaries: `summary.json`, `junit.xml` and `summary.md` in its directory, from its files alone. */
import { type OutcomeName, outcomes } from '../outcome.ts'
import { count, duration } from '../report/figures.ts'
import { visible } from '../report/html.ts'
import type { LoadedRun } from '../run.ts'
import { writeWhole } from '../store.ts'
import { junitXml } from './junit.ts'
import { code, plain, table } from './markdown.ts'
import { type RunSummary, summaryOf } from './run-summary.ts'

export const summaryFiles = { json: 'summary.json', junit: 'junit.xml', markdown: 'summary.md' } as const

/** A sign beside the word: no state is told by colour alone, and some readers show neither. */
export const signs: Readonly<Record<OutcomeName | 'none', string>> = {
  valid: '✓',
  illegal: '✕',
  stuck: '■',
  invariant: '‡',
  'node-crash': '†',
  unknown: '?',
  vacuous: '○',
  harness: '!',
  none: '…',
}

/** Writes all three. Throws a `StoreError` where it can not. */
export function writeRunSummaries(run: LoadedRun): RunSummary {
  const summary = summaryOf(run)
  writeWhole(run.dir, summaryFiles.json, `${JSON.stringify(summary, undefined, 2)}\n`)
  writeWhole(run.dir, summaryFiles.junit, runJunit(summary))
  writeWhole(run.dir, summaryFiles.markdown, runMarkdown(summary))
  return summary
}

export function runJunit(summary: RunSummary): string {
  const { name, workload, outcome = 'none', cause, seconds, startedAt, system, seed, mode, anomaly } = summary
  return junitXml('faultline', [
    {
      name: `${system.name} ${workload}`,
      timestamp: startedAt,
      properties: [
        ['seed', seed],
        ['mode', mode],
        ['repeat', summary.repeat],
      ],
      cases: [
        {
          name,
          group: `faultline.${workload}`,
          outcome,
          cause,
          seconds,
          details: [
            ...(anomaly === undefined || cause.includes(anomaly.sentence) ? [] : [anomaly.sentence]),
            `repeat: ${summary.repeat}`,
            ...summary.notes.map((note) => `note: ${note}`),
          ],
        },
      ],
    },
  ])
}

export function runMarkdown(summary: RunSummary): string {
  const { name, outcome, cause, anomaly, system, ops, faults, recovery, notes } = summary
  const bug = system.bug === undefined ? '' : `, carrying the bug ${system.bug}`
  const kinds = Object.entries(faults.kinds).map(([kind, times]) => `${times} × ${kind}`)
  const served = recovery?.servedMs === undefined ? 'never' : duration(recovery.servedMs * 1000)
  const facts: [string, string][] = [
    ['system', `${system.name}, ${system.nodes} nodes${bug}`],
    ['workload', `${summary.workload}, ${summary.clients} clients, seed ${summary.seed}`],
    ['mode', summary.mode === 'sim' ? 'simulation' : 'real processes'],
    ['started', summary.startedAt],
    ['ops', `${count(ops.ok)} answered, ${count(ops.fail)} failed, ${count(ops.info)} without an answer`],
    ['faults', `${faults.bit} bit of ${faults.planned} planned${kinds.length === 0 ? '' : `: ${kinds.join(', ')}`}`],
    ['longest time away', summary.longestGapMs === undefined ? '' : duration(summary.longestGapMs * 1000)],
    ['served after the last heal', recovery === undefined ? '' : served],
  ]
  const rows = facts.filter(([, value]) => value !== '').map(([name, value]) => [name, plain(value)])
  const meaning = outcome === undefined ? 'It was cut short, or not judged.' : `${outcomes[outcome].meaning}.`
  return `${[
    `# ${signs[outcome ?? 'none']} ${outcome ?? 'no outcome'}: ${plain(name)}`,
    '',
    plain(cause),
    '',
    `*${plain(meaning)}*`,
    ...(anomaly === undefined
      ? []
      : [
          '',
          `${plain(anomaly.class ?? 'an anomaly')} on key ${code(anomaly.key)}${cause.includes(anomaly.sentence) ? '' : `: ${plain(anomaly.sentence)}`}`,
        ]),
    '',
    ...table(['', ''], rows),
    ...latencyLines(summary),
    '',
    'Repeat it with',
    '',
    `    ${visible(summary.repeat.toWellFormed())}`,
    ...(notes.length === 0 ? [] : ['', ...notes.map((note) => `- ${plain(note)}`)]),
  ].join('\n')}\n`
}

function latencyLines({ latencies }: RunSummary): string[] {
  if (latencies.length === 0) return []
  const rows = latencies.map((row) => [
    row.outcome,
    plain(row.f),
    count(row.count),
    duration(row.p50Us),
    duration(row.p99Us),
    duration(row.maxUs),
  ])
  return ['', ...table(['outcome', 'op', 'ops', 'median', '99 %', 'slowest'], rows)]
}
