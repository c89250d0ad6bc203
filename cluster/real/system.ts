/** A system whose nodes are child processes on this machine, every link of theirs led through proxies of ours. */

import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { Clock } from '../env.ts'
import { Leadership } from '../leadership.ts'
import { parseStatus } from '../node/status.ts'
import type { Connection, Controls, Link, NodeId, NodeStatus, System, SystemEvent } from '../system.ts'
import type { NodeConfig } from './child-protocol.ts'
import { tailOf } from './children.ts'
import { clientConnection } from './connection.ts'
import { HttpClient } from './http-client.ts'
import { LinkProxies, type ProxyPorts } from './links.ts'
import { NodeChild, type NodeHappening } from './node-child.ts'
import { SpawnQueue } from './spawn-queue.ts'

export interface RealSystemOptions {
  /** Key of the program in the registry of the child's entry. */
  readonly program: string
  readonly nodes: readonly NodeId[]
  /** The program's own options. */
  readonly options: Readonly<Record<string, unknown>>
  /** Where data (`n1/`) goes; made if absent. Data found there is used. */
  readonly directory: string
  /** Where logs (`n1.log`) go; made if absent. The same by default. */
  readonly logDirectory?: string
  /** The controller's clock: that of all events and time-outs. */
  readonly clock: Clock
  readonly seed: string
  /** The links that a fault may cut: those between nodes, or, for nodes that do not talk, those to their clients. */
  readonly links: 'peers' | 'clients'
  /** A module that calls `runChild`; the project's own programs by default. */
  readonly childEntry?: string
}

/** All nodes have to be ready within this time. */
const START_TIMEOUT_US = 15_000_000

/** The system, not started. Its children die with this process, however it ends. */
export function realSystem(options: RealSystemOptions): System {
  return new RealSystem(options)
}

class RealSystem implements System {
  readonly nodes: readonly NodeId[]
  readonly links: readonly Link[]
  readonly controls: Pick<Controls, 'crash' | 'pause' | 'links'>
  readonly #options: RealSystemOptions
  readonly #directory: string
  readonly #logDirectory: string
  readonly #children: ReadonlyMap<NodeId, NodeChild>
  readonly #listeners = new Set<(event: SystemEvent) => void>()
  readonly #clients = new Set<HttpClient>()
  readonly #spawns = new SpawnQueue()
  readonly #leadership = new Leadership()
  readonly #statusClients = new Map<NodeId, HttpClient>()
  #proxies: LinkProxies | undefined
  #ports: ProxyPorts | undefined
  /** Ends `start`, once. */
  #started: ((error?: Error) => void) | undefined
  #hasStarted = false
  /** Waiting for the end; `undefined` while nobody wants it. */
  #stopping: (() => void)[] | undefined
  #isStopped = false

