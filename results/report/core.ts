/** The anomaly, drawn large: the few ops that can not be put in order, on a true time axis, one lane per process. */
import type { Anomaly, ShownOperation } from '../outcome.ts'
import { actorOf } from '../spans.ts'
import { drawing, px, type TimeFrame, timeAxis, timeFrame } from './axis.ts'
import { duration, momentsOf, plural, shortened } from './figures.ts'
import { type Html, html } from './html.ts'
import type { ProofLine } from './proof.ts'

const textWidth = 7.9
const rowHeight = 62
const laneGap = 14

interface PlacedOperation {
  readonly operation: ShownOperation
  readonly number: number
  readonly left: number
  readonly right: number
  readonly label: string
  readonly times: string
  readonly labelX: number
  readonly row: number
}

type Moment = (us: number) => string

/** `ends`: where each row of the lane is free again. */
interface Placing {
  readonly ends: number[]
  readonly moment: Moment
}

interface Lane {
  readonly process: number
  readonly name: string
  readonly placed: readonly PlacedOperation[]
  readonly rows: number
}

/** The panel of an anomaly: drawing, explanation, and the prefix up to the op that could not follow. */
export function corePanel(anomaly: Anomaly, proof: readonly ProofLine[] | undefined): Html {
  const confirmed = anomaly.confirmed
    ? 'An exhaustive search without any pruning tried every order of these ops and found none.'
    : 'They come from the checker as it ran; no second, unpruned search has confirmed them alone.'
  if (anomaly.core.length === 0) {
    return html`<section class="panel" id="anomaly"><h2>What can not be put in order</h2>
<p class="hint">The checker found no small set of ops that is illegal by itself; the prefix below is where it stopped.</p>
<p class="sentence">${anomaly.sentence}</p>
${prefixPart(anomaly)}</section>`
  }
  return html`<section class="panel" id="anomaly">
<h2>What can not be put in order</h2>
<p class="hint">What you are looking at: ${plural(anomaly.core.length, 'op')} on key <code>${anomaly.key}</code>, from call to answer on a true time axis. Each must have taken effect at one moment within its bar; together they can not.</p>
${drawCore(anomaly.core)}
<p class="sentence">${anomaly.sentence}</p>
${proofPart(anomaly.core, proof)}
<p class="note">${confirmed} An op that fades out with a “?” never returned: it may have taken effect at any later moment, or never. Dashed lines mark the moments at which an answer was in a client's hands.</p>
${prefixPart(anomaly)}
</section>`
}

/** The drawing alone. */
export function drawCore(core: readonly ShownOperation[]): Html {
  const frame = frameOf(core)
  const lanes = layLanes(frame, core)
  const top = 30
  const heights = lanes.map(({ rows }) => rows * rowHeight + laneGap)
  const bottom = top + heights.reduce((sum, height) => sum + height, 0)
  let y = top
  const drawn = lanes.map((lane, at) => {
    const laneTop = y
    y += heights[at] ?? 0
    return drawLane(frame, lane, laneTop)
  })
  return drawing(
    bottom + 30,
    `${plural(core.length, 'op')} that can not be put in order`,
    html`${timeAxis(frame, top - 6, bottom)}${answered(frame, core, bottom)}${drawn}`,
  )
}

/** From shortly before the first call to shortly after the last answer; open ops fade out at the right edge. */
function frameOf(core: readonly ShownOperation[]): TimeFrame {
  const first = Math.min(...core.map(({ callUs }) => callUs))
  const last = Math.max(...core.map(({ callUs, returnUs }) => returnUs ?? callUs))
  const margin = Math.max(50, (last - first) * 0.06)
  const isOpen = core.some(({ returnUs }) => returnUs === undefined)
  return timeFrame(Math.max(0, first - margin), last + margin * (isOpen ? 3 : 1))
}

function layLanes(frame: TimeFrame, core: readonly ShownOperation[]): Lane[] {
  const inOrder = core.toSorted((a, b) => a.callUs - b.callUs)
  const moment = momentsOf(core)
  const processes = [...new Set(inOrder.map(({ process }) => process))]
  return processes.map((process) => {
    const ends: number[] = []
    const placed = inOrder.flatMap((operation, at) =>
      operation.process === process ? [place(frame, operation, at + 1, { ends, moment })] : [],
    )
    const first = placed[0]?.operation
    return { process, name: first === undefined ? '' : actorOf(first), placed, rows: ends.length }
  })
}

/** Labels are often longer than the op they name, so they, not the bars, decide about rows. */
function place(
  frame: TimeFrame,
  operation: ShownOperation,
  number: number,
  { ends, moment }: Placing,
): PlacedOperation {
  const left = frame.x(operation.callUs)
  const right = operation.returnUs === undefined ? frame.right : Math.max(left + 4, frame.x(operation.returnUs))
  const label = `${number}  ${shortened(operation.text, 56)}`
  const times = timesOf(operation, moment)
  const long = Math.max([...label].length * textWidth + 14, times.length * 6.6)
  const labelX = Math.max(frame.left, Math.min(left, frame.right - long))
  const free = ends.findIndex((end) => end <= labelX)
  const row = free === -1 ? ends.length : free
  ends[row] = Math.max(right, labelX + long) + 16
  return { operation, number, left, right, label, times, labelX, row }
}

