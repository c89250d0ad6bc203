/** What a table of rows says in all. */
import { estimate, medianOf } from './measure.ts'
import { msText, type Row, timesText } from './row.ts'

export function summary(rows: readonly Row[]): readonly string[] {
  const undecided = rows.filter(({ verdict }) => verdict === 'unknown').map(({ name }) => name)
  const names = new Set(rows.flatMap(({ others }) => others.map(({ measured }) => measured.name)))
  const ours = rows.map((row) => estimate(row.ours.samples).median)
  return [
    `porcupine-ts: sum of medians ${msText(sum(ours))}; undecided: ${undecided.join(', ') || 'none'}`,
    ...[...names].flatMap((name) => against(name, rows)),
  ]
}

function against(name: string, rows: readonly Row[]): readonly string[] {
  const all = rows.flatMap((row) =>
    row.others.filter(({ measured }) => measured.name === name).map((o) => ({ row, o })),
  )
  const cut = all.filter(({ o }) => o.measured.samples[0] === Number.POSITIVE_INFINITY)
  const cutAndFast = cut.filter(({ row }) => estimate(row.ours.samples).median < 1000)
  const slower = all.filter(({ o }) => o.ratio.low < 1).map(({ row }) => row.name)
  const ratios = all.map(({ o }) => o.ratio.median)
  const times = all.map(({ o }) => Math.min(o.limitMs, estimate(o.measured.samples).median))
  const ours = all.map(({ row }) => estimate(row.ours.samples).median)
  return [
    `${name}: sum of medians ${msText(sum(times))}, ${timesText(sum(times) / sum(ours))} times ours; median ratio ${timesText(medianOf(ratios))}, least ${timesText(Math.min(...ratios))}, most ${timesText(Math.max(...ratios))}`,
    `${name}: cut off ${cut.length} of ${all.length}, of which we decide ${cutAndFast.length} within 1 s; ratio's interval reaches below 1: ${slower.join(', ') || 'none'}`,
  ]
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0)
}
