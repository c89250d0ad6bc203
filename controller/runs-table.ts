/** The list of runs for a terminal. */
import pc from 'picocolors'
import type { Listing } from '../results/index/run-index.ts'
import type { RunRow } from '../results/index/run-row.ts'
import { outcomes } from '../results/outcome.ts'
import { count, duration, plural, shortened } from '../results/report/figures.ts'
import { visible } from '../results/report/html.ts'

type Column = readonly [title: string, value: (row: RunRow) => string, widest: number, isNumber?: boolean]

const columns: readonly Column[] = [
  ['started (UTC)', ({ startedAt = '–' }) => startedAt.slice(0, 19).replace('T', ' '), 19],
  ['outcome', outcomeText, 12],
  ['workload', ({ workload = '–' }) => workload, 16],
  ['faults', ({ faults }) => faults.join(',') || 'none', 34],
  ['system', ({ system = '–', mode }) => `${system}${mode === 'sim' ? ' (sim)' : ''}`, 22],
  ['bug', ({ bug = '' }) => bug, 36],
  ['seed', ({ seed = '–' }) => seed, 16],
  ['time', ({ durationMs }) => (durationMs === undefined ? '–' : duration(durationMs * 1000)), 12, true],
  ['ops', ({ ops }) => (ops === undefined ? '–' : count(ops.ok + ops.fail + ops.info)), 12, true],
  ['run', ({ name }) => name, 120],
]

/** Ends with a line break. What stands in a run's files can not steer the terminal. */
export function runsTable({ rows, total }: Listing): string {
  if (rows.length === 0) return 'no runs\n'
  const cells = rows.map((row) => columns.map(([, value, widest]) => shortened(visible(value(row)), widest)))
  const widths = columns.map(([title], at) => Math.max(title.length, ...cells.map((row) => row[at]?.length ?? 0)))
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => {
        const width = widths[at] ?? 0
        return columns[at]?.[3] === true ? text.padStart(width) : text.padEnd(width)
      })
      .join('  ')
      .trimEnd()
  const lines = rows.map((row, at) => coloured(row, line(cells[at] ?? [])))
  const damaged = rows.filter(({ state }) => state === 'damaged')
  return [
    pc.dim(line(columns.map(([title]) => title))),
    ...lines,
    ...damaged.map(({ name, cause }) => visible(`${name}: ${cause}`)),
    ...(total > rows.length ? [`${plural(rows.length, 'run')} of ${count(total)}; --limit shows more`] : []),
    '',
  ].join('\n')
}

function outcomeText({ outcome, state }: RunRow): string {
  return outcome ?? (state === 'open' ? 'no outcome' : state)
}

/** The word is in the line already: colour is only for the eye. */
function coloured({ outcome }: RunRow, text: string): string {
  if (outcome === undefined) return pc.dim(text)
  const { exitCode } = outcomes[outcome]
  return exitCode === 0 ? text : exitCode === 1 ? pc.red(text) : pc.yellow(text)
}
