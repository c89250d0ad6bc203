/** The explorer's head: times, faults by name, who led; and the faults' bands behind everything below. */
import type { TimeFrame } from '../report/axis.ts'
import { roundStep, ticks } from '../report/axis.ts'
import { type Band, layBands, shortLabel } from '../report/bands.ts'
import type { Leadership } from '../statistics.ts'
import { fitted } from './canvas.ts'
import { type Colours, tintOf } from './theme.ts'

export const axisHeight = 20
const bandHeight = 16
const bandRows = 2
const leaderHeight = 18

export interface HeadInput {
  readonly frame: TimeFrame
  readonly bands: readonly Band[]
  readonly leaders: readonly Leadership[]
  readonly palette: Colours
}

/** The same at every zoom, so that lanes do not jump. */
export function headHeight({ bands, leaders }: Pick<HeadInput, 'bands' | 'leaders'>): number {
  return axisHeight + (bands.length > 0 ? bandRows * bandHeight : 0) + leaderRows(leaders).count * leaderHeight
}

/** Bands down to `bottom`, hatched where nothing shows that a fault bit; then round times. */
export function drawBackdrop(context: CanvasRenderingContext2D, input: HeadInput, bottom: number): void {
  const { frame, bands, palette } = input
  for (const band of bands) {
    const left = Math.max(frame.left, frame.x(band.fromUs))
    const right = Math.min(frame.right, frame.x(band.toUs))
    if (right < frame.left || left > frame.right) continue
    context.fillStyle = tintOf(palette, band.tint)
    context.globalAlpha = band.bit === undefined ? 0.03 : 0.075
    context.fillRect(left, axisHeight, Math.max(1, right - left), bottom - axisHeight)
    context.globalAlpha = 1
  }
  context.strokeStyle = palette.line
  context.fillStyle = palette.soft
  context.font = `11px ${palette.sans}`
  context.textAlign = 'center'
  context.lineWidth = 1
  const label = labels(frame)
  for (const us of ticks(frame.fromUs, frame.toUs, Math.max(2, (frame.right - frame.left) / 120))) {
    const x = Math.round(frame.x(us)) + 0.5
    line(context, x, axisHeight - 4, x, bottom)
    context.fillText(label(us), Math.min(Math.max(x, frame.left + 20), frame.right - 20), 12)
  }
}

/** Names of faults in rows, and a lane of leaders with their terms. */
export function drawHead(context: CanvasRenderingContext2D, input: HeadInput): void {
  const { frame, bands, leaders, palette } = input
  let top = axisHeight
  context.textAlign = 'left'
  if (bands.length > 0) {
    for (const { band, row, left, right, label, labelX } of layBands(frame, bands, shortLabel).placed) {
      if (row >= bandRows) continue
      const y = top + row * bandHeight
      context.fillStyle = tintOf(palette, band.tint)
      context.strokeStyle = tintOf(palette, band.tint)
      context.globalAlpha = band.bit === undefined ? 0.9 : 0.3
      context.setLineDash(band.bit === undefined ? [3, 2] : [])
      if (band.bit === undefined) context.strokeRect(left, y + 1.5, right - left, bandHeight - 4)
      else context.fillRect(left, y + 1, right - left, bandHeight - 3)
      context.setLineDash([])
      context.globalAlpha = 1
      context.fillStyle = palette.ink
      context.fillText(label, labelX, y + 12)
    }
    name(context, input, 'faults', top + 12)
    top += bandRows * bandHeight
  }
  if (leaders.length === 0) return
  name(context, input, 'leader', top + 13)
  const { rowOf } = leaderRows(leaders)
  for (const leadership of leaders) {
    const { node, term, fromUs, toUs } = leadership
    const y = top + rowOf(leadership) * leaderHeight
    const left = Math.max(frame.left, frame.x(fromUs))
    const right = Math.min(frame.right, frame.x(toUs))
    if (right < frame.left || left > frame.right) continue
    context.fillStyle = palette.ground
    context.strokeStyle = palette.soft
    context.lineWidth = 0.8
    context.fillRect(left, y + 2, Math.max(1, right - left), leaderHeight - 5)
    context.strokeRect(left, y + 2, Math.max(1, right - left), leaderHeight - 5)
    context.fillStyle = palette.ink
    const texts = [`${node}, term ${term}`, `${node} · ${term}`, node]
    context.fillText(texts.find((text) => fitted(text, right - left - 8) === text) ?? '', left + 4, y + 12.5)
  }
}

/** A leader that does not know of the next one yet stands in a row below; a third covers the second. */
function leaderRows(leaders: readonly Leadership[]): { count: number; rowOf: (leadership: Leadership) => number } {
  const ends: number[] = []
  const rows = new Map<Leadership, number>()
  for (const leadership of leaders) {
    const free = ends.findIndex((end) => end <= leadership.fromUs)
    const row = free >= 0 ? free : Math.min(1, ends.length)
    ends[row] = Math.max(leadership.toUs, ends[row] ?? 0)
    rows.set(leadership, row)
  }
  return { count: ends.length, rowOf: (leadership) => rows.get(leadership) ?? 0 }
}

function name(context: CanvasRenderingContext2D, { frame, palette }: HeadInput, text: string, y: number): void {
  context.textAlign = 'right'
  context.fillStyle = palette.soft
  context.fillText(text, frame.left - 10, y)
  context.textAlign = 'left'
}

export function line(context: CanvasRenderingContext2D, fromX: number, fromY: number, toX: number, toY: number): void {
  context.beginPath()
  context.moveTo(fromX, fromY)
  context.lineTo(toX, toY)
  context.stroke()
}

/** Seconds with as many decimals as the distance of the ticks needs. */
function labels(frame: TimeFrame): (us: number) => string {
  const stepUs = roundStep((frame.toUs - frame.fromUs) / Math.max(2, (frame.right - frame.left) / 120))
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(stepUs / 1e6) + 1e-9)))
  return (us) => `${(us / 1e6).toFixed(decimals)} s`
}
