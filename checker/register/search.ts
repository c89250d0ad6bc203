/**
 * Decides the history of one register with repeated values, compare-and-sets that were refused and do not say what
 * they met, and pending operations: a depth-first search just in time, restarted with other choices where it loses
 * itself, and taking turns with a sweep over all configurations of a level.
 */
import { type Arena, withArena } from '../arena.ts'
import type { Decision, Limits } from '../procedure.ts'
import { kinds, type RegisterColumns } from './columns.ts'
import { Lookahead } from './lookahead.ts'
import { Guide } from './plan/guide.ts'
import { decideByTurns } from './restarts.ts'
import { allRegisterRules, type RegisterRules } from './rules.ts'
import { prepare } from './search-history.ts'
import { Moves } from './search-moves.ts'
import { Walk } from './search-walk.ts'
import { orderOf } from './search-witness.ts'
import { firstStale } from './staleness.ts'

export function decideRegister(
  columns: RegisterColumns,
  limits: Limits,
  rules: RegisterRules = allRegisterRules,
): Decision {
  const impossible = earliestImpossible(columns)
  if (impossible >= 0) {
    // An order may not even come so far, so it is not said where it gets stuck.
    return { verdict: 'illegal', order: [], core: [columns.operation[impossible] ?? 0], explored: 0 }
  }
  return withArena((arena) => decide(columns, limits, rules, arena))
}

function decide(columns: RegisterColumns, limits: Limits, rules: RegisterRules, arena: Arena): Decision {
  const history = prepare(columns, rules, arena)
  const walk = new Walk(history, rules, arena)
  const lookahead = new Lookahead(walk, arena)
  const guide = new Guide(walk, lookahead.active.since)
  const moves = new Moves(walk, lookahead, guide, arena)
  const stale = rules.staleness ? firstStale(history, lookahead.active.since, rules.conditions, arena) : -1
  const { verdict, trail, stuckLevel, explored, reason } = decideByTurns({
    walk,
    moves,
    lookahead,
    guide,
    limits,
    stale,
  })
  const order = orderOf(columns, history, trail, arena)
  // Arrays may be longer than the history: where nothing returns, nothing gets stuck.
  const isStuck = verdict !== 'valid' && stuckLevel < history.count
  const stuck = columns.operation[history.source[history.byReturn[stuckLevel] ?? 0] ?? 0] ?? 0
  return {
    verdict,
    order,
    explored,
    ...(isStuck ? { stuck } : {}),
    ...(reason === undefined ? {} : { reason }),
  }
}

function earliestImpossible({ kind, return: returns, length }: RegisterColumns): number {
  let earliest = -1
  for (let i = 0; i < length; i++) {
    if (kind[i] !== kinds.impossible) continue
    if (earliest < 0 || (returns[i] ?? 0) < (returns[earliest] ?? 0)) earliest = i
  }
  return earliest
}
