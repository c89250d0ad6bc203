/** The list's question, as it stands in an address: what a form sends, and what links lead to. */
import { type RunFilter, type SortName, sorts } from '../index/filter.ts'

export const pageSize = 100

/** As a person filled it in; `page` from 1. */
export interface Question {
  readonly q: string
  readonly outcome: readonly string[]
  readonly workload: string
  readonly system: string
  readonly bug: string
  readonly fault: string
  readonly mode: string
  /** A day, `2026-01-31`, or any time in ISO 8601. */
  readonly since: string
  readonly sort: SortName
  readonly isAscending: boolean
  readonly page: number
}

const longest = 200
const mostPages = 1_000_000

/** Whatever is not understood is as if it were not there. */
export function questionOf(query: URLSearchParams): Question {
  const text = (name: string): string => (query.get(name) ?? '').trim().slice(0, longest)
  const outcomes = query.getAll('outcome').flatMap((value) => value.split(','))
  const sort = text('sort')
  const page = Math.trunc(Number(text('page')))
  return {
    q: text('q'),
    outcome: [...new Set(outcomes.map((name) => name.trim().slice(0, longest)).filter((name) => name !== ''))].slice(
      0,
      20,
    ),
    workload: text('workload'),
    system: text('system'),
    bug: text('bug'),
    fault: text('fault'),
    mode: text('mode'),
    since: text('since'),
    sort: isSort(sort) ? sort : 'started',
    isAscending: text('way') === 'up',
    page: page >= 1 && page <= mostPages ? page : 1,
  }
}

export function filterOf(question: Question): RunFilter {
  const { q, outcome, workload, system, bug, fault, mode, since, sort, isAscending, page } = question
  const time = new Date(since)
  return {
    ...(q === '' ? {} : { text: q }),
    ...(outcome.length === 0 ? {} : { outcomes: outcome }),
    ...(workload === '' ? {} : { workload }),
    ...(system === '' ? {} : { system }),
    ...(bug === '' ? {} : { bug }),
    ...(fault === '' ? {} : { fault }),
    ...(mode === '' ? {} : { mode }),
    ...(Number.isNaN(time.getTime()) ? {} : { since: time.toISOString() }),
    sort,
    isAscending,
    limit: pageSize,
    offset: (page - 1) * pageSize,
  }
}

/** The list's address with some of it changed; what is as it is anyway is left out. */
export function addressOfList(question: Question, change: Partial<Question> = {}): string {
  const { outcome, sort, isAscending, page, ...texts } = { ...question, page: 1, ...change }
  const query = new URLSearchParams()
  for (const [name, value] of Object.entries(texts)) if (value !== '') query.set(name, value)
  for (const name of outcome) query.append('outcome', name)
  if (sort !== 'started') query.set('sort', sort)
  if (isAscending) query.set('way', 'up')
  if (page > 1) query.set('page', String(page))
  return query.size === 0 ? '/' : `/?${query}`
}

function isSort(name: string): name is SortName {
  return Object.hasOwn(sorts, name)
}
