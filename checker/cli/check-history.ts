/** Decides a loaded history and says why: the part that every command line shares. Runs anywhere. */
import type { CheckOptions } from '../check.ts'
import type { Weaker } from '../consistency.ts'
import type { FormatName } from '../formats/guess.ts'
import { HistoryError } from '../formats/pairs.ts'
import { minimize } from '../minimize.ts'
import { blaming, ModelError } from '../model-error.ts'
import { isModelName, isObjectName, models, objects } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { CheckResult, PartitionResult, Verdict } from '../result.ts'
import { visualize } from '../visualize/index.ts'
import { columnsSubject } from './columns-subject.ts'
import type { Loaded, LoadedColumns } from './load.ts'
import { refuseInitial, refuseOtherKeys } from './misfit.ts'
import { kvSubject, type OwnModel, objectSubject, ofKey, ownName, ownSubject, type Subject } from './subject.ts'

export interface CheckHistoryOptions {
  /** Instead of the history's own: a name of `models` or `objects`. */
  readonly model?: string | undefined
  /** Instead of a named one. */
  readonly own?: OwnModel | undefined
  /** Instead of the history's own; for key-value models. Columns hold one already. */
  readonly initial?: KvValue | undefined
  /** Only operations of this key. Not for columns. */
  readonly key?: string | undefined
  readonly maxConfigurations?: number | undefined
  readonly timeLimitMs?: number | undefined
  /** Whether to leave out the cause, which takes longer to find than most verdicts. */
  readonly isBrief?: boolean
  /** A monotonic clock in milliseconds. */
  readonly now: () => number
}

export interface CheckedHistory {
  readonly verdict: Verdict
  readonly format: string
  readonly model: string
  readonly operations: number
  readonly explored: number
  /** Of the check alone, and of finding the cause. */
  readonly checkMs: number
  readonly explainMs: number
  readonly partitions: readonly CheckedPartition[]
  /** If illegal. */
  readonly cause: Cause | undefined
  /** If unknown: how far it came, and what to change. */
  readonly advice: readonly string[]
  readonly notes: readonly string[]
  /** The text of a page that shows it. */
  page(title: string): string
}

export interface CheckedPartition {
  readonly key: string | undefined
  readonly verdict: Verdict
  readonly operations: number
  readonly engine: string
  readonly reason: string | undefined
}

export interface Cause {
  readonly key: string | undefined
  /** The kind of anomaly, where the model has kinds. */
  readonly kind: string | undefined
  readonly text: string
  readonly core: readonly CoreOperation[]
  /** The plain search finds the core illegal too. */
  readonly confirmed: boolean
  /** What is left of the key's consistency, where the model is one of a key-value store. */
  readonly weaker?: Weaker
}

export interface CoreOperation {
  readonly id: number
  readonly process: number
  readonly text: string
}

/** A model that nobody has. */
export class UnknownModel extends Error {
  constructor(name: string) {
    const known = [...Object.keys(models), ...Object.keys(objects)].join(', ')
    super(`no model is called ${JSON.stringify(name)}; there are ${known}, or give a file such as ./my-model.js`)
    this.name = 'UnknownModel'
  }
}

/**
 * Throws a `HistoryError` where events do not fit together, or the model; a `Misfit` where what was asked for does not
 * fit the history; an `UnknownModel`; and a `ModelError` where a model of the user's own fails.
 */
export function checkHistory(loaded: Loaded | LoadedColumns, options: CheckHistoryOptions): CheckedHistory {
  if ('columns' in loaded) return checkedColumns(loaded, options)
  const { own, initial, model: name = loaded.model, key } = options
  if (key !== undefined) refuseOtherKeys(loaded.events, key)
  refuseInitial(own === undefined ? name : ownName, initial)
  const events = ofKey(loaded.events, key)
  if (own !== undefined) return blamingOwn(() => decided(loaded, ownSubject(own, events), options))
  if (isModelName(name)) return decided(loaded, kvSubject(name, initial ?? loaded.initial, events), options)
  if (isObjectName(name)) return decided(loaded, objectSubject(name, events), options)
  throw new UnknownModel(name)
}

