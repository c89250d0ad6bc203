/** Where time and values stand on a drawing: scales, ticks at round numbers, and the frame that all time axes share. */
import { type Html, html } from './html.ts'

/** All drawings are this wide; the gutter at the left holds names, so that times stand below each other on the page. */
export const width = 1120
export const gutter = 104

export interface TimeFrame {
  readonly fromUs: number
  readonly toUs: number
  readonly left: number
  readonly right: number
  x(us: number): number
}

/** A true time axis from the gutter to the right edge. */
export function timeFrame(fromUs: number, toUs: number): TimeFrame {
  const left = gutter
  const right = width - 16
  const span = Math.max(1, toUs - fromUs)
  return { fromUs, toUs: fromUs + span, left, right, x: (us) => left + ((us - fromUs) / span) * (right - left) }
}

/** Coordinates with one decimal: finer than a screen shows, and short in the file. */
export function px(value: number): number {
  return Math.round(value * 10) / 10
}

/** Round numbers (1, 2 or 5 times a power of ten) from `from` to `to`, about `about` of them. */
export function ticks(from: number, to: number, about: number): number[] {
  const step = roundStep((to - from) / Math.max(1, about))
  const first = Math.ceil(from / step - 1e-9)
  const last = Math.floor(to / step + 1e-9)
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, at) => (first + at) * step)
}

/** The smallest 1, 2 or 5 times a power of ten that is at least `rough`. */
export function roundStep(rough: number): number {
  if (!(rough > 0)) return 1
  const power = 10 ** Math.floor(Math.log10(rough))
  const factor = [1, 2, 5, 10].find((candidate) => candidate * power >= rough * (1 - 1e-9)) ?? 10
  return factor * power
}

/** Vertical lines at round times from `top` to `bottom`, with labels below. */
export function timeAxis(frame: TimeFrame, top: number, bottom: number): Html {
  const times = ticks(frame.fromUs, frame.toUs, 9)
  const label = timeLabel((times[1] ?? 1e6) - (times[0] ?? 0))
  return html`<g class="axis">${times.map((us) => {
    const x = px(frame.x(us))
    return html`<line x1="${x}" x2="${x}" y1="${px(top)}" y2="${px(bottom)}"/><text x="${x}" y="${px(bottom + 16)}" text-anchor="middle">${label(us)}</text>`
  })}</g>`
}

/** Seconds with as many decimals as the distance of the ticks needs. */
function timeLabel(stepUs: number): (us: number) => string {
  const decimals = Math.min(6, Math.max(0, -Math.floor(Math.log10(stepUs / 1e6) + 1e-9)))
  return (us) => `${(us / 1e6).toFixed(decimals)} s`
}

/** A drawing with its own height; `label` is what a screen reader says of it. */
export function drawing(height: number, label: string, content: Html): Html {
  return html`<div class="drawing"><svg viewBox="0 0 ${width} ${Math.ceil(height)}" role="img" aria-label="${label}">${content}</svg></div>`
}
