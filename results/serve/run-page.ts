/** One run: what came of it, or what it is at, and the way to its report, files and archive. */
import type { RunRow } from '../index/run-row.ts'
import { outcomes } from '../outcome.ts'
import { count, duration, plural } from '../report/figures.ts'
import { type Html, html } from '../report/html.ts'
import { badge, framed, header, toneOf } from './frame.ts'
import { lookOf, startedText } from './list-page.ts'
import type { LiveState } from './live.ts'
import { addressOf } from './target.ts'

export interface RunFacts {
  readonly row: RunRow
  /** Paths of files that can be opened. */
  readonly files: readonly (readonly string[])[]
  /** Of a run without an outcome. */
  readonly live?: LiveState
  /** Whether it was written to just now. */
  readonly isRunning: boolean
}

const refreshS = 3

export function runPage({ row, files, live, isRunning }: RunFacts): string {
  const { name } = row
  const look = lookOf(row, new Set(isRunning ? [name] : []))
  const meaning = row.outcome === undefined ? undefined : outcomes[row.outcome].meaning
  const body = html`${header(name)}
<section class="panel verdict tone-${toneOf(look)}" id="outcome">
<div>${badge(look)}${row.class === undefined ? undefined : html`<span class="class">${row.class}</span>`}</div>
<h1>${causeOf(row, isRunning)}</h1>
${meaning === undefined ? undefined : html`<p class="meaning">What it means: ${meaning}.</p>`}
<p class="ways">${row.hasReport ? html`<a class="way" href="${addressOf(name, 'report.html')}">Open the report</a>` : undefined}<a class="way" href="${addressOf(name, 'archive.tar.gz')}" download>Download it all as one archive</a></p>
${setting(row)}
</section>
${live === undefined ? undefined : livePanel(name, live)}
<section class="panel" id="files">
<h2>Raw files</h2>
<p class="hint">What you are looking at: all that was recorded and can be read here; the nodes' own data comes with the archive.</p>
${files.length === 0 ? html`<p class="quiet">There are none.</p>` : html`<ul class="files">${files.map((path) => html`<li><a href="${addressOf(name, ...path)}">${path.join('/')}</a></li>`)}</ul>`}
</section>`
  return framed({ title: `${name} · faultline`, body, ...(isRunning ? { refreshS } : {}) })
}

function causeOf({ state, cause }: RunRow, isRunning: boolean): string {
  if (state !== 'open') return cause
  return isRunning ? 'This run is still going.' : 'The run was cut short, or is being judged: it has no outcome.'
}

function setting(row: RunRow): Html {
  const { ops, faults } = row
  const entries: [string, string | undefined][] = [
    ['started', row.startedAt === undefined ? undefined : `${startedText(row.startedAt)} UTC`],
    ['system', row.system && `${row.system}, ${plural(row.nodes ?? 0, 'node')}`],
    ['bug', row.bug ?? 'none planted'],
    ['workload', row.workload && `${row.workload}, ${plural(row.clients ?? 0, 'client')}`],
    ['faults', faults.length === 0 ? 'none' : faults.join(', ')],
    ['seed', row.seed],
    ['mode', row.mode === 'sim' ? 'simulation' : row.mode === 'real' ? 'real processes' : row.mode],
    ['duration', row.durationMs === undefined ? undefined : duration(row.durationMs * 1000)],
    ['ops', ops && `${count(ops.ok)} answered, ${count(ops.fail)} failed, ${count(ops.info)} no answer`],
  ]
  return html`<dl class="setting">${entries.map(([name, value]) => (value === undefined ? undefined : html`<div><dt>${name}</dt><dd>${value}</dd></div>`))}</dl>`
}

/** The program fills the same elements again and again; without it the page is asked for anew. */
function livePanel(name: string, live: LiveState): Html {
  const { ops } = live
  const cells: [string, string, string][] = [
    ['answered', 'ok', count(ops.ok)],
    ['failed', 'fail', count(ops.fail)],
    ['no answer', 'info', count(ops.info)],
    ['under way', 'open', count(ops.open)],
    ['answered in the last second', 'rate', count(live.perSecond.at(-2) ?? live.perSecond.at(-1) ?? 0)],
    ['time', 'elapsed', `${live.elapsedS.toFixed(1)} s`],
  ]
  return html`<section class="panel" id="live" data-live="${addressOf(name, 'live')}">
<h2>As it goes on</h2>
<p class="hint">What you are looking at: the run's files as they grow; nothing here is judged yet. <span data-field="quiet">${quietText(live)}</span></p>
<dl class="figures">${cells.map(([title, field, value]) => html`<div><dt>${title}</dt><dd data-field="${field}">${value}</dd></div>`)}</dl>
<p><b>Leader:</b> <span data-field="leader">${live.leader ?? 'none known'}</span> · <b>Broken now:</b> <span data-field="broken">${live.broken.join(', ') || 'nothing'}</span></p>
<p><b>So far:</b> <span data-field="faults">${live.faults.map(([what, times]) => `${times} × ${what}`).join(', ') || 'no fault yet'}</span></p>
<svg class="pulse" data-field="pulse" viewBox="0 0 600 60" preserveAspectRatio="none" role="img" aria-label="answered ops in each of the last seconds">${bars(live.perSecond)}</svg>
<ol class="recent" data-field="recent">${live.recent.map(({ atS, what }) => html`<li><span class="when">${atS.toFixed(3)} s</span> ${what}</li>`)}</ol>
</section>`
}

function quietText({ quietS, isCurrent }: LiveState): string {
  if (!isCurrent) return 'Still reading what there is.'
  return quietS < 5 ? '' : `Nothing was written for ${quietS} s.`
}

function bars(perSecond: readonly number[]): Html[] {
  const most = Math.max(1, ...perSecond)
  return perSecond.map((ok, at) => {
    const height = Math.round((ok / most) * 58)
    return html`<rect x="${at * 10}" y="${60 - height}" width="9" height="${height}"/>`
  })
}
