/** The panels that the page's program fills, with what they say where it does not run. */
import type { Gap } from '../statistics.ts'
import { duration, moment } from './figures.ts'
import { type Html, html } from './html.ts'
import type { Shell } from './shell.ts'

/** The whole history. */
export function explorerPanel(shell: Shell): Html {
  return html`<section class="panel" id="history">
<h2>The whole history</h2>
<p class="hint">What you are looking at: every op of every client as a bar from call to answer, on the run's time; above them the whole run in small, the faults, and who took itself for the leader.</p>
<div id="explorer">${placeholder(shell)}</div>
</section>`
}

/** The nodes at the selected op's moment. */
export function momentPanel(shell: Shell): Html {
  return html`<section class="panel" id="nodes-side">
<h2>The nodes' side</h2>
<p class="hint">What you are looking at: what the nodes were and said around the op that is selected above, or around the failure. Each node told ten times a second how far its log was committed and applied while it moved; a dead one knows nothing. All this explains, but is never part of the verdict.</p>
<div id="moment">${placeholder(shell)}</div>
</section>`
}

/** Charts over the run's time. */
export function chartsPanel(shell: Shell, gap: Gap | undefined): Html {
  return html`<section class="panel" id="over-time">
<h2>Latency, throughput, availability</h2>
<p class="note">${gapNote(gap)}</p>
<div id="charts">${placeholder(shell)}</div>
</section>`
}

function placeholder({ hasProgram }: Shell): Html {
  return hasProgram
    ? html`<p class="hint">Drawn by the page's program, which needs JavaScript; all else on this page does without.</p>`
    : html`<p class="hint">The page's program was not built when this report was written: <code>npm run build:page</code>, then <code>faultline report</code>.</p>`
}

function gapNote(gap: Gap | undefined): string {
  if (gap === undefined || gap.toUs === gap.fromUs) return ''
  return `The longest time without an answer to anyone: ${duration(gap.toUs - gap.fromUs)}, from ${moment(gap.fromUs)} to ${moment(gap.toUs)}.`
}
