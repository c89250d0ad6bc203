/** The parts of the report that are read, not seen: faults and their evidence, nodes, latencies, setting, raw files. */
import type { NodeStatus } from '../../cluster/system.ts'
import type { FaultEvidence } from '../../nemesis/evidence.ts'
import type { PlannedFault, Trigger } from '../../nemesis/plan.ts'
import type { LoadedRun } from '../run.ts'
import type { FaultRecovery, Latency } from '../statistics.ts'
import { count, duration, moment, plural, shortened } from './figures.ts'
import { type Html, html } from './html.ts'

const countersAtMost = 8

/** Planned, resolved, began, ended, did it bit: one row per fault. */
export function faultsPanel({ plan, evidence }: LoadedRun, recoveries: readonly FaultRecovery[]): Html {
  if (evidence.length === 0) {
    return html`<section class="panel" id="faults"><h2>Faults</h2><p class="hint">${withoutEvidence(plan.faults.length)}</p></section>`
  }
  const rows = evidence.map((one) => {
    const { planned, beganUs, endedUs, resolved } = one
    const after = recoveries.find(({ id }) => id === planned.id)
    return html`<tr><th scope="row">${planned.id}</th><td class="planned"><b>${planned.fault}</b><br><span class="quiet">${planned.target.pick}, ${triggerText(planned.begin)}, for ${duration(planned.forMs * 1000)}</span></td><td>${resolved?.text ?? '–'}</td><td class="number">${beganUs === undefined ? '–' : moment(beganUs)}</td><td class="number">${endedUs === undefined ? '–' : moment(endedUs)}</td><td>${biteOf(one)}</td><td class="number">${servedAfter(after)}</td></tr>`
  })
  return html`<section class="panel" id="faults">
<h2>Faults and what shows that they bit</h2>
<p class="hint">What you are looking at: every fault of the plan, what it meant in this run, and the evidence that the system felt it. A fault without evidence proves nothing.</p>
<div class="wide"><table><thead><tr><th scope="col"></th><th scope="col">planned</th><th scope="col">hit</th><th scope="col" class="number">began</th><th scope="col" class="number">ended</th><th scope="col">did it bite?</th><th scope="col" class="number">served again after</th></tr></thead><tbody>${rows}</tbody></table></div>
</section>`
}

function withoutEvidence(planned: number): string {
  if (planned === 0) return 'No fault was planned: this run shows the system on a calm day.'
  return `${plural(planned, 'fault')} stood in the plan, but what became of ${planned === 1 ? 'it' : 'them'} was not recorded.`
}

/** `at 3 s`, `40 ms after snapshot taken, from 2 s on`. */
export function triggerText(trigger: Trigger): string {
  if ('atMs' in trigger) return `at ${duration(trigger.atMs * 1000)}`
  const after = trigger.afterMs === 0 ? 'on' : `${duration(trigger.afterMs * 1000)} after`
  const from = trigger.notBeforeMs === 0 ? '' : `, from ${duration(trigger.notBeforeMs * 1000)} on`
  return `${after} ${trigger.on.replaceAll('-', ' ')}${from}`
}

function biteOf({ bit, skipped, beganUs }: FaultEvidence): Html {
  if (skipped !== undefined) return html`<span class="verdict-word quiet">– skipped:</span> ${skipped}`
  if (beganUs === undefined) return html`<span class="verdict-word quiet">– never began</span>`
  if (bit === undefined) return html`<span class="verdict-word bad">✕ no:</span> nothing shows that it bit`
  return html`<span class="verdict-word good">✓ yes:</span> ${bit}`
}

function servedAfter(recovery: FaultRecovery | undefined): string {
  if (recovery === undefined) return '–'
  return recovery.nextOkUs === undefined ? 'never' : duration(recovery.nextOkUs - recovery.endedUs)
}

export function nodesPanel(nodes: readonly NodeStatus[]): Html {
  if (nodes.length === 0) return html``
  const names = [...new Set(nodes.flatMap(({ counters }) => Object.keys(counters)))]
  const columns = names.slice(0, countersAtMost)
  const rows = nodes.map(
    (node) =>
      html`<tr><th scope="row">${node.node}</th><td>${node.role}</td><td class="number">${node.term}</td><td>${node.leader ?? '–'}</td><td class="number">${count(node.commit)}</td><td class="number">${count(node.applied)}</td>${columns.map((name) => html`<td class="number">${counterText(node.counters[name])}</td>`)}</tr>`,
  )
  const more = names.length - columns.length
  return html`<section class="panel" id="nodes">
<h2>Nodes at the end</h2>
<p class="hint">What you are looking at: what each node said of itself after the last op; never part of the verdict, which rests on what clients saw.</p>
<div class="wide"><table><thead><tr><th scope="col">node</th><th scope="col">role</th><th scope="col" class="number">term</th><th scope="col">leader</th><th scope="col" class="number">commit</th><th scope="col" class="number">applied</th>${columns.map((name) => html`<th scope="col" class="number">${words(name)}</th>`)}</tr></thead><tbody>${rows}</tbody></table></div>
${more > 0 ? html`<p class="note">${more} further counters stand in outcome.json.</p>` : undefined}
</section>`
}

