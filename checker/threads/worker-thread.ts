/** What runs in the thread of `checkInWorker`: loads the model, checks, and reports in terms of indexes. */
import { parentPort, workerData } from 'node:worker_threads'
import { check } from '../check.ts'
import type { Model } from '../model.ts'
import { ModelError } from '../model-error.ts'
import { models, withInitial } from '../models/index.ts'
import type { Operation } from '../operation.ts'
import type { CheckResult } from '../result.ts'
import type { Progress } from '../watch.ts'
import type { Assignment, ModelSource, Report } from './worker.ts'

type AnyModel = Model<unknown, unknown, unknown>

const { model: source, operations, options, hasProgress }: Assignment = workerData
const send = (report: Report) => parentPort?.postMessage(report)

try {
  const model = await load(source)
  const watching = hasProgress ? { onProgress: (progress: Progress) => send({ kind: 'progress', progress }) } : {}
  send({ kind: 'result', result: indexed(check(model, operations, { ...options, ...watching })) })
} catch (error) {
  report(error)
}

/** What is thrown may hold what can not be sent; a class does not come along either. */
function report(error: unknown): void {
  const isModel = error instanceof ModelError
  const of = isModel ? { function: error.function, operation: error.operation } : undefined
  const told = error instanceof Error ? error.message : String(error)
  const sent = (thrown: unknown): Report =>
    of === undefined ? { kind: 'error', error: thrown } : { kind: 'model error', message: told, of, cause: thrown }
  try {
    send(sent(isModel ? error.cause : error))
  } catch {
    send(sent(new Error(isModel && error.cause instanceof Error ? error.cause.message : told)))
  }
}

async function load(given: ModelSource): Promise<AnyModel> {
  if ('name' in given) {
    // The model reads what it is given; operations of another shape are the caller's mistake, as with `check`.
    return withInitial(models[given.name], given.initial ?? null) as unknown as AnyModel
  }
  const name = given.export ?? 'model'
  const module: { readonly [name: string]: AnyModel | undefined } = await import(String(given.module))
  const model = module[name]
  if (model === undefined) throw new TypeError(`${given.module} exports no ${name}`)
  if (typeof model.init === 'function' && typeof model.step === 'function') return model
  throw new TypeError(`${name} of ${given.module} is no model: it lacks the function init or step`)
}

function indexed(result: CheckResult<Operation<unknown, unknown>>): CheckResult<number> {
  const places = new Map(operations.map((operation, index) => [operation, index]))
  const at = (operation: Operation<unknown, unknown>): number => {
    const place = places.get(operation)
    if (place === undefined) throw new Error(`the result speaks of operation ${operation.id}, which was not given`)
    return place
  }
  const partitions = result.partitions.map(({ stuck, core, ...partition }) => ({
    ...partition,
    operations: partition.operations.map(at),
    linearization: partition.linearization.map(at),
    blocked: partition.blocked.map(at),
    ...(stuck === undefined ? {} : { stuck: at(stuck) }),
    ...(core === undefined ? {} : { core: core.map(at) }),
  }))
  return { ...result, partitions }
}
