/** Two runs side by side. */
import { type Html, html } from '../report/html.ts'
import type { RunSummary } from '../summaries/run-summary.ts'
import { type Difference, type Figure, figures, latencyFigures } from './compare.ts'
import { badge, framed, header } from './frame.ts'
import { addressOf } from './target.ts'

/** One of the two. */
export interface Compared {
  readonly name: string
  /** Why there is none, in words. */
  readonly summary: RunSummary | string
}

export interface CompareFacts {
  readonly left: Compared
  readonly right: Compared
  readonly plan: readonly Difference[]
}

const mostRows = 300

export function comparePage({ left, right, plan }: CompareFacts): string {
  const body = html`${header('two runs compared')}
<section class="panel">
<h1>Two runs compared</h1>
<div class="sides">${side(left)}${side(right)}</div>
</section>
<section class="panel" id="plan"><h2>What was different in their plans</h2>${planTable(plan.filter((one) => !isFault(one)))}</section>
${figurePanels(left.summary, right.summary)}
<section class="panel" id="faults"><h2>Faults that were different</h2><p class="hint">As planned, by their place in the plan.</p>${planTable(plan.filter(isFault))}</section>`
  return framed({ title: `${left.name} and ${right.name} · faultline`, body })
}

function isFault({ path }: Difference): boolean {
  return path === 'faults' || path.startsWith('faults.')
}

function side({ name, summary }: Compared): Html {
  if (typeof summary === 'string') {
    return html`<div class="side"><p><a class="mono" href="${addressOf(name)}">${name}</a></p><p class="notes">${summary}</p></div>`
  }
  const { outcome = 'open', cause, versions } = summary
  return html`<div class="side">
<p>${badge(outcome)}${summary.anomaly?.class === undefined ? undefined : html`<span class="class">${summary.anomaly.class}</span>`}</p>
<p><a class="mono" href="${addressOf(name)}">${name}</a></p>
<p>${cause}</p>
<p class="quiet">faultline ${versions.faultline}${versions.commit === undefined ? '' : ` (${versions.commit.slice(0, 12)}${versions.dirty === true ? ', changed' : ''})`}, Node ${versions.node}</p>
</div>`
}

function planTable(plan: readonly Difference[]): Html {
  if (plan.length === 0) return html`<p class="hint">Nothing: here both planned the same.</p>`
  const more = plan.length - mostRows
  return html`<div class="wide"><table><thead><tr><th scope="col">in the plan</th><th scope="col">left</th><th scope="col">right</th></tr></thead><tbody>${plan
    .slice(0, mostRows)
    .map(
      ({ path, left, right }) =>
        html`<tr><th scope="row" class="mono">${path}</th><td class="mono">${left ?? '–'}</td><td class="mono">${right ?? '–'}</td></tr>`,
    )}</tbody></table></div>${more > 0 ? html`<p class="note">${more} more differ.</p>` : undefined}`
}

function figurePanels(left: RunSummary | string, right: RunSummary | string): Html | undefined {
  if (typeof left === 'string' || typeof right === 'string') return undefined
  return html`<section class="panel" id="figures"><h2>Counts and times</h2>${figureTable(figures(left, right))}</section>
<section class="panel" id="latencies"><h2>Latency</h2><p class="hint">From call to answer, by outcome and op.</p>${figureTable(latencyFigures(left, right))}</section>`
}

function figureTable(rows: readonly Figure[]): Html {
  return html`<div class="wide"><table class="narrow"><thead><tr><th scope="col"></th><th scope="col" class="number">left</th><th scope="col" class="number">right</th><th scope="col" class="number">change</th></tr></thead><tbody>${rows.map(
    ({ name, left, right, change }) =>
      html`<tr><th scope="row">${name}</th><td class="number">${left}</td><td class="number">${right}</td><td class="number">${change}</td></tr>`,
  )}</tbody></table></div>`
}
