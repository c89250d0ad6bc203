/** What one client believes and remembers: where the leader is, what it last saw, how long to wait after a failure. */
import type { Reply, Request, Value } from '../cluster/kv/request.ts'
import type { Random } from '../cluster/random.ts'
import type { NodeId } from '../cluster/system.ts'
import type { Leaders } from './leaders.ts'
import type { Aim, DrawnOp } from './op.ts'

/** Rotated keys never come back, so what was seen of very old ones may be forgotten. */
const maxSeenKeys = 1000

/** Clients know the nodes and what those answered, nothing else; only `previous` leans on the nodes' events. */
export class Belief {
  readonly #nodes: readonly NodeId[]
  readonly #random: Random
  readonly #seen = new Map<string, Value>()
  #leader: number
  /** The node that last let this client down: a hint back to it would send the client in circles during a cut. */
  #doubted: NodeId | undefined
  #failures = 0

  /** Clients begin at different nodes. */
  constructor(client: number, nodes: readonly NodeId[], random: Random) {
    this.#nodes = nodes
    this.#random = random
    this.#leader = client % nodes.length
  }

  node(aim: Aim, leaders: Leaders): NodeId {
    switch (aim.at) {
      case 'leader':
        return this.#believed()
      case 'previous':
        return leaders.previous() ?? this.#believed()
      case 'any':
        return this.#at(aim.draw)
      default:
        return aim satisfies never
    }
  }

  /** The request as it leaves, with what `cas-seen` expects. */
  request({ request }: DrawnOp): Request {
    if (request.f !== 'cas-seen') return request
    return { f: 'cas', key: request.key, value: [this.#seen.get(request.key) ?? null, request.to] }
  }

  /** Takes in an answer; says how many microseconds the client shall wait before its next op. */
  learn(node: NodeId, request: Request, reply: Reply): number {
    if (reply.type === 'ok') {
      this.#failures = 0
      this.#doubted = undefined
      this.#observe(request, reply.output)
      return 0
    }
    this.#lookElsewhere(node, reply.type === 'fail' ? reply.leader : undefined)
    this.#failures++
    return this.#backOffUs()
  }

  /** After an answer that was no `ok`: to the node that was named, or else on to the next one. */
  #lookElsewhere(from: NodeId, hint: NodeId | undefined): void {
    const hinted = hint === undefined || hint === from ? -1 : this.#nodes.indexOf(hint)
    if (hinted >= 0 && hint !== this.#doubted) {
      this.#leader = hinted
      return
    }
    // Reads that aimed elsewhere say nothing about the leader.
    if (from !== this.#believed()) return
    if (hinted < 0) this.#doubted = from
    this.#leader = (this.#leader + 1) % this.#nodes.length
  }

  /** 5 to 20 ms, doubling with each failure in a row up to 100 ms. */
  #backOffUs(): number {
    const doubled = this.#random.between(5_000, 20_000) * 2 ** Math.min(this.#failures - 1, 5)
    return Math.min(doubled, 100_000)
  }

  #believed(): NodeId {
    return this.#at(this.#leader)
  }

  #at(number: number): NodeId {
    const node = this.#nodes[number % this.#nodes.length]
    if (node === undefined) throw new RangeError('a system without nodes has nobody to ask')
    return node
  }

  #observe(request: Request, output: Extract<Reply, { type: 'ok' }>['output']): void {
    const { key } = request
    switch (request.f) {
      case 'read':
        if ('value' in output) this.#saw(key, output.value)
        return
      case 'write':
        this.#saw(key, request.value)
        return
      case 'delete':
        this.#saw(key, null)
        return
      case 'append':
        return // The text before it is not known.
      case 'cas':
        if ('swapped' in output && output.swapped) this.#saw(key, request.value[1])
        else if ('found' in output && output.found !== undefined) this.#saw(key, output.found)
        return
      default:
        request satisfies never
    }
  }

  #saw(key: string, value: Value): void {
    if (this.#seen.size >= maxSeenKeys) this.#seen.clear()
    this.#seen.set(key, value)
  }
}
