/** What the nodes said to each other around the failure, as a Lamport diagram: arrows from send to receive. */
import { nodeOf } from '../describe-event.ts'
import { type Failure, failureOf, nearest, type StoredMessage } from '../messages.ts'
import type { LoadedRun } from '../run.ts'
import { leaderships } from '../statistics.ts'
import { drawArrow, drawLost, exact, isLate, kindOf, labelOf, legend, titleOf } from './arrows.ts'
import { drawing, gutter, px, width } from './axis.ts'
import type { Band } from './bands.ts'
import { count, duration, moment, plural, shortened } from './figures.ts'
import { type Html, html } from './html.ts'
import {
  type Layout,
  laneDistance,
  laneX,
  layRows,
  lettersBetween,
  type Note,
  noteWidth,
  noteX,
  type Place,
} from './lamport.ts'
import { type Mark, marksOf, opMarks, type State, standing, statesOf } from './lane-states.ts'

/** More arrows than this can not be followed by eye. */
export const arrowsAtMost = 150
/** Heartbeats are drawn only where there is next to nothing else. */
const fewArrows = 24
const headHeight = 34

interface Line {
  readonly timeUs: number
  readonly shape: string
  readonly text: string
}

/** All that is drawn. */
interface Scene {
  readonly messages: readonly StoredMessage[]
  readonly nodes: readonly string[]
  readonly states: readonly State[]
  readonly marks: readonly Mark[]
  readonly lines: readonly Line[]
  /** Faults that had begun before. */
  readonly inForce: readonly Band[]
  readonly fromUs: number
  readonly toUs: number
}

export function messagesPanel(run: LoadedRun, bands: readonly Band[], endUs: number): Html {
  const { messages, outcome, events } = run
  if (messages === undefined || messages.length === 0) return html``
  const failure = failureOf(outcome, events, endUs)
  const scene = sceneOf(run, drawnOf(messages, failure), { failure, bands, endUs })
  return html`<section class="panel" id="messages">
<h2>Messages</h2>
<p class="hint">What you are looking at: what the nodes said to each other around ${failure.what}. One lane per node, time running down, an arrow from where a message was sent to where it arrived, or to a cross where it got lost. The times at the left are true, the distances are not: pauses are cut short. What arrives at a frozen node waits there until it goes on. Entries go by index, places in a log by index/term. Hover over anything for its details.</p>
${legend}
${inForceNote(scene.inForce)}
${drawScene(scene)}
<p class="note">${drawnNote(messages, scene)}</p>
</section>`
}

/** The messages to draw: those nearest to the failure, heartbeats only where there is little else. */
export function drawnOf(messages: readonly StoredMessage[], failure: Failure): StoredMessage[] {
  const eventful = messages.filter(({ isHeartbeat }) => isHeartbeat !== true)
  const drawn = nearest(eventful, failure, arrowsAtMost)
  if (drawn.length >= fewArrows) return drawn
  const beats = messages.filter(({ isHeartbeat }) => isHeartbeat === true)
  return nearest([...drawn, ...nearest(beats, failure, fewArrows - drawn.length)], failure, arrowsAtMost)
}

function sceneOf(
  run: LoadedRun,
  messages: readonly StoredMessage[],
  { failure, bands, endUs }: { failure: Failure; bands: readonly Band[]; endUs: number },
): Scene {
  const { events, outcome } = run
  const times = messages.flatMap(({ sentUs, receivedUs }) => [sentUs, receivedUs ?? sentUs])
  const fromUs = Math.min(failure.timeUs, ...times)
  const toUs = Math.max(failure.timeUs, ...times)
  const nodes = nodesOf(run, messages)
  const isShown = ({ timeUs }: { readonly timeUs: number }) => timeUs >= fromUs && timeUs <= toUs
  const leaders = leaderships(events, endUs)
  const states = statesOf(events, leaders, endUs).filter((state) => state.fromUs <= toUs && state.toUs >= fromUs)
  const marks = [...standing(states, fromUs), ...marksOf(events, leaders), ...opMarks(outcome)]
  const faultLines = bands.flatMap(({ id, fault, target, fromUs: beganUs, toUs: endedUs }): Line[] => [
    { timeUs: beganUs, shape: 'fault', text: `${id} ${fault} begins: ${target}` },
    { timeUs: endedUs, shape: 'fault', text: `${id} ${fault} ends` },
  ])
  return {
    messages,
    nodes,
    states,
    marks: marks.filter((mark) => isShown(mark) && nodes.includes(mark.node)),
    lines: [...merged(faultLines), { timeUs: failure.timeUs, shape: 'failure', text: failure.what }].filter(isShown),
    inForce: bands.filter((band) => band.fromUs < fromUs && band.toUs >= fromUs),
    fromUs,
    toUs,
  }
}

