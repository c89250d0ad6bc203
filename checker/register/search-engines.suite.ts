/** Each search of the register on its own, for tests that set them against each other. */
import { withArena } from '../arena.ts'
import type { RegisterColumns } from './columns.ts'
import { Lookahead } from './lookahead.ts'
import { Guide } from './plan/guide.ts'
import { allRegisterRules, type Conditions, type RegisterRules } from './rules.ts'
import { DepthSearch } from './search-depth.ts'
import { prepare } from './search-history.ts'
import { Moves } from './search-moves.ts'
import { Walk } from './search-walk.ts'
import { orderOf } from './search-witness.ts'
import { Sweep } from './sweep.ts'

const isOver = () => false
const budget = 100_000

export interface Engine {
  /**
   * Depth-first by the book, by half of all choices, going back at the least delay, by plans, by plans and given up again
   * and again to go on; all of a level, or a few.
   */
  readonly name: 'depth' | 'stray' | 'impatient' | 'guided' | 'resumed' | 'sweep' | 'beam'
  readonly seed: number
  readonly rules: RegisterRules
}

export function decideBy({ name, seed, rules }: Engine, columns: RegisterColumns) {
  return withArena((arena) => {
    const history = prepare(columns, rules, arena)
    const walk = new Walk(history, rules, arena)
    const lookahead = new Lookahead(walk, arena)
    const guide = new Guide(walk, lookahead.active.since)
    const moves = new Moves(walk, lookahead, guide, arena)
    const order = (entries: Int32Array, length: number) => orderOf(columns, history, { entries, length }, arena)
    if (name === 'sweep' || name === 'beam') {
      const sweep = new Sweep(walk, moves, lookahead)
      const verdict = sweep.run({ budget, isOver, beam: name === 'beam' ? 3 : budget, maxBytes: 1 << 28 })
      return { verdict, order: order(sweep.trail, sweep.trail.length) }
    }
    const search = new DepthSearch(walk, moves, lookahead, guide, undefined)
    // From 4 on it grows each time, so a search comes to its end.
    const patience = name === 'impatient' ? 3 : name === 'guided' || name === 'resumed' ? 4 : budget
    const isGuided = name === 'guided' || name === 'resumed'
    const options = {
      budget,
      isOver,
      patience,
      strayChance: name === 'depth' || isGuided ? 0 : 2 ** 31,
      isAlwaysCounting: true,
      isGuided,
    }
    let stall = name === 'resumed' ? 1 : budget
    let verdict = search.run({ ...options, stall, seed, goesOn: false })
    for (let turn = 1; verdict === 'unknown' && stall < budget; turn++) {
      stall *= 2
      verdict = search.run({ ...options, stall, seed: seed + turn, goesOn: true })
    }
    return { verdict, order: order(walk.trail, walk.trailLength) }
  })
}

/** Counting from the start, as short histories are decided before it begins otherwise. */
export const countingRules: RegisterRules = { ...allRegisterRules, easesOff: false }

export function without(condition: keyof Conditions): RegisterRules {
  return { ...countingRules, conditions: { ...allRegisterRules.conditions, [condition]: false } }
}
