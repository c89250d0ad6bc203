/** The monitor for histories as faultline's clients write them: events in, the first violation out. */
import type { HistoryEvent } from '../formats/event.ts'
import { HistoryError, pairs } from '../formats/pairs.ts'
import type { KvModel } from '../models/index.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import type { Alarm } from './key-monitor.ts'
import { kvReductions } from './kv-reductions.ts'
import { Monitor, type MonitorOptions, type MonitorReport } from './monitor.ts'

/** Times are in µs, ids are the indexes of invocations. */
export type HistoryAlarm = Alarm<KvState, KvInput, KvOutput>

export class HistoryMonitor {
  readonly #monitor: Monitor<KvState, KvInput, KvOutput>
  /** What each process has open. */
  readonly #open = new Map<number, HistoryEvent>()

  constructor(model: KvModel, options: MonitorOptions<KvState, KvInput, KvOutput> = {}) {
    this.#monitor = new Monitor(model, { reductions: kvReductions(model), ...options })
  }

  get alarm(): HistoryAlarm | undefined {
    return this.#monitor.alarm
  }

  get kept(): { readonly operations: number; readonly bytes: number } {
    return this.#monitor.kept
  }

  /** Throws a `HistoryError` where events do not fit together. */
  see(event: HistoryEvent): HistoryAlarm | undefined {
    if (this.alarm !== undefined) return this.alarm
    const { process, timeUs: time } = event
    const invocation = this.#open.get(process)
    if (event.type === 'invoke') {
      if (invocation !== undefined) {
        throw new HistoryError(`process ${process} begins while its event ${invocation.index} is open`, event.index)
      }
      this.#open.set(process, event)
      return this.#monitor.see({ kind: 'call', id: event.index, process, input: inputOf(event), time })
    }
    this.#open.delete(process)
    // Throws if they do not belong together, also where there is no invocation.
    const [operation] = pairs(invocation === undefined ? [event] : [invocation, event]).operations
    const id = invocation?.index ?? event.index
    if (event.type === 'ok') return this.#monitor.see({ kind: 'return', id, output: operation?.output, time })
    return this.#monitor.see({ kind: event.type === 'fail' ? 'fail' : 'lost', id, time })
  }

  /** No event before this time will come any more. */
  advance(timeUs: number): HistoryAlarm | undefined {
    return this.#monitor.advance(timeUs)
  }

  end(): MonitorReport<KvState, KvInput, KvOutput> {
    return this.#monitor.end()
  }
}

/** Pending reads are no operations to `pairs`. */
function inputOf(event: HistoryEvent): KvInput {
  const { f, key } = event
  if (f === 'read') return key === undefined ? { f } : { f, key }
  const [operation] = pairs([event]).operations
  if (operation === undefined) throw new HistoryError(`nobody knows what ${f} means`, event.index)
  return operation.input
}
