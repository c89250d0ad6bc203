/**
 * The report: one page that opens offline and shows, from top to bottom, what came out and why. Verdict, core, proof and
 * tables are markup and stand by themselves; explorer and charts are drawn by the page's program.
 */
import { type OutcomeName, outcomes } from '../outcome.ts'
import type { LoadedRun } from '../run.ts'
import { type Span, spansOf } from '../spans.ts'
import { countsOf, endOf, latencies, longestUnavailability, recoveries } from '../statistics.ts'
import { corePanel } from './core.ts'
import { packed, pageData } from './data.ts'
import { count, duration, plural } from './figures.ts'
import { focusPanel } from './focus.ts'
import { type Html, html, trusted } from './html.ts'
import { messagesPanel } from './messages.ts'
import { chartsPanel, explorerPanel, momentPanel } from './programmed.ts'
import { proofOfRun } from './proof-of-run.ts'
import { recoveryPanel } from './recovery.ts'
import { pageShell, type Shell } from './shell.ts'
import { style } from './style.ts'
import { faultsPanel, filesPanel, latencyPanel, nodesPanel, settingList } from './tables.ts'

/** A sign beside the word and the colour, and which of the three tones an outcome has. */
const looks: Record<OutcomeName | 'none', { sign: string; tone: 'good' | 'bad' | 'warn' }> = {
  valid: { sign: '✓', tone: 'good' },
  illegal: { sign: '✕', tone: 'bad' },
  stuck: { sign: '■', tone: 'bad' },
  invariant: { sign: '‡', tone: 'bad' },
  'node-crash': { sign: '†', tone: 'bad' },
  unknown: { sign: '?', tone: 'warn' },
  vacuous: { sign: '○', tone: 'warn' },
  harness: { sign: '!', tone: 'warn' },
  none: { sign: '…', tone: 'warn' },
}

/** The whole page. It depends on nothing but the run and the built program, so the same run gives the same bytes. */
export function reportHtml(run: LoadedRun, shell: Shell = pageShell()): string {
  const spans = spansOf(run.history)
  const endUs = endOfRun(run, spans)
  const data = pageData({ run, spans, endUs })
  const { bands, leaders, states, nodes } = data
  const afterFaults = recoveries(spans, run.evidence)
  const anomaly = run.outcome?.anomaly
  const policy = `default-src 'none'; style-src 'unsafe-inline'; img-src data:; script-src ${scripts(shell)}`
  const head = html`<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<title>${run.outcome?.outcome ?? 'no outcome'}: ${run.name}</title>
<style>${trusted(style)}</style>`
  const body = html`${patterns}
<main>
<header class="top"><span><b>faultline</b> report</span><span class="mono">${run.name}</span></header>
${verdictPanel(run, spans, endUs)}
${anomaly === undefined ? undefined : corePanel(anomaly, proofOfRun(run))}
${focusPanel({ spans, bands, leaders, states, nodes, endUs, anomaly })}
${explorerPanel(shell)}
${momentPanel(shell)}
${messagesPanel(run, bands, endUs)}
${chartsPanel(shell, longestUnavailability(spans))}
${recoveryPanel(afterFaults, run.outcome?.recovery)}
${faultsPanel(run, afterFaults)}
${latencyPanel(latencies(spans))}
${nodesPanel(run.outcome?.nodes ?? [])}
${filesPanel(run.files)}
</main>`
  return shell.fill({ head: head.markup, body: body.markup, data: shell.hasProgram ? packed(data) : '' })
}

/** The last thing known of a run: an op, an event, or the end of a fault. */
export function endOfRun({ events, evidence }: Pick<LoadedRun, 'events' | 'evidence'>, spans: readonly Span[]): number {
  const times = events.map(({ timeUs }) => timeUs)
  const faultTimes = evidence.map(({ beganUs, endedUs }) => endedUs ?? beganUs ?? 0)
  return [...times, ...faultTimes].reduce((end, timeUs) => Math.max(end, timeUs), Math.max(1, endOf(spans)))
}

