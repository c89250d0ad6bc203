import { once } from 'node:events'
import type { AddressInfo } from 'node:net'
import { connect } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { request } from 'undici'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import { apiServer, MAX_BODY_BYTES } from './api-server.ts'

let handle: (request: ApiRequest, reply: (answer: ApiAnswer) => void) => void
let server: ReturnType<typeof apiServer>
let port: number

beforeEach(async () => {
  handle = (asked, reply) => reply({ status: 200, body: { asked } })
  server = apiServer((asked, reply) => handle(asked, reply))
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  port = (server.address() as AddressInfo).port
})
afterEach(() => {
  server.close()
  server.closeAllConnections()
})

async function ask(method: 'GET' | 'PUT', path: string, body?: string | Uint8Array) {
  const answer = await request(`http://127.0.0.1:${port}${path}`, { method, body: body ?? null })
  return { status: answer.statusCode, type: answer.headers['content-type'], body: await answer.body.json() }
}

test('method, raw path and parsed body reach the node', async () => {
  expect(await ask('PUT', '/kv/a%20b?x=1', '{"value":1}')).toEqual({
    status: 200,
    type: 'application/json',
    body: { asked: { method: 'PUT', path: '/kv/a%20b?x=1', body: { value: 1 } } },
  })
  expect(await ask('GET', '/status')).toMatchObject({ body: { asked: { method: 'GET', path: '/status' } } })
})

test.each([
  ['broken JSON', '{"value":'],
  ['bytes that are not UTF-8', Uint8Array.from([0x22, 0xff, 0x22])],
])('%s is a bad request', async (_, body) => {
  const answer = await ask('PUT', '/kv/a', body)
  expect(answer).toMatchObject({ status: 400, type: 'application/json', body: { error: 'bad_request' } })
})

test('a body may have a mebibyte and not a byte more, and the connection lives on', async () => {
  handle = (asked, reply) => reply({ status: 200, body: { length: JSON.stringify(asked.body).length } })
  const quoted = (bytes: number) => `"${'x'.repeat(bytes - 2)}"`
  expect(await ask('PUT', '/', quoted(MAX_BODY_BYTES))).toMatchObject({ body: { length: MAX_BODY_BYTES } })
  for (const bytes of [MAX_BODY_BYTES + 1, 8 * MAX_BODY_BYTES]) {
    expect(await ask('PUT', '/', quoted(bytes))).toMatchObject({ status: 413, body: { error: 'body_too_large' } })
  }
  expect(await ask('PUT', '/', '""')).toMatchObject({ status: 200 })
})

test('a client that goes away, before its answer or within its body, disturbs nobody', async () => {
  const replies: ((answer: ApiAnswer) => void)[] = []
  handle = (_, reply) => replies.push(reply)
  for (const text of [
    'GET /slow HTTP/1.1\r\nhost: x\r\n\r\n',
    'PUT / HTTP/1.1\r\nhost: x\r\ncontent-length: 9\r\n\r\n{',
  ]) {
    const socket = connect(port, '127.0.0.1')
    socket.write(text)
    await sleep(30)
    socket.resetAndDestroy()
  }
  await sleep(30)
  expect(replies).toHaveLength(1)
  replies[0]!({ status: 200, body: {} })
  handle = (_, reply) => reply({ status: 200, body: { fine: true } })
  expect(await ask('GET', '/')).toMatchObject({ body: { fine: true } })
})

test('a second answer to one request is a bug', async () => {
  let second: unknown
  handle = (_, reply) => {
    reply({ status: 200, body: {} })
    try {
      reply({ status: 200, body: {} })
    } catch (error) {
      second = error
    }
  }
  await ask('GET', '/')
  expect(second).toEqual(new Error('a request was answered twice'))
})
