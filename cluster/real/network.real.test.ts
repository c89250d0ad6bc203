import { connect, createServer, type Server, type Socket } from 'node:net'
import { setTimeout as sleep } from 'node:timers/promises'
import { afterEach, expect, test } from 'vitest'
import type { Message } from '../raft/message.ts'
import { encodeFrame, FrameDecoder, MAX_FRAME_BYTES } from './codec.ts'
import { listenOn, type RealNetwork, realNetwork } from './network.ts'

const HOST = '127.0.0.1'
const message = (term: number): Message => ({
  type: 'vote-reply',
  pre: false,
  granted: true,
  from: 'n2',
  to: 'n1',
  term,
})
const opened: { close(): void }[] = []

afterEach(() => {
  for (const each of opened.splice(0)) each.close()
})

function listening(server: Server): Promise<number> {
  return new Promise((resolve) => listenOn(server, { host: HOST, port: 0 }, (_, port) => resolve(port)))
}

/** The network of n1, whose peer n2 is at `peerPort`, with what it heard and logged. */
async function networkOf(peerPort: number) {
  const heard: unknown[] = []
  const lines: string[] = []
  const listen = { host: HOST, port: 0 }
  const peers = { n2: { host: HOST, port: peerPort } }
  const network: RealNetwork = realNetwork({ id: 'n1', listen, peers, log: (line) => lines.push(line) })
  opened.push(network)
  const port = await new Promise<number>((resolve) => network.open((_, bound) => resolve(bound)))
  const hear = () =>
    network.listen({ message: (_, got) => heard.push(got), unreachable: (to, cause) => heard.push([to, cause]) })
  return { network, port, heard, lines, hear }
}

test.each([
  ['a frame that is not JSON', [Uint8Array.from([0, 0, 0, 1, 0x7b])], /not JSON/],
  ['a frame that claims more than a frame may hold', [hello(), Uint8Array.from([4, 0, 0, 1])], /claims 67108865 bytes/],
  ['a hello of nobody we know', [encodeFrame({ from: 'n9', to: 'n1' })], /no hello/],
  ['a hello to somebody else', [encodeFrame({ from: 'n2', to: 'n3' })], /no hello/],
  ['a message in place of a hello', [encodeFrame([message(1)])], /no hello/],
  ['a message of another sender', [hello(), encodeFrame({ ...message(1), from: 'n3' })], /not a message from n2/],
  ['a term that is no count', [hello(), encodeFrame({ ...message(1), term: -1 })], /not a message from n2/],
  ['an unknown type', [hello(), encodeFrame({ ...message(1), type: 'gossip' })], /not a message from n2/],
])('%s closes its connection, is logged, and harms nobody', async (_, frames, line) => {
  const { port, heard, lines, hear } = await networkOf(1)
  hear()
  const garbage = connect(port, HOST)
  garbage.on('error', () => {})
  for (const frame of frames) garbage.write(frame)
  await new Promise((resolve) => garbage.on('close', resolve))
  expect(lines).toEqual([expect.stringMatching(line)])
  const good = connect(port, HOST)
  good.write(Buffer.concat([hello(), encodeFrame(message(7))]))
  await expect.poll(() => heard).toEqual([message(7)])
  good.destroy()
})

test('what comes before the node listens waits for it', async () => {
  const { port, heard, hear } = await networkOf(1)
  const peer = connect(port, HOST)
  peer.write(Buffer.concat([hello(), encodeFrame(message(1)), encodeFrame(message(2))]))
  await sleep(50)
  expect(heard).toEqual([])
  hear()
  await expect.poll(() => heard).toEqual([message(1), message(2)])
  peer.destroy()
})

test('a message too long for a frame is not sent, and comes back; those after it arrive', async () => {
  const got: unknown[] = []
  const peer = createServer((socket) => {
    const decoder = new FrameDecoder()
    socket.on('data', (chunk: Buffer) => decoder.push(chunk, (frame) => got.push(frame)))
  })
  opened.push(peer)
  const { network, heard, lines, hear } = await networkOf(await listening(peer))
  hear()
  network.send('n2', snapshotOf('x'.repeat(MAX_FRAME_BYTES)))
  network.send('n2', { ...message(7), from: 'n1', to: 'n2' })
  await expect
    .poll(() => got)
    .toEqual([
      { from: 'n1', to: 'n2' },
      { ...message(7), from: 'n1', to: 'n2' },
    ])
  expect(heard).toEqual([['n2', 'timeout']])
  expect(lines).toEqual([
    expect.stringMatching(/^a snapshot-request for n2 was not sent: a frame of \d+ bytes is longer/),
  ])
})

test('many messages lost by one refused dial are reported once, and as refused', async () => {
  const gone = createServer()
  const port = await listening(gone)
  gone.close()
  const { network, heard, hear } = await networkOf(port)
  hear()
  for (let term = 0; term < 10; term++) network.send('n2', { ...message(term), from: 'n1', to: 'n2' })
  await expect.poll(() => heard.length).toBe(1)
  await sleep(60)
  expect(heard).toEqual([['n2', 'refused']])
})

test('a broken connection is reported as reset, and the next message dials anew', async () => {
  const sockets: Socket[] = []
  const peer = createServer((socket) => sockets.push(socket.resume()))
  opened.push(peer)
  const { network, heard, hear } = await networkOf(await listening(peer))
  hear()
  network.send('n2', { ...message(1), from: 'n1', to: 'n2' })
  await expect.poll(() => sockets).toHaveLength(1)
  sockets[0]?.resetAndDestroy()
  await expect.poll(() => heard).toEqual([['n2', 'reset']])
  network.send('n2', { ...message(2), from: 'n1', to: 'n2' })
  await expect.poll(() => sockets).toHaveLength(2)
})

test('a peer that does not read is given up on, message by message, when too much waits for it', async () => {
  const peer = createServer({ pauseOnConnect: true }, () => {})
  opened.push(peer)
  const { network, heard, hear } = await networkOf(await listening(peer))
  hear()
  const big = snapshotOf('x'.repeat(1024 * 1024))
  network.send('n2', big)
  await sleep(50)
  for (let i = 0; i < 30; i++) network.send('n2', big)
  await expect.poll(() => heard).toEqual([['n2', 'timeout']])
})

function snapshotOf(payload: string): Message {
  return {
    type: 'snapshot-request',
    from: 'n1',
    to: 'n2',
    term: 1,
    snapshot: { index: 1, term: 1, payload },
    round: 1,
  }
}

function hello(): Uint8Array {
  return encodeFrame({ from: 'n2', to: 'n1' })
}
