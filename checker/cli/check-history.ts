/**
 * Decides a loaded history and says why: the part that every command line shares. Runs anywhere. What only some
 * histories need, such as what is told of an illegal one, is loaded for those.
 */
import type { CheckOptions } from '../check.ts'
import type { HistoryColumns } from '../columns/history-columns.ts'
import type { FormatName } from '../formats/guess.ts'
import { HistoryError } from '../formats/pairs.ts'
import { blaming, ModelError } from '../model-error.ts'
import { isModelName, type ModelName } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { CheckResult, Verdict } from '../result.ts'
import type { Cause } from './cause.ts'
import type { Loaded, LoadedColumns } from './load.ts'
import { refuseInitial, refuseOtherKeys } from './misfit.ts'
import type { OwnModel } from './object-subject.ts'
import { kvSubject, ofKey, ownName, type Subject } from './subject.ts'

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
  /** The most threads for keys that are hard to decide; more than one in Node.js only. The result is the same. */
  readonly workers?: number | undefined
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
  page(title: string): Promise<string>
}

export interface CheckedPartition {
  readonly key: string | undefined
  readonly verdict: Verdict
  readonly operations: number
  readonly engine: string
  readonly reason: string | undefined
}

/**
 * Rejects with a `HistoryError` where events do not fit together, or the model; a `Misfit` where what was asked for does
 * not fit the history; an `UnknownModel`; and a `ModelError` where a model of the user's own fails.
 */
export async function checkHistory(
  loaded: Loaded | LoadedColumns,
  options: CheckHistoryOptions,
): Promise<CheckedHistory> {
  if ('columns' in loaded) refuseOtherThanColumns(options)
  if (options.workers !== undefined && options.workers > 1) {
    const { checkedInWorkers } = await import('./check-in-workers.ts')
    const checked = await checkedInWorkers(loaded, options)
    if (checked !== undefined) return checked
  }
  if ('columns' in loaded) return checkedColumns(loaded, options)
  const { own, initial, model: name = loaded.model, key } = options
  if (key !== undefined) refuseOtherKeys(loaded.events, key)
  refuseInitial(own === undefined ? name : ownName, initial)
  const events = ofKey(loaded.events, key)
  if (own === undefined && isModelName(name)) {
    return decided(loaded, kvSubject(name, initial ?? loaded.initial, events), options)
  }
  const { objectNamed, objectSubject, ownSubject } = await import('./object-subject.ts')
  if (own !== undefined) return blamingOwn(() => decided(loaded, ownSubject(own, events), options))
  return decided(loaded, objectSubject(objectNamed(name), events), options)
}

async function checkedColumns(
  { columns, notes }: LoadedColumns,
  options: CheckHistoryOptions,
): Promise<CheckedHistory> {
  const { columnsSubject } = await import('./columns-subject.ts')
  return decided({ format: 'faultline', notes }, columnsSubject(modelOf(columns, options), columns), options)
}

function refuseOtherThanColumns({ own, initial, key }: CheckHistoryOptions): void {
  if (own !== undefined || initial !== undefined || key !== undefined) throw new TypeError(notForColumns)
}

/** Throws a `TypeError` for a model that columns can not be held to. */
export function modelOf(columns: HistoryColumns, { model = columns.model }: CheckHistoryOptions): ModelName {
  if (isModelName(model)) return model
  throw new TypeError(notForColumns)
}

const notForColumns = 'columns are held to a key-value model, whole, and with their own initial value'

/** Whatever goes wrong with a model that nobody here has tested is the model's until proved otherwise. */
async function blamingOwn(run: () => Promise<CheckedHistory>): Promise<CheckedHistory> {
  try {
    return await run()
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
export async function decided<S, I, O, Op extends Operation<I, O>>(
  { format, notes }: Source,
  subject: Subject<S, I, O, Op>,
  { maxConfigurations, timeLimitMs, isBrief = false, now }: CheckHistoryOptions,
): Promise<CheckedHistory> {
  const { name, model } = subject
  const limits: CheckOptions = {
    ...(maxConfigurations === undefined ? {} : { maxConfigurations }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs, now }),
  }
  const start = now()
  const result = subject.check(limits)
  const checkedAt = now()
  const { verdict, partitions, explored } = result
  const illegal = isBrief ? undefined : partitions.find((each) => each.verdict === 'illegal')
  const found = illegal && (await import('./cause.ts')).causeOf(subject, illegal, await subject.telling?.())
  const explainedAt = now()
  const unknown = verdict === 'unknown' ? partitions.filter((each) => each.verdict === 'unknown') : []
  const telling = unknown.length === 0 ? undefined : await subject.telling?.()
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
    advice: unknown.map((each) => telling?.advise(each) ?? each.reason ?? ''),
    notes: said,
    async page(title) {
      const { visualize } = await import('../visualize/index.ts')
      const unit = subject.hasPlaces() ? { name: '', size: 1 } : { name: 's', size: 1_000_000 }
      const told = found === undefined ? {} : { cause: found.cause.text, core: found.core }
      const operations = partitions.flatMap((each) => each.operations)
      return blaming(model, operations, (asked) => visualize(asked, result, { title, notes: said, unit, ...told }))
    },
  }
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