function counterText(value: number | undefined): string {
  return value === undefined ? '–' : count(value)
}

/** `appendsSent` as `appends sent`. */
function words(name: string): string {
  return name.replace(/([a-z])([A-Z])/g, (_, before: string, after: string) => `${before} ${after.toLowerCase()}`)
}

export function latencyPanel(rows: readonly Latency[]): Html {
  if (rows.length === 0) return html``
  const word = { ok: 'answered', fail: '× failed', info: '? no answer' }
  return html`<section class="panel" id="latency">
<h2>Latency by op and outcome</h2>
<p class="hint">What you are looking at: from call to answer as the client measured it; for ops without an answer, how long the client waited.</p>
<div class="wide"><table class="narrow"><thead><tr><th scope="col">outcome</th><th scope="col">op</th><th scope="col" class="number">ops</th><th scope="col" class="number">median</th><th scope="col" class="number">90 %</th><th scope="col" class="number">99 %</th><th scope="col" class="number">slowest</th></tr></thead><tbody>${rows.map(
    (row) =>
      html`<tr><td>${word[row.outcome]}</td><td>${row.f}</td><td class="number">${count(row.count)}</td><td class="number">${duration(row.p50Us)}</td><td class="number">${duration(row.p90Us)}</td><td class="number">${duration(row.p99Us)}</td><td class="number">${duration(row.maxUs)}</td></tr>`,
  )}</tbody></table></div>
</section>`
}

/** Seed, versions, state of the checkout, options: what must be known to judge the run. */
export function settingList({ plan, environment }: LoadedRun): Html {
  const { system, workload } = plan
  const git = environment.git
  const short: [string, Html][] = [
    ['seed', html`<code>${plan.seed}</code>`],
    ['system', html`${system.name}, ${system.nodes} nodes`],
    ['bug', system.bug === undefined ? html`none planted` : html`<b>${system.bug}</b> (planted)`],
    ['workload', html`${workload.name}, ${plan.clients} clients, ${duration(plan.durationMs * 1000)}`],
    ['mode', html`${environment.mode === 'sim' ? 'simulation' : 'real processes'}`],
    ['faults', html`${faultNames(plan.faults)}`],
    ['started', html`${environment.startedAt}`],
    ['versions', html`faultline ${environment.faultline}, Node ${environment.node}, ${environment.platform}`],
    [
      'git',
      git === undefined
        ? html`not a checkout`
        : html`<code>${shortened(git.commit, 13)}</code>${git.dirty ? ', with uncommitted changes' : ', clean'}`,
    ],
  ]
  const long: [string, Html][] = [
    ['system options', optionText(system.options)],
    ['workload options', optionText(workload.options)],
    ['typed', html`<code>${environment.command}</code>`],
  ]
  const row = ([name, value]: [string, Html]) => html`<dt>${name}</dt><dd>${value}</dd>`
  return html`<dl class="setting">${short.map((entry) => html`<div>${row(entry)}</div>`)}${long.map((entry) => html`<div class="long">${row(entry)}</div>`)}</dl>`
}

function faultNames(faults: readonly PlannedFault[]): string {
  const tally = new Map<string, number>()
  for (const { fault } of faults) tally.set(fault, (tally.get(fault) ?? 0) + 1)
  return tally.size === 0
    ? 'none'
    : [...tally].map(([name, times]) => (times === 1 ? name : `${times} × ${name}`)).join(', ')
}

function optionText(options: Readonly<Record<string, number | string | boolean>>): Html {
  const entries = Object.entries(options)
  if (entries.length === 0) return html`–`
  return html`${entries.map(([name, value], at) => html`${at > 0 ? ' ' : ''}<code class="option">${name}=${String(value)}</code>`)}`
}

export function filesPanel(files: readonly string[]): Html {
  const link = (file: string) =>
    html`<li><a href="${file.split('/').map(encodeURIComponent).join('/')}">${file}</a></li>`
  return html`<section class="panel" id="files">
<h2>Raw files</h2>
<p class="hint">What you are looking at: all that was recorded, beside this page; nothing above says more than these files do.</p>
<ul class="files">${['report.txt', ...files].map(link)}</ul>
</section>`
}
