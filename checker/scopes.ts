/**
 * Splits a history into parts that have no scope in common, searches each on its own, and puts their orders together.
 * That is sound and complete since operations of different parts never influence each other (Herlihy & Wing 1990,
 * locality; Horn & Kroening 2015).
 */
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'
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

type SearchPart<I, O> = (operations: readonly Operation<I, O>[], options: SearchOptions) => SearchResult

/** Parts take turns with growing budgets, so that a hard one can not hide one that is plainly illegal. */
export function searchParts<I, O>(
  operations: readonly Operation<I, O>[],
  parts: readonly (readonly number[])[],
  options: SearchOptions,
  searchPart: SearchPart<I, O>,
): SearchResult {
  const found = new Map<readonly number[], SearchResult>()
  let open = parts
  let explored = 0
  const conclude = (verdict: SearchResult['verdict'], culprit?: readonly number[]): SearchResult => {
    const by = culprit ?? open[0]
    const stuck = by === undefined || verdict === 'valid' ? undefined : found.get(by)?.stuck
    const reason = by === undefined ? undefined : found.get(by)?.reason
    return {
      verdict,
      order: merged(operations, found),
      stuck: stuck === undefined ? undefined : by?.[stuck],
      explored,
      ...(verdict === 'unknown' ? { reason: reason ?? 'the budget of configurations ran out' } : {}),
    }
  }
  for (let budget = firstBudget; ; budget *= budgetGrowth) {
    const left: (readonly number[])[] = []
    for (const part of open) {
      const most = Math.min(budget, options.budget - explored)
      if (most <= 0 || options.isOver()) return conclude('unknown')
      const result = searchPart(
        part.flatMap((index) => operations[index] ?? []),
        { ...options, budget: most },
      )
      found.set(part, result)
      explored += result.explored
      if (result.verdict === 'illegal') return conclude('illegal', part)
      if (result.verdict === 'unknown') left.push(part)
    }
    open = left
    if (open.length === 0) return conclude('valid')
    if (budget >= options.budget) return conclude('unknown')
  }
}

/**
 * One order of all parts' orders. Each operation takes effect at the latest call in its part's order so far, which is
 * not after its own return, as the part's order respects time; sorted by these moments, the whole does so too.
 */
function merged<I, O>(
  operations: readonly Operation<I, O>[],
  found: ReadonlyMap<readonly number[], SearchResult>,
): readonly number[] {
  const placed: { readonly index: number; readonly moment: number }[] = []
  for (const [part, { order }] of found) {
    let moment = Number.NEGATIVE_INFINITY
    for (const place of order) {
      const index = part[place] ?? 0
      moment = Math.max(moment, operations[index]?.call ?? 0)
      placed.push({ index, moment })
    }
  }
  return placed.sort((a, b) => a.moment - b.moment).map(({ index }) => index)
}
