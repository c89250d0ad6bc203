/** Random histories of collections, for the procedures to be held against the general search and brute force. */

import { check } from '../check.ts'
import { type Chance, chances, isLegal, randomHistory, type Shape, type Subject } from '../general/subjects.fixture.ts'
import type { Model } from '../model.ts'
import { type Chain, itemsOfChain } from '../models/chain.ts'
import type { ContainerInput } from '../models/container.ts'
import type { CounterInput, CounterOutput } from '../models/counter.ts'
import { counter } from '../models/counter.ts'
import type { SetInput, SetOutput } from '../models/item-set.ts'
import { itemSet } from '../models/item-set.ts'
import type { ListInput, ListOutput } from '../models/list.ts'
import { list } from '../models/list.ts'
import type { Item } from '../models/object.ts'
import type { Operation } from '../operation.ts'
import type { Decision, Limits } from '../procedure.ts'
import { replay } from '../replay.ts'

export const limits: Limits = { budget: 1_000_000, attempt: 0, isOver: () => false }

/** Puts of ever new items, and takes, some of which get the wrong item or nothing. `puts` is in percent. */
function containerSubject<Put extends string, Take extends string>(
  names: { readonly put: Put; readonly take: Take; readonly puts: number },
  nextOf: (state: readonly number[]) => number,
): Subject<readonly number[], ContainerInput<Put, Take>, Item | null> {
  const { put, take, puts } = names
  let newest = 0
  return {
    model: {
      init: () => [],
      step(state, input) {
        if ('value' in input) return [[...state, Number(input.value)]]
        const right = state.toSpliced(nextOf(state), 1)
        return [...Array.from({ length: 5 }, () => right), state, ...state.map((_, i) => state.toSpliced(i, 1))]
      },
    },
    // The greater part of an item is drawn, so that a priority queue does not see them come in order.
    input: (below) => (below(100) < puts ? { f: put, value: below(20) * 1000 + (newest++ % 1000) } : { f: take }),
    answer: (input, before, after) => (input.f === put ? null : (before.find((item) => !after.includes(item)) ?? null)),
  }
}

export const queues = (puts: number) => containerSubject({ put: 'enqueue', take: 'dequeue', puts }, () => 0)
export const stacks = (puts: number) => containerSubject({ put: 'push', take: 'pop', puts }, ({ length }) => length - 1)
export const priorityQueues = (puts: number) =>
  containerSubject({ put: 'insert', take: 'remove-min', puts }, (state) => state.indexOf(Math.min(...state)))

export const counters: Subject<number, CounterInput, CounterOutput> = {
  model: counter,
  input: (below) => (below(2) === 0 ? { f: 'read' } : { f: 'add', value: 1 }),
  answer(input, _before, after, isDamaged, below) {
    if (input.f === 'add' && below(2) === 0) return null
    return isDamaged ? Math.max(0, after + below(3) - 1) : after
  },
}

/** Operations on one item. */
export const elements: Subject<readonly Item[], SetInput, SetOutput> = {
  model: itemSet,
  input: (below) => ({ f: (['add', 'remove', 'contains'] as const)[below(3)] ?? 'add', value: 1 }),
  answer(input, before, _after, isDamaged, below) {
    const isThere = before.length > 0
    if (input.f !== 'contains' && below(3) === 0) return null
    return (input.f === 'add' ? !isThere : isThere) !== isDamaged
  },
}

/** No item comes twice in a history. */
let last = 0

export const growingSets: Subject<readonly Item[], SetInput, SetOutput> = {
  model: itemSet,
  input: (below) => (below(2) === 0 ? { f: 'read' } : { f: 'add', value: last++ }),
  answer: (input, _before, after, isDamaged, below) => (input.f === 'read' ? damaged(after, isDamaged, below) : null),
}

export const growingLists: Subject<Chain, ListInput, ListOutput> = {
  model: list,
  input: (below) => (below(2) === 0 ? { f: 'read' } : { f: 'append', value: last++ }),
  answer: (input, _before, after, isDamaged, below) =>
    input.f === 'read' ? damaged(itemsOfChain(after).toReversed(), isDamaged, below) : null,
}

function damaged(items: readonly Item[], isDamaged: boolean, below: Chance): readonly Item[] {
  if (!isDamaged || items.length === 0) return items
  return below(2) === 0 ? items.toSpliced(below(items.length), 1) : items.toReversed()
}

export interface Examined {
  readonly failures: readonly string[]
  /** Decisions of the procedure, by verdict; `undecided` where it left the history to the search. */
  readonly counts: Readonly<Record<'valid' | 'illegal' | 'undecided', number>>
}

export interface ExamineOptions {
  readonly seed: number
  readonly rounds: number
  readonly shape: Shape
  /** By brute force, or by the general search. */
  readonly judge: 'permutations' | 'search'
  /** Ends at the first failure. */
  readonly isOneEnough?: boolean
}

/** Holds a procedure's decisions over random histories against a judge; orders are replayed. */
export function examine<S, T, I, O>(
  model: Model<S, I, O>,
  subject: Subject<T, I, O>,
  decide: (operations: readonly Operation<I, O>[]) => Decision | undefined,
  { seed, rounds, shape, judge, isOneEnough = false }: ExamineOptions,
): Examined {
  const failures: string[] = []
  const counts = { valid: 0, illegal: 0, undecided: 0 }
  const below: Chance = chances(seed)
  for (let round = 0; round < rounds; round++) {
    const operations = randomHistory(subject, below, shape)
    const fault = examineOne(model, operations, decide, judge, counts)
    if (fault !== undefined) failures.push(`round ${round}: ${fault}`)
    if (isOneEnough && fault !== undefined) break
  }
  return { failures, counts }
}

function examineOne<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  decide: (operations: readonly Operation<I, O>[]) => Decision | undefined,
  judge: ExamineOptions['judge'],
  counts: Record<'valid' | 'illegal' | 'undecided', number>,
): string | undefined {
  const decision = decide(operations)
  if (decision === undefined || decision.verdict === 'unknown') {
    counts.undecided++
    return undefined
  }
  counts[decision.verdict]++
  const truth = verdictBy(judge, model, operations)
  if (decision.verdict !== truth) return `${decision.verdict}, but it is ${truth}: ${JSON.stringify(operations)}`
  if (truth === 'valid') {
    const order = Array.from(decision.order, (index) => operations[index])
    const known = order.filter((each) => each !== undefined)
    const objection = known.length < order.length ? 'no operation' : replay(model, known, operations)
    return objection && `an order that does not replay: ${objection}: ${JSON.stringify(operations)}`
  }
  const core = decision.core?.flatMap((index) => operations[index] ?? [])
  if (core !== undefined && verdictBy(judge, model, core) !== 'illegal') return `a legal core: ${JSON.stringify(core)}`
  return undefined
}

function verdictBy<S, I, O>(
  judge: ExamineOptions['judge'],
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
): string {
  if (judge === 'permutations') return isLegal(model, operations) ? 'valid' : 'illegal'
  return check(model, operations, { internal: { procedures: [] } }).verdict
}