/** Parts of a pattern begin together: one line for them all. */
function merged(lines: readonly Line[]): Line[] {
  const together = Map.groupBy(lines, ({ timeUs }) => timeUs)
  return [...together].map(([timeUs, own]) => ({
    timeUs,
    shape: 'fault',
    text: own.map(({ text }) => text).join('; '),
  }))
}

function inForceNote(bands: readonly Band[]): Html {
  if (bands.length === 0) return html``
  const faults = bands.map(({ id, fault, target, fromUs }) => `${id} ${fault} (${target}) since ${moment(fromUs)}`)
  return html`<p class="hint">Faults in force when the drawing begins: ${faults.join('; ')}.</p>`
}

/** Those of the plan in their order, then whoever else was heard of. */
function nodesOf({ plan, events }: LoadedRun, messages: readonly StoredMessage[]): string[] {
  const seen = new Set(messages.flatMap(({ from, to }) => [from, to]))
  const known = new Set([...seen, ...events.flatMap((event) => nodeOf(event) ?? [])])
  const planned = Array.from({ length: plan.system.nodes }, (_, at) => `n${at + 1}`).filter((node) => known.has(node))
  return [...planned, ...[...seen].filter((node) => !planned.includes(node)).sort()]
}

function drawScene({ messages, nodes, states, marks, lines, fromUs, toUs }: Scene): Html {
  const lanes = nodes.length
  const lane = (node: string) => nodes.indexOf(node)
  const x = (node: string) => laneX(lane(node), lanes)
  const letters = lettersBetween(lanes)
  const arrows = messages.map((message) => {
    const { from, to, sentUs, receivedUs } = message
    const text = shortened(labelOf(message), letters)
    return { message, note: { timeUs: receivedUs ?? sentUs, place: atEnd(lane(from), lane(to)), text } }
  })
  const marked = marks.map((mark) => {
    const { timeUs, node, text } = mark
    return { mark, note: { timeUs, place: beside(lane(node), lanes), text: shortened(text, letters) } }
  })
  const layout = layRows(momentsOf(messages, states, { fromUs, toUs }), {
    notes: [...arrows, ...marked].map(({ note }) => note),
    rules: lines,
    lanes,
    top: headHeight + 12,
  })
  const words = (note: Note): Html => {
    const isLeft = note.place.side === 'left'
    const [left, y, wide] = [noteX(note.place, lanes), layout.baseline(note), noteWidth(note)]
    return html`<rect class="behind" x="${px(isLeft ? left - 1 : left - wide)}" y="${px(y - 9)}" width="${px(wide + 1)}" height="11.5"/><text class="label" x="${px(left)}" y="${px(y)}" text-anchor="${isLeft ? 'start' : 'end'}">${note.text}</text>`
  }
  const way = { x, gap: laneDistance(lanes) }
  // Words in front of all lines, or the next arrow would strike them out.
  const markup = html`${drawRows(layout)}
${nodes.map((node) => drawLane(node, x(node), layout.bottom))}
${states.map((state) => {
  const top = layout.y(Math.max(state.fromUs, fromUs))
  const bottom = state.toUs > toUs ? layout.bottom : layout.y(state.toUs)
  return html`<rect class="state ${state.state}" x="${px(x(state.node) - 5)}" y="${px(top)}" width="10" height="${px(Math.max(1, bottom - top))}"><title>${state.node} ${state.text}, ${moment(state.fromUs)} to ${moment(state.toUs)}</title></rect>`
})}
${arrows.map(({ message }) => html`<g class="message ${kindOf(message)}${isLate(message) ? ' late' : ''}"><title>${titleOf(message)}</title>${drawMessage(message, layout, way)}</g>`)}
${lines.map((line) => drawLine(line, layout.y(line.timeUs)))}
${arrows.map(({ message, note }) => html`<g class="words ${kindOf(message)}"><title>${titleOf(message)}</title>${words(note)}</g>`)}
${marked.map(({ mark, note }) => html`<g class="mark ${mark.shape}"><title>${exact(mark.timeUs)}: ${mark.node} ${mark.text}</title>${drawMark(mark, x(mark.node), layout.y(mark.timeUs))}${words(note)}</g>`)}`
  return drawing(layout.bottom + 30, `${plural(messages.length, 'message')} between ${plural(lanes, 'node')}`, markup)
}

/** Where a text for an arrow from one lane to another stands: where it ends, on the side that it comes from. */
function atEnd(from: number, to: number): Place {
  return from < to ? { gap: to - 1, side: 'right' } : { gap: to, side: 'left' }
}

/** Right of a lane, but left of the last. */
function beside(at: number, lanes: number): Place {
  return at > 0 && at === lanes - 1 ? { gap: at - 1, side: 'right' } : { gap: at, side: 'left' }
}

