/** The list of runs: a form, a table and links, all of which work without scripts. */
import type { SortName } from '../index/filter.ts'
import type { RunRow } from '../index/run-row.ts'
import { type OutcomeName, outcomes } from '../outcome.ts'
import { count, duration, plural } from '../report/figures.ts'
import { type Html, html } from '../report/html.ts'
import { badge, framed, header, signOf, wordOf } from './frame.ts'
import { addressOfList, pageSize, type Question } from './question.ts'
import { addressOf } from './target.ts'

export interface ListFacts {
  readonly root: string
  readonly question: Question
  readonly rows: readonly RunRow[]
  readonly total: number
  /** Among the rows without an outcome, those that were written to just now. */
  readonly running: ReadonlySet<string>
  /** What the menus offer. */
  readonly choices: {
    readonly workload: readonly string[]
    readonly system: readonly string[]
    readonly bug: readonly string[]
    readonly fault: readonly string[]
    readonly mode: readonly string[]
  }
  /** How many runs there are of each outcome, or state where there is none. */
  readonly outcomes: Readonly<Record<string, number>>
  /** Something odd about the index. */
  readonly note?: string
}

export function listPage(facts: ListFacts): string {
  const { root, rows, total, question, note } = facts
  const body = html`${header(root)}
<section class="panel">
<h1>${plural(total, 'run')}${isAsked(question) ? ' that fit' : ''}</h1>
${outcomeLinks(facts)}
${filterForm(facts)}
${note === undefined ? undefined : html`<ul class="notes"><li>${note}</li></ul>`}
${rows.length === 0 ? nothing(question) : table(facts)}
${pages(question, total)}
</section>`
  return framed({ title: `${plural(total, 'run')} · faultline`, body, isWide: true })
}

function outcomeLinks({ question, outcomes: counts }: ListFacts): Html {
  const links = [...Object.keys(outcomes), 'open', 'damaged'].filter(isLook).flatMap((name) => {
    const times = counts[name] ?? 0
    if (times === 0) return []
    const isOn = question.outcome.includes(name)
    const outcome = isOn ? question.outcome.filter((other) => other !== name) : [...question.outcome, name]
    return [
      html`<a class="chip${isOn ? ' on' : ''}" href="${addressOfList(question, { outcome })}"${isOn ? html` aria-current="true"` : undefined}><span aria-hidden="true">${signOf(name)}</span> ${wordOf(name)} <b>${count(times)}</b></a>`,
    ]
  })
  return html`<p class="chips">${links}</p>`
}

function filterForm({ question, choices }: ListFacts): Html {
  const hidden = (name: string, value: string): Html => html`<input type="hidden" name="${name}" value="${value}">`
  return html`<form class="filters" method="get" action="/" data-sends-itself>
<input type="search" name="q" value="${question.q}" placeholder="words in name, cause, seed …" aria-label="search">
${menu('workload', choices.workload, question.workload)}
${menu('fault', ['none', ...choices.fault], question.fault)}
${menu('system', choices.system, question.system)}
${menu('bug', ['none', ...choices.bug], question.bug)}
${menu('mode', choices.mode, question.mode)}
<label>since <input type="date" name="since" value="${question.since.slice(0, 10)}"></label>
${question.outcome.map((name) => hidden('outcome', name))}
${question.sort === 'started' ? undefined : hidden('sort', question.sort)}
${question.isAscending ? hidden('way', 'up') : undefined}
<button type="submit">Show</button>
${isAsked(question) ? html`<a href="/">all runs</a>` : undefined}
</form>`
}

function menu(name: string, values: readonly string[], chosen: string): Html {
  const all = values.includes(chosen) || chosen === '' ? values : [...values, chosen]
  const option = (value: string): Html =>
    html`<option value="${value}"${value === chosen ? html` selected` : undefined}>${value}</option>`
  return html`<select name="${name}" aria-label="${name}"><option value="">any ${name}</option>${all.map(option)}</select>`
}

const columns: readonly (readonly [sort: SortName, title: string, isNumber: boolean])[] = [
  ['started', 'started', false],
  ['name', 'run', false],
  ['outcome', 'outcome', false],
  ['workload', 'workload', false],
  ['faults', 'faults', false],
  ['system', 'system', false],
  ['bug', 'bug', false],
  ['seed', 'seed', false],
  ['duration', 'duration', true],
  ['ops', 'ops', true],
]

