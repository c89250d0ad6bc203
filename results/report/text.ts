/** The report for a terminal: what was proved or broken, in plain words and without colours. */
import { join } from 'node:path'
import { type Anomaly, outcomes, type ShownOperation } from '../outcome.ts'
import type { LoadedRun } from '../run.ts'
import { actorOf, spansOf } from '../spans.ts'
import { countsOf, longestUnavailability, recoveries } from '../statistics.ts'

import { count, duration, moment, momentsOf, plural, shortened } from './figures.ts'
import { visible } from './html.ts'
import type { ProofLine } from './proof.ts'
import { proofOfRun } from './proof-of-run.ts'
import { recoverySentence } from './recovery.ts'

const barWidth = 40
const textWidth = 34

/** Ends with a line break. What comes from outside can not steer the terminal: its control characters are shown. */
export function reportText(run: LoadedRun): string {
  const { outcome } = run
  const word = (outcome?.outcome ?? 'no outcome').toUpperCase()
  const paragraphs = [
    [`${word}: ${outcome?.cause ?? 'the run ended before anything was decided'}`, ...meaning(run)],
    ...(outcome?.anomaly === undefined ? [] : anomalyParagraphs(run, outcome.anomaly, outcome.cause)),
    tallies(run),
    [...(outcome?.notes ?? []), ...run.notes].map((note) => `note: ${note}`),
    [`report  ${join(run.dir, 'report.html')}`, `repeat  ${run.environment.repeat}`],
  ]
  return `${paragraphs
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.map(visible).join('\n'))
    .join('\n\n')}\n`
}

function meaning({ outcome }: LoadedRun): string[] {
  return outcome === undefined ? [] : [`That means: ${outcomes[outcome.outcome].meaning}.`]
}

/** The sentence is not told twice where it is the cause already. */
function anomalyParagraphs(run: LoadedRun, anomaly: Anomaly, cause: string): string[][] {
  const name = anomaly.class ?? 'anomaly'
  const confirmed = anomaly.confirmed ? ' (confirmed by an exhaustive search)' : ''
  const weak = anomaly.weaker === undefined ? [] : [`How weak it is: ${anomaly.weaker.text}`]
  return [
    [
      `${name} on key ${anomaly.key}${confirmed}`,
      ...(cause.includes(anomaly.sentence) ? [] : [anomaly.sentence]),
      ...weak,
    ],
    coreLanes(anomaly.core),
    proofLines(run, anomaly),
  ]
}

const proofSigns: Readonly<Record<ProofLine['kind'], string>> = {
  placed: '·',
  taken: '~',
  start: '–',
  seen: '…',
  refused: '✕',
  waits: '✕',
}

/** The steps of the page's proof; an op's number is its line's above. */
function proofLines(run: LoadedRun, { core }: Anomaly): string[] {
  const proof = proofOfRun(run)
  if (proof === undefined) return []
  const names = core.toSorted((a, b) => a.callUs - b.callUs).map((op) => `${actorOf(op)} ${op.text}`)
  const steps = proof.map(
    ({ depth, kind, op, text }) =>
      `  ${'  '.repeat(depth)}${proofSigns[kind]} ${kind === 'seen' || kind === 'start' ? '' : `${names[op] ?? ''}: `}${text}`,
  )
  return ['Why there is no order:', ...steps]
}

/** One line per op on a true time axis: `├──┤` from call to answer, `├──…?` where no answer came. */
export function coreLanes(core: readonly ShownOperation[]): string[] {
  if (core.length === 0) return []
  const inOrder = core.toSorted((a, b) => a.callUs - b.callUs)
  const from = Math.min(...inOrder.map(({ callUs }) => callUs))
  const to = Math.max(from + 1, ...inOrder.map(({ callUs, returnUs }) => returnUs ?? callUs))
  const column = (us: number) => Math.round(((us - from) / (to - from)) * (barWidth - 1))
  const at = momentsOf(core)
  const names = inOrder.map(actorOf)
  const nameWidth = Math.max(...names.map((name) => name.length))
  const lines = inOrder.map((operation, place) => {
    const name = (names[place] ?? '').padEnd(nameWidth)
    const text = shortened(visible(operation.text), textWidth).padEnd(textWidth)
    return `  ${name}  ${text} │${bar(operation, column)}│ ${timesOf(operation, at)}`
  })
  const start = at(from)
  const end = at(to)
  const indent = ' '.repeat(nameWidth + textWidth + 6)
  return [...lines, `${indent}${start}${' '.repeat(Math.max(1, barWidth - start.length - end.length))}${end}`]
}