/** Every moment at which a line begins or ends. */
function momentsOf(
  messages: readonly StoredMessage[],
  states: readonly State[],
  { fromUs, toUs }: { fromUs: number; toUs: number },
): number[] {
  const ends = [
    ...messages.flatMap(({ sentUs, receivedUs }) => [sentUs, receivedUs ?? sentUs]),
    ...states.flatMap((state) => [state.fromUs, state.toUs]),
  ]
  return [fromUs, toUs, ...ends.filter((us) => us >= fromUs && us <= toUs)]
}

function drawMessage(
  { from, to, sentUs, receivedUs }: StoredMessage,
  layout: Layout,
  { x, gap }: { x: (node: string) => number; gap: number },
): Html {
  const way = { fromX: x(from), fromY: layout.y(sentUs), toX: x(to), toY: layout.y(receivedUs ?? sentUs) }
  if (receivedUs !== undefined) return drawArrow(way)
  const direction = Math.sign(way.toX - way.fromX)
  return drawLost({ ...way, toX: way.toX - direction * gap * 0.4 })
}

function drawLane(node: string, x: number, bottom: number): Html {
  const name = (y: number): Html =>
    html`<text class="node" x="${px(x)}" y="${px(y)}" text-anchor="middle">${node}</text>`
  return html`<g class="node-lane"><line class="life" x1="${px(x)}" x2="${px(x)}" y1="${headHeight - 6}" y2="${px(bottom + 8)}"/>${name(headHeight - 14)}${name(bottom + 24)}</g>`
}

/** Times at the left, as far as there is room, and dotted lines where a pause was cut short. */
function drawRows({ rows }: Layout): Html {
  let free = 0
  return html`<g class="axis rows">${rows.map(({ timeUs, y, pauseUs }) => {
    const pause =
      pauseUs === undefined
        ? undefined
        : html`<line class="pause" x1="${gutter}" x2="${width - 8}" y1="${px(y - 11)}" y2="${px(y - 11)}"/><text x="${gutter - 10}" y="${px(y - 7)}" text-anchor="end">⋮ ${duration(pauseUs)}</text>`
    if (pauseUs !== undefined) free = Math.max(free, y + 6)
    if (y < free) return pause
    free = y + 26
    return html`${pause}<text x="${gutter - 10}" y="${px(y + 4)}" text-anchor="end">${(timeUs / 1e6).toFixed(4)} s</text><line x1="${gutter - 6}" x2="${gutter}" y1="${px(y)}" y2="${px(y)}"/>`
  })}</g>`
}

function drawLine({ timeUs, shape, text }: Line, y: number): Html {
  return html`<g class="across ${shape}"><title>${exact(timeUs)}: ${text}</title><line x1="${gutter}" x2="${width - 8}" y1="${px(y)}" y2="${px(y)}"/><text x="${gutter + 40}" y="${px(y - 4)}">${shortened(text, 140)}</text></g>`
}

function drawMark({ shape }: Mark, x: number, y: number): Html {
  const path = (d: string): Html => html`<path d="${d}"/>`
  const [left, right, up, down] = [px(x - 5), px(x + 5), px(y - 5), px(y + 5)]
  switch (shape) {
    case 'dies':
      return path(`M${left} ${up}L${right} ${down}M${left} ${down}L${right} ${up}`)
    case 'asks':
      return path(`M${left} ${up}L${right} ${px(y)}L${left} ${down}Z`)
    case 'answers':
      return path(`M${right} ${up}L${left} ${px(y)}L${right} ${down}Z`)
    case 'leads':
    case 'changes':
      return path(`M${px(x)} ${up}L${right} ${px(y)}L${px(x)} ${down}L${left} ${px(y)}Z`)
    default:
      return shape satisfies never
  }
}

function drawnNote(all: readonly StoredMessage[], { messages, fromUs, toUs }: Scene): string {
  const isWithin = ({ sentUs, receivedUs }: StoredMessage) => (receivedUs ?? sentUs) >= fromUs && sentUs <= toUs
  const drawn = new Set(messages)
  const hidden = all.filter((message) => isWithin(message) && !drawn.has(message))
  const beats = hidden.filter(({ isHeartbeat }) => isHeartbeat === true)
  const lostBeats = beats.filter(({ receivedUs }) => receivedUs === undefined).length
  const others = hidden.length - beats.length
  return [
    `${plural(messages.length, 'message')} from ${moment(fromUs)} to ${moment(toUs)}: those nearest to the failure.`,
    beats.length === 0
      ? 'No heartbeat within this time is hidden.'
      : `Within this time ${plural(beats.length, 'heartbeat')} and quiet answers to heartbeats are hidden${lostBeats === 0 ? '' : `, of which ${count(lostBeats)} got lost`}.`,
    others === 0 ? '' : `So ${others === 1 ? 'is' : 'are'} ${plural(others, 'other message')}.`,
    `messages.jsonl has all ${count(all.length)} that were kept.`,
  ]
    .filter((sentence) => sentence !== '')
    .join(' ')
}
