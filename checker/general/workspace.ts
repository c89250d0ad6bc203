/**
 * The arrays that a search works on. They are used again by the next one: to allocate and clear them takes longer than
 * to decide a small history. Each search takes a workspace for itself, so that one that is started inside a model's
 * step, or beside another, finds a different one.
 */

import { roomFor } from '../ints.ts'
import { Cache } from './cache.ts'
import { Entries } from './entries.ts'
import { MachineTables } from './machine.ts'

const idle: Workspace[] = []
const mostIdle = 4
/** A workspace that holds more operations than this is not kept. */
const keptOperations = 1 << 16

export class Workspace {
  readonly entries = new Entries()
  readonly tables = new MachineTables()
  readonly cache = new Cache()
  /** By number of operation. */
  classes = new Int32Array(64)
  done = new Int32Array(64)
  trail = new Int32Array(64)
  best = new Int32Array(64)
  frames = new Int32Array(512)
  moves = new Int32Array(512)

  /** By class of operation. */
  seenAt = new Int32Array(64)
  moveOf = new Int32Array(64)
  isEager = new Int32Array(64)

  static take(): Workspace {
    return idle.pop() ?? new Workspace()
  }

  giveBack(): void {
    if (idle.length >= mostIdle || this.classes.length > keptOperations) return
    this.tables.reset()
    this.cache.release()
    idle.push(this)
  }

  makeRoom(operations: number): void {
    this.classes = roomFor(this.classes, operations + 1)
    this.done = roomFor(this.done, operations + 1)
    this.trail = roomFor(this.trail, operations + 1)
    this.best = roomFor(this.best, operations + 1)
  }

  makeRoomForClasses(count: number): void {
    this.seenAt = roomFor(this.seenAt, count)
    this.moveOf = roomFor(this.moveOf, count)
    this.isEager = roomFor(this.isEager, count)
  }
}
