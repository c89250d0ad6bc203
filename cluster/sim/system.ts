/** A whole system in one process, on virtual time: the same programs, the same verbs and the same events as real children. */

import { Leadership } from '../leadership.ts'
import type { NodeProgram } from '../node/program.ts'
import { parseStatus } from '../node/status.ts'
import type { NodeId } from '../raft/message.ts'
import type { Random } from '../random.ts'
import type { Controls, Endpoint, Link, NodeStatus, System, SystemEvent } from '../system.ts'
import { SimConnection } from './connection.ts'
import { SimLink } from './network.ts'
import { SimNode, type Surroundings } from './node.ts'
import type { Scheduler } from './scheduler.ts'

export interface SimSystemOptions {
  readonly program: NodeProgram
  readonly nodes: readonly NodeId[]
  readonly options: Readonly<Record<string, unknown>>
  readonly scheduler: Scheduler
  readonly random: Random
  /** Which links faults may cut: those between nodes, or, for a system without peers, those of the clients. */
  readonly links: 'peers' | 'clients'
  readonly log?: (node: NodeId, line: string) => void
}

type Unstamped = SystemEvent extends infer Event ? (Event extends SystemEvent ? Omit<Event, 'timeUs'> : never) : never

export class SimSystem implements System {
  readonly nodes: readonly NodeId[]
  readonly links: readonly Link[]
  readonly controls: Controls
  #scheduler: Scheduler
  #nodes = new Map<NodeId, SimNode>()
  #links = new Map<string, SimLink>()
  #listeners = new Set<(event: SystemEvent) => void>()
  #connections = new Set<SimConnection>()
  #leadership = new Leadership()
  #awaited = new Set<NodeId>()
  #started: ((error?: Error) => void) | undefined

  constructor({ program, nodes, options, scheduler, random, links, log }: SimSystemOptions) {
    this.nodes = nodes
    this.#scheduler = scheduler
    const addresses = Object.fromEntries(nodes.map((node) => [node, `sim://${node}`]))
    const surroundings: Surroundings = {
      scheduler,
      random,
      send: (from, to, message) => {
        const receiver = this.#nodes.get(to)
        this.#link(from, to)?.send({
          deliver: () => receiver?.deliver(from, message) ?? false,
          lose: (cause) => this.#nodes.get(from)?.unreachable(to, cause),
        })
      },
      trace: (node, event) => this.#emit({ type: 'trace', node, event }),
      ready: (node) => {
        this.#emit({ type: 'node-ready', node })
        this.#awaited.delete(node)
        if (this.#awaited.size === 0) this.#announceStart()
      },
      died: (node, error) => {
        log?.(node, `invariant broken: ${error.stack ?? error.message}`)
        this.#afterDeath(node, false, error.message)
        this.#announceStart(error)
      },
      log: (node, line) => log?.(node, line),
    }
    for (const id of nodes) this.#nodes.set(id, new SimNode(program, { id, nodes, addresses, options }, surroundings))
    const peerLinks = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })))
    const clientLinks = nodes.flatMap((node) => [
      { from: 'clients', to: node },
      { from: node, to: 'clients' },
    ])
    for (const link of [...peerLinks, ...clientLinks]) {
      this.#links.set(
        `${link.from} ${link.to}`,
        new SimLink(link, scheduler, random.fork(`link ${link.from} ${link.to}`)),
      )
    }
    this.links = links === 'peers' ? peerLinks : clientLinks
    this.controls = this.#makeControls()
  }

  start(done: (error?: Error) => void): void {
    this.#started = done
    for (const node of this.nodes) this.#awaited.add(node)
    for (const node of this.nodes) this.#startNode(node)
  }

  stop(done: () => void): void {
    for (const [id, node] of this.#nodes) {
      if (!node.isAlive) continue
      node.kill()
      this.#afterDeath(id, true, 'stopped')
    }
    this.#scheduler.after(0, done)
  }

  connect(node: NodeId): SimConnection {
    const target = this.#nodes.get(node)
    const request = this.#link('clients', node)
    const answer = this.#link(node, 'clients')
    if (!target || !request || !answer) throw new Error(`no such node: ${node}`)
    const connection = new SimConnection(target, request, answer, this.#scheduler)
    this.#connections.add(connection)
    return connection
  }

  subscribe(listener: (event: SystemEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  leader(): NodeId | undefined {
    return this.#leadership.leader
  }

  status(node: NodeId, timeoutMs: number, done: (status: NodeStatus | undefined) => void): void {
    const connection = this.connect(node)
    connection.ask({ method: 'GET', path: '/status', body: undefined }, timeoutMs, (answer) => {
      connection.close()
      this.#connections.delete(connection)
      done(answer && 'status' in answer ? parseStatus(node, answer) : undefined)
    })
  }

  addresses(): Readonly<Record<NodeId, string>> {
    return {}
  }

  logs(): Readonly<Record<NodeId, string>> {
    return {}
  }

  #makeControls(): Controls {
    return {
      crash: {
        kill: (id) => {
          const node = this.#nodes.get(id)
          if (!node?.isAlive) return
          node.kill()
          this.#afterDeath(id, true, 'SIGKILL')
        },
        restart: (id) => this.#startNode(id),
      },
      pause: {
        pause: (id) => {
          const node = this.#nodes.get(id)
          if (!node?.isAlive || node.isPaused) return
          node.pause()
          this.#emit({ type: 'node-paused', node: id })
        },
        resume: (id) => {
          const node = this.#nodes.get(id)
          if (!node?.isPaused) return
          this.#emit({ type: 'node-resumed', node: id })
          node.resume()
        },
      },
      links: {
        cut: (links) => {
          for (const { from, to } of links) {
            const link = this.#link(from, to)
            if (!link || link.isCut) continue
            link.cut()
            this.#emit({ type: 'link-cut', link: link.link })
          }
        },
        heal: (links) => {
          for (const { from, to } of links) {
            const link = this.#link(from, to)
            if (link?.isCut) this.#emit({ type: 'link-healed', link: link.link, ...link.heal() })
          }
        },
      },
    }
  }

  #startNode(id: NodeId): void {
    const node = this.#nodes.get(id)
    if (!node || node.isAlive) return
    this.#emit({ type: 'node-started', node: id })
    // A child takes a moment to come up.
    this.#scheduler.after(20_000, () => node.start())
  }

  #afterDeath(id: NodeId, wanted: boolean, how: string): void {
    for (const link of this.#links.values()) {
      if (link.link.from === id || link.link.to === id) link.reset()
    }
    for (const connection of this.#connections) connection.nodeDied(id)
    this.#emit({ type: 'node-dead', node: id, wanted, how })
  }

  #announceStart(error?: Error): void {
    const started = this.#started
    this.#started = undefined
    if (started) this.#scheduler.after(0, () => started(error))
  }

  #link(from: Endpoint, to: Endpoint): SimLink | undefined {
    return this.#links.get(`${from} ${to}`)
  }

  #emit(event: Unstamped): void {
    const stamped: SystemEvent = { timeUs: this.#scheduler.monotonicUs(), ...event }
    this.#leadership.see(stamped)
    for (const listener of [...this.#listeners]) listener(stamped)
  }
}

/** A system like `program` says, ready to be started. */
export function simSystem(options: SimSystemOptions): System {
  return new SimSystem(options)
}
