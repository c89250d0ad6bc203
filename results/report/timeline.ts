/** What every client did, with the faults behind: the whole run, and a window around an anomaly on its key. */
import type { Anomaly } from '../outcome.ts'
import { actorOf, type Span } from '../spans.ts'
import type { Leadership } from '../statistics.ts'
import { drawing, px, type TimeFrame, timeAxis, timeFrame, width } from './axis.ts'
import { type Band, drawBands, drawLeaders, layBands, longLabel, shortLabel } from './bands.ts'
import { count, duration, moment, plural, shortened } from './figures.ts'
import { type Html, html } from './html.ts'

/** More than this many ops make a page slow, and no screen shows them apart. */
export const drawnAtMost = 4000
const lanesAtMost = 60
const focusEachSide = 20

export interface TimelineInput {
  readonly spans: readonly Span[]
  readonly bands: readonly Band[]
  readonly leaders: readonly Leadership[]
  readonly endUs: number
  readonly anomaly: Anomaly | undefined
}

interface Lane {
  readonly name: string
  readonly spans: readonly Span[]
}

export function timelinePanel(input: TimelineInput): Html {
  const { spans, bands, leaders, endUs, anomaly } = input
  if (spans.length === 0) {
    return html`<section class="panel" id="timeline"><h2>Timeline</h2><p class="hint">There is nothing to draw: no client began an op.</p></section>`
  }
  const frame = timeFrame(0, endUs)
  const core = coreNumbers(anomaly)
  const lanes = lanesOf(spans, lanesAtMost, (span) => core.has(identity(span)))
  const inLanes = lanes.flatMap((lane) => lane.spans)
  const { shown, columnPx } = sample(inLanes, frame, drawnAtMost, (span) => core.has(identity(span)))
  const laneHeight = lanes.length <= 12 ? 20 : lanes.length <= 30 ? 13 : 8
  const layout = layBands(frame, bands, bands.length <= 24 ? longLabel : shortLabel)
  const leading = drawLeaders(frame, leaders, layout.height + 6)
  const top = layout.height + 6 + leading.height
  const bottom = top + lanes.length * laneHeight
  const kept = new Set(shown)
  const drawn = lanes.map((lane, at) => {
    const y = top + at * laneHeight
    const pieces = lane.spans
      .filter((span) => kept.has(span))
      .map((span) => drawSpan(frame, span, y, laneHeight, core, endUs))
    return html`<g><line class="lane-line" x1="${frame.left}" x2="${frame.right}" y1="${px(y + laneHeight / 2)}" y2="${px(y + laneHeight / 2)}"/>${laneName(frame, lane.name, y, laneHeight)}${pieces}</g>`
  })
  const chart = drawing(
    bottom + 24,
    `timeline of ${plural(lanes.length, 'client')}`,
    html`${drawBands(layout, 0, bottom)}${timeAxis(frame, top - 4, bottom)}${leading.markup}${drawn}`,
  )
  return html`<section class="panel" id="timeline">
<h2>Timeline</h2>
<p class="hint">What you are looking at: one lane per client, one bar per op from call to answer, faults as bands behind, and above the lanes who took itself for the leader. Hover over anything for its details.</p>
${legend()}
${chart}
<p class="note">${shownNote(shown.length, spans.length, columnPx, frame)}${lanesNote(spans, inLanes)}</p>
</section>`
}

