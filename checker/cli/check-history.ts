/** Decides a loaded history and says why: the part that every command line shares. Runs anywhere. */
import { type CheckOptions, check } from '../check.ts'
import { minimize } from '../minimize.ts'
import { isModelName, isObjectName } from '../models/index.ts'
import type { Operation } from '../operation.ts'
import type { CheckResult, PartitionResult, Verdict } from '../result.ts'
import { visualize } from '../visualize/index.ts'
import type { Unit } from '../visualize/scale.ts'
import {
  kvSubject,
  type Loaded,
  objectSubject,
  ofKey,
  ownSubject,
  type Subject,
  type SubjectOptions,
  UnknownModel,
} from './subject.ts'

export interface CheckHistoryOptions extends SubjectOptions {
  readonly maxConfigurations?: number | undefined
  readonly timeLimitMs?: number | undefined
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
}

export interface CoreOperation {
  readonly id: number
  readonly process: number
  readonly text: string
}

/** Throws a `HistoryError` where events do not fit together, or the model, and an `UnknownModel`. */
export function checkHistory(loaded: Loaded, options: CheckHistoryOptions): CheckedHistory {
  const { own, initial = loaded.initial, model: name = loaded.model, key } = options
  const events = ofKey(loaded.events, key)
  if (own !== undefined) return decided(loaded, ownSubject(own, events), options)
  if (isModelName(name)) return decided(loaded, kvSubject(name, initial, events), options)
  if (isObjectName(name)) return decided(loaded, objectSubject(name, events), options)
  throw new UnknownModel(name)
}

function decided<S, I, O, Op extends Operation<I, O>>(
  { format, notes }: Loaded,
  subject: Subject<S, I, O, Op>,
  { maxConfigurations, timeLimitMs, now }: CheckHistoryOptions,
): CheckedHistory {
  const { name, model, operations } = subject
  const limits: CheckOptions = {
    ...(maxConfigurations === undefined ? {} : { maxConfigurations }),
    ...(timeLimitMs === undefined ? {} : { timeLimitMs, now }),
  }
  const start = now()
  const result = check(model, operations, limits)
  const checkedAt = now()
  const illegal = result.partitions.find(({ verdict }) => verdict === 'illegal')
  const found = illegal && minimize(model, illegal.operations, illegal.stuck, { core: illegal.core })
  const core = found?.core ?? []
  const cause = illegal && found && causeOf(subject, illegal, core, found.confirmed)
  const explainedAt = now()
  const unknown = result.partitions.filter(({ verdict, reason }) => verdict === 'unknown' && reason !== undefined)
  return {
    verdict: result.verdict,
    format,
    model: name,
    operations: operations.length,
    explored: result.explored,
    checkMs: checkedAt - start,
    explainMs: explainedAt - checkedAt,
    partitions: partitionsOf(result),
    cause,
    advice: result.verdict === 'unknown' ? unknown.map((each) => subject.advise?.(each) ?? each.reason ?? '') : [],
    notes,
    page: (title) =>
      visualize(model, result, {
        title,
        notes,
        unit: unitOf(operations),
        ...(cause === undefined ? {} : { cause: cause.text, core }),
      }),
  }
}

function causeOf<S, I, O, Op extends Operation<I, O>>(
  subject: Subject<S, I, O, Op>,
  illegal: PartitionResult<Op>,
  core: readonly Op[],
  confirmed: boolean,
): Cause {
  const { model } = subject
  const told = core.map(({ id, process, input, output }): CoreOperation => {
    const text = model.describeOperation?.(input, output) ?? `${JSON.stringify(input)} -> ${JSON.stringify(output)}`
    return { id, process, text }
  })
  const explained = subject.explain?.(core, illegal)
  const list = told.map(({ id, process, text }) => `event ${id}, process ${process}: ${text}`).join('; ')
  const text =
    explained?.text ?? `These operations can not be put in any order that fits their times and answers: ${list}.`
  return { key: illegal.key, kind: explained?.kind, text, core: told, confirmed }
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

/** Formats without times place each event at its index. */
function unitOf(operations: readonly Operation<unknown, unknown>[]): Unit {
  const isPlaces = operations.every(({ id, call }) => call === id)
  return isPlaces ? { name: '', size: 1 } : { name: 's', size: 1_000_000 }
}
