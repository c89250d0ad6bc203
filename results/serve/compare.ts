/** What is different between two runs: in their plans by path, in their figures by name. All pure. */
import { count, duration } from '../report/figures.ts'
import type { RunSummary } from '../summaries/run-summary.ts'

export interface Difference {
  /** `workload.options.keys`, `faults.3.fault`. */
  readonly path: string
  /** As JSON; absent where there is nothing. */
  readonly left?: string
  readonly right?: string
}

export interface Figure {
  readonly name: string
  readonly left: string
  readonly right: string
  /** `×1.3`, `+12`; empty where both are the same or can not be compared. */
  readonly change: string
}

/** Leaves that differ between two values, by path. */
export function differences(left: unknown, right: unknown): Difference[] {
  const [a, b] = [leaves(left), leaves(right)]
  const paths = [...new Set([...a.keys(), ...b.keys()])].sort(byPath)
  return paths.flatMap((path) => {
    const [before, after] = [a.get(path), b.get(path)]
    if (before === after) return []
    return [
      { path, ...(before === undefined ? {} : { left: before }), ...(after === undefined ? {} : { right: after }) },
    ]
  })
}

/** As `differences`, but with a planned fault as one line: its dozen numbers mean nothing one by one. */
export function planDifferences(left: unknown, right: unknown): Difference[] {
  return differences(withFaultLines(left), withFaultLines(right))
}

/** Counts, faults and times of two runs side by side. */
export function figures(left: RunSummary, right: RunSummary): Figure[] {
  const counts: [string, (run: RunSummary) => number | undefined][] = [
    ['answered ops', ({ ops }) => ops.ok],
    ['failed ops', ({ ops }) => ops.fail],
    ['ops without an answer', ({ ops }) => ops.info],
    ['keys', ({ ops }) => ops.keys],
    ['faults planned', ({ faults }) => faults.planned],
    ['faults that bit', ({ faults }) => faults.bit],
  ]
  const times: [string, (run: RunSummary) => number | undefined][] = [
    ['length', ({ seconds }) => seconds * 1e6],
    ['longest time away', ({ longestGapMs }) => inUs(longestGapMs)],
    ['served after the last heal', ({ recovery }) => inUs(recovery?.servedMs)],
    ['all caught up after the last heal', ({ recovery }) => inUs(recovery?.caughtUpMs)],
  ]
  return [
    ...counts.map(([name, of]) => figure(name, [of(left), of(right)], count)),
    ...times.map(([name, of]) => figure(name, [of(left), of(right)], duration)),
  ]
}

/** Median and 99 % by outcome and op, for each that either run has. */
export function latencyFigures(left: RunSummary, right: RunSummary): Figure[] {
  const kinds = [...left.latencies, ...right.latencies].map(({ outcome, f }) => `${outcome} ${f}`)
  return [...new Set(kinds)].flatMap((kind) => {
    const [a, b] = [left, right].map(({ latencies }) => latencies.find(({ outcome, f }) => `${outcome} ${f}` === kind))
    return [
      figure(`${kind}, median`, [a?.p50Us, b?.p50Us], duration),
      figure(`${kind}, 99 %`, [a?.p99Us, b?.p99Us], duration),
    ]
  })
}

function figure(name: string, [left, right]: (number | undefined)[], show: (value: number) => string): Figure {
  const shown = (value: number | undefined): string => (value === undefined ? '–' : show(value))
  return { name, left: shown(left), right: shown(right), change: changeOf(left, right) }
}

function changeOf(left: number | undefined, right: number | undefined): string {
  if (left === undefined || right === undefined || left === right) return ''
  if (left > 0 && right > 0) return `×${(right / left).toFixed(right / left < 10 ? 2 : 0)}`
  return right > left ? 'more' : 'less'
}

function inUs(ms: number | undefined): number | undefined {
  return ms === undefined ? undefined : ms * 1000
}

function withFaultLines(plan: unknown): unknown {
  if (!isObject(plan) || !Array.isArray(plan.faults)) return plan
  return { ...plan, faults: plan.faults.map(faultLine) }
}

/** `partition one-way at 1.5 s for 1.08 s`; what is no planned fault stays as it is. */
function faultLine(planned: unknown): unknown {
  if (!isObject(planned) || !isObject(planned.target) || !isObject(planned.begin)) return planned
  const { fault, target, begin, forMs } = planned
  const time = (ms: unknown): string => (typeof ms === 'number' ? duration(ms * 1000) : String(ms))
  const when = begin.atMs === undefined ? `${time(begin.afterMs)} after ${String(begin.on)}` : `at ${time(begin.atMs)}`
  return `${String(fault)} ${String(target.pick)} ${when} for ${time(forMs)}`
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function leaves(value: unknown): Map<string, string> {
  const found = new Map<string, string>()
  const walk = (at: unknown, path: string): void => {
    const entries = typeof at === 'object' && at !== null ? Object.entries(at) : []
    if (entries.length === 0) found.set(path, JSON.stringify(at) ?? 'undefined')
    for (const [name, child] of entries) walk(child, path === '' ? name : `${path}.${name}`)
  }
  walk(value, '')
  return found
}

/** `faults.2` before `faults.10`. */
function byPath(a: string, b: string): number {
  return naturalOrder.compare(a, b) || (a < b ? -1 : 1)
}

const naturalOrder = new Intl.Collator('en', { numeric: true })
