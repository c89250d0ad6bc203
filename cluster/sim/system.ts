/** A whole system in one process, on virtual time: the same programs, verbs and events as with real children. */

import type { Cancel } from '../env.ts'
import { Leadership } from '../leadership.ts'
import type { NodeProgram } from '../node/program.ts'
import { parseStatus } from '../node/status.ts'
import type { Message, NodeId } from '../raft/message.ts'
import type { Random } from '../random.ts'
import type { Controls, Endpoint, Link, NodeStatus, System, SystemEvent } from '../system.ts'
import { SimConnection } from './connection.ts'
import { simControls, type Unstamped } from './controls.ts'
import type { CrashPointOptions } from './crash-points.ts'
import { SimLink } from './network.ts'
import { type Death, SimNode, type Surroundings } from './node.ts'
import { type Delivery, EncodedParcel, PeerParcel, WatchedParcel } from './peer-parcel.ts'
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
  /** Gets every event of consequence: messages, disk operations, timers, deaths. */
  readonly onTrace?: (timeUs: number, node: NodeId, what: string) => void
  /** Gets every message between nodes once its fate is known: just before its receiver, or where it got lost. */
  readonly onMessage?: (delivery: Delivery) => void
  /** Kills nodes in the middle of their work, and starts them again. */
  readonly crashPoints?: CrashPointOptions
  /** Whether messages cross the network as text rather than as shared values; drawn where absent. */
  readonly encodesMessages?: boolean
}

/** Of so many runs one encodes its messages. */
const encodesOneIn = 8

export class SimSystem implements System {
  readonly nodes: readonly NodeId[]
  readonly links: readonly Link[]
  readonly controls: Controls
  #scheduler: Scheduler
  #nodes = new Map<NodeId, SimNode>()
  /** By sender, then by receiver. */
  #links = new Map<Endpoint, Map<Endpoint, SimLink>>()
  #listeners = new Set<(event: SystemEvent) => void>()
  #connections = new Set<SimConnection>()
  #leadership = new Leadership()
  #awaited = new Set<NodeId>()
  #started: ((error?: Error) => void) | undefined
  /** Starts that are to come; one that has begun has been told of, and its node can die. */
  #starting = new Map<NodeId, { readonly cancel: Cancel; readonly hasBegun: boolean }>()
  #isStopped = false
  #restartRandom: Random
  #encodesMessages: boolean
  #log: (node: NodeId, line: string) => void
  #onMessage: ((delivery: Delivery) => void) | undefined

