/** The client's side of a node's API: how a request is asked over HTTP, and what each answer means. One table for both modes. */
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import type { Output, Reply, Request, Value } from './request.ts'

export function toApi(request: Request): ApiRequest {
  const path = `/kv/${encodeURIComponent(request.key)}`
  switch (request.f) {
    case 'read':
      return { method: 'GET', path, body: undefined }
    case 'write':
      return { method: 'PUT', path, body: { value: request.value } }
    case 'delete':
      return { method: 'DELETE', path, body: undefined }
    case 'append':
      return { method: 'POST', path: `${path}/append`, body: { value: request.value } }
    case 'cas':
      return { method: 'POST', path: `${path}/cas`, body: { from: request.value[0], to: request.value[1] } }
    default:
      return request satisfies never
  }
}

/**
 * 200, and 404 of an absent key: it took place. 409, 503 `not_done` and every 4xx: it surely did not.
 * All else, 503 `perhaps_done` before all: nobody knows.
 */
export function fromApi(request: Request, { status, body }: ApiAnswer): Reply {
  const error = typeof body.error === 'string' ? body.error : `status ${status}`
  if (status === 200) return { type: 'ok', output: outputOf(request, body) }
  if (status === 404 && error === 'not_found' && request.f === 'read') {
    return { type: 'ok', output: { value: null, ...versionOf(body) } }
  }
  if (status === 409) {
    const leader = body.leader
    return typeof leader === 'string' ? { type: 'fail', error, leader } : { type: 'fail', error }
  }
  if (error === 'not_done' || (status >= 400 && status < 500)) return { type: 'fail', error: withReason(error, body) }
  return { type: 'info', error: withReason(error, body) }
}

function outputOf(request: Request, body: ApiAnswer['body']): Output {
  switch (request.f) {
    case 'read':
      return { value: storedValue(body.value), ...versionOf(body) }
    case 'write':
    case 'delete':
    case 'append':
      return versionOf(body)
    case 'cas':
      return body.swapped === true
        ? { swapped: true, ...versionOf(body) }
        : { swapped: false, found: storedValue(body.found), ...versionOf(body) }
    default:
      return request satisfies never
  }
}

function versionOf(body: ApiAnswer['body']): { version?: number } {
  const version = body.version
  return typeof version === 'number' ? { version } : {}
}

function storedValue(value: unknown): Value {
  return typeof value === 'string' || typeof value === 'number' ? value : null
}

function withReason(error: string, body: ApiAnswer['body']): string {
  const reason = body.reason
  return typeof reason === 'string' ? `${error}: ${reason}` : error
}
