/** Latency and throughput over the run, with the faults behind, and how soon clients were served after each heal. */
import type { Recovery } from '../../nemesis/evidence.ts'
import type { Span } from '../spans.ts'
import { type Bucket, buckets, type FaultRecovery, type Gap } from '../statistics.ts'
import { drawing, gutter, px, roundStep, type TimeFrame, ticks, timeAxis, timeFrame, width } from './axis.ts'
import { type Band, drawBands, layBands } from './bands.ts'
import { count, duration, moment, plural } from './figures.ts'
import { type Html, html } from './html.ts'

const chartHeight = 170
const recoveriesAtMost = 40

/** Latency and throughput below each other, on the timeline's axis. */
export function chartsPanel(spans: readonly Span[], bands: readonly Band[], endUs: number, gap: Gap | undefined): Html {
  if (spans.length === 0) return html``
  const frame = timeFrame(0, endUs)
  const widthUs = roundStep(endUs / 130)
  const pieces = buckets(spans, widthUs, endUs)
  return html`<section class="panel" id="charts">
<h2>Latency and throughput</h2>
<h3>Latency of answered ops</h3>
<p class="hint">What you are looking at: per ${duration(widthUs)}, a line at the median, a column up to the 99th percentile, a dot at the slowest op; the scale is logarithmic.</p>
${latencyChart(frame, pieces, bands, widthUs)}
<h3>Throughput by outcome</h3>
<p class="hint">What you are looking at: ops that ended per second, stacked: answered (solid), failed (outlined), without an answer (hatched).</p>
${throughputChart(frame, pieces, bands, widthUs)}
<p class="note">${gapNote(gap)}</p>
</section>`
}

function latencyChart(frame: TimeFrame, pieces: readonly Bucket[], bands: readonly Band[], widthUs: number): Html {
  const medians = pieces.flatMap(({ p50Us }) => (p50Us === undefined ? [] : [p50Us]))
  const slowest = pieces.flatMap(({ maxUs }) => (maxUs === undefined ? [] : [maxUs]))
  if (medians.length === 0) return html`<p class="note">No op was answered.</p>`
  const low = Math.floor(Math.log10(Math.max(1, Math.min(...medians))))
  const high = Math.max(low + 1, Math.ceil(Math.log10(Math.max(1, ...slowest))))
  const { markup: behind, top, bottom } = backdrop(frame, bands)
  const y = (us: number) => bottom - ((Math.log10(Math.max(1, us)) - low) / (high - low)) * (bottom - top)
  const powers = Array.from({ length: high - low + 1 }, (_, at) => 10 ** (low + at))
  const scale = powers.map((us) => valueLine(frame, y(us), duration(us)))
  const columns = pieces.map(({ fromUs, p50Us, p99Us, maxUs, ok }) => {
    if (p50Us === undefined || p99Us === undefined || maxUs === undefined) return undefined
    const left = frame.x(fromUs)
    const wide = Math.max(1.5, columnRight(frame, fromUs + widthUs) - left - 1)
    const title = `${moment(fromUs)}: ${plural(ok, 'op')}, median ${duration(p50Us)}, 99 % within ${duration(p99Us)}, slowest ${duration(maxUs)}`
    return html`<g><title>${title}</title><rect class="spread" x="${px(left)}" y="${px(y(p99Us))}" width="${px(wide)}" height="${px(Math.max(1, y(p50Us) - y(p99Us)))}"/><rect class="median" x="${px(left)}" y="${px(y(p50Us) - 1)}" width="${px(wide)}" height="2"/><circle class="slowest" cx="${px(left + wide / 2)}" cy="${px(y(maxUs))}" r="1.6"/></g>`
  })
  return drawing(
    bottom + 24,
    'latency of answered ops over time',
    html`${behind}${timeAxis(frame, top, bottom)}<g class="values">${scale}</g>${columns}`,
  )
}

