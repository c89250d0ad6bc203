/**
 * Asynchronous replication with reads served anywhere, wrong on purpose: the first node takes every change and passes
 * it on a little later; the others answer reads from what they have. The negative control of the tester: every
 * workload that reads must catch it, without a single fault.
 */
import type { Env } from '../env.ts'
import { type Command, decodeCommand, encodeCommand } from '../kv/command.ts'
import { route } from '../kv/routes.ts'
import { KvStore } from '../kv/store.ts'
import type { Message, NodeId } from '../raft/message.ts'
import type { ApiRequest } from './api.ts'
import { type OptionSpec, readOptions } from './options.ts'
import type { Answer } from './pending.ts'
import type { NodeProgram, NodeSetup, RunningNode } from './program.ts'
import { ProgressTeller } from './progress.ts'

export const staleReplicaOptions = {
  lagMs: { summary: 'how much later the replicas hear of a change, in ms', default: 100 },
} as const satisfies Record<string, OptionSpec>

export const staleReplica: NodeProgram = {
  summary: 'asynchronous replication with reads served anywhere: wrong on purpose',
  start(env, setup, ready) {
    const node = new StaleReplica(env, setup, Number(readOptions(staleReplicaOptions, setup.options).lagMs))
    env.clock.after(0, ready)
    return node
  },
}

class StaleReplica implements RunningNode {
  #env: Env
  #setup: NodeSetup
  #lagUs: number
  #primary: NodeId
  #store = new KvStore()
  #progress: ProgressTeller
  #applied = 0

  constructor(env: Env, setup: NodeSetup, lagMs: number) {
    this.#env = env
    this.#progress = new ProgressTeller(env, () => ({ commit: this.#applied, applied: this.#applied }))
    this.#setup = setup
    this.#lagUs = lagMs * 1000
    this.#primary = setup.nodes[0] ?? setup.id
    env.network.listen({ message: (_from, message) => this.#receive(message), unreachable: () => undefined })
    if (setup.id === this.#primary) env.trace({ type: 'role', role: 'leader', term: 1 })
  }

  handle(request: ApiRequest, answer: Answer): void {
    const target = route(request)
    if (target.to === 'refused') return answer(target.answer)
    const isPrimary = this.#setup.id === this.#primary
    if (target.to === 'status') {
      const role = isPrimary ? 'leader' : 'follower'
      const body = { role, term: 1, leader: this.#primary, commit: this.#applied, applied: this.#applied, counters: {} }
      return answer({ status: 200, body })
    }
    if (target.request.f === 'read') {
      const { value, version } = this.#store.read(target.request.key)
      if (value === null) return answer({ status: 404, body: { error: 'not_found', value, version } })
      return answer({ status: 200, body: { value, version } })
    }
    if (!isPrimary) {
      const address = this.#setup.addresses[this.#primary] ?? null
      return answer({ status: 409, body: { error: 'not_leader', leader: this.#primary, address } })
    }
    const command: Command = target.request
    const result = this.#store.apply(command)
    this.#applied++
    this.#progress.moved()
    answer({ status: 200, body: { ...result } })
    this.#replicate(this.#applied, encodeCommand(command))
  }

  #replicate(index: number, payload: string): void {
    this.#env.clock.after(this.#lagUs, () => {
      for (const to of this.#setup.nodes) {
        if (to === this.#setup.id) continue
        this.#env.network.send(to, {
          type: 'append-request',
          from: this.#setup.id,
          to,
          term: 1,
          prev: { index: index - 1, term: 1 },
          entries: [{ index, term: 1, kind: 'command', payload }],
          commit: index,
          round: index,
        })
      }
    })
  }

  #receive(message: Message): void {
    if (message.type !== 'append-request') return
    for (const entry of message.entries) {
      this.#store.apply(decodeCommand(entry.payload))
      this.#applied = entry.index
    }
    this.#progress.moved()
  }
}
