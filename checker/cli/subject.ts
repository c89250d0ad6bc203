/** What a recorded history is held to: the model, the operations as the model reads them, and how to explain it. */
import { type CheckOptions, check } from '../check.ts'
import { type Weaker, weaker } from '../consistency.ts'
import { type Explanation, explain } from '../explain.ts'
import type { HistoryEvent, Json } from '../formats/event.ts'
import { operationsOf } from '../formats/operations-of.ts'
import { HistoryError, pairs, type RecordedOperation } from '../formats/pairs.ts'
import type { Model } from '../model.ts'
import { ModelError } from '../model-error.ts'
import { type ModelName, models, type ObjectName, objects, withInitial } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import { type Codec, UnreadableOp } from '../models/object.ts'
import type { Operation } from '../operation.ts'
import type { CheckResult, PartitionResult } from '../result.ts'
import { adviseUnknown } from '../unknown.ts'

/** A model of the user's own; `codec` reads what was recorded, which it gets as it is if there is none. */
export type OwnModel = Model<unknown, unknown, unknown> & { readonly codec?: Codec<unknown, unknown> }

export interface Subject<S, I, O, Op extends Operation<I, O>> {
  readonly name: string
  readonly model: Model<S, I, O>
  check(options: CheckOptions): CheckResult<Op>
  /** Whether the history has no times, so that each event is placed at its index. */
  hasPlaces(): boolean
  explain?(core: readonly Op[], partition: PartitionResult<Op>): Pick<Explanation, 'kind' | 'text'>
  /** What is left of consistency on a key that is illegal. */
  weaker?(operations: readonly Op[]): Weaker | undefined
  advise?(partition: PartitionResult<Op>): string
}

/** These three throw a `HistoryError` where events do not fit together, or the model. */
export function kvSubject(name: ModelName, initial: KvValue, events: readonly HistoryEvent[]) {
  const { operations, failed } = pairs(events)
  const { functions } = models[name]
  const other = operations.find(({ input }) => !functions.includes(input.f))
  if (other !== undefined) {
    throw new HistoryError(`${name} knows ${functions.join(', ')}, but not ${other.input.f}`, other.id)
  }
  const model = withInitial(models[name], initial)
  return {
    ...ofOperations(name, model, operations),
    ...tellingOfKv(model, () => failed),
  }
}

/** Beyond so many operations, to say what is left would take longer than to decide. */
const askedAtMost = 200_000

/** How whatever is decided by a key-value model is explained. */
export function tellingOfKv(model: ReturnType<typeof withInitial>, failed: () => readonly RecordedOperation[]) {
  return {
    explain: (core: readonly RecordedOperation[], partition: PartitionResult<RecordedOperation>) =>
      explain(core, { history: partition.operations, failed: failed(), initial: model.init().value }),
    weaker: (operations: readonly RecordedOperation[]) =>
      operations.length > askedAtMost ? undefined : weaker(model, operations),
    advise: (partition: PartitionResult<RecordedOperation>) => adviseUnknown(partition).text,
  }
}

export function objectSubject(name: ObjectName, events: readonly HistoryEvent[]) {
  const model = objects[name]
  return ofOperations(name, model, operationsOf(events, model.codec))
}

/** Throws a `ModelError` too, where the codec throws. */
export function ownSubject(model: OwnModel, events: readonly HistoryEvent[]) {
  const { codec } = model
  return ofOperations(ownName, model, operationsOf(events, codec === undefined ? asRecorded : guarded(codec)))
}

export const ownName = 'a model of your own'

function ofOperations<S, I, O, Op extends Operation<I, O>>(
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

const asRecorded: Codec<unknown, unknown> = {
  input: ({ f, key, value }) => ({
    f,
    ...(key === undefined ? {} : { key }),
    ...(value === undefined ? {} : { value }),
  }),
  output: (_, output: Json) => output,
}

/** What a user's codec does not know it may say by an `UnreadableOp`; all else is its mistake. */
function guarded(codec: Codec<unknown, unknown>): Codec<unknown, unknown> {
  const guard = (name: 'input' | 'output', about: () => string, run: () => unknown): unknown => {
    try {
      return run()
    } catch (cause) {
      if (cause instanceof UnreadableOp) throw cause
      const told = cause instanceof Error ? `${cause.name}: ${cause.message}` : String(cause)
      const of = { function: `codec.${name}`, operation: undefined }
      throw new ModelError(`the model's codec.${name} of ${about()} threw ${told}`, of, cause)
    }
  }
  return {
    input: (op) =>
      guard(
        'input',
        () => JSON.stringify({ f: op.f, key: op.key, value: op.value }),
        () => codec.input(op),
      ),
    output: (input, output) =>
      guard(
        'output',
        () => JSON.stringify(output),
        () => codec.output(input, output),
      ),
  }
}
