/** What happened on the key of an anomaly around it: some ops either side, the faults, who led, which nodes were up. */
import type { Anomaly } from '../outcome.ts'
import { actorOf, type Span } from '../spans.ts'
import type { Leadership } from '../statistics.ts'
import { drawing, px, type TimeFrame, timeAxis, timeFrame } from './axis.ts'
import { type Band, drawBands, drawLeaders, layBands, longLabel } from './bands.ts'
import { duration, moment, plural, shortened } from './figures.ts'
import { type Html, html } from './html.ts'
import type { State } from './lane-states.ts'

const focusEachSide = 20
const nodeHeight = 15

export interface FocusInput {
  readonly spans: readonly Span[]
  readonly bands: readonly Band[]
  readonly leaders: readonly Leadership[]
  /** When nodes were dead or frozen; those that lead stand elsewhere. */
  readonly states: readonly State[]
  readonly nodes: readonly string[]
  readonly endUs: number
  readonly anomaly: Anomaly | undefined
}

interface Lane {
  readonly name: string
  readonly spans: readonly Span[]
}

/** The ops on the anomaly's key near it, with room to read them. */
export function focusPanel(input: FocusInput): Html {
  const { spans, bands, leaders, endUs, anomaly } = input
  if (anomaly === undefined) return html``
  const core = coreNumbers(anomaly)
  const near = aroundCore(spans, anomaly)
  if (near.length === 0) return html``
  const first = Math.min(...near.map(({ callUs }) => callUs))
  const last = Math.max(...near.map(({ callUs, endUs: end }) => end ?? callUs))
  const margin = Math.max(50, (last - first) * 0.02)
  const frame = timeFrame(Math.max(0, first - margin), Math.max(last + margin, 1))
  const lanes = lanesOf(near)
  const layout = layBands(frame, bands, longLabel)
  const leading = drawLeaders(frame, leaders, layout.height + 6)
  const nodes = drawNodes(frame, input, layout.height + 6 + leading.height)
  const top = layout.height + 6 + leading.height + nodes.height
  const laneHeight = 38
  const bottom = top + lanes.length * laneHeight
  const drawn = lanes.map((lane, at) => {
    const y = top + at * laneHeight
    return html`<g>${laneName(frame, lane.name, y + 12, laneHeight - 14)}<line class="lane-line" x1="${frame.left}" x2="${frame.right}" y1="${px(y + 25)}" y2="${px(y + 25)}"/>${lane.spans.map((span) => drawSpan(frame, span, y + 14, 22, core, endUs))}${laneTexts(frame, lane, y, core)}</g>`
  })
  const chart = drawing(
    bottom + 24,
    `ops on key ${anomaly.key} around the anomaly`,
    html`${drawBands(layout, 0, bottom)}${timeAxis(frame, top - 4, bottom)}${leading.markup}${nodes.markup}${drawn}`,
  )
  return html`<section class="panel" id="focus">
<h2>Around the anomaly</h2>
<p class="hint">What you are looking at: every op on key <code>${anomaly.key}</code> within ${focusEachSide} ops of those that can not be put in order, which carry the same numbers as above; faults behind, and at the top who took itself for the leader and which node was up.</p>
${legend()}
${chart}
<p class="note">${plural(near.length, 'op')} from ${moment(first)} to ${moment(last)}. All ops of this key in this window are drawn, and no other key.</p>
</section>`
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

function lanesOf(spans: readonly Span[]): Lane[] {
  const byName = Map.groupBy(spans, actorOf)
  return [...byName].map(([name, own]) => ({ name, spans: own })).sort((a, b) => numberOf(a) - numberOf(b))
}

/** A line per node while it was up; dead and frozen times as outlined boxes with their names. */
function drawNodes(frame: TimeFrame, { nodes, states }: FocusInput, top: number): { markup: Html; height: number } {
  const rows = nodes.map((node, at) => {
    const y = top + at * nodeHeight
    const own = states.filter((each) => each.node === node && each.toUs > frame.fromUs && each.fromUs < frame.toUs)
    const boxes = own.map(({ state, text, fromUs, toUs }) => {
      const left = frame.x(Math.max(fromUs, frame.fromUs))
      const right = Math.max(left + 2, frame.x(Math.min(toUs, frame.toUs)))
      const words = shortened(text, Math.floor((right - left - 8) / 5.6))
      return html`<rect class="${state}" x="${px(left)}" y="${px(y + 1)}" width="${px(right - left)}" height="${nodeHeight - 3}"><title>${node} ${text}, ${moment(fromUs)} to ${moment(toUs)}</title></rect>${words.length < 4 ? undefined : html`<text x="${px(left + 4)}" y="${px(y + 11)}">${words}</text>`}`
    })
    return html`${laneName(frame, `${node} up`, y, nodeHeight)}<line class="up" x1="${frame.left}" x2="${frame.right}" y1="${px(y + nodeHeight / 2)}" y2="${px(y + nodeHeight / 2)}"/>${boxes}`
  })
  return { markup: html`<g class="node-state">${rows}</g>`, height: nodes.length * nodeHeight + 8 }
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
