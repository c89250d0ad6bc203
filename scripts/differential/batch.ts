/** A range of seeds examined one by one, and what came of them: plain data, so that it crosses between threads. */
import { examine, historyText, shrink } from './examine.ts'
import { mutantEngines } from './mutants.ts'
import { randomHistory } from './random-history.ts'

export interface Batch {
  readonly from: number
  readonly count: number
  readonly budget: number
  /** A name of `mutants`: its engine alone, with one of its conditions switched off. */
  readonly mutant?: string
}

export interface Tally {
  readonly histories: number
  readonly operations: number
  /** By name, how often: what the judges said, what each engine said. */
  readonly counts: Readonly<Record<string, number>>
  readonly failures: readonly Failure[]
}

export interface Failure {
  readonly seed: number
  readonly text: string
}

/** Failures beyond these are counted, but not told. */
const mostFailures = 5

export function examineBatch({ from, count, budget, mutant }: Batch): Tally {
  const counts: Record<string, number> = {}
  const add = (name: string): void => {
    counts[name] = (counts[name] ?? 0) + 1
  }
  const options = mutant === undefined ? { budget } : { budget, engines: mutantEngines(mutant) }
  const failures: Failure[] = []
  let operations = 0
  for (let seed = from; seed < from + count; seed++) {
    const history = randomHistory(seed)
    operations += history.operations.length
    const { isLegal, isTriedByPermutations, verdicts, mismatches } = examine(history, options)
    add(`judges: ${isLegal === undefined ? 'skipped' : isLegal ? 'valid' : 'illegal'}`)
    if (isTriedByPermutations) add('permutations: tried')
    for (const [name, verdict] of verdicts) add(`${name}: ${verdict}`)
    if (mismatches.length === 0) continue
    add('mismatches')
    if (failures.length < mostFailures) failures.push({ seed, text: failureText(seed, options) })
  }
  return { histories: count, operations, counts, failures }
}

export function merge(a: Tally, b: Tally): Tally {
  const counts = { ...a.counts }
  for (const [name, count] of Object.entries(b.counts)) counts[name] = (counts[name] ?? 0) + count
  return {
    histories: a.histories + b.histories,
    operations: a.operations + b.operations,
    counts,
    failures: [...a.failures, ...b.failures],
  }
}

function failureText(seed: number, options: Parameters<typeof examine>[1]): string {
  const history = randomHistory(seed)
  const small = shrink(history, options)
  return [
    `seed ${seed}, ${history.operations.length} operations:`,
    ...examine(history, options).mismatches.map((mismatch) => `  ${mismatch}`),
    `and with ${small.operations.length} operations:`,
    ...examine(small, options).mismatches.map((mismatch) => `  ${mismatch}`),
    historyText(small),
  ].join('\n')
}
