/**
 * Decides a store as one object, where no operation touches more than one key, by the procedures of the model of a key.
 *
 * Sound and complete since keys do not influence each other: a history of independent objects is linearizable if and
 * only if that of each is (Herlihy & Wing 1990, locality). Each operation takes effect at the latest call in its key's
 * order so far, which is not after its own return, as that order respects time; sorted by these moments, all of them
 * together do so too.
 */
import { withArena } from '../arena.ts'
import type { Operation } from '../operation.ts'
import { type Decision, type Limits, outOfWork } from '../procedure.ts'
import { sortByTime } from '../register/sort.ts'
import type { KvInput, KvModel, KvOutput } from './kv.ts'

type KvOperation = Operation<KvInput, KvOutput>

interface Decided {
  /** Where the key's operations stand in the whole list. */
  readonly members: readonly number[]
  readonly decision: Decision
}

/** The key of an operation that names none. */
export const noKey = ''

/** `undefined` where the procedures of `model` do not know the operations of some key. */
export function decideKeyByKey(
  model: KvModel,
  operations: readonly KvOperation[],
  limits: Limits,
): Decision | undefined {
  const groups = new Map<string, number[]>()
  for (let i = 0; i < operations.length; i++) {
    const key = operations[i]?.input.key ?? noKey
    const group = groups.get(key)
    if (group === undefined) groups.set(key, [i])
    else group.push(i)
  }
  const decided: Decided[] = []
  let explored = 0
  let reason: string | undefined
  for (const members of [...groups.values()].sort((a, b) => a.length - b.length)) {
    const decision = decideKey(model, operations, members, { ...limits, budget: limits.budget - explored })
    if (decision === undefined) return undefined
    explored += decision.explored
    if (decision.verdict === 'illegal') return illegal(members, decision, explored)
    if (decision.verdict === 'unknown') reason ??= decision.reason ?? outOfWork
    decided.push({ members, decision })
  }
  if (reason !== undefined) return { verdict: 'unknown', order: [], explored, reason }
  return { verdict: 'valid', order: merged(operations, decided), explored }
}

function decideKey(
  model: KvModel,
  operations: readonly KvOperation[],
  members: readonly number[],
  limits: Limits,
): Decision | undefined {
  const ofKey: KvOperation[] = []
  for (const index of members) {
    const operation = operations[index]
    if (operation !== undefined) ofKey.push(operation)
  }
  for (const procedure of model.procedures ?? []) {
    const decision = procedure.decide(model, ofKey, limits)
    if (decision !== undefined) return decision
  }
  return undefined
}

/** Where the whole gets stuck is not said: another key may do so earlier. */
function illegal(members: readonly number[], { core }: Decision, explored: number): Decision {
  const decision = { verdict: 'illegal', order: [], explored } as const
  return core === undefined ? decision : { ...decision, core: core.map((place) => members[place] ?? 0) }
}

function merged(operations: readonly KvOperation[], decided: readonly Decided[]): ArrayLike<number> {
  return withArena((arena) => {
    const indexes = arena.int32(operations.length)
    const moments = arena.float64(operations.length)
    let count = 0
    for (const { members, decision } of decided) {
      let moment = Number.NEGATIVE_INFINITY
      for (let place = 0; place < decision.order.length; place++) {
        const index = members[decision.order[place] ?? 0] ?? 0
        moment = Math.max(moment, operations[index]?.call ?? 0)
        indexes[count++] = index
        moments[index] = moment
      }
    }
    sortByTime(indexes, count, moments, arena)
    return indexes.slice(0, count)
  })
}
