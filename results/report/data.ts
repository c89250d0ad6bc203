/** What the page's program gets to know of a run: all that it draws, as one JSON, packed so that it is short and inert. */
import { deflateRawSync } from 'node:zlib'
import { describeEvent, nodeOf } from '../describe-event.ts'
import { failureOf } from '../messages.ts'
import type { ShownOperation } from '../outcome.ts'
import type { LoadedRun } from '../run.ts'
import type { Span } from '../spans.ts'
import { buckets, leaderships } from '../statistics.ts'
import { roundStep } from './axis.ts'
import { bandsOf } from './bands.ts'
import { statesOf } from './lane-states.ts'
import { readLogs } from './logs.ts'
import { type OpColumns, packOps } from './ops.ts'
import type { PageData } from './page-data.ts'
import { isRare, progressOf } from './progress.ts'
import { settled } from './settled.ts'

const eventsAtMost = 20_000
const piecesAbout = 130

export interface DataInput {
  readonly run: LoadedRun
  readonly spans: readonly Span[]
  readonly endUs: number
}

/** Everything of the run, still readable; `run.dir` is read for the nodes' logs only. */
export function pageData({ run, spans, endUs }: DataInput): PageData {
  const { outcome } = run
  const events = settled(run.events)
  const leaders = leaderships(events, endUs)
  const ops = packOps(run.history)
  const widthUs = roundStep(endUs / piecesAbout)
  const idOf = idsOf(ops)
  const anomaly = outcome?.anomaly
  const blocked = anomaly?.blocked === undefined ? undefined : idOf(anomaly.blocked)
  return {
    name: run.name,
    ...(run.header === undefined ? {} : { model: run.header.model }),
    ...(run.header?.initial === undefined ? {} : { initial: run.header.initial }),
    endUs,
    nodes: nodesOf(run),
    ops,
    bands: bandsOf(run.evidence, endUs),
    leaders,
    states: statesOf(events, leaders, endUs).filter(({ state }) => state !== 'leader'),
    roles: events.flatMap((event) => {
      if (event.type !== 'trace' || event.event.type !== 'role') return []
      const { role, term } = event.event
      return [{ timeUs: event.timeUs, node: event.node, role, term }]
    }),
    progress: progressOf(events),
    events: events
      .filter(isRare)
      .slice(0, eventsAtMost)
      .flatMap((event) => {
        const node = nodeOf(event)
        return node === undefined ? [] : [{ timeUs: event.timeUs, node, text: describeEvent(event) }]
      }),
    messages: run.messages ?? [],
    logs: readLogs(run),
    status: outcome?.nodes ?? [],
    buckets: { widthUs, pieces: buckets(spans, widthUs, endUs) },
    failure: failureOf(outcome, events, endUs),
    ...(anomaly === undefined
      ? {}
      : {
          anomaly: {
            key: anomaly.key,
            core: anomaly.core.toSorted((a, b) => a.callUs - b.callUs).flatMap((op) => idOf(op) ?? []),
            ...(blocked === undefined ? {} : { blocked }),
          },
        }),
  }
}

/**
 * As base64 of raw deflate (RFC 1951), which carries neither time nor name: letters, digits, `+/=`, so nothing in it
 * can end the element that it stands in.
 */
export function packed(data: PageData): string {
  return deflateRawSync(JSON.stringify(data), { level: 4 }).toString('base64')
}

/** A process has one op open at a time, so its number and the call's time name an op. */
function idsOf({ id, call, process }: OpColumns): (op: ShownOperation) => number | undefined {
  const ids = new Map<string, number>()
  let [index, callUs] = [0, 0]
  process.forEach((number, at) => {
    index += id[at] ?? 0
    callUs += call[at] ?? 0
    ids.set(`${number} ${callUs}`, index)
  })
  return (op) => ids.get(`${op.process} ${op.callUs}`)
}

/** Those of the plan, and whoever else was heard of. */
function nodesOf({ plan, events }: LoadedRun): string[] {
  const planned = Array.from({ length: plan.system.nodes }, (_, at) => `n${at + 1}`)
  const heard = new Set(events.flatMap((event) => nodeOf(event) ?? []))
  return [...planned, ...[...heard].filter((node) => !planned.includes(node) && node !== 'clients').sort()]
}