  constructor(setup: SimSystemOptions) {
    const { program, nodes, options, scheduler, random, links } = setup
    this.nodes = nodes
    this.#scheduler = scheduler
    this.#log = setup.log ?? (() => undefined)
    this.#onMessage = setup.onMessage
    this.#encodesMessages = setup.encodesMessages ?? random.fork('encoding').below(encodesOneIn) === 0
    this.#restartRandom = random.fork('restarts')
    const addresses = Object.fromEntries(nodes.map((node) => [node, `sim://${node}`]))
    const surroundings: Surroundings = {
      scheduler,
      random,
      crashPoints: setup.crashPoints,
      onTrace: setup.onTrace,
      send: (from, to, message) => this.#send(from, to, message),
      trace: (node, event) => this.#emit({ type: 'trace', node, event }),
      ready: (node) => {
        this.#emit({ type: 'node-ready', node })
        this.#awaited.delete(node)
        if (this.#awaited.size === 0) this.#announceStart()
      },
      died: (node, death) => this.#died(node, death),
      log: this.#log,
    }
    for (const id of nodes) this.#nodes.set(id, new SimNode(program, { id, nodes, addresses, options }, surroundings))
    const peerLinks = nodes.flatMap((from) => nodes.filter((to) => to !== from).map((to) => ({ from, to })))
    const clientLinks = nodes.flatMap((node) => [
      { from: 'clients', to: node },
      { from: node, to: 'clients' },
    ])
    for (const link of [...peerLinks, ...clientLinks]) {
      const ofSender = this.#links.get(link.from) ?? new Map<Endpoint, SimLink>()
      this.#links.set(link.from, ofSender)
      ofSender.set(link.to, new SimLink(link, scheduler, random.fork(`link ${link.from} ${link.to}`)))
    }
    this.links = links === 'peers' ? peerLinks : clientLinks
    this.controls = simControls({
      node: (id) => this.#nodes.get(id),
      link: ({ from, to }) => this.#link(from, to),
      emit: (event) => this.#emit(event),
      restart: (id) => this.#startNode(id),
      keepDead: (id) => this.#cancelStart(id),
      buried: (id, wanted, how) => this.#afterDeath(id, wanted, how),
    })
  }

  start(done: (error?: Error) => void): void {
    this.#started = done
    for (const node of this.nodes) this.#awaited.add(node)
    for (const node of this.nodes) this.#startNode(node)
  }

  stop(done: () => void): void {
    this.#isStopped = true
    this.#announceStart(new Error('the system was stopped'))
    for (const [id, node] of this.#nodes) {
      const wasStarting = this.#cancelStart(id)
      if (!node.isAlive && !wasStarting) continue
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
    const connection = new SimConnection({
      node: target,
      requests: request,
      answers: answer,
      scheduler: this.#scheduler,
      forget: (closed) => this.#connections.delete(closed),
    })
    this.#connections.add(connection)
    return connection
  }

  subscribe(listener: (event: SystemEvent) => void): () => void {
    this.#listeners.add(listener)
    return () => this.#listeners.delete(listener)
  }

  leader(): NodeId | undefined {
    return this.#leadership.newest
  }

  status(node: NodeId, timeoutMs: number, done: (status: NodeStatus | undefined) => void): void {
    const connection = this.connect(node)
    connection.ask({ method: 'GET', path: '/status', body: undefined }, timeoutMs, (answer) => {
      connection.close()
      done(answer && 'status' in answer ? parseStatus(node, answer) : undefined)
    })
  }

  addresses(): Readonly<Record<NodeId, string>> {
    return {}
  }

  logs(): Readonly<Record<NodeId, string>> {
    return {}
  }

  #send(from: SimNode, to: NodeId, message: Message): void {
    const receiver = this.#nodes.get(to)
    const link = this.#link(from.id, to)
    if (!receiver || !link) throw new Error(`no such node: ${to}`)
    const parcel = this.#encodesMessages
      ? new EncodedParcel(from, receiver, message)
      : new PeerParcel(from, receiver, message)
    const tell = this.#onMessage
    link.send(
      tell ? new WatchedParcel(parcel, { from, to: receiver, message, scheduler: this.#scheduler, tell }) : parcel,
    )
  }

  #startNode(id: NodeId, afterUs = 0): void {
    const node = this.#nodes.get(id)
    if (!node || node.isAlive || this.#isStopped || this.#starting.get(id)?.hasBegun) return
    this.#cancelStart(id)
    const start = (): void => {
      // A child takes a moment to come up.
      const cancel = this.#scheduler.after(20_000, () => {
        this.#starting.delete(id)
        node.start()
      })
      this.#starting.set(id, { cancel, hasBegun: true })
      this.#emit({ type: 'node-started', node: id })
    }
    if (afterUs === 0) start()
    else this.#starting.set(id, { cancel: this.#scheduler.after(afterUs, start), hasBegun: false })
  }

  /** True where a start had begun, which now ends in a death. */
  #cancelStart(id: NodeId): boolean {
    const starting = this.#starting.get(id)
    starting?.cancel()
    this.#starting.delete(id)
    return starting?.hasBegun ?? false
  }

  #died(id: NodeId, death: Death): void {
    if (death.by === 'crash-point') {
      this.#afterDeath(id, true, death.point.message)
      if (death.point.isByChance) this.#startNode(id, this.#restartRandom.between(1_000, 1_500_000))
      return
    }
    const { error } = death
    const cause = error.cause instanceof Error ? `: ${error.cause.message}` : ''
    const isOfDisk = death.by === 'disk'
    this.#log(id, `${isOfDisk ? 'the disk failed' : 'invariant broken'}: ${error.stack ?? error.message}`)
    this.#afterDeath(id, isOfDisk, `${isOfDisk ? 'disk: ' : ''}${error.message}${cause}`)
    this.#announceStart(error)
  }

  #afterDeath(id: NodeId, wanted: boolean, how: string): void {
    for (const ofSender of this.#links.values()) {
      for (const link of ofSender.values()) if (link.link.from === id || link.link.to === id) link.reset()
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
    return this.#links.get(from)?.get(to)
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
