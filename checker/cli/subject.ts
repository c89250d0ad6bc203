/** What a recorded history is held to: the model, the operations as the model reads them, and how to explain it. */
import { type CheckOptions, check } from '../check.ts'
import type { HistoryEvent } from '../formats/event.ts'
import { HistoryError, pairs } from '../formats/pairs.ts'
import type { Model } from '../model.ts'
import { type ModelName, models, withInitial } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { CheckResult } from '../result.ts'
import type { Telling } from './telling.ts'

export interface Subject<S, I, O, Op extends Operation<I, O>> {
  readonly name: string
  readonly model: Model<S, I, O>
  check(options: CheckOptions): CheckResult<Op>
  /** Whether the history has no times, so that each event is placed at its index. */
  hasPlaces(): boolean
  /** Where more is known of the model than its functions say. Loaded when there is something to tell. */
  telling?(): Promise<Telling<Op>>
}

/** Throws a `HistoryError` where events do not fit together, or the model. */
export function kvSubject(name: ModelName, initial: KvValue, events: readonly HistoryEvent[]) {
  const { operations, failed } = pairs(events)
  const { functions } = models[name]
  const other = operations.find(({ input }) => !functions.includes(input.f))
  if (other !== undefined) {
    throw new HistoryError(`${name} knows ${functions.join(', ')}, but not ${other.input.f}`, other.id)
  }
  const model = withInitial(models[name], initial)
  const telling = async () => (await import('./telling.ts')).tellingOfKv(model, () => failed)
  return { ...ofOperations(name, model, operations), telling }
}

/** How a model of the user's own is called in a result. */
export const ownName = 'a model of your own'

export function ofOperations<S, I, O, Op extends Operation<I, O>>(
  name: string,
  model: Model<S, I, O>,
  operations: readonly Op[],
): Subject<S, I, O, Op> {
  return {
    name,
    model,
    check: (options) => check(model, operations, options),
    hasPlaces: () => operations.every(({ id, call }) => call === id),
  }
}

/** Completions may leave out their key. */
export function ofKey(events: readonly HistoryEvent[], key: string | undefined): readonly HistoryEvent[] {
  if (key === undefined) return events
  const open = new Set<number>()
  return events.filter(({ process, type, key: given }) => {
    if (type !== 'invoke') return open.delete(process)
    if (given === key) open.add(process)
    return given === key
  })
}
