/** The history of a run as it grows: every event is stamped here, handed on at once, and kept. */
import assert from 'node:assert/strict'
import type { HistoryEvent, Json } from 'porcupine-ts/formats'
import type { Clock } from '../cluster/env.ts'
import type { Reply } from '../cluster/kv/request.ts'
import type { NodeId } from '../cluster/system.ts'

export interface HistoryOptions {
  readonly clock: Clock
  /** What counts as time 0 of the history, on the clock. */
  readonly startUs: number
  readonly clients: number
  /** Gets each event before the next one happens, e.g. to put it on disk. */
  readonly sink?: (event: HistoryEvent) => void
}

/** An op as it is asked of a node. */
export interface Asked {
  readonly f: string
  readonly key: string
  readonly value?: Json
  readonly node: NodeId
}

export interface Counts {
  readonly invoke: number
  readonly ok: number
  readonly fail: number
  readonly info: number
}

/**
 * One history for all phases of a run, so that a process number stays with what its client left open: after an `info`
 * the client goes on as `process + clients`, which no other client ever has.
 */
export class History {
  readonly #options: HistoryOptions
  readonly #events: HistoryEvent[] = []
  readonly #processes: number[]
  readonly #open: (Asked | undefined)[]
  readonly #counts = { invoke: 0, ok: 0, fail: 0, info: 0 }
  #lastUs = 0

  constructor(options: HistoryOptions) {
    this.#options = options
    this.#processes = Array.from({ length: options.clients }, (_, client) => client)
    this.#open = this.#processes.map(() => undefined)
  }

  /** All events so far; the list grows. */
  get events(): readonly HistoryEvent[] {
    return this.#events
  }

  counts(): Counts {
    return { ...this.#counts }
  }

  /** The process number under which a client works now. */
  process(client: number): number {
    const process = this.#processes[client]
    assert(process !== undefined, `there is no client ${client}`)
    return process
  }

  /** To be called before the request leaves: a late stamp would narrow the op's interval. */
  invoke(client: number, asked: Asked): HistoryEvent {
    assert(this.#open[client] === undefined, `client ${client} has an op open`)
    this.#open[client] = asked
    return this.#record(client, 'invoke', asked, {})
  }

  /** To be called after the reply is read. Ends the client's open op. */
  complete(client: number, reply: Reply): HistoryEvent {
    const asked = this.#open[client]
    assert(asked !== undefined, `client ${client} has no op open`)
    this.#open[client] = undefined
    const event = this.#record(
      client,
      reply.type,
      asked,
      reply.type === 'ok' ? { output: reply.output } : { error: reply.error },
    )
    if (reply.type === 'info') this.#processes[client] = this.process(client) + this.#options.clients
    return event
  }

  #record(
    client: number,
    type: HistoryEvent['type'],
    asked: Asked,
    more: { output?: Json; error?: string },
  ): HistoryEvent {
    const { clock, startUs, sink } = this.#options
    this.#lastUs = Math.max(this.#lastUs, clock.monotonicUs() - startUs)
    const { f, key, value, node } = asked
    const event: HistoryEvent = {
      index: this.#events.length,
      timeUs: this.#lastUs,
      process: this.process(client),
      type,
      f,
      key,
      ...(value === undefined ? {} : { value }),
      ...more,
      client,
      node,
    }
    this.#events.push(event)
    this.#counts[type]++
    sink?.(event)
    return event
  }
}
