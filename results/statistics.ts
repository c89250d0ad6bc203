/** Figures of a run, computed from its ops and events alone: latency, throughput, time away, recovery. All pure. */
import type { SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import type { Span } from './spans.ts'

export interface Latency {
  readonly f: string
  readonly outcome: Span['outcome']
  readonly count: number
  readonly p50Us: number
  readonly p90Us: number
  readonly p99Us: number
  readonly maxUs: number
}

/** What ended within one piece of time. Quantiles are of `ok` ops, absent where none ended. */
export interface Bucket {
  readonly fromUs: number
  readonly ok: number
  readonly fail: number
  readonly info: number
  readonly p50Us?: number
  readonly p99Us?: number
  readonly maxUs?: number
}

export interface Gap {
  readonly fromUs: number
  readonly toUs: number
}

/** How soon clients were served again after a fault's end; `nextOkUs` is absent where they never were. */
export interface FaultRecovery {
  readonly id: string
  readonly fault: string
  readonly endedUs: number
  readonly nextOkUs?: number
}

/** A node that took itself for the leader. */
export interface Leadership {
  readonly node: string
  readonly term: number
  readonly fromUs: number
  readonly toUs: number
}

export interface Counts {
  readonly ok: number
  readonly fail: number
  readonly info: number
  readonly keys: number
}

export function countsOf(spans: readonly Pick<Span, 'outcome' | 'key'>[]): Counts {
  const counts = { ok: 0, fail: 0, info: 0 }
  const keys = new Set<string>()
  for (const span of spans) {
    counts[span.outcome]++
    if (span.key !== undefined) keys.add(span.key)
  }
  return { ...counts, keys: keys.size }
}

/** The `q`-quantile by nearest rank of a sorted list that is not empty. */
export function quantile(sorted: readonly number[], q: number): number {
  const rank = Math.max(1, Math.ceil(q * sorted.length))
  const value = sorted[rank - 1]
  if (value === undefined) throw new RangeError(`no ${q}-quantile among ${sorted.length} values`)
  return value
}

/** Latency by what was asked and how it ended, sorted by both; ops that never ended have none. */
export function latencies(spans: readonly Span[]): Latency[] {
  const groups = new Map<string, { f: string; outcome: Span['outcome']; values: number[] }>()
  for (const span of spans) {
    if (span.endUs === undefined) continue
    const name = `${span.outcome} ${span.f}`
    const group = groups.get(name) ?? { f: span.f, outcome: span.outcome, values: [] }
    group.values.push(span.endUs - span.callUs)
    groups.set(name, group)
  }
  const order = { ok: 0, fail: 1, info: 2 }
  return [...groups.values()]
    .sort((a, b) => order[a.outcome] - order[b.outcome] || compare(a.f, b.f))
    .map(({ f, outcome, values }) => {
      values.sort((a, b) => a - b)
      return {
        f,
        outcome,
        count: values.length,
        p50Us: quantile(values, 0.5),
        p90Us: quantile(values, 0.9),
        p99Us: quantile(values, 0.99),
        maxUs: quantile(values, 1),
      }
    })
}

/** Ops by the time at which they ended, in pieces of `widthUs` from 0 to `endUs`. */
export function buckets(spans: readonly Span[], widthUs: number, endUs: number): Bucket[] {
  const count = Math.max(1, Math.ceil(endUs / widthUs))
  const tallies = Array.from({ length: count }, () => ({ ok: 0, fail: 0, info: 0, values: [] as number[] }))
  for (const span of spans) {
    if (span.endUs === undefined) continue
    // What ends with the run belongs to the last piece, not to one behind it.
    const tally = tallies[Math.min(count - 1, Math.floor(span.endUs / widthUs))]
    if (tally === undefined) continue
    tally[span.outcome]++
    if (span.outcome === 'ok') tally.values.push(span.endUs - span.callUs)
  }
  return tallies.map(({ ok, fail, info, values }, at) => {
    const bucket = { fromUs: at * widthUs, ok, fail, info }
    if (values.length === 0) return bucket
    values.sort((a, b) => a - b)
    return { ...bucket, p50Us: quantile(values, 0.5), p99Us: quantile(values, 0.99), maxUs: quantile(values, 1) }
  })
}

/** The longest time in which no op was answered, between the first call and the end; `undefined` without ops. */
export function longestUnavailability(spans: readonly Span[]): Gap | undefined {
  const first = spans[0]
  if (first === undefined) return undefined
  let longest: Gap = { fromUs: first.callUs, toUs: first.callUs }
  let fromUs = first.callUs
  for (const toUs of [...okTimes(spans), endOf(spans)]) {
    if (toUs - fromUs > longest.toUs - longest.fromUs) longest = { fromUs, toUs }
    fromUs = Math.max(fromUs, toUs)
  }
  return longest
}

/** For each fault that ended, by that end: when the next op was answered. */
export function recoveries(spans: readonly Span[], evidence: readonly FaultEvidence[]): FaultRecovery[] {
  const times = okTimes(spans)
  return evidence
    .flatMap(({ planned, endedUs }) => {
      if (endedUs === undefined) return []
      const nextOkUs = times.find((timeUs) => timeUs >= endedUs)
      const recovery = { id: planned.id, fault: planned.fault, endedUs }
      return [nextOkUs === undefined ? recovery : { ...recovery, nextOkUs }]
    })
    .sort((a, b) => a.endedUs - b.endedUs)
}

/** Who took itself for the leader, from when to when. Two may overlap: a deposed one does not know yet. */
export function leaderships(events: readonly SystemEvent[], endUs: number): Leadership[] {
  const found: Leadership[] = []
  const leading = new Map<string, { term: number; fromUs: number }>()
  const close = (node: string, toUs: number) => {
    const open = leading.get(node)
    if (open !== undefined) found.push({ node, term: open.term, fromUs: open.fromUs, toUs })
    leading.delete(node)
  }
  for (const event of events) {
    if (event.type === 'node-dead') close(event.node, event.timeUs)
    if (event.type !== 'trace' || event.event.type !== 'role') continue
    close(event.node, event.timeUs)
    if (event.event.role === 'leader') leading.set(event.node, { term: event.event.term, fromUs: event.timeUs })
  }
  for (const node of [...leading.keys()]) close(node, endUs)
  return found.sort((a, b) => a.fromUs - b.fromUs || a.term - b.term)
}

/** When the last op ended or was called; 0 without ops. */
export function endOf(spans: readonly Span[]): number {
  return spans.reduce((end, { callUs, endUs }) => Math.max(end, endUs ?? callUs), 0)
}

function okTimes(spans: readonly Span[]): number[] {
  return spans
    .flatMap(({ outcome, endUs }) => (outcome === 'ok' && endUs !== undefined ? [endUs] : []))
    .sort((a, b) => a - b)
}

/** By code units, so that the order is the same on every machine. */
function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
