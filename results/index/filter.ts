/** What can be asked of a list of runs, and how it becomes SQL. Values are always bound, names come from tables here. */
import type { RunState } from './run-row.ts'

/** What to sort by, as a person names it, and the expressions behind it. */
export const sorts = {
  started: ['started'],
  name: ['name'],
  outcome: ["coalesce(outcome, '~' || state)"],
  workload: ['workload'],
  system: ['system'],
  bug: ['bug'],
  faults: ['faults'],
  seed: ['seed + 0', 'seed'],
  duration: ['duration_ms'],
  ops: ['ops'],
} as const

export type SortName = keyof typeof sorts

/** An outcome's name, or what stands in its place: `open`, `damaged`. */
export type OutcomeFilter = string

export interface RunFilter {
  /** Any of these. */
  readonly outcomes?: readonly OutcomeFilter[]
  readonly workload?: string
  readonly system?: string
  /** `none`: those without a bug. */
  readonly bug?: string
  /** A kind of fault among the planned ones; `none`: those without any. */
  readonly fault?: string
  readonly mode?: string
  /** Started at or after this, ISO 8601. */
  readonly since?: string
  /** Words that all must occur somewhere: in the name, the cause, the seed …; without regard to case. */
  readonly text?: string
  readonly sort?: SortName
  readonly isAscending?: boolean
  readonly limit?: number
  readonly offset?: number
}

export interface Sql {
  readonly where: string
  readonly order: string
  readonly values: readonly (string | number)[]
}

/** A search of more words than this is no search. */
const mostWords = 16

const states: readonly RunState[] = ['open', 'damaged']

export function sqlOf(filter: RunFilter): Sql {
  const parts: string[] = []
  const values: (string | number)[] = []
  const add = (part: string, ...bound: readonly (string | number)[]): void => {
    parts.push(part)
    values.push(...bound)
  }
  const { outcomes, workload, system, bug, fault, mode, since, text } = filter
  if (outcomes !== undefined && outcomes.length > 0) {
    const [named, inState] = [outcomes.filter((name) => !isState(name)), outcomes.filter(isState)]
    add(`(outcome IN (${marks(named)}) OR state IN (${marks(inState)}))`, ...named, ...inState)
  }
  if (workload !== undefined) add('workload = ?', workload)
  if (system !== undefined) add('system = ?', system)
  if (mode !== undefined) add('mode = ?', mode)
  if (bug === 'none') add("bug IS NULL AND state <> 'damaged'")
  else if (bug !== undefined) add('bug = ?', bug)
  if (fault === 'none') add("faults = '' AND state <> 'damaged'")
  else if (fault !== undefined) add("instr(',' || faults || ',', ',' || ? || ',') > 0", fault)
  if (since !== undefined) add('started >= ?', since)
  for (const word of wordsOf(text)) add('instr(search, ?) > 0', word)
  const way = filter.isAscending === true ? 'ASC' : 'DESC'
  const by = sorts[filter.sort ?? 'started'].map((column) => `${column} ${way} NULLS LAST`)
  return {
    where: parts.length === 0 ? '' : `WHERE ${parts.join(' AND ')}`,
    // The name decides between equals, so that a page has the same rows each time.
    order: `ORDER BY ${[...by, `name ${way}`].join(', ')}`,
    values,
  }
}

/** As they are compared with the searched text. */
export function searchable(text: string): string {
  return text.normalize('NFKC').toLowerCase()
}

function wordsOf(text: string | undefined): string[] {
  return searchable(text ?? '')
    .split(/\s+/)
    .filter((word) => word !== '')
    .slice(0, mostWords)
}

function isState(name: string): boolean {
  return states.some((state) => state === name)
}

function marks(list: readonly unknown[]): string {
  return list.map(() => '?').join(', ')
}
