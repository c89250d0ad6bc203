/**
 * The explorer's lanes. Only what is on the screen is looked at, and what would cover no pixel of its own is not drawn
 * (100,000 ops seen at once are some 1,000 columns per lane): each frame costs a few milliseconds.
 */
import type { TimeFrame } from '../report/axis.ts'
import { fail, info, type Ops, ok, textOf } from '../report/ops.ts'
import { fitted } from './canvas.ts'
import { line } from './draw-head.ts'
import { firstAfter, type Group, type Lane, type LaneLayout, laneHeight } from './lanes.ts'
import type { Colours } from './theme.ts'

export interface LanesInput {
  readonly ops: Ops
  readonly layout: LaneLayout
  readonly frame: TimeFrame
  readonly palette: Colours
  /** Where the first lane begins on the canvas, and where the canvas ends. */
  readonly top: number
  readonly bottom: number
  readonly scrollTop: number
  readonly selected: number | undefined
  readonly hovered: number | undefined
  /** Ops of the anomaly with their numbers. */
  readonly core: ReadonlyMap<number, number>
  /** Ops that fit into no order. */
  readonly stops: ReadonlySet<number>
  /** A sign before the name of a group: what the checker says of this key. */
  sign(group: Group): string
}

const barTop = 3
const barHeight = laneHeight - 6

export function drawLanes(context: CanvasRenderingContext2D, input: LanesInput): void {
  const { layout, frame, palette, top, bottom, scrollTop } = input
  context.save()
  context.beginPath()
  context.rect(0, top, frame.right + 16, bottom - top)
  context.clip()
  for (const group of layout.groups) {
    const groupTop = top + group.top - scrollTop
    const groupBottom = top + group.bottom - scrollTop
    if (groupBottom < top || groupTop > bottom) continue
    context.fillStyle = palette.ink
    context.textAlign = 'right'
    context.font = `600 12px ${palette.sans}`
    context.fillText(
      fitted(`${input.sign(group)}${group.name}`, frame.left - 16, 6.4),
      frame.left - 10,
      Math.max(groupTop, top) + 13,
    )
    context.strokeStyle = palette.line
    context.lineWidth = 1
    line(context, 8, Math.round(groupBottom + 4) + 0.5, frame.right, Math.round(groupBottom + 4) + 0.5)
    for (const lane of group.lanes) {
      const y = top + lane.top - scrollTop
      if (y + laneHeight >= top && y <= bottom) drawLane(context, input, lane, y)
    }
  }
  context.restore()
}

/** The op under a point of the canvas, or the nearest within a few pixels of its lane. */
export function opAt({ ops, layout, frame, top, scrollTop }: LanesInput, x: number, y: number): number | undefined {
  const wanted = y - top + scrollTop
  const lane = layout.groups
    .find((group) => wanted >= group.top && wanted < group.bottom)
    ?.lanes.find((each) => wanted >= each.top && wanted < each.top + laneHeight)
  if (lane === undefined || y < top) return undefined
  const usPerPx = (frame.toUs - frame.fromUs) / (frame.right - frame.left)
  const us = frame.fromUs + (x - frame.left) * usPerPx
  const after = firstAfter(ops, lane.ops, us)
  const near = [lane.ops[after - 1], lane.ops[after]].flatMap((at) => (at === undefined ? [] : [at]))
  const away = (at: number): number => Math.max((ops.callUs[at] ?? 0) - us, us - (ops.endUs[at] ?? 0), 0) / usPerPx
  return near.filter((at) => away(at) < 5).sort((a, b) => away(a) - away(b))[0]
}

