/** What a recorded history is held to: the model, the operations as the model reads them, and how to explain it. */
import { type Explanation, explain } from '../explain.ts'
import type { HistoryEvent, Json } from '../formats/event.ts'
import { FormatError } from '../formats/format-error.ts'
import { type FormatName, guessFormat, readHistory } from '../formats/guess.ts'
import type { JepsenOptions } from '../formats/jepsen-op.ts'
import { decode } from '../formats/jsonl.ts'
import { operationsOf } from '../formats/operations-of.ts'
import { HistoryError, pairs, type RecordedOperation } from '../formats/pairs.ts'
import type { Model } from '../model.ts'
import { type ModelName, models, type ObjectName, objects, withInitial } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import type { Codec } from '../models/object.ts'
import type { Operation } from '../operation.ts'
import type { PartitionResult } from '../result.ts'
import { adviseUnknown } from '../unknown.ts'

export interface Loaded {
  readonly format: FormatName
  readonly events: readonly HistoryEvent[]
  /** What the header names, or the format implies. */
  readonly model: string
  readonly initial: KvValue
  readonly notes: readonly string[]
}

/** Throws a `FormatError` where the text is damaged, or looks like no format. */
export function load(text: string, format: FormatName | undefined, options: JepsenOptions): Loaded {
  const known = format ?? guessFormat(text)
  if (known === undefined) throw new FormatError('this looks like the beginning of no known format', 1, 1)
  if (known === 'faultline') {
    // Whatever model its header names, also one that no registry here has.
    const { header, events, notes } = decode(text)
    return { format: known, events, model: header.model, initial: header.initial ?? null, notes }
  }
  const { events, model, initial, notes } = readHistory(text, known, options)
  return { format: known, events, model, initial, notes }
}

/** A model of the user's own; `codec` reads what was recorded, which it gets as it is if there is none. */
export type OwnModel = Model<unknown, unknown, unknown> & { readonly codec?: Codec<unknown, unknown> }

export interface Subject<S, I, O, Op extends Operation<I, O>> {
  readonly name: string
  readonly model: Model<S, I, O>
  readonly operations: readonly Op[]
  explain?(core: readonly Op[], partition: PartitionResult<Op>): Pick<Explanation, 'kind' | 'text'>
  advise?(partition: PartitionResult<Op>): string
}

export interface SubjectOptions {
  /** Instead of the history's own: a name of `models` or `objects`. */
  readonly model?: string | undefined
  /** Instead of a named one. */
  readonly own?: OwnModel | undefined
  readonly initial?: KvValue | undefined
  /** Only operations of this key. */
  readonly key?: string | undefined
}

/** A model that nobody has. */
export class UnknownModel extends Error {
  constructor(name: string) {
    const known = [...Object.keys(models), ...Object.keys(objects)].join(', ')
    super(`no model is called ${JSON.stringify(name)}; there are ${known}, or give a file such as ./my-model.js`)
    this.name = 'UnknownModel'
  }
}

/** These three throw a `HistoryError` where events do not fit together, or the model. */
export function kvSubject(name: ModelName, initial: KvValue, events: readonly HistoryEvent[]) {
  const { operations, failed } = pairs(events)
  const { functions } = models[name]
  const other = operations.find(({ input }) => !functions.includes(input.f))
  if (other !== undefined) {
    throw new HistoryError(`${name} knows ${functions.join(', ')}, but not ${other.input.f}`, other.id)
  }
  return {
    name,
    model: withInitial(models[name], initial),
    operations,
    explain: (core: readonly RecordedOperation[], partition: PartitionResult<RecordedOperation>) =>
      explain(core, { history: partition.operations, failed, initial }),
    advise: (partition: PartitionResult<RecordedOperation>) => adviseUnknown(partition).text,
  }
}

export function objectSubject(name: ObjectName, events: readonly HistoryEvent[]) {
  const model = objects[name]
  return { name, model, operations: operationsOf(events, model.codec) }
}

export function ownSubject(model: OwnModel, events: readonly HistoryEvent[]) {
  return { name: 'a model of your own', model, operations: operationsOf(events, model.codec ?? asRecorded) }
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
