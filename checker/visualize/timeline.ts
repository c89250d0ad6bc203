/** Draws operations on a true time axis, a lane for each process: scalable, without a script. */
import type { Annotation } from '../annotation.ts'
import { isPending, type Operation } from '../operation.ts'
import { escaped, shortened } from './escape.ts'
import type { Step } from './order.ts'
import { type Scale, scaleOf, timeText, type Unit } from './scale.ts'
import type { Window } from './window.ts'

export interface TimelineOptions {
  readonly label: string
  readonly unit: Unit
  /** What an operation did, in words. */
  describe(id: number): string
  /** Operations that are illegal by themselves. */
  readonly core: ReadonlySet<number>
  /** The one whose return no order passes. */
  readonly stuck: number | undefined
  readonly steps: ReadonlyMap<number, Step>
  readonly annotations: readonly Annotation[]
}

type Timed = Operation<unknown, unknown>

const lane = 34
const bar = 20
const left = 64
const right = 24
const perOperation = 130
const [narrowest, widest] = [900, 16_000]
const letter = 6.6
const mostAnnotations = 200

export function timeline(window: Window<Timed>, options: TimelineOptions): string {
  const { operations } = window
  const annotations = options.annotations.filter((each) => isWithin(each, window)).slice(0, mostAnnotations)
  const rows = rowsOf(operations, annotations)
  const width = Math.min(widest, Math.max(narrowest, busiest(operations) * perOperation))
  const scale = scaleOf([window.start, window.end], [left, width - right], options.unit)
  const height = rows.length * lane + 40
  const nextCalls = nextCallsOf(operations)
  const drawn = [
    ...scale.ticks.map(({ x, label }) => tick(x, label, height)),
    ...rows.map((row, i) => laneName(row, i)),
    ...annotations.map((each) => annotation(each, scale, rows.indexOf(rowOfAnnotation(each)), options.unit)),
    ...operations.map((each) => {
      const next = nextCalls.get(each)
      const after = next === undefined ? width - right : scale.x(next)
      return operation(each, scale, rows.indexOf(rowOf(each.process)), after, options)
    }),
    order(operations, scale, rows, options.steps),
  ]
  return `<svg role="img" aria-label="${escaped(options.label)}" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}">
${drawn.join('\n')}
</svg>`
}

function rowOf(process: number): string {
  return `process ${process}`
}

function rowOfAnnotation({ process, tag }: Annotation): string {
  return process === undefined ? `tag ${tag}` : rowOf(process)
}

/** Rows of annotations first, then processes by number. */
function rowsOf(operations: readonly Timed[], annotations: readonly Annotation[]): readonly string[] {
  const tags = annotations.filter(({ tag }) => tag !== undefined).map(rowOfAnnotation)
  const ofAnnotations = annotations.flatMap(({ process }) => (process === undefined ? [] : [process]))
  const processes = [...new Set([...operations.map(({ process }) => process), ...ofAnnotations])].sort((a, b) => a - b)
  return [...new Set([...tags, ...processes.map(rowOf)])]
}

function busiest(operations: readonly Timed[]): number {
  const counts = new Map<number, number>()
  for (const { process } of operations) counts.set(process, (counts.get(process) ?? 0) + 1)
  return Math.max(1, ...counts.values())
}

/** When the process of an operation called its next one. */
function nextCallsOf(operations: readonly Timed[]): ReadonlyMap<Timed, number> {
  const nexts = new Map<Timed, number>()
  const last = new Map<number, Timed>()
  for (const each of operations) {
    const before = last.get(each.process)
    if (before !== undefined) nexts.set(before, each.call)
    last.set(each.process, each)
  }
  return nexts
}

function isWithin({ start, end = start }: Annotation, window: Window<Timed>): boolean {
  return end >= window.start && start <= window.end
}

function tick(x: number, label: string, height: number): string {
  return `<g class="tick"><line x1="${px(x)}" y1="20" x2="${px(x)}" y2="${height - 4}"/><text x="${px(x)}" y="13">${escaped(label)}</text></g>`
}

