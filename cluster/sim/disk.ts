/**
 * A disk in memory. Operations run one after another, each after a latency. A kill loses the ones not begun, and of
 * the one under way a random part is done, so that a node must survive being killed at any byte; a loss of power also
 * takes what was not synced. The disk can be made slow, failing, or wrong by one bit.
 */
import type { Disk, Done } from '../env.ts'
import type { Random } from '../random.ts'
import { Files } from './files.ts'
import type { Scheduler } from './scheduler.ts'

type Asked =
  | { readonly do: 'list'; readonly done: Parameters<Disk['list']>[0] }
  | { readonly do: 'size'; readonly name: string; readonly done: Parameters<Disk['size']>[1] }
  | {
      readonly do: 'read'
      readonly name: string
      readonly offset: number
      readonly length: number
      readonly done: Parameters<Disk['read']>[3]
    }
  | { readonly do: 'append'; readonly name: string; readonly bytes: Uint8Array; readonly done: Done }
  | { readonly do: 'truncate'; readonly name: string; readonly length: number; readonly done: Done }
  | { readonly do: 'rename'; readonly name: string; readonly to: string; readonly done: Done }
  | { readonly do: 'remove'; readonly name: string; readonly done: Done }
  | { readonly do: 'sync'; readonly name: string | undefined; readonly done: Done }

/** Runs a callback inside the node, if the life that asked for it still lasts. */
type Enter = (run: () => void) => void

interface Operation {
  readonly asked: Asked
  readonly enter: Enter
}

/** What stays when a node dies: its files. */
export class SimDisk {
  #scheduler: Scheduler
  #latency: SyncLatency
  /** Streams of their own, so that a fault does not re-roll the latencies. */
  #crashRandom: Random
  #flipRandom: Random
  #onOperation: ((what: string) => void) | undefined
  #files = new Files()
  #queue: Operation[] = []
  #isRunning = false
  #finish: () => void
  #slowUs = 0
  #failure: 'eio' | 'enospc' | undefined
  #isHurt = false
  #counts = { slowed: 0, failed: 0 }

  constructor(scheduler: Scheduler, random: Random, onOperation?: (what: string) => void) {
    this.#scheduler = scheduler
    this.#latency = new SyncLatency(random)
    this.#crashRandom = random.fork('crash')
    this.#flipRandom = random.fork('flip')
    this.#onOperation = onOperation
    this.#finish = this.#finisher()
  }

  /** Whether the node that has it open was given an error or a wrong bit. */
  get isHurt(): boolean {
    return this.#isHurt
  }

  /** The disk as one life of the node sees it. */
  open(enter: Enter): Disk {
    this.#isHurt = false
    const push = (asked: Asked): void => {
      this.#queue.push({ asked, enter })
      this.#beginNext()
    }
    return {
      list: (done) => push({ do: 'list', done }),
      size: (name, done) => push({ do: 'size', name, done }),
      read: (name, offset, length, done) => push({ do: 'read', name, offset, length, done }),
      append: (name, bytes, done) => push({ do: 'append', name, bytes, done }),
      truncate: (name, length, done) => push({ do: 'truncate', name, length, done }),
      rename: (name, to, done) => push({ do: 'rename', name, to, done }),
      remove: (name, done) => push({ do: 'remove', name, done }),
      sync: (what, done) => push({ do: 'sync', name: what === 'directory' ? undefined : what.file, done }),
    }
  }