function bar({ callUs, returnUs }: ShownOperation, column: (us: number) => number): string {
  const left = column(callUs)
  if (returnUs === undefined) {
    const rest = barWidth - left
    if (rest < 3) return `${' '.repeat(barWidth - 1)}?`
    return `${' '.repeat(left)}├${'─'.repeat(Math.floor((rest - 2) / 2))}${'┄'.repeat(Math.ceil((rest - 2) / 2))}?`
  }
  const right = column(returnUs)
  const drawn = right === left ? '│' : `├${'─'.repeat(right - left - 1)}┤`
  return `${' '.repeat(left)}${drawn}`.padEnd(barWidth)
}

function timesOf({ callUs, returnUs }: ShownOperation, at: (us: number) => string): string {
  return returnUs === undefined ? `${at(callUs)}, never answered` : `${at(callUs)}, took ${duration(returnUs - callUs)}`
}

function tallies(run: LoadedRun): string[] {
  const { outcome, plan } = run
  const spans = spansOf(run.history)
  const counts = outcome?.counts ?? countsOf(spans)
  const bug = plan.system.bug === undefined ? '' : ` with the bug ${plan.system.bug}`
  const lines = [
    `system    ${plan.system.name}${bug}, ${plural(plan.system.nodes, 'node')}, workload ${plan.workload.name}, seed ${plan.seed}`,
    `ops       ${count(counts.ok)} answered, ${count(counts.fail)} failed, ${count(counts.info)} without an answer, on ${plural(counts.keys, 'key')}`,
  ]
  const gap = longestUnavailability(spans)
  if (gap !== undefined && gap.toUs > gap.fromUs) {
    lines.push(`away      at the longest ${duration(gap.toUs - gap.fromUs)}, from ${moment(gap.fromUs)} on`)
  }
  if (outcome !== undefined) {
    lines.push(faultLine(run, outcome.faults), ...recoveryLines(run))
    const { configurations, ms, partitions } = outcome.checker
    lines.push(
      `checker   ${outcome.verdict}: ${plural(partitions, 'partition')}, ${plural(configurations, 'configuration')}, ${duration(ms * 1000)}`,
    )
  }
  return lines
}

function faultLine({ evidence }: LoadedRun, faults: { planned: number; begun: number; bit: number }): string {
  if (faults.planned === 0) return 'faults    none planned'
  const toothless = evidence.filter(({ bit, skipped }) => bit === undefined && skipped === undefined)
  const skipped = evidence.flatMap(({ planned, skipped: why }) => (why === undefined ? [] : [`${planned.id} (${why})`]))
  const missed =
    toothless.length === 0
      ? ''
      : `; did not bite: ${toothless.map(({ planned }) => `${planned.id} ${planned.fault}`).join(', ')}`
  const left = skipped.length === 0 ? '' : `; skipped: ${skipped.join(', ')}`
  return `faults    ${count(faults.bit)} bit, of ${count(faults.begun)} begun and ${count(faults.planned)} planned${missed}${left}`
}

function recoveryLines({ outcome, evidence, history }: LoadedRun): string[] {
  const all = recoveries(spansOf(history), evidence)
  const never = all.filter(({ nextOkUs }) => nextOkUs === undefined)
  const times = all.flatMap(({ endedUs, nextOkUs }) => (nextOkUs === undefined ? [] : [nextOkUs - endedUs]))
  const lines = outcome?.recovery === undefined ? [] : [`recovery  ${recoverySentence(outcome.recovery)}`]
  if (times.length > 0)
    lines.push(`          After a fault's end the next answer came within ${duration(Math.max(...times))}.`)
  if (never.length > 0)
    lines.push(
      `          No answer came after the end of ${never.map(({ id, fault }) => `${id} ${fault}`).join(', ')}.`,
    )
  return lines
}
