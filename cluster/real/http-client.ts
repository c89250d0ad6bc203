/** HTTP towards one node, by callback: one connection, one request in flight, one end for each request. */
import { Client, type Dispatcher } from 'undici'
import type { Clock, Unreachable } from '../env.ts'
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import type { Address } from './peer-link.ts'

export type HttpEnd =
  | { readonly type: 'answer'; readonly answer: ApiAnswer }
  | { readonly type: 'none'; readonly cause: Unreachable }

/** An idle connection stays open for this long; a new one for each op would be a load of its own. */
const KEEP_ALIVE_MS = 600_000

export class HttpClient {
  readonly #client: Client
  readonly #clock: Clock
  readonly #open = new Set<(end: HttpEnd) => void>()
  #isClosed = false

  constructor(address: Address, clock: Clock) {
    this.#clock = clock
    this.#client = new Client(`http://${address.host}:${address.port}`, {
      keepAliveTimeout: KEEP_ALIVE_MS,
      keepAliveMaxTimeout: KEEP_ALIVE_MS,
      // There is one time-out, our own.
      headersTimeout: 0,
      bodyTimeout: 0,
    })
  }

  /** Ends in exactly one `done`, never from within the call. Nothing is ever sent twice. */
  send(request: ApiRequest, timeoutMs: number, done: (end: HttpEnd) => void): void {
    if (this.#isClosed) return void setImmediate(done, { type: 'none', cause: 'refused' })
    let controller: Dispatcher.DispatchController | undefined
    let isOver = false
    const end = (result: HttpEnd) => {
      if (isOver) return
      isOver = true
      cancelTimeout()
      this.#open.delete(end)
      done(result)
    }
    const cancelTimeout = this.#clock.after(timeoutMs * 1000, () => {
      end({ type: 'none', cause: 'timeout' })
      controller?.abort(new Error('time-out')) // Takes its connection along: a late answer must not meet the next op.
    })
    this.#open.add(end)

    let status = 0
    const chunks: Buffer[] = []
    this.#client.dispatch(optionsOf(request), {
      onRequestStart(started) {
        controller = started
        if (isOver) started.abort(new Error('over before it was sent'))
      },
      onResponseStart(_, statusCode) {
        status = statusCode
      },
      onResponseData: (_, chunk) => void chunks.push(chunk),
      onResponseEnd: () => end(parse(status, Buffer.concat(chunks))),
      onResponseError: (_, error) => end({ type: 'none', cause: causeOf(error) }),
    })
  }

  /** What is still open ends as reset, soon after. */
  close(): void {
    if (this.#isClosed) return
    this.#isClosed = true
    void this.#client.destroy()
    for (const end of this.#open) setImmediate(end, { type: 'none', cause: 'reset' })
  }
}

function optionsOf({ method, path, body }: ApiRequest): Dispatcher.DispatchOptions {
  if (body === undefined) return { method, path }
  return { method, path, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
}

/** Only a refused connection surely carried no request. */
function causeOf(error: Error): Unreachable {
  return 'code' in error && error.code === 'ECONNREFUSED' ? 'refused' : 'reset'
}

function parse(status: number, bytes: Buffer): HttpEnd {
  try {
    const body: unknown = JSON.parse(bytes.toString())
    if (typeof body === 'object' && body !== null) return { type: 'answer', answer: { status, body: { ...body } } }
  } catch {
    // Half an answer says as little as none.
  }
  return { type: 'none', cause: 'reset' }
}
