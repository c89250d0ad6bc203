/**
 * Which search has its turn, for how long. Depth-first search finds orders quickly or loses itself, so it is given up
 * after a while and tried again with other choices; the sweep finds that there is none, if a level's configurations
 * fit, and as a beam it finds orders where the depth-first search does not.
 */
import type { Limits } from '../procedure.ts'
import type { Lookahead } from './lookahead.ts'
import { DepthSearch } from './search-depth.ts'
import type { Moves } from './search-moves.ts'
import type { Walk } from './search-walk.ts'
import { Sweep } from './sweep.ts'

export interface Found {
  readonly verdict: 'valid' | 'illegal' | 'unknown'
  /** The proof if valid, else what passes the most returns. */
  readonly trail: Trail
  /** Unless valid: the level whose return no order passes; if unknown, none so far. */
  readonly stuckLevel: number
  readonly explored: number
  readonly reason?: string
}

export interface Trail {
  readonly entries: Int32Array
  readonly length: number
}

/**
 * After how many choices without progress a depth-first search goes back. Mostly a wrong choice lies a few levels
 * back, and is found by then; to go back sooner throws the work away.
 */
const patience = 5000
const firstTurn = 40_000
/** The chance of an unusual choice in 2^32, over the turns. */
const strayChances = [0, 0.02, 0.1, 0.3].map((chance) => Math.floor(chance * 2 ** 32))
const firstBeam = 32
const beamGrowth = 8
/** A sweep holds no more than this if the caller says nothing. */
const defaultBytes = 1 << 29
/** The most configurations for finding out at which return an illegal history gets stuck. */
const refineBudget = 20_000

/** `stale`: an operation that was found to be impossible to place; -1 if there is none. */
export function decideByTurns(walk: Walk, moves: Moves, lookahead: Lookahead, limits: Limits, stale: number): Found {
  const { isOver, budget, attempt, maxBytes } = limits
  const depth = new DepthSearch(walk, moves, lookahead, maxBytes)
  let sweep: Sweep | undefined
  let turnBudget = firstTurn + (walk.history.count >> 1)
  let beam = firstBeam
  if (stale >= 0) {
    lookahead.doom(stale)
    return illegal(walk, depth, lookahead, limits, 0)
  }
  const explored = () => depth.explored + (sweep?.explored ?? 0)
  for (let turn = 0; ; turn++) {
    const strayChance = strayChances[turn % strayChances.length] ?? 0
    const seed = 1 + 2 * turn + 1000 * attempt
    lookahead.doomed = -1
    const byDepth = depth.run({
      budget: Math.min(turnBudget, budget - explored()),
      isOver,
      patience,
      strayChance,
      seed,
    })
    if (byDepth === 'valid') return valid(trailOf(walk), explored())
    if (byDepth === 'illegal') return illegal(walk, depth, lookahead, limits, explored())
    if (explored() >= budget || isOver()) break
    sweep ??= new Sweep(walk, moves, lookahead)
    lookahead.doomed = -1
    const bySweep = sweep.run({
      budget: Math.min(turnBudget, budget - explored()),
      isOver,
      beam,
      maxBytes: maxBytes ?? defaultBytes,
    })
    if (bySweep === 'valid') return valid({ entries: sweep.trail, length: sweep.trail.length }, explored())
    if (bySweep === 'illegal') return illegal(walk, depth, lookahead, limits, explored())
    if (explored() >= budget || isOver()) break
    turnBudget *= 2
    beam *= beamGrowth
  }
  return {
    verdict: 'unknown',
    trail: { entries: depth.best, length: depth.bestLength },
    stuckLevel: Math.max(0, depth.deepest),
    explored: explored(),
    reason: `no order found for the return of operation ${depth.deepest + 1} of ${walk.history.count}`,
  }
}

function valid(trail: Trail, explored: number): Found {
  return { verdict: 'valid', trail, stuckLevel: -1, explored }
}

function trailOf(walk: Walk): Trail {
  return { entries: walk.trail.slice(0, walk.trailLength), length: walk.trailLength }
}

/**
 * The lookahead turns back early: all that is known is that no order passes the latest return that it found doomed.
 * A beginning of a legal history is legal, so bisection finds the first return that no order passes: the history up to
 * the one before it is searched, by the same rules, without a look beyond.
 */
function illegal(walk: Walk, depth: DepthSearch, lookahead: Lookahead, limits: Limits, before: number): Found {
  const { count } = walk.history
  let passed = Math.max(0, depth.deepest)
  let stuck = levelOf(walk, lookahead.doomed)
  const already = depth.explored
  for (let isFirst = true; passed < stuck; isFirst = false) {
    // Most often it is that very return.
    const level = isFirst ? stuck - 1 : (passed + stuck) >>> 1
    walk.cut = level + 1
    lookahead.doomed = -1
    const budget = refineBudget - (depth.explored - already)
    const verdict = depth.run({ budget, isOver: limits.isOver, patience: budget, strayChance: 0, seed: 1 })
    if (verdict === 'unknown') break
    if (verdict === 'valid') {
      passed = level + 1
      depth.keepIfBest()
    } else {
      stuck = Math.min(level, levelOf(walk, lookahead.doomed))
      passed = Math.max(passed, Math.min(stuck, depth.deepest))
    }
  }
  walk.cut = count
  return {
    verdict: 'illegal',
    trail: { entries: depth.best, length: depth.bestLength },
    stuckLevel: stuck,
    explored: before + depth.explored - already,
  }
}

/** The level with a certain return. */
function levelOf({ history }: Walk, position: number): number {
  const { byReturn, returns, count } = history
  let low = 0
  let high = count - 1
  while (low < high) {
    const middle = (low + high) >>> 1
    if ((returns[byReturn[middle] ?? 0] ?? 0) >= position) high = middle
    else low = middle + 1
  }
  return low
}
