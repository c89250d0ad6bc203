/** Whether and when a system comes back after the last heal: it serves again, and every node catches up. No promise. */
import type { Cancel, Clock } from '../cluster/env.ts'
import type { Reply, Request } from '../cluster/kv/request.ts'
import type { Connection, NodeId, NodeStatus, System } from '../cluster/system.ts'
import type { Recovery } from './evidence.ts'

export interface RecoveryOptions {
  readonly system: System
  readonly clock: Clock
  /** How long the system may take. */
  readonly boundMs: number
  /** Called once, unless it was cancelled; never from within a call. */
  readonly done: (recovery: Recovery) => void
}

/** The key of the probe, which no workload uses. */
export const probeKey = 'recovery-probe'

const callTimeoutMs = 1000
const statusTimeoutMs = 500
const retryUs = 20_000
const pollUs = 50_000

/** To be called right after the heal, from when its times count. Returns how to give up. */
export function checkRecovery(options: RecoveryOptions): Cancel {
  const check = new Check(options)
  return () => check.cancel()
}

class Check {
  readonly #options: RecoveryOptions
  readonly #startUs: number
  readonly #connections = new Map<NodeId, Connection>()
  readonly #bound: Cancel
  #retry: Cancel = () => {}
  #isOver = false
  #attempt = 0
  #node = 0
  #lastError = 'no answer yet'
  #servedMs: number | undefined
  /** What was committed when the system served again. */
  #target: number | undefined
  #behind: readonly string[] = []

  constructor(options: RecoveryOptions) {
    this.#options = options
    this.#startUs = options.clock.monotonicUs()
    this.#bound = options.clock.after(options.boundMs * 1000, () => this.#finish())
    this.#retry = options.clock.after(0, () => this.#probe())
  }

  cancel(): void {
    this.#isOver = true
    this.#bound()
    this.#retry()
    for (const connection of this.#connections.values()) connection.close()
    this.#connections.clear()
  }

  /** A write and a read at the same node; any other answer than `ok` leads to the next node, or the one it names. */
  #probe(): void {
    const value = ++this.#attempt
    this.#call({ f: 'write', key: probeKey, value }, () => {
      this.#call({ f: 'read', key: probeKey }, () => {
        this.#servedMs = this.#elapsedMs()
        const { system } = this.#options
        if (system.status === undefined) {
          this.#finish()
          return
        }
        this.#behind = system.nodes.map((node) => `${node}: no answer`)
        this.#poll()
      })
    })
  }

  #call(request: Request, then: () => void): void {
    const { system } = this.#options
    const node = system.nodes[this.#node % system.nodes.length]
    if (node === undefined) throw new RangeError('a system without nodes can not come back')
    const connection = this.#connections.get(node) ?? system.connect(node)
    this.#connections.set(node, connection)
    connection.call(request, callTimeoutMs, (reply) => {
      if (this.#isOver) return
      if (reply.type === 'ok') then()
      else this.#tryNext(node, reply)
    })
  }

  #tryNext(node: NodeId, reply: Exclude<Reply, { type: 'ok' }>): void {
    const { system, clock } = this.#options
    this.#lastError = `${node}: ${reply.error}`
    if (reply.type === 'info') {
      this.#connections.get(node)?.close()
      this.#connections.delete(node)
    }
    const hinted = reply.type === 'fail' ? system.nodes.indexOf(reply.leader ?? '') : -1
    // Every third time the next node all the same, as two nodes may name each other for ever.
    this.#node = hinted >= 0 && this.#attempt % 3 !== 0 ? hinted : this.#node + 1
    this.#retry = clock.after(retryUs, () => this.#probe())
  }

  /** Asks all nodes at once, again and again, until each has applied what was committed when the system first served. */
  #poll(): void {
    const { system, clock } = this.#options
    const statuses: (NodeStatus | undefined)[] = system.nodes.map(() => undefined)
    let open = system.nodes.length
    for (const [index, node] of system.nodes.entries()) {
      system.status?.(node, statusTimeoutMs, (status) => {
        if (this.#isOver) return
        statuses[index] = status
        open--
        if (open > 0) return
        this.#judge(statuses)
        if (this.#behind.length === 0) this.#finish(this.#elapsedMs())
        else this.#retry = clock.after(pollUs, () => this.#poll())
      })
    }
  }

  #judge(statuses: readonly (NodeStatus | undefined)[]): void {
    this.#target ??= committed(statuses)
    const target = this.#target
    this.#behind = this.#options.system.nodes.flatMap((node, index) => {
      const status = statuses[index]
      if (status === undefined) return [`${node}: no answer`]
      if (target === undefined || status.applied >= target) return []
      return [`${node}: applied ${status.applied} of ${target}`]
    })
  }

  #elapsedMs(): number {
    return Math.round((this.#options.clock.monotonicUs() - this.#startUs) / 1000)
  }

  #finish(caughtUpMs?: number): void {
    const { boundMs, done } = this.#options
    const servedMs = this.#servedMs
    this.cancel()
    done({
      ...(servedMs === undefined ? {} : { servedMs }),
      ...(caughtUpMs === undefined ? {} : { caughtUpMs }),
      behind: servedMs === undefined ? [`nobody answered a write and a read; last ${this.#lastError}`] : this.#behind,
      boundMs,
    })
  }
}

/** What the leader says is committed; of several, the one of the highest term. Without one, the most that any node says. */
function committed(statuses: readonly (NodeStatus | undefined)[]): number | undefined {
  const answered = statuses.filter((status) => status !== undefined)
  const [leader] = answered.filter(({ role }) => role === 'leader').sort((a, b) => b.term - a.term)
  if (leader !== undefined) return leader.commit
  return answered.length === 0 ? undefined : Math.max(...answered.map(({ commit }) => commit))
}
