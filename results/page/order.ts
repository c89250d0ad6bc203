/** What the checker says of one key, asked in the page: the best order, the states along it, and what can not follow. */
import { check, longestPrefix, type PartitionResult, type Verdict } from 'porcupine-ts'
import { HistoryError, pairs, type RecordedOperation } from 'porcupine-ts/formats'
import { isModelName, type KvModel, type KvState, models, withInitial } from 'porcupine-ts/models'
import { eventsOf, type Ops } from '../report/ops.ts'
import type { PageData } from '../report/page-data.ts'
import { refusal } from '../report/proof.ts'

export interface KeyOrder {
  readonly verdict: Verdict
  /** Ids in the best order: all that was answered if valid, else the order that passes the most answers. */
  readonly order: readonly number[]
  /** `states[i]` is there before the op at place `i` of the order; one more is there at the end. */
  readonly states: readonly KvState[]
  /** The id of the op whose answer no order passes. */
  readonly stuck?: number
  /** What was under way at that answer and could not be next, and why. */
  readonly candidates: readonly Candidate[]
  readonly explored: number
  /** The order ends where all do; else the search for that end ran out of time, and a longer one may exist. */
  readonly isLongest: boolean
}

export interface Candidate {
  readonly id: number
  readonly why: string
}

/** Some twenty checks look for the end of an order, so each gets less. */
const endLimits = { maxConfigurations: 100_000, timeLimitMs: 120, now: () => performance.now() }
const limits = { maxConfigurations: 300_000, timeLimitMs: 1500, now: () => performance.now() }

type Modelled = Pick<PageData, 'model' | 'initial'>

/** Why there is no order to show, in a sentence; or the order. */
export function orderOf(
  ops: Ops,
  places: readonly number[],
  { model: name, initial = null }: Modelled,
): KeyOrder | string {
  if (name === undefined || !isModelName(name)) return 'The history does not name a model that this page knows.'
  const events = places
    .flatMap((at) => eventsOf(ops, at).filter((event) => event !== undefined))
    .sort((a, b) => a.index - b.index)
  const model = withInitial(models[name], initial)
  try {
    const { operations } = pairs(events)
    const [partition] = check(model, operations, limits).partitions
    return partition === undefined ? 'No op of this key took effect or may have.' : toOrder(model, partition)
  } catch (error) {
    if (error instanceof HistoryError) return `The history contradicts itself: ${error.message}.`
    throw error
  }
}

type Best = Pick<PartitionResult<RecordedOperation>, 'linearization' | 'stuck' | 'blocked'> & {
  readonly isExact?: boolean
}

/** Not every engine says where the orders end: then it is looked for. */
function toOrder(model: KvModel, partition: PartitionResult<RecordedOperation>): KeyOrder {
  const { verdict, operations, explored } = partition
  const isSilent = verdict === 'illegal' && partition.stuck === undefined
  const best: Best = isSilent ? longestPrefix(model, operations, endLimits) : partition
  const { linearization, stuck } = best
  const states = statesAlong(model, best)
  const end = states.at(-1) ?? model.init()
  return {
    verdict,
    explored,
    isLongest: verdict === 'valid' || (verdict === 'illegal' && best.isExact !== false),
    order: linearization.map(({ id }) => id),
    states,
    ...(stuck === undefined ? {} : { stuck: stuck.id }),
    candidates:
      verdict === 'valid' ? [] : candidatesAt(model, operations, best, { end, isDecided: verdict === 'illegal' }),
  }
}

function statesAlong(model: KvModel, { linearization, stuck }: Best): KvState[] {
  const states: KvState[] = [model.init()]
  for (const { input, output, return: end } of linearization) {
    // What was not answered yet where the order ends may have been placed whatever it answered later.
    const isLater = stuck !== undefined && end > stuck.return
    const [next] = model.step(states.at(-1) ?? model.init(), input, isLater ? undefined : output)
    if (next === undefined) break // The checker has replayed the order, and these models have one successor.
    states.push(next)
  }
  return states
}

/** Every op that was under way when the order ended, with what keeps it from being next. */
function candidatesAt(
  model: KvModel,
  operations: readonly RecordedOperation[],
  { linearization, stuck, blocked }: Best,
  { end, isDecided }: { end: KvState; isDecided: boolean },
): Candidate[] {
  const placed = new Set(linearization)
  const left = operations.filter((operation) => !placed.has(operation))
  return blocked.map((operation) => {
    const { id, call, input, output } = operation
    const first = left.find((other) => other.return < call)
    if (first !== undefined) return { id, why: `must wait for #${first.id}, which was answered before it began` }
    if (model.step(end, input, output).length === 0) return { id, why: refusal(end, operation) }
    const rest = stuck === undefined ? 'the others' : `#${stuck.id}`
    const how = isDecided ? 'every continuation was tried' : 'as far as the search came'
    return { id, why: `could come next, but ${rest} would still find no place: ${how}` }
  })
}
