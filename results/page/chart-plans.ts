/** What each chart shows, and how: told apart by shape and dashes, not by colour alone. */
import type uPlot from 'uplot'
import { duration } from '../report/figures.ts'
import { fail, info, type Ops } from '../report/ops.ts'
import { bandsPlugin, logTicks, marks } from './chart-parts.ts'
import type { Run } from './run.ts'
import type { Colours } from './theme.ts'

export interface ChartPlan {
  readonly title: string
  readonly hint: string
  readonly height: number
  readonly data: uPlot.AlignedData
  options(palette: Colours, width: number): uPlot.Options
}

const height = 210

export function chartsOf(run: Run): ChartPlan[] {
  const { buckets } = run.data
  const every = duration(buckets.widthUs)
  return [
    {
      title: 'Latency, op by op',
      hint: 'every op at the moment it ended, by how long it took (logarithmic): a dot for an answer, × for a failure, ○ for a time-out or lost answer. Drag to look closer, double-click to see all.',
      height: 240,
      data: rawLatency(run.ops),
      options: (palette, width) =>
        frame(run, palette, {
          width,
          height: 240,
          isLog: true,
          series: [
            { label: 'answered', stroke: palette.ok, paths: marks('dot'), points: { show: false } },
            { label: 'failed', stroke: palette.fail, paths: marks('cross'), points: { show: false } },
            { label: 'no answer', stroke: palette.info, paths: marks('ring'), points: { show: false } },
          ],
        }),
    },
    {
      title: 'Latency of answered ops, quantiles',
      hint: `per ${every}: the median (solid), the 99th percentile (dashed), the slowest op (dotted).`,
      height,
      data: [times(run), ...quantiles(run)],
      options: (palette, width) =>
        frame(run, palette, {
          width,
          height,
          isLog: true,
          series: [
            { label: 'median', stroke: palette.ok, width: 2, points: { show: false } },
            { label: '99 % within', stroke: palette.ink, width: 1.4, dash: [7, 4], points: { show: false } },
            { label: 'slowest', stroke: palette.soft, width: 1.2, dash: [1.5, 3.5], points: { show: false } },
          ],
        }),
    },
    {
      title: 'Throughput by outcome',
      hint: `ops that ended per second, in pieces of ${every}: answered (filled), failed (dashed), without an answer (dotted).`,
      height,
      data: [times(run), ...rates(run)],
      options: (palette, width) =>
        frame(run, palette, {
          width,
          height,
          unit: '/s',
          series: [
            { label: 'answered', stroke: palette.ok, fill: palette['ok-soft'], width: 1.5, points: { show: false } },
            { label: 'failed', stroke: palette.fail, width: 1.5, dash: [6, 4], points: { show: false } },
            { label: 'no answer', stroke: palette.info, width: 2, dash: [2, 3], points: { show: false } },
          ],
        }),
    },
    {
      title: 'Availability',
      hint: `the share of ops that were answered, of all that ended within ${every}; a gap where none ended.`,
      height: 150,
      data: [times(run), availability(run)],
      options: (palette, width) =>
        frame(run, palette, {
          width,
          height: 150,
          unit: ' %',
          series: [
            { label: 'answered', stroke: palette.ok, fill: palette['ok-soft'], width: 1.5, points: { show: false } },
          ],
        }),
    },
  ]
}

/** By the time of the end, as uPlot wants it; each op in the series of its outcome. */
function rawLatency(ops: Ops): uPlot.AlignedData {
  const places = Array.from({ length: ops.length }, (_, at) => at).filter(
    (at) => (ops.endUs[at] ?? 0) !== Number.POSITIVE_INFINITY,
  )
  places.sort((a, b) => (ops.endUs[a] ?? 0) - (ops.endUs[b] ?? 0))
  const took = (at: number): number => Math.max(1, (ops.endUs[at] ?? 0) - (ops.callUs[at] ?? 0))
  const of = (isIt: (outcome: number | undefined) => boolean) =>
    places.map((at) => (isIt(ops.outcome[at]) ? took(at) : null))
  return [
    places.map((at) => (ops.endUs[at] ?? 0) / 1e6),
    of((outcome) => outcome !== fail && outcome !== info),
    of((outcome) => outcome === fail),
    of((outcome) => outcome === info),
  ]
}

/** The middle of each piece. */
function times({ data: { buckets, endUs } }: Run): number[] {
  return buckets.pieces.map(({ fromUs }) => Math.min(endUs, fromUs + buckets.widthUs / 2) / 1e6)
}

function quantiles({ data: { buckets } }: Run): (number | null)[][] {
  return (['p50Us', 'p99Us', 'maxUs'] as const).map((name) => buckets.pieces.map((piece) => piece[name] ?? null))
}

function rates({ data: { buckets } }: Run): number[][] {
  return (['ok', 'fail', 'info'] as const).map((name) =>
    buckets.pieces.map((piece) => (piece[name] / buckets.widthUs) * 1e6),
  )
}

function availability({ data: { buckets } }: Run): (number | null)[] {
  return buckets.pieces.map(({ ok, fail: failed, info: open }) =>
    ok + failed + open === 0 ? null : (100 * ok) / (ok + failed + open),
  )
}

interface FrameInput {
  readonly width: number
  readonly height: number
  readonly series: readonly uPlot.Series[]
  readonly isLog?: boolean
  readonly unit?: string
}

function frame(
  run: Run,
  palette: Colours,
  { width, height: high, series, isLog = false, unit = '' }: FrameInput,
): uPlot.Options {
  const axis = {
    stroke: palette.soft,
    grid: { stroke: palette.line, width: 1 },
    ticks: { stroke: palette.line, width: 1 },
    font: `11px ${palette.sans}`,
  }
  const shown = (value: number): string => (isLog ? duration(value) : `${Number(value.toFixed(1))}${unit}`)
  return {
    width,
    height: high,
    cursor: { sync: { key: 'run' }, points: { show: false }, drag: { x: true, y: false } },
    scales: {
      x: { time: false, range: (_, from, to) => [Math.max(0, from), to] },
      y: isLog
        ? { distr: 3 }
        : unit === ' %'
          ? { range: [0, 103] }
          : { range: (_, __, to) => [0, Math.max(1e-6, to * 1.06)] },
    },
    axes: [
      { ...axis, size: 30, values: (_, all) => all.map((value) => `${Number(value.toFixed(6))} s`) },
      {
        ...axis,
        size: 66,
        values: (_, all) => all.map((value) => (value === null || value === undefined ? '' : shown(value))),
        ...(isLog ? { splits: logTicks, filter: (_, all) => [...all] } : {}),
      },
    ],
    series: [
      { label: 'time', value: (_, value) => (value === null ? '–' : `${value.toFixed(3)} s`) },
      ...series.map(
        (one): uPlot.Series => ({
          value: (_, value) => (value === null || value === undefined ? '–' : shown(value)),
          ...one,
        }),
      ),
    ],
    plugins: [bandsPlugin(run.data.bands, palette)],
  }
}