function throughputChart(frame: TimeFrame, pieces: readonly Bucket[], bands: readonly Band[], widthUs: number): Html {
  const perSecond = (ops: number) => (ops / widthUs) * 1e6
  const most = Math.max(1e-9, ...pieces.map(({ ok, fail, info }) => perSecond(ok + fail + info)))
  const { markup: behind, top, bottom } = backdrop(frame, bands)
  const step = roundStep(most / 4)
  const ceiling = Math.ceil(most / step - 1e-9) * step
  const y = (rate: number) => bottom - (rate / ceiling) * (bottom - top)
  const scale = ticks(0, ceiling, 4).map((rate) => valueLine(frame, y(rate), `${count(Number(rate.toFixed(2)))}/s`))
  const columns = pieces.map((piece) => {
    const left = frame.x(piece.fromUs)
    const wide = Math.max(1.5, columnRight(frame, piece.fromUs + widthUs) - left - 1)
    let below = 0
    const parts = (['ok', 'fail', 'info'] as const).map((outcome) => {
      const ops = piece[outcome]
      const from = y(perSecond(below))
      below += ops
      if (ops === 0) return undefined
      const to = y(perSecond(below))
      return html`<rect class="${outcome}" x="${px(left)}" y="${px(to)}" width="${px(wide)}" height="${px(Math.max(0.5, from - to))}"/>`
    })
    const title = `${moment(piece.fromUs)}: ${count(piece.ok)} answered, ${count(piece.fail)} failed, ${count(piece.info)} without an answer`
    return html`<g><title>${title}</title>${parts}</g>`
  })
  return drawing(
    bottom + 24,
    'throughput by outcome over time',
    html`${behind}${timeAxis(frame, top, bottom)}<g class="values">${scale}</g>${columns}`,
  )
}

/** The last piece may reach beyond the run's end, but not beyond the drawing. */
function columnRight(frame: TimeFrame, us: number): number {
  return Math.min(frame.right, frame.x(us))
}

function backdrop(frame: TimeFrame, bands: readonly Band[]): { markup: Html; top: number; bottom: number } {
  const layout = layBands(frame, bands, ({ id }) => id)
  const top = layout.height + 8
  const bottom = top + chartHeight
  return { markup: drawBands(layout, 0, bottom), top, bottom }
}

function valueLine(frame: TimeFrame, y: number, label: string): Html {
  return html`<line x1="${frame.left}" x2="${frame.right}" y1="${px(y)}" y2="${px(y)}"/><text x="${frame.left - 10}" y="${px(y + 4)}" text-anchor="end">${label}</text>`
}

function gapNote(gap: Gap | undefined): string {
  if (gap === undefined || gap.toUs === gap.fromUs) return ''
  return `The longest time without an answer to anyone: ${duration(gap.toUs - gap.fromUs)}, from ${moment(gap.fromUs)} to ${moment(gap.toUs)}.`
}

/** One bar per fault that ended: how long until the next op was answered. */
export function recoveryPanel(recoveries: readonly FaultRecovery[], recovery: Recovery | undefined): Html {
  if (recoveries.length === 0 && recovery === undefined) return html``
  const shown = recoveries.slice(0, recoveriesAtMost)
  const most = Math.max(1, ...shown.map(({ endedUs, nextOkUs }) => (nextOkUs ?? endedUs) - endedUs))
  const rowHeight = 22
  const left = gutter + 76
  const room = width - left - 190
  const rows = shown.map((one, at) => {
    const y = at * rowHeight
    const name = html`<text class="lane" x="${left - 10}" y="${y + 15}" text-anchor="end">${one.id} ${one.fault}</text>`
    if (one.nextOkUs === undefined) {
      return html`${name}<text class="never" x="${left}" y="${y + 15}">✕ no op was answered after it ended at ${moment(one.endedUs)}</text>`
    }
    const us = one.nextOkUs - one.endedUs
    const long = Math.max(2, (us / most) * room)
    return html`<g>${name}<rect class="recovered" x="${left}" y="${y + 5}" width="${px(long)}" height="12" rx="2"/><text class="figure" x="${px(left + long + 8)}" y="${y + 15}">${duration(us)} after ${moment(one.endedUs)}</text></g>`
  })
  const more = recoveries.length - shown.length
  return html`<section class="panel" id="recovery">
<h2>Recovery</h2>
<p class="hint">What you are looking at: for each fault, the time from its end to the next op that any client saw answered.</p>
${shown.length === 0 ? undefined : drawing(shown.length * rowHeight + 4, 'recovery after each fault', html`${rows}`)}
${more > 0 ? html`<p class="note">${plural(more, 'further fault')} not drawn; the table below has all.</p>` : undefined}
${recovery === undefined ? undefined : html`<p class="sentence">${recoverySentence(recovery)}</p>`}
</section>`
}

/** How the system came back after the last heal. */
export function recoverySentence({ servedMs, caughtUpMs, behind, boundMs }: Recovery): string {
  const bound = duration(boundMs * 1000)
  if (servedMs === undefined) return `After the last heal nobody was served within ${bound}.`
  const served = `After the last heal a write and a read were served within ${duration(servedMs * 1000)}`
  if (caughtUpMs !== undefined) return `${served}, and every node had caught up after ${duration(caughtUpMs * 1000)}.`
  if (behind.length === 0) return `${served}; whether the nodes caught up is not known.`
  return `${served}, but not every node caught up within ${bound}: ${behind.join('; ')}.`
}
