/**
 * A disk in memory. Operations run one after another, each after a latency; a kill loses the ones not begun, and of
 * the one under way a random part is done, so that a node must survive being killed at any byte.
 */
import type { Clock, Disk, Done } from '../env.ts'
import type { Random } from '../random.ts'

interface File {
  bytes: Uint8Array
  length: number
}

interface Operation {
  readonly latencyUs: number
  /** Does it, and gives what to call afterwards. */
  readonly perform: () => () => void
  /** Does a part of it, as a kill in its middle would. */
  readonly interrupt: () => void
}

/** What stays when a node is killed: its files. */
export class SimDisk {
  #clock: Clock
  #random: Random
  #files = new Map<string, File>()
  #queue: Operation[] = []
  #isRunning = false
  #life = 0

  constructor(clock: Clock, random: Random) {
    this.#clock = clock
    this.#random = random
  }

  /** The disk as one life of the node sees it; `enter` runs a callback inside the node if that life still lasts. */
  open(enter: (run: () => void) => void): Disk {
    const push = (latencyUs: number, perform: () => () => void, interrupt: () => void = () => undefined): void => {
      this.#queue.push({ latencyUs, perform: () => enterAfter(enter, perform()), interrupt })
      this.#work()
    }
    const disk: Disk = {
      list: (done) => push(20, () => () => done(undefined, [...this.#files.keys()].sort())),
      size: (name, done) => push(5, () => () => done(undefined, this.#files.get(name)?.length ?? 0)),
      read: (name, offset, length, done) =>
        push(20, () => {
          const file = this.#files.get(name)
          const bytes = file
            ? file.bytes.slice(Math.min(offset, file.length), Math.min(offset + length, file.length))
            : new Uint8Array()
          return () => done(undefined, bytes)
        }),
      append: (name, bytes, done) =>
        push(
          20,
          () => this.#append(name, bytes, done),
          () => this.#append(name, bytes.subarray(0, this.#random.below(bytes.length + 1)), () => undefined),
        ),
      truncate: (name, length, done) => push(20, () => this.#truncate(name, length, done)),
      rename: (from, to, done) => this.#atomic(push, () => this.#rename(from, to), done),
      remove: (name, done) => this.#atomic(push, () => this.#remove(name), done),
      sync: (_what, done) => push(this.#random.between(60, 400), () => () => done()),
    }
    return disk
  }

  /** The node was killed: what it had asked for and not got is lost, or half done. */
  kill(): void {
    const current = this.#isRunning ? this.#queue[0] : undefined
    if (current) current.interrupt()
    this.#queue = []
    this.#isRunning = false
    this.#life++
  }

  #atomic(
    push: (latencyUs: number, perform: () => () => void, interrupt: () => void) => void,
    change: () => Error | undefined,
    done: Done,
  ): void {
    push(
      30,
      () => {
        const error = change()
        return () => done(error)
      },
      () => {
        if (this.#random.chance(0.5)) change()
      },
    )
  }

  #work(): void {
    const next = this.#queue[0]
    if (this.#isRunning || !next) return
    this.#isRunning = true
    const life = this.#life
    this.#clock.after(next.latencyUs, () => {
      if (life !== this.#life) return
      const after = next.perform()
      this.#queue.shift()
      this.#isRunning = false
      after()
      this.#work()
    })
  }

  #append(name: string, bytes: Uint8Array, done: Done): () => void {
    const file = this.#files.get(name) ?? { bytes: new Uint8Array(1024), length: 0 }
    this.#files.set(name, file)
    const length = file.length + bytes.length
    if (length > file.bytes.length) {
      const grown = new Uint8Array(Math.max(length, file.bytes.length * 2))
      grown.set(file.bytes.subarray(0, file.length))
      file.bytes = grown
    }
    file.bytes.set(bytes, file.length)
    file.length = length
    return () => done()
  }

  #truncate(name: string, length: number, done: Done): () => void {
    const file = this.#files.get(name)
    if (file) file.length = Math.min(file.length, length)
    return () => done()
  }

  #rename(from: string, to: string): Error | undefined {
    const file = this.#files.get(from)
    if (!file) return new Error(`no such file: ${from}`)
    this.#files.delete(from)
    this.#files.set(to, file)
    return undefined
  }

  #remove(name: string): undefined {
    this.#files.delete(name)
  }
}

function enterAfter(enter: (run: () => void) => void, after: () => void): () => void {
  return () => enter(after)
}
