/**
 * A child of the benchmark that does one thing in a process of its own and tells in JSON how long it took and how much
 * memory the process held at most:
 *
 *   one-case.ts operations NAME        makes a history and decides it
 *   one-case.ts prepare NAME BASE      makes it and writes BASE.columns and BASE.jsonl
 *   one-case.ts columns NAME BASE      loads the columns and decides them
 *   one-case.ts again NAME BASE        the same, and how long it takes when it has been done some times (the median)
 *   one-case.ts jsonl NAME BASE        parses the lines and decides them
 */
import { closeSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { check } from '../../checker/check.ts'
import { checkColumns } from '../../checker/columns/check-columns.ts'
import { decodeColumns, encodeColumns } from '../../checker/columns/codec.ts'
import { columnsOf } from '../../checker/columns/columns-of.ts'
import { columnsFromJsonl } from '../../checker/columns/from-jsonl.ts'
import type { HistoryColumns } from '../../checker/columns/history-columns.ts'
import { encodeEvent, encodeHeader } from '../../checker/formats/index.ts'
import { named } from './corpus.ts'
import type { KvOperation } from './generate.ts'
import { medianOf } from './measure.ts'

export interface OneCase {
  readonly verdict: string
  /** Until the history is there: read from a file, parsed; or made, which is nobody's achievement. */
  readonly loadMs: number
  /** The first decision of a fresh process, but for `again`. */
  readonly checkMs: number
  readonly peakMb: number
}

const options = { timeLimitMs: 60_000, maxConfigurations: 1e12 }
const [warmUps, rounds] = [2, 5]

const modes: Readonly<Record<string, (name: string, base: string) => Pick<OneCase, 'verdict' | 'loadMs' | 'checkMs'>>> =
  {
    operations: (name) => {
      const { model, operations } = named(name)
      return timed(operations, (made) => check(model, made, options).verdict)
    },
    prepare: (name, base) => timed(named(name).operations, (operations) => prepare(operations, base)),
    columns: (_name, base) => timed(() => load(base), decide),
    again: (_name, base) => {
      const columns = load(base)
      const runs = Array.from({ length: warmUps + rounds }, () => timed(() => columns, decide)).slice(warmUps)
      const verdicts = new Set(runs.map(({ verdict }) => verdict))
      return { verdict: [...verdicts].join(' and '), loadMs: 0, checkMs: medianOf(runs.map(({ checkMs }) => checkMs)) }
    },
    jsonl: (_name, base) => timed(() => parse(base), decide),
  }

if (import.meta.main) {
  const [mode = '', name = '', base = ''] = process.argv.slice(2)
  const run = modes[mode]
  if (run === undefined) throw new RangeError(`${mode} is none of ${Object.keys(modes).join(', ')}`)
  const result: OneCase = { ...run(name, base), peakMb: Math.round(process.resourceUsage().maxRSS / 2 ** 10) }
  console.log(JSON.stringify(result))
}

function timed<T>(make: () => T, decided: (made: T) => string): Pick<OneCase, 'verdict' | 'loadMs' | 'checkMs'> {
  const start = performance.now()
  const made = make()
  const loaded = performance.now()
  const verdict = decided(made)
  return { verdict, loadMs: loaded - start, checkMs: performance.now() - loaded }
}

function decide(columns: HistoryColumns): string {
  return checkColumns(columns, options).verdict
}

function load(base: string): HistoryColumns {
  const decoded = decodeColumns(readFileSync(`${base}.columns`))
  if ('problem' in decoded) throw new Error(decoded.problem)
  return decoded.columns
}

function parse(base: string): HistoryColumns {
  const columns = columnsFromJsonl(readFileSync(`${base}.jsonl`))
  if (columns === undefined) throw new Error('the lines are not of the plain shape')
  return columns
}

function prepare(operations: readonly KvOperation[], base: string): string {
  const columns = columnsOf({ model: 'cas-register', operations })
  if (columns === undefined) throw new Error('columns can not hold this history')
  writeFileSync(`${base}.columns`, encodeColumns(columns))
  writeLines(operations, `${base}.jsonl`)
  return 'valid'
}

/** The events of the operations, as faultline would have written them. */
export function writeLines(operations: readonly KvOperation[], path: string): void {
  const idBits = 2 ** 21
  const ends = operations.filter((each) => each.return < Infinity)
  const moments = new Float64Array(operations.length + ends.length)
  // Time, whether it is a completion, and the operation, in one number: sorting numbers sorts the events.
  operations.forEach((each, i) => {
    moments[i] = 2 * each.call * idBits + i
  })
  let at = operations.length
  operations.forEach((each, i) => {
    if (each.return < Infinity) moments[at++] = (2 * each.return + 1) * idBits + i
  })
  moments.sort()
  const file = openSync(path, 'w')
  let text = encodeHeader({ 'faultline-history': 1, workload: 'bench', model: 'cas-register' })
  for (const [index, moment] of moments.entries()) {
    const operation = operations[moment % idBits]
    if (operation === undefined) throw new Error('no such operation')
    text += lineOf(operation, index, Math.floor(moment / idBits) % 2 === 1)
    if (text.length < 1 << 20) continue
    writeSync(file, text)
    text = ''
  }
  writeSync(file, text)
  closeSync(file)
}

function lineOf({ input, output, process, call, return: end }: KvOperation, index: number, isEnd: boolean): string {
  const { f, key } = input
  const base = {
    index,
    timeUs: isEnd ? end : call,
    process,
    type: isEnd ? ('ok' as const) : ('invoke' as const),
    f,
    ...(key === undefined ? {} : { key }),
    ...('value' in input ? { value: input.value } : {}),
  }
  return encodeEvent(isEnd && output !== undefined ? { ...base, output: { ...output } } : base)
}