  /** The node was killed: what it had asked for and not got is lost, or half done. */
  kill(): void {
    const current = this.#isRunning ? this.#queue[0] : undefined
    if (current && !this.#errorOf(current.asked)) this.#interrupt(current.asked)
    this.#queue = []
    this.#isRunning = false
    this.#finish = this.#finisher()
  }

  /** As `kill`, and what was not synced may be gone. */
  cutPower(): void {
    this.kill()
    this.#files.losePower(this.#crashRandom)
  }

  slow(latencyUs: number): void {
    this.#slowUs = latencyUs
  }

  fail(kind: 'eio' | 'enospc'): void {
    this.#failure = kind
  }

  /** Gives file and byte of the bit that it turned; nothing where there was none to turn. */
  flip(): string | undefined {
    return this.#files.flip(this.#flipRandom)
  }

  /** How many operations were slowed down, and how many failed. */
  heal(): { slowed: number; failed: number } {
    const counts = this.#counts
    this.#slowUs = 0
    this.#failure = undefined
    this.#counts = { slowed: 0, failed: 0 }
    this.#files.mend()
    return counts
  }

  #beginNext(): void {
    const next = this.#queue[0]
    if (this.#isRunning || !next) return
    this.#isRunning = true
    const latencyUs = next.asked.do === 'sync' ? this.#latency.nextUs() : 20
    if (this.#slowUs > 0) this.#counts.slowed++
    this.#scheduler.post(latencyUs + this.#slowUs, this.#finish)
  }

  /** One for each life, as an operation that was under way at a kill must not end the next life's first one. */
  #finisher(): () => void {
    const finish = (): void => {
      if (finish !== this.#finish) return
      const operation = this.#queue.shift()
      if (!operation) return
      this.#isRunning = false
      const { asked, enter } = operation
      this.#onOperation?.(`disk ${asked.do}`)
      const error = this.#errorOf(asked)
      if (error) this.#refuse(asked, error, enter)
      else this.#perform(asked, enter)
      if (finish === this.#finish) this.#beginNext()
    }
    return finish
  }

  #perform(asked: Asked, enter: Enter): void {
    switch (asked.do) {
      case 'list': {
        const names = this.#files.list()
        return enter(() => asked.done(undefined, names))
      }
      case 'size': {
        const bytes = this.#files.get(asked.name)?.length ?? 0
        return enter(() => asked.done(undefined, bytes))
      }
      case 'read': {
        const file = this.#files.get(asked.name)
        if (file?.hasFlipIn(asked.offset, asked.length)) this.#isHurt = true
        const bytes = file?.read(asked.offset, asked.length) ?? new Uint8Array()
        return enter(() => asked.done(undefined, bytes))
      }
      case 'append':
        this.#files.append(asked.name, asked.bytes)
        return enter(asked.done)
      case 'truncate':
        this.#files.get(asked.name)?.truncate(asked.length)
        return enter(asked.done)
      case 'rename': {
        const isDone = this.#files.rename(asked.name, asked.to)
        return enter(isDone ? asked.done : () => asked.done(new Error(`no such file: ${asked.name}`)))
      }
      case 'remove':
        this.#files.remove(asked.name)
        return enter(asked.done)
      case 'sync':
        if (asked.name === undefined) this.#files.syncDirectory()
        else this.#files.get(asked.name)?.sync()
        return enter(asked.done)
      default:
        return asked satisfies never
    }
  }

  /** Does a part of it, as a kill in its middle would. */
  #interrupt(asked: Asked): void {
    const random = this.#crashRandom
    switch (asked.do) {
      case 'append':
        this.#files.append(asked.name, asked.bytes.subarray(0, random.below(asked.bytes.length + 1)))
        return
      case 'truncate':
      case 'rename':
      case 'remove':
      case 'sync':
        if (random.chance(0.5)) this.#perform({ ...asked, done: () => undefined }, () => undefined)
        return
      case 'list':
      case 'size':
      case 'read':
        return
      default:
        return asked satisfies never
    }
  }

  #errorOf(asked: Asked): Error | undefined {
    if (this.#failure === 'eio') return new Error(`EIO: input/output error, ${asked.do}`)
    if (this.#failure === 'enospc' && asked.do === 'append') return new Error('ENOSPC: no space left on device, append')
    return undefined
  }

  #refuse(asked: Asked, error: Error, enter: Enter): void {
    this.#isHurt = true
    this.#counts.failed++
    // What fits is written, as a full disk does.
    if (this.#failure === 'enospc') this.#interrupt(asked)
    switch (asked.do) {
      case 'list':
        return enter(() => asked.done(error, []))
      case 'size':
        return enter(() => asked.done(error, 0))
      case 'read':
        return enter(() => asked.done(error, new Uint8Array()))
      default:
        return enter(() => asked.done(error))
    }
  }
}

/** How long a sync takes: drawn per disk, on some disks now and then much longer. */
class SyncLatency {
  #random: Random
  #baseUs: number
  #jitterUs: number
  #stallChance: number

  constructor(random: Random) {
    this.#random = random
    this.#baseUs = random.between(50, 400)
    this.#jitterUs = random.between(20, 400)
    this.#stallChance = random.pick([0, 0, 0.0005, 0.005])
  }

  nextUs(): number {
    const us = this.#baseUs + this.#random.below(this.#jitterUs)
    return this.#stallChance > 0 && this.#random.chance(this.#stallChance) ? us + this.#random.below(30_000) : us
  }
}
