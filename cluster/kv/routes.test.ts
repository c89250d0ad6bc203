import { expect, test } from 'vitest'
import { fromApi, toApi } from './http.ts'
import type { Request } from './request.ts'
import { route } from './routes.ts'

const requests: Request[] = [
  { f: 'read', key: 'k1' },
  { f: 'read', key: 'ä/ö?%&' },
  { f: 'write', key: 'k1', value: 'text' },
  { f: 'write', key: 'k1', value: 0 },
  { f: 'delete', key: 'k1' },
  { f: 'append', key: 'k1', value: '3.1 ' },
  { f: 'cas', key: 'k1', value: [null, 1] },
  { f: 'cas', key: 'k1', value: [1, 'x'] },
]

test.each(requests)('$f $key arrives at the node as it was asked', (request) => {
  expect(route(toApi(request))).toEqual({ to: 'kv', request })
})

test.each([
  ['GET', '/nowhere', undefined, 404, 'path'],
  ['GET', '/kv', undefined, 404, 'path'],
  ['GET', '/kv/', undefined, 400, 'key'],
  ['GET', `/kv/${'x'.repeat(513)}`, undefined, 400, 'key'],
  ['GET', '/kv/%E0%A4%A', undefined, 400, 'key'],
  ['POST', '/kv/a', undefined, 405, 'method'],
  ['GET', '/kv/a/cas', undefined, 405, 'method'],
  ['POST', '/kv/a/increment', undefined, 404, 'path'],
  ['PUT', '/kv/a', undefined, 400, 'value'],
  ['PUT', '/kv/a', {}, 400, 'value'],
  ['PUT', '/kv/a', { value: null }, 400, 'value'],
  ['PUT', '/kv/a', { value: [1] }, 400, 'value'],
  ['PUT', '/kv/a', 'text', 400, 'value'],
  ['POST', '/kv/a/cas', { to: 1 }, 400, 'from'],
  ['POST', '/kv/a/cas', { from: 1, to: null }, 400, 'to'],
  ['POST', '/kv/a/append', { value: 3 }, 400, 'value'],
  ['DELETE', '/status', undefined, 405, 'method'],
  ['PUT', '/kv/a', { value: 'x'.repeat(262_145) }, 413, 'value'],
  ['POST', '/kv/a/append', { value: 'x'.repeat(262_145) }, 413, 'value'],
  ['POST', '/kv/a/cas', { from: null, to: 'x'.repeat(262_145) }, 413, 'to'],
] as const)('%s %s with %j is refused with %i, naming the %s', (method, path, body, status, field) => {
  expect(route({ method, path, body })).toMatchObject({ to: 'refused', answer: { status, body: { field } } })
})

const write: Request = { f: 'write', key: 'k', value: 1 }
const read: Request = { f: 'read', key: 'k' }
const cas: Request = { f: 'cas', key: 'k', value: [1, 2] }

test.each([
  ['an answered write', write, 200, { version: 3 }, { type: 'ok', output: { version: 3 } }],
  ['an answered read', read, 200, { value: 'a', version: 3 }, { type: 'ok', output: { value: 'a', version: 3 } }],
  [
    'a read of an absent key',
    read,
    404,
    { error: 'not_found', version: 2 },
    { type: 'ok', output: { value: null, version: 2 } },
  ],
  ['a swap', cas, 200, { swapped: true, version: 4 }, { type: 'ok', output: { swapped: true, version: 4 } }],
  [
    'a refused swap',
    cas,
    200,
    { swapped: false, found: 7, version: 4 },
    { type: 'ok', output: { swapped: false, found: 7, version: 4 } },
  ],
  [
    'a redirect',
    write,
    409,
    { error: 'not_leader', leader: 'n2' },
    { type: 'fail', error: 'not_leader', leader: 'n2' },
  ],
  ['a redirect to nobody', write, 409, { error: 'not_leader' }, { type: 'fail', error: 'not_leader' }],
  [
    'a definite 503',
    write,
    503,
    { error: 'not_done', reason: 'overloaded' },
    { type: 'fail', error: 'not_done: overloaded' },
  ],
  [
    'an indefinite 503',
    write,
    503,
    { error: 'perhaps_done', reason: 'deadline' },
    { type: 'info', error: 'perhaps_done: deadline' },
  ],
  ['a 404 of a write', write, 404, { error: 'bad_request' }, { type: 'fail', error: 'bad_request' }],
  ['a 500', write, 500, {}, { type: 'info', error: 'status 500' }],
] as const)('%s means what the table says', (_title, request, status, body, reply) => {
  expect(fromApi(request, { status, body })).toEqual(reply)
})