function table(facts: ListFacts): Html {
  const { question, rows } = facts
  const heads = columns.map(([sort, title, isNumber]) => {
    const isBy = question.sort === sort
    const isAscending = isBy && !question.isAscending
    const way = question.isAscending ? 'ascending' : 'descending'
    const arrow = question.isAscending ? ' ▲' : ' ▼'
    return html`<th scope="col"${isNumber ? html` class="number"` : undefined}${isBy ? html` aria-sort="${way}"` : undefined}><a href="${addressOfList(question, { sort, isAscending })}">${title}${isBy ? arrow : ''}</a></th>`
  })
  return html`<form method="get" action="/compare">
<div class="wide"><table class="runs"><thead><tr><th scope="col"><span class="unseen">compare</span></th>${heads}<th scope="col">report</th></tr></thead><tbody>${rows.map((row) => tableRow(row, facts))}</tbody></table></div>
<p class="under"><button type="submit">Compare the two that are ticked</button></p>
</form>`
}

function tableRow(row: RunRow, { running }: ListFacts): Html {
  const { name, ops } = row
  const look = lookOf(row, running)
  const report = row.hasReport ? html`<a href="${addressOf(name, 'report.html')}">open</a>` : html`–`
  return html`<tr>
<td><input type="checkbox" name="run" value="${name}" aria-label="compare ${name}"></td>
<td class="when">${startedText(row.startedAt)}</td>
<td class="name"><a href="${addressOf(name)}">${name}</a></td>
<td class="came">${badge(look)}${row.class === undefined ? undefined : html` <span class="quiet">${row.class}</span>`}${row.state === 'damaged' ? html`<br><span class="quiet">${row.cause}</span>` : undefined}</td>
<td>${row.workload ?? '–'}</td>
<td class="faults">${faultsText(row)}</td>
<td>${row.system ?? '–'}${row.mode === 'sim' ? html` <span class="quiet">simulated</span>` : undefined}</td>
<td>${row.bug ?? html`<span class="quiet">none</span>`}</td>
<td class="mono">${row.seed ?? '–'}</td>
<td class="number">${row.durationMs === undefined ? '–' : duration(row.durationMs * 1000)}</td>
<td class="number">${ops === undefined ? '–' : count(ops.ok + ops.fail + ops.info)}</td>
<td>${report}</td>
</tr>`
}

/** How a run is shown, where it has no outcome as well. */
export function lookOf(row: RunRow, running: ReadonlySet<string>): OutcomeName | 'open' | 'running' | 'damaged' {
  if (row.state === 'damaged') return 'damaged'
  if (row.outcome !== undefined) return row.outcome
  return running.has(row.name) ? 'running' : 'open'
}

/** `2026-01-31 14:25:03`, always UTC, so that a page means the same everywhere. */
export function startedText(startedAt: string | undefined): string {
  if (startedAt === undefined) return '–'
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d/.test(startedAt) ? startedAt.slice(0, 19).replace('T', ' ') : startedAt
}

function faultsText({ faults, faultsBit, faultsPlanned }: RunRow): string {
  if (faults.length === 0) return 'none'
  const bit = faultsBit === undefined || faultsPlanned === undefined ? '' : ` (${faultsBit} of ${faultsPlanned} bit)`
  return `${faults.join(', ')}${bit}`
}

function nothing(question: Question): Html {
  return isAsked(question)
    ? html`<p class="meaning">No run fits. <a href="/">All runs</a></p>`
    : html`<p class="meaning">There are no runs yet. <code>faultline run</code> makes one.</p>`
}

function pages(question: Question, total: number): Html {
  const last = Math.max(1, Math.ceil(total / pageSize))
  if (last === 1) return html``
  const { page } = question
  const link = (to: number, text: string): Html | undefined =>
    to < 1 || to > last || to === page
      ? undefined
      : html`<a href="${addressOfList(question, { page: to })}">${text}</a>`
  return html`<nav class="pages" aria-label="pages">${link(1, 'first')} ${link(page - 1, 'previous')} <span>page ${count(page)} of ${count(last)}</span> ${link(page + 1, 'next')} ${link(last, 'last')}</nav>`
}

function isAsked({ q, outcome, workload, system, bug, fault, mode, since }: Question): boolean {
  return outcome.length > 0 || [q, workload, system, bug, fault, mode, since].some((text) => text !== '')
}

function isLook(name: string): name is OutcomeName | 'open' | 'damaged' {
  return name === 'open' || name === 'damaged' || Object.hasOwn(outcomes, name)
}
