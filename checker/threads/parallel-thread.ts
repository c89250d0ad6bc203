/** What runs in each thread of `checkColumnsInWorkers`: plays the turns that it is given, on columns that all share. */
import { parentPort, workerData } from 'node:worker_threads'
import { type Answer, type CheckColumnsOptions, undecidedKeys } from '../columns/check-columns.ts'
import type { HistoryColumns } from '../columns/history-columns.ts'
import type { KeyColumns } from '../columns/keys.ts'
import { Watch } from '../watch.ts'

export interface Assignment {
  readonly columns: HistoryColumns
  readonly keys: readonly KeyColumns[]
  readonly options: Pick<CheckColumnsOptions, 'model' | 'maxMemoryBytes'>
}

/** A turn of one key. */
export interface Task {
  /** Its place in the list of keys, which is the same in all threads. */
  readonly number: number
  readonly attempt: number
  readonly budget: number
  /** What is left of the time. */
  readonly timeLimitMs?: number
}

export type Played = { readonly answer: Answer } | { readonly error: unknown }

const { columns, keys: split, options }: Assignment = workerData
const keys = undecidedKeys(columns, options, split)
const memory = options.maxMemoryBytes === undefined ? {} : { maxBytes: options.maxMemoryBytes }

parentPort?.on('message', (task: Task) => parentPort?.postMessage(played(task)))

function played({ number, attempt, budget, timeLimitMs }: Task): Played {
  try {
    const key = keys[number]
    if (key === undefined) throw new RangeError(`there is no key ${number}, but ${keys.length}`)
    const watch = new Watch(timeLimitMs === undefined ? {} : { timeLimitMs })
    key.attempt({ budget, attempt, isOver: watch.isOver, watch, ...memory })
    const { answer } = key
    if (answer === undefined) throw new Error(`key ${number} has no answer after its turn`)
    const { decision } = answer
    // The order may be a view on memory that holds much else.
    return { answer: { ...answer, decision: { ...decision, order: Int32Array.from(decision.order) } } }
  } catch (error) {
    return { error }
  }
}
