/** Faults as bands behind a drawing, each with its name above; and who led, as a lane. */
import type { FaultEvidence } from '../../nemesis/evidence.ts'
import type { Leadership } from '../statistics.ts'
import { px, type TimeFrame } from './axis.ts'
import { duration, moment, shortened } from './figures.ts'
import { type Html, html } from './html.ts'

export interface Band {
  readonly id: string
  readonly fault: string
  readonly fromUs: number
  readonly toUs: number
  /** What it hit, in words. */
  readonly target: string
  readonly bit?: string
  /** Its colour, from 0 to 3, by the name of its fault in order of appearance; never the only sign. */
  readonly tint: number
}

export interface PlacedBand {
  readonly band: Band
  readonly row: number
  readonly left: number
  readonly right: number
  readonly label: string
  readonly labelX: number
}

export interface BandLayout {
  readonly placed: readonly PlacedBand[]
  readonly rows: number
  readonly height: number
}

const rowHeight = 18
const characterWidth = 6.4

/** The faults that began, by time. One that never ended lasts until `endUs`. */
export function bandsOf(evidence: readonly FaultEvidence[], endUs: number): Band[] {
  const begun = evidence
    .flatMap(({ planned, beganUs, endedUs, resolved, bit }) => {
      if (beganUs === undefined) return []
      const target = resolved?.text ?? planned.target.pick
      const band = { id: planned.id, fault: planned.fault, fromUs: beganUs, toUs: endedUs ?? endUs, target }
      return [bit === undefined ? band : { ...band, bit }]
    })
    .sort((a, b) => a.fromUs - b.fromUs)
  const names = [...new Set(begun.map(({ fault }) => fault))]
  return begun.map((band) => ({ ...band, tint: names.indexOf(band.fault) % 4 }))
}

/** Gives every band that touches the frame a row of its own for as long as it, or its label, lasts. */
export function layBands(frame: TimeFrame, bands: readonly Band[], label: (band: Band) => string): BandLayout {
  const ends: number[] = []
  const placed = bands
    .filter(({ fromUs, toUs }) => toUs >= frame.fromUs && fromUs <= frame.toUs)
    .map((band) => {
      const left = frame.x(Math.max(band.fromUs, frame.fromUs))
      const right = Math.max(left + 2, frame.x(Math.min(band.toUs, frame.toUs)))
      const text = label(band)
      const long = [...text].length * characterWidth + 8
      const labelX = Math.max(frame.left, Math.min(left, frame.right - long)) + 4
      const free = ends.findIndex((end) => end <= Math.min(left, labelX - 4))
      const row = free === -1 ? ends.length : free
      ends[row] = Math.max(right, labelX + long) + 4
      return { band, row, left, right, label: text, labelX }
    })
  return { placed, rows: ends.length, height: ends.length * rowHeight + (ends.length > 0 ? 4 : 0) }
}

/** Long names where there is room: `f3 pause: n3 (the leader)`. */
export function longLabel({ id, fault, target, bit }: Band): string {
  return `${id} ${fault}: ${shortened(target, 40)}${bit === undefined ? ' · did not bite' : ''}`
}

export function shortLabel({ id, fault }: Band): string {
  return `${id} ${fault}`
}

/** The bands: tints from `top` to `bottom`, names in rows from `top` on. */
export function drawBands(layout: BandLayout, top: number, bottom: number): Html {
  return html`<g class="bands">${layout.placed.map(({ band, row, left, right, label, labelX }) => {
    const y = top + row * rowHeight
    const shape = `fault tint${band.tint}${band.bit === undefined ? ' toothless' : ''}`
    return html`<g class="${shape}"><title>${bandTitle(band)}</title><rect class="shade" x="${px(left)}" y="${px(y)}" width="${px(right - left)}" height="${px(bottom - y)}"/><rect class="head" x="${px(left)}" y="${px(y)}" width="${px(right - left)}" height="${rowHeight - 3}"/><text x="${px(labelX)}" y="${px(y + 11.5)}">${label}</text></g>`
  })}</g>`
}

function bandTitle({ id, fault, target, fromUs, toUs, bit }: Band): string {
  const times = `${moment(fromUs)} to ${moment(toUs)} (${duration(toUs - fromUs)})`
  return `${id} ${fault}: ${target}. ${times}. ${bit === undefined ? 'Nothing shows that it bit.' : `It bit: ${bit}`}`
}

/** Who led in which term; a leader that does not know of the next one stands in a row below it. */
export function drawLeaders(
  frame: TimeFrame,
  all: readonly Leadership[],
  top: number,
): { markup: Html; height: number } {
  const ends: number[] = []
  const shown = all.filter(({ fromUs, toUs }) => toUs >= frame.fromUs && fromUs <= frame.toUs)
  const pieces = shown.map((leadership) => {
    const left = frame.x(Math.max(leadership.fromUs, frame.fromUs))
    const right = Math.max(left + 2, frame.x(Math.min(leadership.toUs, frame.toUs)))
    const free = ends.findIndex((end) => end <= left + 0.5)
    const row = free === -1 ? ends.length : free
    ends[row] = right
    const y = top + row * 20
    const label = leaderLabel(leadership, right - left)
    return html`<g class="leader"><title>${leadership.node} led term ${leadership.term} from ${moment(leadership.fromUs)} to ${moment(leadership.toUs)}</title><rect x="${px(left)}" y="${px(y)}" width="${px(Math.max(1, right - left - 1))}" height="16" rx="2"/>${label === '' ? undefined : html`<text x="${px(left + 5)}" y="${px(y + 12)}">${label}</text>`}</g>`
  })
  if (pieces.length === 0) return { markup: html``, height: 0 }
  const name = html`<text class="lane" x="${frame.left - 10}" y="${px(top + 12)}" text-anchor="end">leader</text>`
  return { markup: html`${name}${pieces}`, height: ends.length * 20 + 8 }
}

/** As much of `n1, term 3` as fits. */
function leaderLabel({ node, term }: Leadership, room: number): string {
  const fits = [`${node}, term ${term}`, `${node} · ${term}`, node].find(
    (text) => text.length * characterWidth + 8 <= room,
  )
  return fits ?? ''
}