/** Only the built program may run on the page, whatever a key or a value contains. */
function scripts({ scriptHashes }: Shell): string {
  return scriptHashes.length === 0 ? "'none'" : scriptHashes.map((hash) => `'sha256-${hash}'`).join(' ')
}

const patterns = html`<svg class="patterns" width="0" height="0" style="position:absolute;width:0;min-width:0" aria-hidden="true"><defs>
<pattern id="hatch" width="5" height="5" patternUnits="userSpaceOnUse" patternTransform="rotate(45)"><rect class="hatch-ground" width="5" height="5"/><line class="hatch-line" x1="0" x2="0" y1="0" y2="5"/></pattern>
<linearGradient id="fade"><stop class="fade-from" offset="0"/><stop class="fade-to" offset="0.96"/></linearGradient>
</defs></svg>`

function verdictPanel(run: LoadedRun, spans: readonly Span[], endUs: number): Html {
  const { outcome } = run
  const { sign, tone } = looks[outcome?.outcome ?? 'none']
  const notes = [...(outcome?.notes ?? []), ...run.notes]
  return html`<section class="panel verdict tone-${tone}" id="outcome">
<div><span class="badge"><span aria-hidden="true">${sign}</span>${outcome?.outcome ?? 'no outcome'}</span>${classOf(run)}</div>
<h1>${outcome?.cause ?? 'The run ended before anything was decided.'}</h1>
<p class="meaning">${meaningOf(outcome?.outcome)}</p>
${figures(run, spans, endUs)}
<p class="repeat-title">Repeat this run</p>
<div class="repeat"><pre id="repeat">${run.environment.repeat}</pre><button type="button" data-copies="repeat" hidden>Copy</button></div>
${settingList(run)}
${notes.length === 0 ? undefined : html`<ul class="notes">${notes.map((note) => html`<li>${note}</li>`)}</ul>`}
</section>`
}

function classOf({ outcome }: LoadedRun): Html {
  const anomaly = outcome?.anomaly
  if (anomaly === undefined) return html``
  const name = anomaly.class === undefined ? html`an anomaly` : html`<b>${anomaly.class}</b>`
  return html`<span class="class">${name} on key <code>${anomaly.key}</code></span>`
}

function meaningOf(outcome: OutcomeName | undefined): string {
  if (outcome === undefined) return 'What stands below is what was on disk; it was not judged.'
  const { meaning } = outcomes[outcome]
  return `${outcome === 'valid' ? 'That means' : 'What it means'}: ${meaning}.`
}

/** The run in a few numbers. */
function figures(run: LoadedRun, spans: readonly Span[], endUs: number): Html {
  const { outcome } = run
  const counts = outcome?.counts ?? countsOf(spans)
  const entries: [name: string, value: string, detail: string][] = [
    ['ops', count(counts.ok + counts.fail + counts.info), `on ${plural(counts.keys, 'key')} in ${duration(endUs)}`],
    ['answered', count(counts.ok), `${count(counts.fail)} failed, ${count(counts.info)} no answer`],
  ]
  if (outcome !== undefined) {
    const { begun, bit, planned } = outcome.faults
    entries.push(['faults that bit', `${count(bit)} of ${count(planned)}`, `${count(begun)} begun`])
  }
  const gap = longestUnavailability(spans)
  if (gap !== undefined) entries.push(['longest time away', duration(gap.toUs - gap.fromUs), 'nobody was answered'])
  const recovery = outcome?.recovery
  if (recovery !== undefined) {
    const served = recovery.servedMs === undefined ? 'never' : duration(recovery.servedMs * 1000)
    entries.push(['served after heal', served, `bound ${duration(recovery.boundMs * 1000)}`])
  }
  if (outcome !== undefined) {
    const { configurations, ms, partitions } = outcome.checker
    entries.push([
      'checker',
      outcome.verdict,
      `${plural(configurations, 'configuration')}, ${plural(partitions, 'partition')}, ${duration(ms * 1000)}`,
    ])
  }
  return html`<dl class="figures">${entries.map(([name, value, detail]) => html`<div><dt>${name}</dt><dd>${value}<small>${detail}</small></dd></div>`)}</dl>`
}
