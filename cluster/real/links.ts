/** The controller's end of the link proxies, which live in a child of their own. */
import { join } from 'node:path'
import type { NodeId } from '../raft/message.ts'
import type { Link } from '../system.ts'
import type { HealedLink, ProxyCommand, ProxyLine } from './child-protocol.ts'
import { type Child, startChild } from './children.ts'
import type { Address } from './peer-link.ts'

export interface LinkProxiesOptions {
  readonly nodes: readonly NodeId[]
  /** Links between nodes; those between nodes and clients are always there. */
  readonly peerLinks: readonly Link[]
  /** Log of the proxies' child. */
  readonly log: string
  onCut(link: Link): void
  onHealed(healed: HealedLink): void
  /** Without a `stop`: the run is of no more use. */
  onDeath(how: string): void
}

/** Where everybody is reached, for the whole life of the run. */
export interface ProxyPorts {
  readonly clients: Readonly<Record<NodeId, Address>>
  /** By sender: where it reaches each peer. */
  readonly peers: Readonly<Record<NodeId, Readonly<Record<NodeId, Address>>>>
}

export class LinkProxies {
  readonly #options: LinkProxiesOptions
  readonly #child: Child
  readonly #opened: (ports: ProxyPorts) => void
  /** Waiting for the answers to `target`, in the order of the commands. */
  #targeted: { readonly node: NodeId; readonly done: () => void }[] = []
  #stopped: (() => void) | undefined
  #isDead = false

  /** Starts the child; `opened` is called once all ports are bound. */
  constructor(options: LinkProxiesOptions, opened: (ports: ProxyPorts) => void) {
    this.#options = options
    this.#opened = opened
    this.#child = startChild({
      entry: join(import.meta.dirname, 'proxy-child.ts'),
      name: 'link-proxies',
      log: options.log,
      onLine: (line) => this.#hear(JSON.parse(line)), // Written by our own child.
      onExit: (how) => this.#die(how),
    })
    this.#ask({ do: 'open', nodes: options.nodes, peerLinks: options.peerLinks })
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  /** Leads everybody to where `node` now listens; `done` once that holds. */
  target(node: NodeId, ports: { readonly clientPort: number; readonly peerPort: number }, done: () => void): void {
    this.#targeted.push({ node, done })
    this.#ask({ do: 'target', node, ...ports })
  }

  /** From now on connections to `node` are reset. */
  untarget(node: NodeId): void {
    this.#ask({ do: 'untarget', node })
  }

  cut(links: readonly Link[]): void {
    this.#ask({ do: 'cut', links })
  }

  heal(links: readonly Link[]): void {
    this.#ask({ do: 'heal', links })
  }

  stop(done: () => void): void {
    if (this.#isDead) return done()
    this.#stopped = done
    this.#child.signal('SIGKILL')
  }

  #ask(command: ProxyCommand): void {
    this.#child.write(JSON.stringify(command))
  }

  #hear(line: ProxyLine): void {
    switch (line.event) {
      case 'open':
        return this.#opened(addressesOf(line))
      case 'target':
        return this.#targeted.shift()?.done()
      case 'untarget':
        return
      case 'cut':
        for (const link of line.links) this.#options.onCut(link)
        return
      case 'healed':
        for (const healed of line.links) this.#options.onHealed(healed)
        return
      default:
        return line satisfies never
    }
  }

  #die(how: string): void {
    this.#isDead = true
    if (this.#stopped) this.#stopped()
    else this.#options.onDeath(how)
  }
}

function addressesOf(line: ProxyLine & { readonly event: 'open' }): ProxyPorts {
  const clients: Record<NodeId, Address> = {}
  const peers: Record<NodeId, Record<NodeId, Address>> = {}
  for (const [node, port] of Object.entries(line.clientPorts)) clients[node] = { host: '127.0.0.1', port }
  for (const { link, port } of line.peerPorts) {
    peers[link.from] = { ...peers[link.from], [link.to]: { host: '127.0.0.1', port } }
  }
  return { clients, peers }
}
