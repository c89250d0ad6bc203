/** Histories of other objects than key-value stores, and of a user's own model. */
import type { HistoryEvent, Json } from '../formats/event.ts'
import { operationsOf } from '../formats/operations-of.ts'
import type { Model } from '../model.ts'
import { ModelError } from '../model-error.ts'
import { isObjectName, models, type ObjectName, objects } from '../models/index.ts'
import { type Codec, UnreadableOp } from '../models/object.ts'
import { UnknownModel } from './misfit.ts'
import { ofOperations, ownName } from './subject.ts'

/** A model of the user's own; `codec` reads what was recorded, which it gets as it is if there is none. */
export type OwnModel = Model<unknown, unknown, unknown> & { readonly codec?: Codec<unknown, unknown> }

/** Throws an `UnknownModel`. */
export function objectNamed(name: string): ObjectName {
  if (isObjectName(name)) return name
  throw new UnknownModel(name, [...Object.keys(models), ...Object.keys(objects)])
}

/** Throws a `HistoryError` where events do not fit together, or the model. */
export function objectSubject(name: ObjectName, events: readonly HistoryEvent[]) {
  const model = objects[name]
  return ofOperations(name, model, operationsOf(events, model.codec))
}

/** Throws a `HistoryError` where events do not fit together, or the model, and a `ModelError` where the codec throws. */
export function ownSubject(model: OwnModel, events: readonly HistoryEvent[]) {
  const { codec } = model
  return ofOperations(ownName, model, operationsOf(events, codec === undefined ? asRecorded : guarded(codec)))
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