function checkedColumns({ columns, notes }: LoadedColumns, options: CheckHistoryOptions): CheckedHistory {
  const { own, initial, key, model = columns.model } = options
  if (own !== undefined || initial !== undefined || key !== undefined || !isModelName(model)) {
    throw new TypeError('columns are held to a key-value model, whole, and with their own initial value')
  }
  return decided({ format: 'faultline', notes }, columnsSubject(model, columns), options)
}

/** Whatever goes wrong with a model that nobody here has tested is the model's until proved otherwise. */
function blamingOwn(run: () => CheckedHistory): CheckedHistory {
  try {
    return run()
  } catch (cause) {
    if (cause instanceof ModelError || cause instanceof HistoryError || !(cause instanceof Error)) throw cause
    throw new ModelError(`the check by this model failed: ${cause.message}`, {}, cause)
  }
}

interface Source {
  readonly format: FormatName
  readonly notes: readonly string[]
}

/** Checks a subject and explains it. */
export function decided<S, I, O, Op extends Operation<I, O>>(
  { format, notes }: Source,
  subject: Subject<S, I, O, Op>,
  { maxConfigurations, timeLimitMs, isBrief = false, now }: CheckHistoryOptions,
): CheckedHistory {
  const { name, model } = subject
  const limits: CheckOptions = {
    ...(maxConfigurations === undefined ? {} : { maxConfigurations }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs, now }),
  }
  const start = now()
  const result = subject.check(limits)
  const checkedAt = now()
  const { verdict, partitions, explored } = result
  const illegal = partitions.find((each) => each.verdict === 'illegal')
  const found = illegal === undefined || isBrief ? undefined : causeOf(subject, illegal)
  const explainedAt = now()
  const unknown = verdict === 'unknown' ? partitions.filter((each) => each.verdict === 'unknown') : []
  const count = partitions.reduce((sum, { size }) => sum + size, 0)
  const said = count === 0 ? [...notes, 'it has no operation that could be checked'] : notes
  return {
    verdict,
    format,
    model: name,
    operations: count,
    explored,
    checkMs: checkedAt - start,
    explainMs: explainedAt - checkedAt,
    partitions: partitionsOf(result),
    cause: found?.cause,
    advice: unknown.map((each) => subject.advise?.(each) ?? each.reason ?? ''),
    notes: said,
    page(title) {
      const unit = subject.hasPlaces() ? { name: '', size: 1 } : { name: 's', size: 1_000_000 }
      const told = found === undefined ? {} : { cause: found.cause.text, core: found.core }
      const operations = partitions.flatMap((each) => each.operations)
      return blaming(model, operations, (asked) => visualize(asked, result, { title, notes: said, unit, ...told }))
    },
  }
}

function causeOf<S, I, O, Op extends Operation<I, O>>(
  subject: Subject<S, I, O, Op>,
  illegal: PartitionResult<Op>,
): { readonly cause: Cause; readonly core: readonly Op[] } {
  const { core, confirmed } = blaming(subject.model, illegal.operations, (model) =>
    minimize(model, illegal.operations, illegal.stuck, { core: illegal.core }),
  )
  const told = blaming(subject.model, core, (model) =>
    core.map(({ id, process, input, output }): CoreOperation => {
      const text = model.describeOperation?.(input, output) ?? `${JSON.stringify(input)} -> ${JSON.stringify(output)}`
      return { id, process, text }
    }),
  )
  const explained = subject.explain?.(core, illegal)
  const list = told.map(({ id, process, text }) => `event ${id}, process ${process}: ${text}`).join('; ')
  const text =
    explained?.text ?? `These operations can not be put in any order that fits their times and answers: ${list}.`
  const left = subject.weaker?.(illegal.operations)
  const cause = { key: illegal.key, kind: explained?.kind, text, core: told, confirmed }
  return { cause: left === undefined ? cause : { ...cause, weaker: left }, core }
}

function partitionsOf({ partitions }: CheckResult<unknown>): readonly CheckedPartition[] {
  return partitions.map(({ key, verdict, size, engine, reason }) => ({
    key,
    verdict,
    operations: size,
    engine,
    reason,
  }))
}
