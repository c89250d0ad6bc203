/** The node's side of its API: what a client asked, checked field by field, or the 4xx answer that names the field. */
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import type { Request } from './request.ts'

export type Route =
  | { readonly to: 'kv'; readonly request: Request }
  | { readonly to: 'status' }
  | { readonly to: 'refused'; readonly answer: ApiAnswer }

const maxKeyLength = 512
/** Of one value or one appended text, in characters: it goes through the log, and to every node. */
const maxValueLength = 256 * 1024

export function route({ method, path, body }: ApiRequest): Route {
  const [, area, rawKey, action, ...rest] = (path.split('?', 1)[0] ?? '').split('/')
  if (area === 'status' && rawKey === undefined) {
    return method === 'GET' ? { to: 'status' } : refuse(405, 'method', `${method} is not allowed here; use GET`)
  }
  if (area !== 'kv' || rawKey === undefined || rest.length > 0) {
    return refuse(404, 'path', `no such path: ${path}; there are /status, /kv/KEY, /kv/KEY/cas and /kv/KEY/append`)
  }
  const key = decodeKey(rawKey)
  if (key === undefined) return refuse(400, 'key', 'the key in the path is not valid percent-encoded UTF-8')
  if (key.length === 0 || key.length > maxKeyLength) {
    return refuse(400, 'key', `a key has 1 to ${maxKeyLength} characters; this one has ${key.length}`)
  }
  if (action === undefined) return routeKey(method, key, body)
  if (action !== 'cas' && action !== 'append')
    return refuse(404, 'path', `no such action: ${action}; there are cas and append`)
  if (method !== 'POST') return refuse(405, 'method', `${method} is not allowed here; use POST`)
  return action === 'cas' ? routeCas(key, body) : routeAppend(key, body)
}

function routeKey(method: string, key: string, body: unknown): Route {
  switch (method) {
    case 'GET':
      return { to: 'kv', request: { f: 'read', key } }
    case 'DELETE':
      return { to: 'kv', request: { f: 'delete', key } }
    case 'PUT': {
      const value = fieldOf(body, 'value')
      if (!isStored(value)) return refuse(400, 'value', `expected {"value": a string or a number}, got ${show(value)}`)
      if (isTooLong(value)) return refuseLength('value')
      return { to: 'kv', request: { f: 'write', key, value } }
    }
    default:
      return refuse(405, 'method', `${method} is not allowed here; use GET, PUT or DELETE`)
  }
}

function routeCas(key: string, body: unknown): Route {
  const from = fieldOf(body, 'from')
  const to = fieldOf(body, 'to')
  if (from !== null && !isStored(from)) {
    return refuse(400, 'from', `expected a string, a number or null (absent), got ${show(from)}`)
  }
  if (!isStored(to)) return refuse(400, 'to', `expected a string or a number, got ${show(to)}`)
  if (isTooLong(from)) return refuseLength('from')
  if (isTooLong(to)) return refuseLength('to')
  return { to: 'kv', request: { f: 'cas', key, value: [from, to] } }
}

function routeAppend(key: string, body: unknown): Route {
  const value = fieldOf(body, 'value')
  if (typeof value !== 'string') return refuse(400, 'value', `expected {"value": a string}, got ${show(value)}`)
  if (isTooLong(value)) return refuseLength('value')
  return { to: 'kv', request: { f: 'append', key, value } }
}

function isTooLong(value: unknown): boolean {
  return typeof value === 'string' && value.length > maxValueLength
}

function refuseLength(field: string): Route {
  return refuse(413, field, `a value has at most ${maxValueLength} characters`)
}

function refuse(status: number, field: string, message: string): Route {
  return { to: 'refused', answer: { status, body: { error: 'bad_request', field, message } } }
}

function fieldOf(body: unknown, field: string): unknown {
  if (typeof body !== 'object' || body === null) return undefined
  return Object.hasOwn(body, field) ? (body as Record<string, unknown>)[field] : undefined
}

function isStored(value: unknown): value is string | number {
  return typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))
}

function show(value: unknown): string {
  return value === undefined ? 'nothing' : JSON.stringify(value).slice(0, 80)
}

function decodeKey(raw: string): string | undefined {
  try {
    return decodeURIComponent(raw)
  } catch {
    return undefined // URIError: the only thing that decodeURIComponent throws.
  }
}