/** The ops on the anomaly's key near it, with room to read them. */
export function focusPanel(input: TimelineInput): Html {
  const { spans, bands, leaders, endUs, anomaly } = input
  if (anomaly === undefined) return html``
  const core = coreNumbers(anomaly)
  const near = aroundCore(spans, anomaly)
  if (near.length === 0) return html``
  const first = Math.min(...near.map(({ callUs }) => callUs))
  const last = Math.max(...near.map(({ callUs, endUs: end }) => end ?? callUs))
  const margin = Math.max(50, (last - first) * 0.02)
  const frame = timeFrame(Math.max(0, first - margin), Math.max(last + margin, 1))
  const lanes = lanesOf(near, Number.POSITIVE_INFINITY, () => true)
  const layout = layBands(frame, bands, longLabel)
  const leading = drawLeaders(frame, leaders, layout.height + 6)
  const top = layout.height + 6 + leading.height
  const laneHeight = 38
  const bottom = top + lanes.length * laneHeight
  const drawn = lanes.map((lane, at) => {
    const y = top + at * laneHeight
    return html`<g>${laneName(frame, lane.name, y + 12, laneHeight - 14)}<line class="lane-line" x1="${frame.left}" x2="${frame.right}" y1="${px(y + 25)}" y2="${px(y + 25)}"/>${lane.spans.map((span) => drawSpan(frame, span, y + 14, 22, core, endUs))}${laneTexts(frame, lane, y, core)}</g>`
  })
  const chart = drawing(
    bottom + 24,
    `ops on key ${anomaly.key} around the anomaly`,
    html`${drawBands(layout, 0, bottom)}${timeAxis(frame, top - 4, bottom)}${leading.markup}${drawn}`,
  )
  return html`<section class="panel" id="focus">
<h2>Around the anomaly</h2>
<p class="hint">What you are looking at: every op on key <code>${anomaly.key}</code> within ${focusEachSide} ops of those that can not be put in order, which carry the same numbers as above; faults behind.</p>
${legend()}
${chart}
<p class="note">${plural(near.length, 'op')} from ${moment(first)} to ${moment(last)}. All ops of this key in this window are drawn, and no other key.</p>
</section>`
}

/**
 * At most `limit` spans that look much like all: per lane and column of pixels the longest of each outcome. Columns
 * double until it fits; what must be kept is kept whatever it costs.
 */
export function sample(
  spans: readonly Span[],
  frame: TimeFrame,
  limit: number,
  mustKeep: (span: Span) => boolean,
): { shown: Span[]; columnPx: number } {
  if (spans.length <= limit) return { shown: [...spans], columnPx: 0 }
  for (let columnPx = 1; columnPx < width; columnPx *= 2) {
    const best = new Map<string, Span>()
    for (const span of spans) {
      const column = Math.floor(frame.x(span.callUs) / columnPx)
      const place = mustKeep(span) ? identity(span) : `${actorOf(span)} ${column} ${span.outcome}`
      const other = best.get(place)
      if (other === undefined || lengthOf(span) > lengthOf(other)) best.set(place, span)
    }
    if (best.size <= limit) return { shown: [...best.values()], columnPx }
  }
  const kept = spans.filter(mustKeep)
  return { shown: [...kept, ...spans.filter((span) => !mustKeep(span)).slice(0, limit - kept.length)], columnPx: width }
}

function lengthOf({ callUs, endUs }: Span): number {
  return endUs === undefined ? Number.POSITIVE_INFINITY : endUs - callUs
}

/** A process has one op open at a time, so its number and the call's time name an op. */
function identity(op: { readonly process: number; readonly callUs: number }): string {
  return `#${op.process} ${op.callUs}`
}

function coreNumbers(anomaly: Anomaly | undefined): ReadonlyMap<string, number> {
  const inOrder = (anomaly?.core ?? []).toSorted((a, b) => a.callUs - b.callUs)
  return new Map(inOrder.map((operation, at) => [identity(operation), at + 1]))
}

function aroundCore(spans: readonly Span[], anomaly: Anomaly): Span[] {
  const core = coreNumbers(anomaly)
  const ofKey = spans.filter(({ key }) => key === undefined || key === anomaly.key)
  const places = ofKey.flatMap((span, at) => (core.has(identity(span)) ? [at] : []))
  return ofKey.filter((_, at) => places.some((place) => Math.abs(place - at) <= focusEachSide))
}

function lanesOf(spans: readonly Span[], limit: number, mustKeep: (span: Span) => boolean): Lane[] {
  const byName = Map.groupBy(spans, actorOf)
  const lanes = [...byName].map(([name, own]) => ({ name, spans: own })).sort((a, b) => numberOf(a) - numberOf(b))
  if (lanes.length <= limit) return lanes
  const needed = lanes.filter((lane) => lane.spans.some(mustKeep))
  const others = lanes.filter((lane) => !needed.includes(lane)).slice(0, Math.max(0, limit - needed.length))
  return lanes.filter((lane) => needed.includes(lane) || others.includes(lane))
}

function numberOf({ name }: Lane): number {
  return Number(name.slice(1)) + (name.startsWith('c') ? 0 : 1e9)
}

