/**
 * Decides whether the operations of one partition can be put in an order that respects time and that the model
 * accepts. Depth-first search over configurations (required operations linearized, state, pending operations used)
 * after Wing & Gong 1993, with the memory of configurations of Lowe 2017 ("Testing for linearizability", section 4)
 * kept for a window: all operations before the first return that was not passed need no bit. Rules that prune stand in
 * `rules.ts`, each with the reason why it loses nothing.
 */
import type { Model, StepContext } from '../model.ts'
import type { Operation } from '../operation.ts'
import type { Rules } from './rules.ts'
import { partsOf, searchParts } from './scopes.ts'
import { Walk } from './walk.ts'
import { Workspace } from './workspace.ts'

export { allRules, noRules, type Rules } from './rules.ts'

export interface SearchOptions {
  readonly rules: Rules
  /** Whether configurations are remembered. Without it the search is Wing & Gong's own, for tests and tiny cores. */
  readonly hasMemory: boolean
  /** The most configurations to expand. */
  readonly budget: number
  /** The most bytes that the search's tables may take; 1 GiB unless told. */
  readonly maxBytes?: number
  /** Asked after every 1024 moves, of which each leads to a configuration; the search gives up when it says so. */
  readonly isOver: () => boolean
  /** Handed on to the model's steps. Once it has told one that time is up, the search gives up. */
  readonly context?: StepContext
}

/** Operations are given as indexes into the searched list. */
export interface SearchResult {
  readonly verdict: 'valid' | 'illegal' | 'unknown'
  /** A linearization if valid, else the one that passed the most returns. Pending operations not used are missing. */
  readonly order: readonly number[]
  /** Unless valid: the operation whose return no order passes (if unknown: none so far), where that is certain. */
  readonly stuck: number | undefined
  /** Configurations expanded. */
  readonly explored: number
  /** If unknown: what stood in the way. */
  readonly reason?: string
}

export function search<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  options: SearchOptions,
): SearchResult {
  const parts = options.rules.scopes ? partsOf(model, operations) : undefined
  if (parts === undefined) return searchPart(model, operations, options)
  return searchParts(operations, parts, options, (part, limits) => searchPart(model, part, limits))
}

/** The second look, for where exactly an illegal history goes wrong, may cost so many configurations, or times the first. */
const secondLook = { least: 10_000, times: 4 }

function searchPart<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  options: SearchOptions,
): SearchResult {
  const workspace = Workspace.take()
  try {
    const walk = new Walk(model, operations, options, workspace, 'open')
    const found = walk.run()
    if (found.verdict !== 'illegal' || walk.isExact) return found
    const { explored } = found
    workspace.tables.reset()
    const limits = {
      ...options,
      budget: Math.min(options.budget - explored, Math.max(explored * secondLook.times, secondLook.least)),
    }
    const exact = new Walk(model, operations, limits, workspace, 'near').run()
    if (exact.verdict === 'valid') throw new Error('a history that foresight found illegal is valid')
    const isCertain = exact.verdict === 'illegal'
    return { ...(isCertain ? exact : { ...found, stuck: undefined }), explored: explored + exact.explored }
  } finally {
    workspace.giveBack()
  }
}