function timesOf({ callUs, returnUs, node }: ShownOperation, moment: Moment): string {
  const where = node === undefined ? '' : ` · at ${node}`
  if (returnUs === undefined) return `${moment(callUs)} – never answered${where}`
  return `${moment(callUs)} – ${moment(returnUs)} (${duration(returnUs - callUs)})${where}`
}

function drawLane(frame: TimeFrame, lane: Lane, top: number): Html {
  const middle = top + (lane.rows * rowHeight) / 2
  const under = lane.name.startsWith('c') ? `process ${lane.process}` : ''
  return html`<g class="core-lane"><rect class="lane-ground" x="${frame.left}" y="${px(top)}" width="${frame.right - frame.left}" height="${px(lane.rows * rowHeight)}" rx="4"/>
<text class="lane-name" x="${frame.left - 12}" y="${px(middle + 1)}" text-anchor="end">${lane.name}</text><text class="lane-under" x="${frame.left - 12}" y="${px(middle + 16)}" text-anchor="end">${under}</text>
${lane.placed.map((placed) => drawOperation(placed, top + placed.row * rowHeight))}</g>`
}

function drawOperation({ operation, number, left, right, label, times, labelX }: PlacedOperation, top: number): Html {
  const isOpen = operation.returnUs === undefined
  const y = px(top + 25)
  const bar = isOpen
    ? html`<rect class="bar fading" x="${px(left)}" y="${y}" width="${px(right - left)}" height="14" rx="2"/><text class="perhaps" x="${px(right - 12)}" y="${px(top + 38)}" text-anchor="middle">?</text>`
    : html`<rect class="bar" x="${px(left)}" y="${y}" width="${px(right - left)}" height="14" rx="2"/>`
  return html`<g class="core-op"><title>${number}. ${actorOf(operation)} ${operation.text}, ${times}</title>
<text class="says" x="${px(labelX)}" y="${px(top + 18)}">${label}</text>${bar}<line class="edge" x1="${px(left)}" x2="${px(left)}" y1="${px(top + 22)}" y2="${px(top + 42)}"/><text class="when" x="${px(labelX)}" y="${px(top + 54)}">${times}</text></g>`
}

/** A line through all lanes at each answer: what begins right of it must have seen it. */
function answered(frame: TimeFrame, core: readonly ShownOperation[], bottom: number): Html {
  const times = [...new Set(core.flatMap(({ returnUs }) => (returnUs === undefined ? [] : [returnUs])))].sort(
    (a, b) => a - b,
  )
  let free = 0
  const moment = momentsOf(core)
  return html`<g class="answered">${times.map((us) => {
    const x = px(Math.max(frame.x(us), frame.left))
    const isFree = x - 34 >= free
    if (isFree) free = x + 38
    const label = isFree ? html`<text x="${x}" y="15" text-anchor="middle">${moment(us)}</text>` : undefined
    return html`<line x1="${x}" x2="${x}" y1="20" y2="${px(bottom)}"/>${label}`
  })}</g>`
}

const proofSigns: Readonly<Record<ProofLine['kind'], string>> = {
  placed: '',
  taken: '',
  start: '',
  seen: '… ',
  refused: '✕ ',
  waits: '✕ ',
}

/** Every order, tried step by step; what an op is called stands beside its number. */
function proofPart(core: readonly ShownOperation[], proof: readonly ProofLine[] | undefined): Html {
  if (proof === undefined) return html``
  const inOrder = core.toSorted((a, b) => a.callUs - b.callUs)
  const hasLeftOut = proof.some(({ kind }) => kind === 'start' || kind === 'taken')
  const steps = proof.map(({ depth, kind, op, text }) => {
    const operation = inOrder[op]
    const isOfNone = kind === 'seen' || kind === 'start'
    const name = isOfNone || operation === undefined ? '' : `${actorOf(operation)} ${operation.text}`
    const sign = proofSigns[kind]
    return html`<li class="${kind} depth${Math.min(5, depth)}"><span class="op-number">${isOfNone ? '–' : op + 1}</span><span>${name === '' ? undefined : html`<span class="what">${shortened(name, 90)}</span> – `}${sign}${text}.</span></li>`
  })
  return html`<div class="proof"><h3>Step by step: why there is no order</h3><ol>${steps}</ol><p class="qed">Nothing is left to try: no order of these ops fits their times and answers.${hasLeftOut ? ' What is not shown can not help: the checker left it out, or took an op for less, only by steps that keep a legal history legal.' : ''}</p></div>`
}

function prefixPart({ prefix, blocked }: Anomaly): Html {
  if (prefix.length === 0 && blocked === undefined) return html``
  const shown = prefix.slice(-10)
  const moment = momentsOf(blocked === undefined ? shown : [...shown, blocked])
  return html`<details open class="prefix"><summary>The longest order that still made sense</summary>
<p class="hint">What you are looking at: the end of the longest prefix in an order that one copy of the data could have shown, and the op that could not follow it.</p>
<ul>${shown.map((operation) => html`<li>${line(operation, moment)}</li>`)}</ul>
${blocked === undefined ? undefined : html`<p class="blocked"><span class="mark">✕ could not follow</span> ${line(blocked, moment)}</p>`}</details>`
}

function line(operation: ShownOperation, moment: Moment): Html {
  return html`<span class="who">${actorOf(operation)}</span> <span class="says">${operation.text}</span> <span class="when">${timesOf(operation, moment)}</span>`
}
