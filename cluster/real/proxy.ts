/**
 * The link proxies: every way to a node leads through a port of ours, which stays the same while nodes come and go.
 * A peer port carries one directed link; a client port two, the requests and the answers.
 */
import { connect, createServer, type Server, type Socket } from 'node:net'
import type { NodeId } from '../raft/message.ts'
import type { Link } from '../system.ts'
import type { HealedLink, ProxyCommand, ProxyLine } from './child-protocol.ts'
import { listenOn } from './network.ts'
import { Pipe, ProxyLink } from './proxy-link.ts'

/** One connection through a port. */
interface Pair {
  readonly downstream: Socket
  readonly upstream: Socket | undefined
  readonly pipes: readonly { readonly link: ProxyLink; readonly pipe: Pipe }[]
  /** Links that were cut when it was made. */
  readonly bornCut: ReadonlySet<ProxyLink>
}

interface Port {
  readonly server: Server
  readonly forward: ProxyLink
  /** On a peer port the same as `forward`: nothing but the end of a connection comes back, and that travels with it. */
  readonly backward: ProxyLink
  readonly target: () => number | undefined
  readonly pairs: Set<Pair>
}

interface Target {
  readonly clientPort: number
  readonly peerPort: number
}

const HOST = '127.0.0.1'

/** All link proxies of one system. */
export class Proxies {
  readonly #tell: (line: ProxyLine) => void
  readonly #links = new Map<string, ProxyLink>()
  readonly #ports: Port[] = []
  readonly #targets = new Map<NodeId, Target>()

  constructor(tell: (line: ProxyLine) => void) {
    this.#tell = tell
  }

  /** Every command ends in one line told; throws where the controller broke the protocol. */
  run(command: ProxyCommand): void {
    switch (command.do) {
      case 'open':
        return this.#open(command.nodes, command.peerLinks)
      case 'target':
        this.#targets.set(command.node, command)
        return this.#tell({ event: 'target', node: command.node })
      case 'untarget':
        this.#targets.delete(command.node)
        return this.#tell({ event: 'untarget', node: command.node })
      case 'cut':
        return this.#tell({ event: 'cut', links: this.#select(command.links, false).map((link) => cut(link)) })
      case 'heal':
        return this.#tell({
          event: 'healed',
          links: this.#select(command.links, true).map((link) => this.#heal(link)),
        })
      default:
        return command satisfies never
    }
  }

  close(): void {
    for (const { server, pairs } of this.#ports) {
      server.close()
      for (const pair of pairs) destroy(pair)
    }
  }

  #open(nodes: readonly NodeId[], peerLinks: readonly Link[]): void {
    const clientPorts: Record<NodeId, number> = {}
    const peerPorts: { link: Link; port: number }[] = []
    let missing = nodes.length + peerLinks.length
    const opened = () => {
      missing -= 1
      if (missing === 0) this.#tell({ event: 'open', clientPorts, peerPorts })
    }
    for (const node of nodes) {
      const forward = this.#link({ from: 'clients', to: node })
      const backward = this.#link({ from: node, to: 'clients' })
      const target = () => this.#targets.get(node)?.clientPort
      this.#listen({ forward, backward, target }, (port) => {
        clientPorts[node] = port
        opened()
      })
    }
    for (const link of peerLinks) {
      const state = this.#link(link)
      const target = () => this.#targets.get(link.to)?.peerPort
      this.#listen({ forward: state, backward: state, target }, (port) => {
        peerPorts.push({ link, port })
        opened()
      })
    }
  }

  #listen(options: Pick<Port, 'forward' | 'backward' | 'target'>, done: (port: number) => void): void {
    const server = createServer({ allowHalfOpen: true, noDelay: true }, (socket) => accept(port, socket))
    const port: Port = { ...options, server, pairs: new Set() }
    this.#ports.push(port)
    listenOn(server, { host: HOST, port: 0 }, (error, number) => {
      if (error) throw error // The controller sees the child's end.
      done(number)
    })
  }

  #link(link: Link): ProxyLink {
    const state = new ProxyLink(link)
    this.#links.set(nameOf(link), state)
    return state
  }

  /** The named links that are, or are not, cut now. */
  #select(links: readonly Link[], isCut: boolean): ProxyLink[] {
    return links
      .map((link) => {
        const state = this.#links.get(nameOf(link))
        if (state === undefined) throw new Error(`no link ${nameOf(link)}`)
        return state
      })
      .filter((state) => state.isCut === isCut)
  }

  #heal(state: ProxyLink): HealedLink {
    state.isCut = false
    for (const port of this.#ports) {
      if (port.forward !== state && port.backward !== state) continue
      for (const pair of port.pairs) {
        if (pair.bornCut.has(state)) {
          state.destroyed += 1
          port.pairs.delete(pair)
          destroy(pair)
        } else {
          for (const { link, pipe } of pair.pipes) if (link === state) pipe.flush()
        }
      }
    }
    return { link: state.link, held: state.held, destroyed: state.destroyed }
  }
}

function cut(link: ProxyLink): Link {
  link.cut()
  return link.link
}

function accept(port: Port, downstream: Socket): void {
  const { forward, backward } = port
  const upstream = forward.isCut ? undefined : dial(port.target())
  if (!forward.isCut && upstream === undefined) {
    downstream.on('error', ignore)
    downstream.resetAndDestroy()
    return
  }
  const pair: Pair = {
    downstream,
    upstream,
    pipes: [
      { link: forward, pipe: new Pipe(forward, downstream, upstream) },
      ...(upstream ? [{ link: backward, pipe: new Pipe(backward, upstream, downstream) }] : []),
    ],
    bornCut: new Set([forward, backward].filter((link) => link.isCut)),
  }
  port.pairs.add(pair)
  for (const socket of [downstream, upstream]) {
    socket?.on('error', ignore)
    socket?.on('close', () => {
      const isOver = downstream.destroyed && (upstream?.destroyed ?? true)
      // A connection tried in vain stays to be counted at the heal, even if its client gave up.
      if (isOver && upstream !== undefined) port.pairs.delete(pair)
    })
  }
}

function dial(port: number | undefined): Socket | undefined {
  return port === undefined ? undefined : connect({ host: HOST, port, allowHalfOpen: true, noDelay: true })
}

function destroy({ downstream, upstream }: Pair): void {
  downstream.resetAndDestroy()
  upstream?.resetAndDestroy()
}

/** What an error means for the connection is told by the 'close' that follows it. */
function ignore(): void {}

function nameOf({ from, to }: Link): string {
  return `${from}>${to}`
}
