/**
 * A check with hard limits, for Node.js: in a thread of its own that is terminated when its time is up, whatever the
 * model's step is doing, and that dies alone when its memory is used up. `check` can only ask its engines to stop.
 */
import { Worker } from 'node:worker_threads'
import type { CheckOptions } from '../check.ts'
import { ModelError } from '../model-error.ts'
import type { ModelName } from '../models/index.ts'
import type { KvValue } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import type { CheckResult, PartitionResult } from '../result.ts'
import type { Progress } from '../watch.ts'
import { after } from './timer.ts'

export { checkColumnsInWorkers, type WorkersCheckOptions } from './parallel.ts'

/** A model can not be sent to a thread, so it is named: one of `models`, or an export of a module. */
export type ModelSource =
  | { readonly name: ModelName; readonly initial?: KvValue }
  /** The module's absolute URL, and the name of the export; `model` unless told. */
  | { readonly module: URL | string; readonly export?: string }

export interface WorkerCheckOptions extends Omit<CheckOptions, 'now' | 'internal'> {
  /** Ends the check at once: its promise rejects with the signal's reason. */
  readonly signal?: AbortSignal
  /** The most megabytes of heap for the thread. Beyond it the check is `unknown`. Typed arrays do not count. */
  readonly maxOldGenerationSizeMb?: number
}

/** What goes to the thread. */
export interface Assignment {
  readonly model: ModelSource
  readonly operations: readonly Operation<unknown, unknown>[]
  readonly options: Omit<CheckOptions, 'now' | 'internal' | 'onProgress'>
  readonly hasProgress: boolean
}

/** What comes back: operations are indexes into the list that was sent. */
export type Report =
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'result'; readonly result: CheckResult<number> }
  | { readonly kind: 'error'; readonly error: unknown }
  | {
      readonly kind: 'model error'
      readonly message: string
      readonly of: Pick<ModelError, 'function' | 'operation'>
      readonly cause: unknown
    }

/**
 * Operations must be plain data. The result speaks of the operations that were given, as that of `check` does; errors
 * are those of `check` too.
 */
export async function checkInWorker<Op extends Operation<unknown, unknown>>(
  model: ModelSource,
  operations: readonly Op[],
  options: WorkerCheckOptions = {},
): Promise<CheckResult<Op>> {
  const { signal, maxOldGenerationSizeMb, onProgress, ...rest } = options
  signal?.throwIfAborted()
  const named = 'module' in model ? { ...model, module: String(model.module) } : model
  const assignment: Assignment = { model: named, operations, options: rest, hasProgress: onProgress !== undefined }
  const worker = new Worker(new URL('./worker-thread.ts', import.meta.url), {
    workerData: assignment,
    resourceLimits: maxOldGenerationSizeMb === undefined ? {} : { maxOldGenerationSizeMb },
  })
  try {
    return await outcomeOf(worker, operations, options)
  } finally {
    await worker.terminate()
  }
}

function outcomeOf<Op>(
  worker: Worker,
  operations: readonly Op[],
  { signal, timeLimitMs, onProgress, annotations }: WorkerCheckOptions,
): Promise<CheckResult<Op>> {
  let explored = 0
  const gaveUp = (reason: string): CheckResult<Op> => {
    const base = { key: undefined, operations, size: operations.length, engine: 'none', explored }
    const partition: PartitionResult<Op> = { ...base, verdict: 'unknown', linearization: [], blocked: [], reason }
    const result: CheckResult<Op> = { verdict: 'unknown', partitions: [partition], explored }
    return annotations === undefined ? result : { ...result, annotations }
  }
  return new Promise((resolve, reject) => {
    const end = (settle: () => void) => {
      clearTimeout(timer)
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const abort = () => end(() => reject(signal?.reason))
    const tooLong = () => end(() => resolve(gaveUp(`the thread was terminated after ${timeLimitMs} ms`)))
    const timer = after(timeLimitMs, tooLong)
    signal?.addEventListener('abort', abort, { once: true })
    worker.on('message', (report: Report) => {
      if (report.kind === 'progress') {
        explored = report.progress.explored
        onProgress?.(report.progress)
      } else if (report.kind === 'error') end(() => reject(report.error))
      else if (report.kind === 'model error') {
        const { message, of, cause } = report
        end(() => reject(new ModelError(message, of, cause)))
      } else end(() => resolve(restored(report.result, operations)))
    })
    worker.on('error', (error) => {
      const isMemory = error instanceof Error && 'code' in error && error.code === 'ERR_WORKER_OUT_OF_MEMORY'
      end(() => (isMemory ? resolve(gaveUp('the thread ran out of memory')) : reject(error)))
    })
    worker.on('exit', (code) => end(() => reject(new Error(`the thread of the check ended with code ${code}`))))
  })
}

function restored<Op>(result: CheckResult<number>, operations: readonly Op[]): CheckResult<Op> {
  const at = (index: number): Op => {
    const operation = operations[index]
    if (operation === undefined) throw new RangeError(`no operation ${index} in a list of ${operations.length}`)
    return operation
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
