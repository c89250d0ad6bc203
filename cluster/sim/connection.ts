/** A client's way to a simulated node: its requests and answers cross two directed links, as over one TCP connection. */

import type { Unreachable } from '../env.ts'
import { fromApi, toApi } from '../kv/http.ts'
import type { Reply, Request } from '../kv/request.ts'
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import type { NodeId } from '../raft/message.ts'
import { type Connection, replyToUnreachable } from '../system.ts'
import type { SimLink } from './network.ts'
import type { SimNode } from './node.ts'
import type { Scheduler } from './scheduler.ts'

type Lost = { readonly lost: Unreachable }

/** What a connection needs of the world around it. */
export interface Way {
  readonly node: SimNode
  readonly requests: SimLink
  readonly answers: SimLink
  readonly scheduler: Scheduler
  /** The connection was closed and hears of its node no more. */
  forget(connection: SimConnection): void
}

export class SimConnection implements Connection {
  #way: Way
  #open = new Set<(end: ApiAnswer | Lost) => void>()
  #isClosed = false

  constructor(way: Way) {
    this.#way = way
  }

  call(request: Request, timeoutMs: number, done: (reply: Reply) => void): void {
    this.ask(toApi(request), timeoutMs, (end) => {
      done('lost' in end ? replyToUnreachable(end.lost) : fromApi(request, end))
    })
  }

  /** As `call`, for any path of the API. */
  ask(request: ApiRequest, timeoutMs: number, done: (end: ApiAnswer | Lost) => void): void {
    const { node, requests, scheduler } = this.#way
    const finish = (end: ApiAnswer | Lost): void => {
      if (!this.#open.delete(finish)) return
      cancelTimeout()
      done(end)
    }
    this.#open.add(finish)
    const cancelTimeout = scheduler.after(timeoutMs * 1000, () => finish({ lost: 'timeout' }))
    // Behind a cut nobody can tell that the node is dead: the request is held, like any other.
    if (this.#isClosed || (!node.isAlive && !requests.isCut)) {
      scheduler.post(100, () => finish({ lost: 'refused' }))
      return
    }
    requests.send({
      deliver: () => node.handle(request, (answer) => this.#answer(answer, finish)),
      lose: (cause) => finish({ lost: cause }),
    })
  }

  #answer(answer: ApiAnswer, finish: (end: ApiAnswer | Lost) => void): void {
    this.#way.answers.send({
      deliver: () => {
        finish(answer)
        return true
      },
      lose: () => finish({ lost: 'reset' }),
    })
  }

  /** The node at the other end died: whatever is open may or may not have taken place. */
  nodeDied(id: NodeId): void {
    if (id !== this.#way.node.id) return
    for (const finish of this.#open) this.#way.scheduler.post(200, () => finish({ lost: 'reset' }))
  }

  close(): void {
    this.#isClosed = true
    for (const finish of this.#open) this.#way.scheduler.post(0, () => finish({ lost: 'reset' }))
    this.#way.forget(this)
  }
}
