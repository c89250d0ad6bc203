/**
 * Splits a history into parts that have no scope in common, searches each on its own, and puts their orders together.
 * That is sound and complete since operations of different parts never influence each other (Herlihy & Wing 1990,
 * locality; Horn & Kroening 2015).
 */
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import { outOfWork } from '../procedure.ts'
import type { SearchOptions, SearchResult } from './search.ts'

/** The scopes of each operation, without repetition; `undefined` where one of them can touch anything. */
export function scopeNames<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): readonly (readonly string[])[] | undefined {
  if (model.scope === undefined) return undefined
  const names: (readonly string[])[] = []
  for (const { input } of operations) {
    const scope = model.scope(input)
    if (scope === undefined) return undefined
    names.push(typeof scope === 'string' ? [scope] : [...new Set(scope)])
  }
  return names
}

/** Indexes of operations that belong together, smallest part first; `undefined` if they can not be split. */
export function partsOf<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): readonly (readonly number[])[] | undefined {
  const names = scopeNames(model, operations)
  if (names === undefined) return undefined
  const parents = new Map<string, string>()
  const rootOf = (name: string): string => {
    let root = name
    for (let up = parents.get(root); up !== undefined; up = parents.get(root)) root = up
    if (root !== name) parents.set(name, root)
    return root
  }
  for (const [first, ...others] of names) {
    if (first === undefined) continue
    for (const other of others) {
      const [a, b] = [rootOf(first), rootOf(other)]
      if (a !== b) parents.set(a, b)
    }
  }
  const parts = new Map<string | undefined, number[]>()
  for (const [index, [first]] of names.entries()) {
    const root = first === undefined ? undefined : rootOf(first)
    const part = parts.get(root)
    if (part === undefined) parts.set(root, [index])
    else part.push(index)
  }
  return parts.size < 2 ? undefined : [...parts.values()].sort((a, b) => a.length - b.length)
}

const firstBudget = 1000
const budgetGrowth = 8
/** How much the parts that are not to blame may cost once one is illegal: so many configurations, or times the others. */
const lastLook = { least: 10_000, times: 1 }

type SearchPart<I, O> = (operations: readonly Operation<I, O>[], options: SearchOptions) => SearchResult

/** Parts take turns with growing budgets, so that a hard one can not hide one that is plainly illegal. */
export function searchParts<I, O>(
  operations: readonly Operation<I, O>[],
  parts: readonly (readonly number[])[],
  options: SearchOptions,
  searchPart: SearchPart<I, O>,
): SearchResult {
  const turns = new Turns(operations, options, searchPart)
  let open = parts
  for (let budget = firstBudget; ; budget *= budgetGrowth) {
    const left: (readonly number[])[] = []
    for (const part of open) {
      const most = Math.min(budget, options.budget - turns.explored)
      if (most <= 0 || options.isOver()) return turns.conclude('unknown', open[0])
      const { verdict } = turns.search(part, Number.POSITIVE_INFINITY, most)
      if (verdict === 'illegal') return turns.conclude('illegal', turns.firstStuck(part, parts))
      if (verdict === 'unknown') left.push(part)
    }
    open = left
    if (open.length === 0) return turns.conclude('valid', undefined)
    if (budget >= options.budget) return turns.conclude('unknown', open[0])
  }
}

interface Found {
  /** The operations that were searched. */
  readonly members: readonly number[]
  readonly result: SearchResult
}

/** What was found of each part so far. */
class Turns<I, O> {
  explored = 0
  readonly #operations: readonly Operation<I, O>[]
  readonly #options: SearchOptions
  readonly #searchPart: SearchPart<I, O>
  readonly #found = new Map<readonly number[], Found>()

  constructor(operations: readonly Operation<I, O>[], options: SearchOptions, searchPart: SearchPart<I, O>) {
    this.#operations = operations
    this.#options = options
    this.#searchPart = searchPart
  }

  /** A part as far as a moment: what returned later is under way then. */
  search(part: readonly number[], end: number, budget: number): SearchResult {
    const members = part.filter((index) => (this.#operations[index]?.call ?? 0) <= end)
    const operations = members.flatMap((index): readonly Operation<I, O>[] => {
      const operation = this.#operations[index]
      if (operation === undefined) return []
      return [operation.return <= end ? operation : { ...operation, return: Number.POSITIVE_INFINITY }]
    })
    const result = this.#searchPart(operations, { ...this.#options, budget })
    this.explored += result.explored
    this.#found.set(part, { members, result })
    return result
  }

  /**
   * The part that gets stuck first, of which one is known to be illegal. The others are looked at until then only, and
   * only if that is not too much work; so much is certain in any case that no order passes the return that is named.
   */
  firstStuck(illegal: readonly number[], parts: readonly (readonly number[])[]): readonly number[] {
    const { budget, isOver } = this.#options
    const most = Math.min(budget, this.explored + Math.max(lastLook.least, this.explored * lastLook.times))
    let first = illegal
    for (const part of parts) {
      const end = this.#stuckAt(first)
      if (end === undefined || this.explored >= most || isOver()) break
      if (part === first || this.#found.get(part)?.result.verdict === 'valid') continue
      const { verdict } = this.search(part, end, most - this.explored)
      if (verdict === 'illegal' && (this.#stuckAt(part) ?? end) < end) first = part
    }
    return first
  }

  conclude(verdict: SearchResult['verdict'], by: readonly number[] | undefined): SearchResult {
    const { members = [], result } = (by && this.#found.get(by)) ?? {}
    const { explored } = this
    if (verdict === 'valid')
      return { verdict, order: this.#merged(Number.POSITIVE_INFINITY), stuck: undefined, explored }
    const stuck = members[result?.stuck ?? -1]
    const end = stuck === undefined ? undefined : this.#operations[stuck]?.return
    const order = this.#merged(end ?? Number.POSITIVE_INFINITY)
    if (verdict === 'illegal') return { verdict, order, stuck, explored }
    return { verdict, order, stuck, explored, reason: result?.reason ?? outOfWork }
  }

  /** When the operation returned that a part is stuck at. */
  #stuckAt(part: readonly number[]): number | undefined {
    const { members = [], result } = this.#found.get(part) ?? {}
    return this.#operations[members[result?.stuck ?? -1] ?? -1]?.return
  }

  /**
   * One order of all parts' orders, as far as a moment. Each operation takes effect at the latest call in its part's
   * order so far, which is not after its own return, as the part's order respects time; sorted by these moments, the
   * whole does so too. Nothing that returned by the end is cut off, as it stands before all that is called later.
   */
  #merged(end: number): readonly number[] {
    const placed: { readonly index: number; readonly moment: number }[] = []
    for (const { members, result } of this.#found.values()) {
      let moment = Number.NEGATIVE_INFINITY
      for (const place of result.order) {
        const index = members[place] ?? 0
        moment = Math.max(moment, this.#operations[index]?.call ?? 0)
        if (moment > end) break
        placed.push({ index, moment })
      }
    }
    return placed.sort((a, b) => a.moment - b.moment).map(({ index }) => index)
  }
}
