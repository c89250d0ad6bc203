/** The life of one node's child: started, ready, frozen, dead, and started again on the disk it left. */

import { appendFileSync } from 'node:fs'
import type { Cancel, Clock, TraceEvent } from '../env.ts'
import type { NodeId } from '../raft/message.ts'
import { EXIT, type NodeConfig, type NodeLine } from './child-protocol.ts'
import { type Child, isStopped, startChild } from './children.ts'
import type { HostedPorts } from './host.ts'
import type { SpawnQueue } from './spawn-queue.ts'

/** What happens to a node, without its name and time. */
export type NodeHappening =
  | { readonly type: 'node-started' }
  | { readonly type: 'node-ready' }
  | { readonly type: 'node-dead'; readonly wanted: boolean; readonly how: string }
  | { readonly type: 'node-paused' }
  | { readonly type: 'node-resumed' }
  | { readonly type: 'trace'; readonly event: TraceEvent }
  | { readonly type: 'harness'; readonly what: string }

export interface NodeChildOptions {
  /** All children of a system take turns. */
  readonly spawns: SpawnQueue
  readonly id: NodeId
  readonly entry: string
  readonly log: string
  readonly clock: Clock
  configFor(incarnation: number): NodeConfig
  /** Leads clients and peers to the node; `done` once that holds. */
  target(ports: HostedPorts, done: () => void): void
  untarget(): void
  emit(happening: NodeHappening): void
}

/** How often, and how long at most, one looks whether a signal took effect. */
const POLL_US = 2000
const MAX_POLLS = 1000

/** Verbs return at once, and none does harm when repeated; what came of them is emitted. */
export class NodeChild {
  readonly #options: NodeChildOptions
  #child: Child | undefined
  #incarnation = 0
  #isReady = false
  #isKilled = false
  #isRestartWanted = false
  #isFrozen = false
  #stopPolling: Cancel = () => {}

  constructor(options: NodeChildOptions) {
    this.#options = options
  }

  get pid(): number | undefined {
    return this.#child?.pid
  }

  /** Whether a request might reach it, now or when it goes on. */
  get takesRequests(): boolean {
    return this.#isReady && !this.#isKilled
  }

  /** Nothing is left of it, and nothing will come. */
  get isGone(): boolean {
    return this.#child === undefined
  }

  /** Starts it soon if it is dead, or as soon as it is. */
  start(): void {
    if (this.#child !== undefined && !this.#isKilled) return
    this.#isRestartWanted = true
    if (this.#child === undefined) this.#spawnInTurn()
  }

  kill(): void {
    this.#isRestartWanted = false
    if (this.#child === undefined || this.#isKilled) return
    this.#isKilled = true
    this.#stopPolling()
    this.#child.signal('SIGKILL')
  }

  pause(): void {
    this.#freeze(true)
  }

  resume(): void {
    this.#freeze(false)
  }

  #spawnInTurn(): void {
    this.#options.spawns.push(() => {
      if (this.#isRestartWanted && this.#child === undefined) this.#spawn()
    })
  }

  #spawn(): void {
    const { emit, entry, id, log } = this.#options
    this.#incarnation += 1
    this.#isReady = this.#isKilled = this.#isRestartWanted = this.#isFrozen = false
    let child: Child
    try {
      child = startChild({
        entry,
        name: id,
        log,
        onLine: (line) => this.#hear(line),
        onExit: (how) => this.#die(how),
      })
    } catch (error) {
      // Its log could not be opened: the disk may be full, or there are no more descriptors.
      return emit({ type: 'harness', what: `${id} could not be started: ${String(error)}` })
    }
    this.#child = child
    emit({ type: 'node-started' })
    child.write(JSON.stringify(this.#options.configFor(this.#incarnation)))
  }

  #hear(text: string): void {
    const line = parse(text)
    if (line === undefined) return this.#log(`on stdout: ${text}\n`)
    switch (line.event) {
      case 'ready': {
        const incarnation = this.#incarnation
        return this.#options.target(line, () => {
          if (this.#isKilled || this.#child === undefined || this.#incarnation !== incarnation) return
          this.#isReady = true
          this.#options.emit({ type: 'node-ready' })
        })
      }
      case 'trace':
        return this.#options.emit({ type: 'trace', event: line.trace })
      default:
        return line satisfies never
    }
  }

  #log(text: string): void {
    const { emit, id, log } = this.#options
    try {
      appendFileSync(log, text)
    } catch (error) {
      emit({ type: 'harness', what: `the log of ${id} could not be written: ${String(error)}` })
    }
  }

  #die(how: string): void {
    this.#stopPolling()
    this.#child = undefined
    this.#isReady = false
    const { emit, id, untarget } = this.#options
    untarget()
    const isOfDisk = how === `exit ${EXIT.disk}`
    if (isOfDisk) emit({ type: 'harness', what: `${id} died as it could not write to the disk of this machine` })
    emit({ type: 'node-dead', wanted: this.#isKilled || isOfDisk, how })
    if (this.#isRestartWanted) this.#spawnInTurn()
  }

  #freeze(wanted: boolean): void {
    const child = this.#child
    if (child?.pid === undefined || this.#isKilled || this.#isFrozen === wanted) return
    this.#isFrozen = wanted
    child.signal(wanted ? 'SIGSTOP' : 'SIGCONT')
    this.#stopPolling()
    this.#poll(child.pid, wanted, MAX_POLLS)
  }

  #poll(pid: number, wanted: boolean, pollsLeft: number): void {
    const { clock, emit, id } = this.#options
    if (isStopped(pid) === wanted) return emit({ type: wanted ? 'node-paused' : 'node-resumed' })
    if (pollsLeft === 0)
      return emit({ type: 'harness', what: `${id} did not ${wanted ? 'stop' : 'go on'} when told to` })
    this.#stopPolling = clock.after(POLL_US, () => this.#poll(pid, wanted, pollsLeft - 1))
  }
}

/** A line of `run-child`; `undefined` for what a careless program printed, or half a line of one that was killed. */
function parse(text: string): NodeLine | undefined {
  if (!text.startsWith('{"event":')) return undefined
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}