function laneName(frame: TimeFrame, name: string, top: number, height: number): Html {
  return html`<text class="lane${height < 10 ? ' small' : ''}" x="${frame.left - 10}" y="${px(top + height / 2 + 4)}" text-anchor="end">${name}</text>`
}

function drawSpan(
  frame: TimeFrame,
  span: Span,
  top: number,
  height: number,
  core: ReadonlyMap<string, number>,
  runEndUs: number,
): Html {
  const left = frame.x(span.callUs)
  const long = Math.max(2, Math.min(frame.x(span.endUs ?? runEndUs), frame.right) - left)
  const number = core.get(identity(span))
  const inset = Math.max(1, height * 0.16)
  const isCore = number === undefined ? '' : ' in-core'
  const bar = html`<rect class="${span.outcome}${isCore}" x="${px(left)}" y="${px(top + inset)}" width="${px(long)}" height="${px(height - 2 * inset)}"><title>${spanTitle(span, number)}</title></rect>`
  const mark = markOf(span.outcome)
  if (mark === '' || height < 12) return bar
  return html`${bar}<text class="mark-${span.outcome}" x="${px(left + long + 2)}" y="${px(top + height / 2 + 4)}">${mark}</text>`
}

/** Beside the colour, a sign: an op that failed, and one of which nobody knows. */
function markOf(outcome: Span['outcome']): string {
  return outcome === 'ok' ? '' : outcome === 'fail' ? '×' : '?'
}

function spanTitle(span: Span, number: number | undefined): string {
  const of = `${number === undefined ? '' : `${number}. `}${actorOf(span)}${span.key === undefined ? '' : ` · ${span.key}`}`
  const at = span.node === undefined ? '' : ` · at ${span.node}`
  const end = span.endUs === undefined ? 'until the end of the run' : duration(span.endUs - span.callUs)
  return `${of} · ${span.text} · ${moment(span.callUs)}, ${end}${at}`
}

/** Texts above the bars as far as there is room before the next; those of the core come first. */
function laneTexts(frame: TimeFrame, lane: Lane, top: number, core: ReadonlyMap<string, number>): readonly Html[] {
  let free = frame.left
  return lane.spans.map((span, at) => {
    const number = core.get(identity(span))
    const x = Math.max(frame.x(span.callUs), free)
    const next = lane.spans.slice(at + 1).find((other) => number === undefined || core.has(identity(other)))
    const room = (next === undefined ? frame.right : frame.x(next.callUs)) - x
    const wide = number === undefined ? 5.9 : 6.8
    const letters = Math.floor((room - 8) / wide)
    if (letters < 4 || x - frame.x(span.callUs) > 12) {
      if (number === undefined) return html``
      return html`<text class="number" x="${px(frame.x(span.callUs))}" y="${px(top + 12)}">${number}</text>`
    }
    const text = shortened(`${number === undefined ? '' : `${number} `}${span.text}`, letters)
    free = x + [...text].length * wide + 8
    return html`<text class="${number === undefined ? 'says' : 'says strong'}" x="${px(x)}" y="${px(top + 12)}">${text}</text>`
  })
}

function legend(): Html {
  const item = (outcome: Span['outcome'], words: string) =>
    html`<span><svg class="swatch" viewBox="0 0 26 12" aria-hidden="true"><rect class="${outcome}" x="1" y="1" width="16" height="10"/><text class="mark-${outcome}" x="19" y="10">${markOf(outcome)}</text></svg>${words}</span>`
  return html`<p class="legend">${item('ok', 'answered')}${item('fail', 'failed: surely not done')}${item('info', 'no answer: perhaps done')}</p>`
}

function shownNote(shown: number, all: number, columnPx: number, frame: TimeFrame): string {
  if (columnPx === 0) return `All ${plural(all, 'op')} are drawn.`
  const column = duration((columnPx / (frame.right - frame.left)) * (frame.toUs - frame.fromUs))
  return `${count(shown)} of ${count(all)} ops are drawn, as a page with all of them would be slow to open: per client, outcome and ${column} the longest, and always those of the anomaly.`
}

function lanesNote(all: readonly Span[], inLanes: readonly Span[]): string {
  const missing = new Set(all.map(actorOf)).size - new Set(inLanes.map(actorOf)).size
  return missing === 0 ? '' : ` ${plural(missing, 'further client')} ${missing === 1 ? 'has' : 'have'} no lane here.`
}