function drawLane(context: CanvasRenderingContext2D, input: LanesInput, lane: Lane, y: number): void {
  const { ops, frame, palette, core } = input
  const all = lane.ops
  let drawnTo = Number.NEGATIVE_INFINITY
  let drawnOutcome = -1
  for (let i = firstAfter(ops, all, frame.fromUs); i < all.length; i++) {
    const at = all[i] ?? 0
    const call = ops.callUs[at] ?? 0
    if (call > frame.toUs) break
    const outcome = ops.outcome[at] ?? info
    const left = Math.max(frame.left, frame.x(call))
    const right = Math.max(left + 1, Math.min(frame.right, frame.x(ops.endUs[at] ?? call)))
    const isMarked = core.has(at) || at === input.selected || at === input.hovered || input.stops.has(at)
    if (right <= drawnTo + 0.4 && outcome <= drawnOutcome && !isMarked) continue
    drawnOutcome = right > drawnTo + 0.4 ? outcome : Math.max(outcome, drawnOutcome)
    drawnTo = Math.max(right, drawnTo)
    drawBar(context, input, { at, outcome, left, right, y })
    const next = all[i + 1]
    const room = (next === undefined ? frame.right : Math.min(frame.right, frame.x(ops.callUs[next] ?? 0))) - left
    if (room > 34) drawText(context, input, { at, outcome, left, right, y }, room)
    else if (isMarked) drawNumber(context, palette, core.get(at), left, y)
  }
}

interface Bar {
  readonly at: number
  readonly outcome: number
  readonly left: number
  readonly right: number
  readonly y: number
}

/** Answered: full. Failed: a thin outline. No answer: fades out. Told apart without colour. */
function drawBar(context: CanvasRenderingContext2D, input: LanesInput, { at, outcome, left, right, y }: Bar): void {
  const { palette } = input
  const width = right - left
  const isCore = input.core.has(at) || input.stops.has(at)
  if (outcome === ok) {
    context.fillStyle = isCore ? palette.bad : palette.ok
    context.fillRect(left, y + barTop, width, barHeight)
  } else if (outcome === fail) {
    context.fillStyle = palette.fail
    context.fillRect(left, y + barTop + barHeight / 2 - 1.5, width, 3)
  } else {
    const tint = isCore ? palette.bad : palette.info
    context.fillStyle = width > 8 ? fading(context, tint, left, right) : tint
    // Words stand on it.
    context.globalAlpha = width > 8 ? 0.55 : 1
    context.fillRect(left, y + barTop, width, barHeight)
    context.globalAlpha = 1
    context.fillStyle = tint
    context.fillRect(left, y + barTop, 1.5, barHeight)
    if (width > 12) {
      context.font = `700 11px ${palette.sans}`
      context.textAlign = 'right'
      context.fillText('?', right - 2, y + 12.5)
    }
  }
  if (at !== input.selected && at !== input.hovered) return
  context.strokeStyle = palette.ink
  context.lineWidth = at === input.selected ? 2 : 1
  context.strokeRect(left - 1.5, y + barTop - 1.5, width + 3, barHeight + 3)
}

function fading(context: CanvasRenderingContext2D, colour: string, left: number, right: number): CanvasGradient {
  const gradient = context.createLinearGradient(left, 0, right, 0)
  gradient.addColorStop(0, colour)
  gradient.addColorStop(1, 'transparent')
  return gradient
}

/** In the bar where it is long enough, else behind it. */
function drawText(context: CanvasRenderingContext2D, input: LanesInput, bar: Bar, room: number): void {
  const { ops, palette, core } = input
  const { at, outcome, left, right, y } = bar
  const number = core.get(at)
  const text = `${number === undefined ? '' : `${number}  `}${textOf(ops, at)}`
  context.font = `${number === undefined ? '' : '700 '}10.5px ${palette.sans}`
  context.textAlign = 'left'
  // At the end of what has no answer stands its question mark.
  const inside = outcome === fail ? '' : fitted(text, right - left - (outcome === info ? 26 : 10))
  const isInside = inside === text || (inside !== '' && right - left > room * 0.8)
  const gap = right - left + 4
  const words = isInside ? inside : fitted(text, room - gap - 6)
  if (words === '') return drawNumber(context, palette, number, left, y)
  if (isInside) context.fillStyle = outcome === info ? palette.ink : palette.card
  else context.fillStyle = number === undefined ? palette.soft : palette.bad
  context.fillText(words, isInside ? left + 5 : left + gap, y + 12.5)
}

function drawNumber(
  context: CanvasRenderingContext2D,
  palette: Colours,
  number: number | undefined,
  left: number,
  y: number,
) {
  if (number === undefined) return
  context.font = `700 11px ${palette.sans}`
  context.textAlign = 'right'
  context.fillStyle = palette.bad
  context.fillText(String(number), left - 3, y + 12.5)
}
