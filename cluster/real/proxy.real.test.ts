import { once } from 'node:events'
import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, beforeEach, expect, test } from 'vitest'
import type { Link } from '../system.ts'
import type { ProxyCommand, ProxyLine } from './child-protocol.ts'
import { listenOn } from './network.ts'
import { Proxies } from './proxy.ts'

const link: Link = { from: 'n1', to: 'n2' }

let lines: ProxyLine[]
let proxies: Proxies
let proxyPort: number
/** The node behind the proxy, with the connections that reached it. */
let node: Server
let nodePort: number
let reached: Socket[]

beforeEach(async () => {
  lines = []
  reached = []
  proxies = new Proxies((line) => lines.push(line))
  node = createServer({ allowHalfOpen: true }, (socket) => void reached.push(socket.on('error', () => {})))
  nodePort = await new Promise((resolve) => listenOn(node, { host: '127.0.0.1', port: 0 }, (_, port) => resolve(port)))
  proxies.run({ do: 'open', nodes: ['n2'], peerLinks: [link] })
  while (lines.length === 0) await sleep(1)
  const [opened] = lines
  proxyPort = (opened?.event === 'open' && opened.peerPorts[0]?.port) || 0
  proxies.run({ do: 'target', node: 'n2', clientPort: nodePort, peerPort: nodePort })
})
afterEach(() => {
  proxies.close()
  node.close()
  for (const socket of reached) socket.destroy()
})

function ask(command: ProxyCommand): ProxyLine | undefined {
  proxies.run(command)
  return lines.at(-1)
}

function dial(): Socket {
  return connect({ port: proxyPort, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
}

/** All that a socket says up to its end. */
async function textOf(socket: Socket): Promise<string> {
  let text = ''
  socket.on('data', (chunk) => {
    text += chunk
  })
  await once(socket, 'end')
  return text
}

async function connectionAtNode(): Promise<Socket> {
  while (reached.length === 0) await sleep(1)
  return reached[0]!
}

test('bytes and ends pass in both directions, each by itself', async () => {
  const client = dial()
  client.end('question')
  const upstream = await connectionAtNode()
  expect(await textOf(upstream)).toBe('question')
  upstream.end('answer')
  expect(await textOf(client)).toBe('answer')
})

test('a reader that is slow slows its sender down, and loses nothing', async () => {
  const client = dial()
  const upstream = await connectionAtNode()
  upstream.pause()
  const total = 64 * 1024 * 1024
  client.end(Buffer.alloc(total, 'x'))
  await sleep(100)
  expect(client.writableLength).toBeGreaterThan(0) // The proxy did not take it all.
  let bytes = 0
  upstream.on('data', (chunk) => {
    bytes += chunk.length
  })
  upstream.resume()
  await once(upstream, 'end')
  expect(bytes).toBe(total)
})

test('a cut holds bytes and the end; a heal passes both on', async () => {
  const client = dial()
  client.write('before ')
  const upstream = await connectionAtNode()
  const text = textOf(upstream)
  await sleep(20)
  expect(ask({ do: 'cut', links: [link] })).toEqual({ event: 'cut', links: [link] })
  client.end('after')
  await sleep(50)
  expect(upstream.bytesRead).toBe('before '.length)
  expect(ask({ do: 'heal', links: [link] })).toEqual({ event: 'healed', links: [{ link, held: 1, destroyed: 0 }] })
  expect(await text).toBe('before after')
})

test('a cut link buffers a bounded part and blocks the sender; a heal delivers every byte in order', async () => {
  const client = dial()
  const upstream = await connectionAtNode()
  ask({ do: 'cut', links: [link] })
  const sent = Buffer.from(Array.from({ length: 3_000_000 }, (_, i) => `${i % 10_000_000}`.padStart(8)).join(''))
  client.end(sent)
  await sleep(200)
  expect(client.writableLength).toBeGreaterThan(0)
  const chunks: Buffer[] = []
  upstream.on('data', (chunk: Buffer) => chunks.push(chunk))
  expect(ask({ do: 'heal', links: [link] })).toMatchObject({ links: [{ destroyed: 0 }] })
  await once(upstream, 'end')
  expect(Buffer.concat(chunks).equals(sent)).toBe(true)
})

test('what was sent before a connection broke during the cut still arrives at the heal', async () => {
  const client = dial()
  const upstream = await connectionAtNode()
  const text = textOf(upstream)
  ask({ do: 'cut', links: [link] })
  client.write('last words')
  await sleep(30)
  client.resetAndDestroy()
  await sleep(30)
  ask({ do: 'heal', links: [link] })
  expect(await text).toBe('last words')
})

test('a connection made during the cut reaches nobody, and is reset by the heal', async () => {
  ask({ do: 'cut', links: [link] })
  const client = dial()
  client.write('x')
  await sleep(30)
  expect(reached).toEqual([])
  expect(ask({ do: 'heal', links: [link] })).toEqual({ event: 'healed', links: [{ link, held: 1, destroyed: 1 }] })
  expect(await errorOf(client)).toBe('ECONNRESET')
})

test('cutting what is cut and healing what is whole changes nothing', () => {
  expect(ask({ do: 'heal', links: [link] })).toEqual({ event: 'healed', links: [] })
  ask({ do: 'cut', links: [link] })
  expect(ask({ do: 'cut', links: [link] })).toEqual({ event: 'cut', links: [] })
})

test.each(['dead', 'not listening'])('a connection to a node that is %s is reset', async (how) => {
  if (how === 'dead') ask({ do: 'untarget', node: 'n2' })
  else await new Promise((resolve) => node.close(resolve))
  expect(await errorOf(dial())).toBe('ECONNRESET')
})

test('the end of a node is heard at once, and not across a cut', async () => {
  for (const isCut of [false, true]) {
    reached = []
    const client = dial()
    client.resume()
    let heard = false
    client.on('close', () => {
      heard = true
    })
    client.on('end', () => client.destroy())
    const upstream = await connectionAtNode()
    if (isCut) ask({ do: 'cut', links: [link] })
    upstream.resetAndDestroy()
    await sleep(50)
    expect(heard).toBe(!isCut)
  }
  ask({ do: 'heal', links: [link] })
})

function errorOf(socket: Socket): Promise<string | undefined> {
  return new Promise((resolve) => {
    socket.on('error', (error: NodeJS.ErrnoException) => resolve(error.code))
    socket.on('close', () => resolve(undefined))
  })
}
