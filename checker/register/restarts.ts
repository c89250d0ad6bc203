/**
 * Which search has its turn, for how long. Depth-first search finds orders quickly or loses itself, so it is given up
 * after a while and tried again with other choices; the sweep finds that there is none, if a level's configurations
 * fit, and as a beam it finds orders where the depth-first search does not.
 */
import { type Limits, outOfWork } from '../procedure.ts'
import type { Lookahead } from './lookahead.ts'
import type { Guide } from './plan/guide.ts'
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
 * The turns, again and again. A patient search goes back only after a long time without progress: it finds that there is
 * no order where there are few ways. The others follow a plan and go back soon: they find orders where a wrong choice is
 * seen late. They begin anew, or go on from where the last one was given up, some levels before it.
 */
const turns = ['patient', 'anew', 'on', 'anew', 'on', 'sweep'] as const
/** After how many choices without progress each goes back. */
const patience = { patient: 5000, anew: 50, on: 50 }
/** After how many without progress it is given up, at first; and by how much that grows from turn to turn. */
const firstStall = 200
const stallGrowth = 1.15
/** The chance of an unusual choice in 2^32, from round to round of the turns. */
const strayChances = [0, 0.02, 0.1, 0.3].map((chance) => Math.floor(chance * 2 ** 32))
/** How many configurations a sweep expands for each choice that is one too many for the others. */
const sweepShare = 2
const firstBeam = 32
const beamGrowth = 8
/** A sweep holds no more than this if the caller says nothing. */
const defaultBytes = 1 << 29
/** The most configurations for finding out at which return an illegal history gets stuck. */
const refineBudget = 20_000

export interface Task {
  readonly walk: Walk
  readonly moves: Moves
  readonly lookahead: Lookahead
  readonly guide: Guide
  readonly limits: Limits
  /** An operation that was found to be impossible to place; -1 if there is none. */
  readonly stale: number
}

export function decideByTurns({ walk, moves, lookahead, guide, limits, stale }: Task): Found {
  const { isOver, budget, attempt, maxBytes } = limits
  const depth = new DepthSearch(walk, moves, lookahead, guide, maxBytes)
  let sweep: Sweep | undefined
  let stall = firstStall
  let beam = firstBeam
  if (stale >= 0) {
    lookahead.doom(stale)
    return illegal(walk, depth, lookahead, limits, 0)
  }
  const explored = () => depth.explored + (sweep?.explored ?? 0)
  for (let turn = 0; explored() < budget && !isOver(); turn++) {
    const kind = turns[turn % turns.length] ?? 'patient'
    const left = budget - explored()
    // What was found impossible counts as long as the same search goes on.
    const goesOn = kind === 'on'
    if (!goesOn) lookahead.doomed = -1
    if (kind === 'sweep') {
      sweep ??= new Sweep(walk, moves, lookahead)
      lookahead.isCounting = true
      guide.leave()
      const limit = Math.min(left, Math.ceil(sweepShare * stall))
      const found = sweep.run({ budget: limit, isOver, beam, maxBytes: maxBytes ?? defaultBytes })
      if (found === 'valid') return valid({ entries: sweep.trail, length: sweep.trail.length }, explored())
      if (found === 'illegal') return illegal(walk, depth, lookahead, limits, explored())
      beam *= beamGrowth
    } else {
      const strayChance =
        kind === 'patient' ? 0 : (strayChances[Math.floor(turn / turns.length) % strayChances.length] ?? 0)
      const seed = 1 + 2 * turn + 1000 * attempt
      const found = depth.run({
        budget: left,
        stall,
        isOver,
        patience: patience[kind],
        strayChance,
        seed,
        isAlwaysCounting: !walk.rules.easesOff,
        goesOn,
        isGuided: kind !== 'patient',
      })
      if (found === 'valid') return valid(trailOf(walk), explored())
      if (found === 'illegal') return illegal(walk, depth, lookahead, limits, explored())
    }
    stall *= stallGrowth
  }
  return {
    verdict: 'unknown',
    trail: { entries: depth.best, length: depth.bestLength },
    stuckLevel: Math.max(0, depth.deepest),
    explored: explored(),
    reason: `${explored() < budget ? 'time is up' : outOfWork}: the return of operation ${Math.max(0, depth.deepest) + 1} of ${walk.history.count} was passed by no order found`,
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
    const { isOver } = limits
    const verdict = depth.run({
      budget,
      stall: budget,
      isOver,
      patience: budget,
      strayChance: 0,
      seed: 1,
      isAlwaysCounting: true,
      goesOn: false,
      isGuided: false,
    })
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
