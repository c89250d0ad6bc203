/** The list of campaigns, and one of them with its runs: tables and links, without scripts. */
import { outcomes } from '../outcome.ts'
import { count, duration, plural } from '../report/figures.ts'
import { type Html, html } from '../report/html.ts'
import type { CampaignRun, CampaignSummary } from '../summaries/of-campaign.ts'
import type { Campaign } from './campaigns.ts'
import { badge, framed, header } from './frame.ts'
import { addressOf, campaignAddress } from './target.ts'

/** All that did not come out valid is shown before anything that did. */
const rowsAtMost = 1_000
const notRunNamed = 50

export function campaignsPage(root: string, campaigns: readonly Campaign[]): string {
  const title = plural(campaigns.length, 'campaign')
  const body = html`${header(root)}
<section class="panel">
<h1>${title}</h1>
${campaigns.length === 0 ? html`<p class="meaning">There are no campaigns yet. <code>faultline campaign</code> makes one, and so does <code>faultline simulate</code>.</p>` : listTable(campaigns)}
</section>`
  return framed({ title: `${title} · faultline`, body, isWide: true })
}

function listTable(campaigns: readonly Campaign[]): Html {
  const rows = campaigns.map(
    ({ name, summary, files }) => html`<tr>
<td class="name"><a href="${campaignAddress(name)}">${name}</a></td>
<td>${summary === undefined ? '–' : passedText(summary)}</td>
<td>${summary === undefined ? html`<span class="quiet">no summary that can be read</span>` : countsOf(summary)}</td>
<td>${modeText(summary)}</td>
<td class="number">${summary === undefined ? '–' : finishedText(summary)}</td>
<td>${fileLinks(name, files)}</td>
</tr>`,
  )
  return html`<div class="wide"><table class="runs"><thead><tr><th scope="col">campaign</th><th scope="col">passed</th><th scope="col">outcomes</th><th scope="col">mode</th><th scope="col" class="number">runs</th><th scope="col">files</th></tr></thead><tbody>${rows}</tbody></table></div>`
}

export interface CampaignFacts {
  readonly campaign: Campaign
  /** The run's name where it is one of those that are served. */
  readonly runOf: (run: CampaignRun) => string | undefined
}

export function campaignPage({ campaign, runOf }: CampaignFacts): string {
  const { name, summary, files } = campaign
  const body = html`${header(name)}
<section class="panel">
<h1>Campaign ${name}</h1>
${summary === undefined ? html`<p class="meaning">It has no summary that can be read: it has only begun, or is damaged.</p>` : html`<p class="meaning">${passedText(summary)}; ${finishedText(summary)} runs, ${modeText(summary)}. ${countsOf(summary)}</p>`}
<p>Files: ${fileLinks(name, files)}</p>
</section>
${summary === undefined ? undefined : runsPanel(summary, runOf)}
${summary === undefined || summary.notRun.length === 0 ? undefined : notRunPanel(summary)}`
  return framed({ title: `campaign ${name} · faultline`, body, isWide: true })
}

function runsPanel({ runs, onlyCounted = 0 }: CampaignSummary, runOf: CampaignFacts['runOf']): Html {
  const inOrder = [
    ...runs.filter(({ outcome }) => outcome !== 'valid'),
    ...runs.filter(({ outcome }) => outcome === 'valid'),
  ]
  const rows = inOrder.slice(0, rowsAtMost).map((run) => {
    const stored = runOf(run)
    return html`<tr>
<td class="name">${stored === undefined ? run.id : html`<a href="${addressOf(stored)}">${run.id}</a>`}</td>
<td class="came">${badge(run.outcome)}</td>
<td>${run.group}</td>
<td>${run.cause}${run.repeat === undefined || run.outcome === 'valid' ? undefined : html`<br><code>${run.repeat}</code>`}</td>
<td class="number">${duration(run.seconds * 1e6)}</td>
</tr>`
  })
  const left = runs.length - rows.length + onlyCounted
  return html`<section class="panel"><h2>Runs</h2>
<p class="hint">What you are looking at: what did not come out valid first. A link leads to a run that was stored.${left === 0 ? '' : ` ${count(left)} more valid ones are not shown.`}</p>
<div class="wide"><table class="runs"><thead><tr><th scope="col">run</th><th scope="col">outcome</th><th scope="col">workload and faults</th><th scope="col">cause</th><th scope="col" class="number">duration</th></tr></thead><tbody>${rows}</tbody></table></div>
</section>`
}

function notRunPanel({ planned, finished, notRun }: CampaignSummary): Html {
  const named = notRun.slice(0, notRunNamed)
  return html`<section class="panel"><h2>Not run</h2>
<p>${count(planned - finished)} were planned and not run; they prove nothing: ${named.join(', ')}${planned - finished > named.length ? ' …' : ''}</p></section>`
}

/** By sign and word, in the order of the table of outcomes. */
function countsOf({ outcomes: counts }: CampaignSummary): Html {
  const chips = Object.entries(counts).flatMap(([name, times]) => {
    const outcome = Object.keys(outcomes).find((each): each is keyof typeof outcomes => each === name)
    return outcome === undefined ? [] : [html`${badge(outcome)} <b>${count(times)}</b> `]
  })
  return html`${chips}`
}

function passedText({ passed, exitCode }: CampaignSummary): string {
  return passed ? '✓ passed' : `✕ not passed (exit code ${exitCode})`
}

function finishedText({ finished, planned }: CampaignSummary): string {
  return finished === planned ? count(finished) : `${count(finished)} of ${count(planned)}`
}

function modeText(summary: CampaignSummary | undefined): string {
  if (summary === undefined) return '–'
  if (summary.mode === undefined) return 'mode not recorded'
  return summary.mode === 'sim' ? 'in simulation' : 'on real processes'
}

function fileLinks(name: string, files: readonly string[]): Html {
  return html`${files.map((file) => html`<a href="${campaignAddress(name, file)}">${file}</a> `)}`
}
