/** A client's way to a simulated node: its requests and answers cross two directed links, as over one TCP connection. */

import type { Clock, Unreachable } from '../env.ts'
import { fromApi, toApi } from '../kv/http.ts'
import type { Reply, Request } from '../kv/request.ts'
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import type { NodeId } from '../raft/message.ts'
import { type Connection, replyToUnreachable } from '../system.ts'
import type { SimLink } from './network.ts'
import type { SimNode } from './node.ts'

type Lost = { readonly lost: Unreachable }

export class SimConnection implements Connection {
  #node: SimNode
  #requests: SimLink
  #answers: SimLink
  #clock: Clock
  #open = new Set<(end: Lost) => void>()
  #isClosed = false

  constructor(node: SimNode, requests: SimLink, answers: SimLink, clock: Clock) {
    this.#node = node
    this.#requests = requests
    this.#answers = answers
    this.#clock = clock
  }

  call(request: Request, timeoutMs: number, done: (reply: Reply) => void): void {
    this.ask(toApi(request), timeoutMs, (end) => {
      done('lost' in end ? replyToUnreachable(end.lost) : fromApi(request, end))
    })
  }

  /** As `call`, for any path of the API. */
  ask(request: ApiRequest, timeoutMs: number, done: (end: ApiAnswer | Lost) => void): void {
    const finish = (end: ApiAnswer | Lost): void => {
      if (!this.#open.delete(finish)) return
      cancelTimeout()
      done(end)
    }
    this.#open.add(finish)
    const cancelTimeout = this.#clock.after(timeoutMs * 1000, () => finish({ lost: 'timeout' }))
    if (this.#isClosed || !this.#node.isAlive) {
      this.#clock.after(100, () => finish({ lost: 'refused' }))
      return
    }
    this.#requests.send({
      deliver: () => this.#node.handle(request, (answer) => this.#answer(answer, finish)),
      lose: (cause) => finish({ lost: cause }),
    })
  }

  #answer(answer: ApiAnswer, finish: (end: ApiAnswer | Lost) => void): void {
    this.#answers.send({
      deliver: () => {
        finish(answer)
        return true
      },
      lose: () => finish({ lost: 'reset' }),
    })
  }

  /** The node at the other end died: whatever is open may or may not have taken place. */
  nodeDied(id: NodeId): void {
    if (id !== this.#node.id) return
    for (const finish of [...this.#open]) this.#clock.after(200, () => finish({ lost: 'reset' }))
  }

  close(): void {
    this.#isClosed = true
    for (const finish of [...this.#open]) this.#clock.after(0, () => finish({ lost: 'reset' }))
  }
}