function laneName(row: string, i: number): string {
  const short = row.replace(/^process /, 'p').replace(/^tag /, '')
  const y = top(i) + bar / 2 + 4
  return `<text class="lane" x="4" y="${y}"><title>${escaped(row)}</title>${escaped(shortened(short, 9))}</text>`
}

function top(row: number): number {
  return 28 + row * lane
}

function annotation(given: Annotation, scale: Scale, row: number, unit: Unit): string {
  const { start, end, text, details, textColour, backgroundColour } = given
  const x = scale.x(start)
  const width = Math.max(3, scale.x(end ?? start) - x)
  const when = end === undefined ? timeText(start, unit) : `${timeText(start, unit)} to ${timeText(end, unit)}`
  const title = shortened([text, when, ...(details === undefined ? [] : [details])].join('\n'), 600)
  const fill = backgroundColour === undefined ? '' : ` style="fill:${escaped(backgroundColour)}"`
  const ink = textColour === undefined ? '' : ` style="fill:${escaped(textColour)}"`
  return `<g class="note"><title>${escaped(title)}</title><rect x="${px(x)}" y="${top(row) - 3}" width="${px(width)}" height="${bar + 6}"${fill}/>${label(text, { x, width, room: 0 }, row, ink)}</g>`
}

function operation(given: Timed, scale: Scale, row: number, after: number, options: TimelineOptions): string {
  const { id, process, call, return: end } = given
  const { core, stuck, steps, unit } = options
  const x = scale.x(call)
  const width = Math.max(2, scale.x(end) - x)
  const step = steps.get(id)
  const told = options.describe(id)
  const classes = [
    'op',
    ...(core.has(id) ? ['core'] : []),
    ...(id === stuck ? ['stuck'] : []),
    ...(isPending(given) ? ['open'] : []),
    ...(step === undefined ? ['left'] : []),
  ]
  const place = step === undefined ? 'in no order found' : `number ${step.rank} in the order`
  const held = step?.state === undefined ? '' : `, leaves ${shortened(step.state, 200)}`
  const title = `${told}\nevent ${id}, process ${process}, ${timeText(call, unit)} to ${timeText(end, unit)}\n${place}${held}`
  const mark = core.has(id) ? '◆ ' : ''
  const open = isPending(given) && !told.endsWith('?') ? ' ?' : ''
  return `<g class="${classes.join(' ')}"><title>${escaped(shortened(title, 800))}</title><rect x="${px(x)}" y="${top(row)}" width="${px(width)}" height="${bar}" rx="3"/>${label(`${mark}${told}${open}`, { x, width, room: after - x - width }, row, '')}</g>`
}

interface Bar {
  readonly x: number
  readonly width: number
  /** What is free to its right. */
  readonly room: number
}

/** In the bar if it fits, else behind it if there is more room, else as much of it as does fit. */
function label(text: string, { x, width, room }: Bar, row: number, style: string): string {
  const inside = Math.floor((width - 8) / letter)
  const behind = Math.floor((room - 8) / letter)
  const isInside = text.length <= inside || inside >= behind
  const most = isInside ? inside : behind
  if (most < 2) return ''
  const at = isInside ? x + 4 : x + width + 4
  return `<text x="${px(at)}" y="${top(row) + bar - 6}"${style}>${escaped(shortened(text, most))}</text>`
}

/** A dot where each operation took effect, with its number. */
function order(
  operations: readonly Timed[],
  scale: Scale,
  rows: readonly string[],
  steps: ReadonlyMap<number, Step>,
): string {
  const points = operations.flatMap(({ id, process }) => {
    const step = steps.get(id)
    return step === undefined ? [] : [{ ...step, x: scale.x(step.time), y: top(rows.indexOf(rowOf(process))) + bar }]
  })
  const dots = points
    .sort((a, b) => a.rank - b.rank)
    .map(
      ({ x, y, rank }) => `<circle cx="${px(x)}" cy="${y}" r="3"/><text x="${px(x + 5)}" y="${y + 9}">${rank}</text>`,
    )
  return `<g class="order">${dots.join('')}</g>`
}

function px(value: number): string {
  return String(Number(value.toFixed(2)))
}
