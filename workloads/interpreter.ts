/** Lets clients work: asks the generator, sends each op to a node, and writes down what came back. No promise, no file. */
import assert from 'node:assert/strict'
import type { Cancel, Clock } from '../cluster/env.ts'
import type { Reply, Request } from '../cluster/kv/request.ts'
import type { Random } from '../cluster/random.ts'
import type { Connection, NodeId, System } from '../cluster/system.ts'
import { Belief } from './belief.ts'
import type { Generator } from './generator.ts'
import type { History } from './history.ts'
import type { Leaders } from './leaders.ts'
import type { DrawnOp } from './op.ts'

export interface InterpretOptions {
  readonly system: System
  readonly clock: Clock
  /** For the clients' waiting after failures; ops are drawn by the generator. */
  readonly random: Random
  /** As many as the history has. */
  readonly clients: number
  readonly generator: Generator
  /** After this an op ends as `info`. */
  readonly opTimeoutMs: number
  readonly history: History
  readonly leaders: Leaders
  /** Called once, when every client is done, or when all open ops have ended after `stop`. Never from within a call. */
  readonly done: () => void
}

export interface Interpretation {
  /** No further op begins; open ones end or time out. May be called twice. */
  stop(): void
}

/** Begins a phase of a run at this moment: the generator's time 0. */
export function interpret(options: InterpretOptions): Interpretation {
  return new Interpreter(options)
}

interface Client {
  readonly number: number
  readonly belief: Belief
  readonly connections: Map<NodeId, Connection>
  /** Ops given in this phase. */
  count: number
  state: 'waiting' | 'asked' | 'open' | 'done'
  /** Ends the timer of a waiting client. */
  cancel: Cancel
}

class Interpreter implements Interpretation {
  readonly #options: InterpretOptions
  readonly #startUs: number
  readonly #clients: readonly Client[]
  #generator: Generator
  #isStopped = false
  #isOver = false

  constructor(options: InterpretOptions) {
    const { system, random, clients, clock } = options
    this.#options = options
    this.#generator = options.generator
    this.#startUs = clock.monotonicUs()
    this.#clients = Array.from({ length: clients }, (_, number) => ({
      number,
      belief: new Belief(number, system.nodes, random.fork(`client/${number}`)),
      connections: new Map(),
      count: 0,
      state: 'asked',
      cancel: () => {},
    }))
    for (const client of this.#clients) this.#askAfter(client, 0)
    if (clients === 0) this.#finishIfOver()
  }

  stop(): void {
    if (this.#isStopped) return
    this.#isStopped = true
    for (const client of this.#clients) {
      if (client.state === 'open') continue
      client.cancel()
      client.state = 'done'
    }
    this.#finishIfOver()
  }

  /** `asked`: after this time, whatever happens meanwhile. */
  #askAfter(client: Client, us: number): void {
    client.state = 'asked'
    client.cancel = this.#options.clock.after(us, () => this.#ask(client))
  }

  #ask(client: Client): void {
    const timeUs = this.#options.clock.monotonicUs() - this.#startUs
    const next = this.#generator.next({ timeUs, client: client.number, count: client.count })
    switch (next.type) {
      case 'op':
        this.#generator = next.next
        client.count++
        this.#begin(client, next.op)
        return
      case 'pending':
        this.#generator = next.next
        client.state = 'waiting'
        client.cancel = Number.isFinite(next.untilUs)
          ? this.#options.clock.after(Math.max(1, next.untilUs - timeUs), () => this.#ask(client))
          : () => {}
        return
      case 'done':
        client.state = 'done'
        this.#finishIfOver()
        return
      default:
        next satisfies never
    }
  }

  #begin(client: Client, op: DrawnOp): void {
    const { history, leaders, opTimeoutMs, system } = this.#options
    const node = client.belief.node(op.aim, leaders)
    const request = client.belief.request(op)
    const connection = client.connections.get(node) ?? system.connect(node)
    client.connections.set(node, connection)
    client.state = 'open'
    const { f, key } = request
    this.#update(
      history.invoke(client.number, { f, key, ...('value' in request ? { value: request.value } : {}), node }),
    )
    let isOpen = true
    connection.call(request, opTimeoutMs, (reply) => {
      assert(isOpen, `${node} ended a call of client ${client.number} twice`)
      isOpen = false
      this.#ended(client, node, request, reply)
    })
  }

  #ended(client: Client, node: NodeId, request: Request, reply: Reply): void {
    const event = this.#options.history.complete(client.number, reply)
    if (reply.type === 'info') {
      // What is still on its way must not be taken for the answer to a later op.
      client.connections.get(node)?.close()
      client.connections.delete(node)
    }
    const waitUs = client.belief.learn(node, request, reply)
    if (this.#isStopped) client.state = 'done'
    else this.#askAfter(client, waitUs)
    this.#update(event)
    this.#finishIfOver()
  }

  /** Who waits is asked again if the event changed the generator. */
  #update(event: Parameters<Generator['update']>[0]): void {
    const updated = this.#generator.update(event)
    if (updated === this.#generator) return
    this.#generator = updated
    for (const client of this.#clients) {
      if (client.state !== 'waiting') continue
      client.cancel()
      this.#askAfter(client, 0)
    }
  }

  #finishIfOver(): void {
    if (this.#isOver || this.#clients.some(({ state }) => state !== 'done')) return
    this.#isOver = true
    this.#options.clock.after(0, () => {
      for (const { connections } of this.#clients) for (const connection of connections.values()) connection.close()
      this.#options.done()
    })
  }
}
