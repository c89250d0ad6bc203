/** One simulated node: a program, its disk, and whether it lives or is frozen. What happens to a frozen node waits. */
import type { Env, NetworkListener, TraceEvent } from '../env.ts'
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import type { NodeProgram, NodeSetup, RunningNode } from '../node/program.ts'
import type { Message, NodeId } from '../raft/message.ts'
import type { Random } from '../random.ts'
import { SimDisk } from './disk.ts'
import type { Scheduler } from './scheduler.ts'

/** What a node needs of the world around it. */
export interface Surroundings {
  readonly scheduler: Scheduler
  readonly random: Random
  send(from: NodeId, to: NodeId, message: Message): void
  trace(node: NodeId, event: TraceEvent): void
  ready(node: NodeId): void
  /** The program threw, or refused to start: a broken invariant, as a crash of a real child would be. */
  died(node: NodeId, error: Error): void
  log(node: NodeId, line: string): void
}

export class SimNode {
  readonly id: NodeId
  #program: NodeProgram
  #setup: NodeSetup
  #world: Surroundings
  #disk: SimDisk
  /** 0: never started; each start is a new life, and what an older life had asked for is void. */
  #life = 0
  #isAlive = false
  #isPaused = false
  #deferred: (() => void)[] = []
  #running: RunningNode | undefined
  #listener: NetworkListener | undefined

  constructor(program: NodeProgram, setup: NodeSetup, world: Surroundings) {
    this.id = setup.id
    this.#program = program
    this.#setup = setup
    this.#world = world
    this.#disk = new SimDisk(world.scheduler, world.random.fork(`disk ${setup.id}`))
  }

  get isAlive(): boolean {
    return this.#isAlive
  }

  get isPaused(): boolean {
    return this.#isPaused
  }

  start(): void {
    if (this.#isAlive) return
    this.#isAlive = true
    const life = ++this.#life
    this.#inside(life, () => {
      this.#running = this.#program.start(this.#env(life), this.#setup, (error) => {
        if (error) this.#crash(error)
        else this.#world.ready(this.id)
      })
    })
  }

  kill(): void {
    if (!this.#isAlive) return
    this.#isAlive = false
    this.#isPaused = false
    this.#deferred = []
    this.#running = undefined
    this.#listener = undefined
    this.#disk.kill()
  }

  pause(): void {
    if (this.#isAlive) this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#isPaused = false
    const deferred = this.#deferred
    this.#deferred = []
    const life = this.#life
    for (const run of deferred) this.#inside(life, run)
  }

  /** False where the node is dead. */
  deliver(from: NodeId, message: Message): boolean {
    if (!this.#isAlive) return false
    this.#inside(this.#life, () => this.#listener?.message(from, message))
    return true
  }

  unreachable(to: NodeId, cause: 'refused' | 'reset' | 'timeout'): void {
    this.#inside(this.#life, () => this.#listener?.unreachable(to, cause))
  }

  /** False where the node is dead. A node that dies before it answered never answers. */
  handle(request: ApiRequest, reply: (answer: ApiAnswer) => void): boolean {
    if (!this.#isAlive) return false
    this.#inside(this.#life, () => this.#running?.handle(request, reply))
    return true
  }

  #crash(error: Error): void {
    this.kill()
    this.#world.died(this.id, error)
  }

  /** Runs code of the node, if that life still lasts; later, if it is frozen. */
  #inside(life: number, run: () => void): void {
    if (!this.#isAlive || life !== this.#life) return
    if (this.#isPaused) {
      this.#deferred.push(run)
      return
    }
    try {
      run()
    } catch (cause) {
      this.#crash(cause instanceof Error ? cause : new Error(String(cause)))
    }
  }

  #env(life: number): Env {
    const { scheduler, random } = this.#world
    const enter = (run: () => void): void => this.#inside(life, run)
    return {
      clock: {
        monotonicUs: () => scheduler.monotonicUs(),
        wallUs: () => scheduler.wallUs(),
        after: (us, run) => scheduler.after(us, () => enter(run)),
      },
      random: random.fork(`node ${this.id} ${life}`),
      disk: this.#disk.open(enter),
      network: {
        send: (to, message) => this.#world.send(this.id, to, message),
        listen: (listener) => {
          this.#listener = listener
        },
      },
      trace: (event) => this.#world.trace(this.id, event),
      crashPoint: () => undefined,
      log: (line) => this.#world.log(this.id, line),
    }
  }
}
