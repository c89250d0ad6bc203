/**
 * Messages between nodes over TCP: one connection per directed link. The sender dials, says hello, and from then on
 * data flows one way; a connection's end is all that ever comes back.
 */
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net'
import type { Network, NetworkListener } from '../env.ts'
import type { Message, NodeId } from '../raft/message.ts'
import { encodeFrame, FrameDecoder, FrameError } from './codec.ts'
import { type Hello, isHello, isMessage } from './message-guard.ts'
import { type Address, PeerLink } from './peer-link.ts'

export type { Address } from './peer-link.ts'

export interface NetworkOptions {
  readonly id: NodeId
  /** Where this node is reached by its peers; port 0 lets the system choose. */
  readonly listen: Address
  /** Where each peer is reached; a message to a node that is not among them is refused. */
  readonly peers: Readonly<Record<NodeId, Address>>
  log(line: string): void
}

/** A network that has to be opened, and can be closed. */
export interface RealNetwork extends Network {
  /** Starts listening; `port` is the one that was bound. May be called before `listen`: nothing is lost until then. */
  open(done: (error: Error | undefined, port: number) => void): void
  close(): void
}

/** A node's network; see `PeerLink` for what becomes of messages that can not be delivered. */
export function realNetwork(options: NetworkOptions): RealNetwork {
  const { id, log } = options
  const incoming = new Set<Socket>()
  const links = new Map<NodeId, PeerLink>()
  let listener: NetworkListener | undefined

  // Until the node listens its peers' messages wait in the kernel.
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    incoming.add(socket)
    socket.on('error', () => socket.destroy()) // The sender sees its end of it and dials anew.
    socket.on('close', () => incoming.delete(socket))
    if (listener) receive(socket, listener)
  })

  function receive(socket: Socket, target: NetworkListener): void {
    const decoder = new FrameDecoder()
    let link: Hello | undefined
    socket.on('data', (chunk: Buffer) => {
      const messages: Message[] = []
      let nonsense: unknown
      try {
        decoder.push(chunk, (frame) => {
          if (link === undefined) link = helloOf(frame)
          else if (isMessage(frame, link)) messages.push(frame)
          else throw new Error(`not a message from ${link.from}`)
        })
      } catch (error) {
        nonsense = error
      }
      // Outside the `try`: an exception of the node's own code is a bug, and must not pass for a peer's nonsense.
      for (const message of messages) target.message(message.from, message)
      if (nonsense === undefined) return
      log(`a peer's connection was closed: ${nonsense instanceof Error ? nonsense.message : nonsense}`)
      socket.resetAndDestroy()
    })
    socket.on('end', () => socket.destroy())
    socket.resume()
  }

  function helloOf(frame: unknown): Hello {
    if (isHello(frame) && frame.to === id && Object.hasOwn(options.peers, frame.from)) return frame
    throw new Error('no hello of a peer')
  }

  function linkTo(to: NodeId): PeerLink {
    const known = links.get(to)
    if (known) return known
    const link = new PeerLink({
      address: options.peers[to],
      hello: encodeFrame({ from: id, to } satisfies Hello),
      unreachable: (cause) => listener?.unreachable(to, cause),
    })
    links.set(to, link)
    return link
  }

  return {
    send(to: NodeId, message: Message) {
      let frame: Uint8Array
      try {
        frame = encodeFrame(message)
      } catch (error) {
        if (!(error instanceof FrameError)) throw error
        // A snapshot in one piece may outgrow what a frame holds: that peer can't be served, but this node goes on.
        options.log(`a ${message.type} for ${to} was not sent: ${error.message}`)
        setImmediate(() => listener?.unreachable(to, 'timeout'))
        return
      }
      linkTo(to).send(frame)
    },

    listen(newListener) {
      listener = newListener
      for (const socket of incoming) receive(socket, newListener)
    },

    open: (done) => listenOn(server, options.listen, done),

    close() {
      server.close()
      for (const socket of incoming) socket.destroy()
      for (const link of links.values()) link.close()
    },
  }
}

/** Starts a server; `done` gets the port that was bound. */
export function listenOn(
  server: Server,
  address: Address,
  done: (error: Error | undefined, port: number) => void,
): void {
  const onError = (error: Error) => done(error, 0)
  server.once('error', onError)
  server.listen(address.port, address.host, () => {
    server.off('error', onError)
    done(undefined, (server.address() as AddressInfo).port) // A server listening on TCP always has one.
  })
}