  constructor(options: RealSystemOptions) {
    this.#options = options
    this.#directory = resolve(options.directory)
    this.#logDirectory = resolve(options.logDirectory ?? options.directory)
    this.nodes = [...options.nodes]
    this.links = options.links === 'peers' ? peerLinks(this.nodes) : clientLinks(this.nodes)
    this.#children = new Map(this.nodes.map((node) => [node, this.#nodeChild(node)]))
    this.controls = {
      crash: {
        kill: (node) => this.#child(node).kill(),
        restart: (node) => {
          const child = this.#child(node)
          if (this.#ports) this.#whileRunning(() => child.start())
        },
      },
      pause: {
        pause: (node) => this.#child(node).pause(),
        resume: (node) => this.#child(node).resume(),
      },
      links: {
        cut: (links) => this.#whileRunning(() => this.#proxies?.cut(this.#known(links))),
        heal: (links) => this.#whileRunning(() => this.#proxies?.heal(this.#known(links))),
      },
    }
  }

  start(done: (error?: Error) => void): void {
    if (this.#hasStarted) throw new Error('a system starts once')
    this.#hasStarted = true
    if (this.#stopping) return void setImmediate(done, new Error('the system was stopped'))
    const cancelTimeout = this.#options.clock.after(START_TIMEOUT_US, () => this.#failStart('was not ready in time'))
    this.#started = (error) => {
      this.#started = undefined
      cancelTimeout()
      if (error) done(error)
      else done()
    }
    mkdirSync(this.#directory, { recursive: true })
    mkdirSync(this.#logDirectory, { recursive: true })
    this.#proxies = new LinkProxies(
      {
        nodes: this.nodes,
        peerLinks: this.#options.links === 'peers' ? this.links : [],
        log: this.#proxyLog(),
        onCut: (link) => this.#emit({ type: 'link-cut', link }),
        onHealed: (healed) => this.#emit({ type: 'link-healed', ...healed }),
        onDeath: (how) => {
          this.#emit({ type: 'harness', what: `the link proxies died: ${how}` })
          this.#started?.(new Error(`the link proxies died: ${how}\n${tailOf(this.#proxyLog())}`))
        },
      },
      (ports) => {
        this.#ports = ports
        this.#whileRunning(() => {
          for (const child of this.#children.values()) child.start()
        })
      },
    )
  }

  stop(done: () => void): void {
    if (this.#isStopped) return void setImmediate(done)
    if (this.#stopping) return void this.#stopping.push(done)
    this.#stopping = [done]
    this.#started?.(new Error('the system was stopped'))
    for (const child of this.#children.values()) child.kill()
    for (const client of this.#clients) client.close()
    this.#clients.clear()
    setImmediate(() => this.#endIfGone())
  }

  connect(node: NodeId): Connection {
    const child = this.#child(node)
    const client = this.#client(node)
    const connection = clientConnection(client, () => child.takesRequests)
    return {
      ...connection,
      close: () => {
        this.#clients.delete(client)
        connection.close()
      },
    }
  }

  subscribe(listener: (event: SystemEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  leader(): NodeId | undefined {
    return this.#leadership.newest
  }

  status(node: NodeId, timeoutMs: number, done: (status: NodeStatus | undefined) => void): void {
    if (!this.#child(node).takesRequests || this.#stopping) return void setImmediate(done, undefined)
    const client = this.#statusClients.get(node) ?? this.#client(node)
    this.#statusClients.set(node, client)
    client.send({ method: 'GET', path: '/status', body: undefined }, timeoutMs, (end) => {
      done(end.type === 'answer' ? parseStatus(node, end.answer) : undefined)
    })
  }

  addresses(): Readonly<Record<NodeId, string>> {
    const clients = Object.entries(this.#ports?.clients ?? {})
    return Object.fromEntries(clients.map(([node, { host, port }]) => [node, `http://${host}:${port}`]))
  }

  logs(): Readonly<Record<NodeId, string>> {
    return Object.fromEntries(this.nodes.map((node) => [node, this.#log(node)]))
  }

  #nodeChild(id: NodeId): NodeChild {
    return new NodeChild({
      id,
      entry: this.#options.childEntry ?? join(import.meta.dirname, 'child.ts'),
      log: this.#log(id),
      spawns: this.#spawns,
      clock: this.#options.clock,
      configFor: (incarnation) => this.#configFor(id, incarnation),
      target: (ports, done) => this.#proxies?.target(id, ports, done),
      untarget: () => this.#proxies?.untarget(id),
      emit: (happening) => this.#happened(id, happening),
    })
  }

  #configFor(id: NodeId, incarnation: number): NodeConfig {
    const { program, options, seed } = this.#options
    return {
      program,
      setup: { id, nodes: this.nodes, addresses: this.addresses(), options },
      directory: join(this.#directory, id),
      peers: this.#ports?.peers[id] ?? {},
      seed,
      incarnation,
    }
  }

  #happened(node: NodeId, happening: NodeHappening): void {
    this.#emit(happening.type === 'harness' ? happening : { ...happening, node })
    if (happening.type === 'node-ready' && [...this.#children.values()].every((child) => child.takesRequests)) {
      this.#started?.()
    }
    if (happening.type === 'node-dead') {
      if (!happening.wanted) this.#failStart(`ended with ${happening.how}`, node)
      this.#endIfGone()
    }
  }

  #failStart(what: string, node = this.nodes.find((each) => !this.#child(each).takesRequests)): void {
    if (this.#started === undefined || node === undefined) return
    this.#started(new Error(`${node} ${what}; the end of its log, ${this.#log(node)}:\n${tailOf(this.#log(node))}`))
  }

  #endIfGone(): void {
    if (!this.#stopping || this.#isStopped || [...this.#children.values()].some((child) => !child.isGone)) return
    const end = () => {
      if (this.#isStopped) return
      const waiting = this.#stopping ?? []
      this.#isStopped = true
      for (const done of waiting) done()
    }
    if (this.#proxies) this.#proxies.stop(end)
    else end()
  }

  #client(node: NodeId): HttpClient {
    const address = this.#ports?.clients[node]
    if (address === undefined) throw new Error(`${node} has no address yet: the system was not started`)
    const client = new HttpClient(address, this.#options.clock)
    if (this.#stopping) client.close()
    else this.#clients.add(client)
    return client
  }

  #child(node: NodeId): NodeChild {
    const child = this.#children.get(node)
    if (child === undefined) throw new Error(`no node ${node}`)
    return child
  }

  #known(links: readonly Link[]): readonly Link[] {
    const names = new Set<string>([...this.nodes, 'clients'])
    for (const { from, to } of links) {
      const isKnown = names.has(from) && names.has(to) && from !== to
      const isPeerLink = from !== 'clients' && to !== 'clients'
      if (!isKnown || (isPeerLink && this.#options.links === 'clients')) throw new Error(`no link ${from}>${to}`)
    }
    return links
  }

  #whileRunning(run: () => void): void {
    if (!this.#stopping) run()
  }

  #emit(event: EventWithoutTime): void {
    const stamped: SystemEvent = { timeUs: this.#options.clock.monotonicUs(), ...event }
    this.#leadership.see(stamped)
    for (const listener of [...this.#listeners]) listener(stamped)
  }

  #log(node: NodeId): string {
    return join(this.#logDirectory, `${node}.log`)
  }

  #proxyLog(): string {
    return join(this.#logDirectory, 'link-proxies.log')
  }
}

/** `Omit` over each member of a union. */
type WithoutTime<T> = T extends unknown ? Omit<T, 'timeUs'> : never
type EventWithoutTime = WithoutTime<SystemEvent>

function peerLinks(nodes: readonly NodeId[]): Link[] {
  return nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })))
}

function clientLinks(nodes: readonly NodeId[]): Link[] {
  return nodes.flatMap((node): Link[] => [
    { from: 'clients', to: node },
    { from: node, to: 'clients' },
  ])
}
