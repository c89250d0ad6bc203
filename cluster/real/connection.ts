/** A client's way to one node: requests of the key-value store over HTTP. */
import { fromApi, toApi } from '../kv/http.ts'
import type { Reply } from '../kv/request.ts'
import { type Connection, replyToUnreachable } from '../system.ts'
import type { HttpClient } from './http-client.ts'

/** `takesRequests` tells whether a request might reach the node at all; if not, none is sent. */
export function clientConnection(client: HttpClient, takesRequests: () => boolean): Connection {
  return {
    call(request, timeoutMs, done) {
      if (!takesRequests()) return void setImmediate(() => done(replyToUnreachable('refused')))
      client.send(toApi(request), timeoutMs, (end): void => {
        const reply: Reply = end.type === 'answer' ? fromApi(request, end.answer) : replyToUnreachable(end.cause)
        done(reply)
      })
    },
    close: () => client.close(),
  }
}
