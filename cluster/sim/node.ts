/**
 * One simulated node: a program, its machine's disk and clock, and whether it lives or is frozen. What happens to a
 * frozen node waits.
 */
import type { Env, NetworkListener, TraceEvent, Unreachable } from '../env.ts'
import type { ApiAnswer, ApiRequest } from '../node/api.ts'
import type { NodeProgram, NodeSetup, RunningNode } from '../node/program.ts'
import type { Message, NodeId } from '../raft/message.ts'
import type { Random } from '../random.ts'
import { SimClock } from './clock.ts'
import { type CrashPointOptions, CrashPointReached, CrashPoints } from './crash-points.ts'
import { SimDisk } from './disk.ts'
import type { Scheduler } from './scheduler.ts'

/** What a node needs of the world around it. */
export interface Surroundings {
  readonly scheduler: Scheduler
  readonly random: Random
  readonly crashPoints: CrashPointOptions | undefined
  /** For every event of consequence; absent where nobody looks. */
  readonly onTrace: ((timeUs: number, node: NodeId, what: string) => void) | undefined
  send(from: SimNode, to: NodeId, message: Message): void
  trace(node: NodeId, event: TraceEvent): void
  ready(node: NodeId): void
  /** The program ended by itself, of an error, of its disk's faults, or at a crash point. */
  died(node: NodeId, death: Death): void
  log(node: NodeId, line: string): void
}

export type Death =
  /** The program threw, or refused to start: a broken invariant, as a crash of a real child would be. */
  | { readonly by: 'error'; readonly error: Error }
  /** The same, after its disk had given it an error or a wrong bit. */
  | { readonly by: 'disk'; readonly error: Error }
  | { readonly by: 'crash-point'; readonly point: CrashPointReached }

export class SimNode {
  readonly id: NodeId
  readonly disk: SimDisk
  readonly clock: SimClock
  readonly crashPoints: CrashPoints
  #program: NodeProgram
  #setup: NodeSetup
  #world: Surroundings
  #trace: ((what: string) => void) | undefined
  /** 0: never started; each start is a new life, and what an older life had asked for is void. */
  #life = 0
  #isAlive = false
  #isPaused = false
  #deferred: (() => void)[] = []
  #running: RunningNode | undefined
  #listener: NetworkListener | undefined

  constructor(program: NodeProgram, setup: NodeSetup, world: Surroundings) {
    const { id } = setup
    const { scheduler, random, onTrace } = world
    this.id = id
    this.#program = program
    this.#setup = setup
    this.#world = world
    this.#trace = onTrace && ((what) => onTrace(scheduler.monotonicUs(), id, what))
    this.disk = new SimDisk(scheduler, random.fork(`disk ${id}`), this.#trace)
    this.clock = new SimClock(scheduler)
    this.crashPoints = new CrashPoints(world.crashPoints, random.fork(`crash points ${id}`))
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
    this.#trace?.('start')
    this.#inside(life, () => {
      this.#running = this.#program.start(this.#env(life), this.#setup, (error) => {
        if (error) this.#die(error)
        else this.#world.ready(this.id)
      })
    })
  }

  /** Ends it between two events of its, as `kill -9` does. */
  kill(): void {
    if (!this.#isAlive) return
    this.#leave()
    this.disk.kill()
  }

  /** As `kill`, and its disk loses what was not synced; a dead node's disk loses that as well. */
  cutPower(): void {
    if (this.#isAlive) this.#leave()
    this.#trace?.('power cut')
    this.disk.cutPower()
  }

  #leave(): void {
    this.#trace?.('kill')
    this.#isAlive = false
    this.#isPaused = false
    this.#deferred = []
    this.#running = undefined
    this.#listener = undefined
  }

  pause(): void {
    this.#trace?.('pause')
    if (this.#isAlive) this.#isPaused = true
  }

  resume(): void {
    if (!this.#isPaused) return
    this.#trace?.('resume')
    this.#isPaused = false
    const deferred = this.#deferred
    this.#deferred = []
    const life = this.#life
    for (const run of deferred) this.#inside(life, run)
  }

  /** False where the node is dead. */
  deliver(from: NodeId, message: Message): boolean {
    if (!this.#isAlive) return false
    this.#trace?.(`${message.type} of term ${message.term} from ${from}`)
    if (this.#isPaused) {
      this.#deferred.push(() => this.#listener?.message(from, message))
      return true
    }
    // As `#inside`, without a closure for each message.
    try {
      this.#listener?.message(from, message)
    } catch (cause) {
      this.#caught(cause)
    }
    return true
  }

  unreachable(to: NodeId, cause: Unreachable): void {
    this.#trace?.(`${to} ${cause}`)
    this.#inside(this.#life, () => this.#listener?.unreachable(to, cause))
  }

  /** False where the node is dead. A node that dies before it answered never answers. */
  handle(request: ApiRequest, reply: (answer: ApiAnswer) => void): boolean {
    if (!this.#isAlive) return false
    this.#trace?.(`${request.method} ${request.path}`)
    this.#inside(this.#life, () => this.#running?.handle(request, reply))
    return true
  }

  #die(error: Error): void {
    const by = this.disk.isHurt ? 'disk' : 'error'
    this.kill()
    this.#world.died(this.id, { by, error })
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
      this.#caught(cause)
    }
  }

  #caught(cause: unknown): void {
    if (!(cause instanceof CrashPointReached))
      return this.#die(cause instanceof Error ? cause : new Error(String(cause)))
    this.#trace?.(cause.message)
    this.kill()
    this.#world.died(this.id, { by: 'crash-point', point: cause })
  }

  #env(life: number): Env {
    const { scheduler, random } = this.#world
    const enter = (run: () => void): void => this.#inside(life, run)
    return {
      clock: {
        monotonicUs: () => this.clock.monotonicUs(),
        wallUs: () => this.clock.wallUs(),
        after: (us, run) =>
          this.clock.after(us, () => {
            if (life === this.#life) this.#trace?.('timer')
            enter(run)
          }),
      },
      random: random.fork(`node ${this.id} ${life}`),
      disk: this.disk.open(enter),
      network: {
        send: (to, message) => this.#world.send(this, to, message),
        listen: (listener) => {
          this.#listener = listener
        },
      },
      trace: (event) => this.#world.trace(this.id, event),
      crashPoint: (name) => this.crashPoints.pass(name, scheduler.monotonicUs()),
      log: (line) => this.#world.log(this.id, line),
    }
  }
}
