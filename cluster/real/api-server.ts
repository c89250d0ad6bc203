/** A node's client API over HTTP: JSON in, JSON out. What the requests mean is the node's business. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { ApiAnswer, ApiRequest } from '../node/api.ts'

/** The longest body of a request, in bytes. */
export const MAX_BODY_BYTES = 1024 * 1024

/** What goes on being sent beyond the limit is read and dropped up to here, so that the 413 is seen; then it is cut off. */
const MAX_DROPPED_BYTES = 64 * 1024 * 1024

/** A server that hands every well-formed request to `handle`, which answers it once. Not listening yet. */
export function apiServer(handle: (request: ApiRequest, reply: (answer: ApiAnswer) => void) => void): Server {
  const server = createServer((request, response) => {
    const reply = replyOnce(response)
    readBody(request, (error, body) => {
      if (error) reply(error)
      else handle({ method: request.method ?? 'GET', path: request.url ?? '/', body }, reply)
    })
  })
  // A node that is frozen or cut off must not find, once it goes on, that its own server gave up on slow clients.
  server.keepAliveTimeout = 0
  server.headersTimeout = 0
  server.requestTimeout = 0
  return server
}

function replyOnce(response: ServerResponse): (answer: ApiAnswer) => void {
  let isAnswered = false
  // A client may go away before its answer, which then goes nowhere.
  response.on('error', () => response.destroy())
  return ({ status, body }) => {
    if (isAnswered) throw new Error('a request was answered twice')
    isAnswered = true
    if (response.destroyed) return
    const text = JSON.stringify(body)
    response.writeHead(status, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
    response.end(text)
  }
}

/** Calls `done` once, with an answer where there is no body to be had; not at all if the client goes away meanwhile. */
function readBody(request: IncomingMessage, done: (error: ApiAnswer | undefined, body: unknown) => void): void {
  let chunks: Buffer[] = []
  let bytes = 0
  const isTooLarge = () => bytes > MAX_BODY_BYTES
  request.on('data', (chunk: Buffer) => {
    const wasTooLarge = isTooLarge()
    bytes += chunk.length
    if (!isTooLarge()) return void chunks.push(chunk)
    chunks = []
    if (!wasTooLarge) done(tooLarge, undefined)
    if (bytes > MAX_DROPPED_BYTES) request.destroy()
  })
  request.on('end', () => {
    if (isTooLarge()) return
    const parsed = parse(Buffer.concat(chunks))
    done(parsed.error, parsed.body)
  })
  request.on('error', () => request.destroy()) // The client went away; nobody is left to be answered.
}

const tooLarge: ApiAnswer = {
  status: 413,
  body: { error: 'body_too_large', message: `a body has at most ${MAX_BODY_BYTES} bytes` },
}

const utf8 = new TextDecoder('utf-8', { fatal: true })

function parse(bytes: Uint8Array): { readonly error: ApiAnswer | undefined; readonly body: unknown } {
  if (bytes.length === 0) return { error: undefined, body: undefined }
  try {
    return { error: undefined, body: JSON.parse(utf8.decode(bytes)) }
  } catch (cause) {
    const message = `the body is not JSON: ${cause instanceof Error ? cause.message : cause}`
    return { error: { status: 400, body: { error: 'bad_request', message } }, body: undefined }
  }
}
