/**
 * The part of a history that a plan is for: what is open at a configuration, and what is called in the levels after it.
 * Kept by *node*: a number below `count` for each operation, pending or not; node 0 is the state, as if what put it
 * returned now. By value there are two chains of what puts it: one in the order of calls, and one of what is pending.
 */
import { roomFor } from '../../ints.ts'
import { kinds, open } from '../columns.ts'
import type { Walk } from '../search-walk.ts'

const none = -1
/** How long before an observer's call what it meets may have returned, in positions. */
const longestGap = 16
/** How many pending operations of a class there are at most. Fewer loses only foresight. */
const mostMembers = 4

export class Stretch {
  count = 0
  /** The first level that is not part of it. */
  end = 0
  /** Nodes from here on are pending. */
  firstPending = 0
  /** What it is; see `Walk.nameOf`. */
  name = new Int32Array(0)
  /** What the node meets, and what it puts; -1 for nothing. */
  meets = new Int32Array(0)
  puts = new Int32Array(0)
  call = new Int32Array(0)
  returns = new Int32Array(0)
  /** What it meets was put by something that returned at this position or later. */
  since = new Int32Array(0)
  /** Whether it has to meet its value, be what it puts of use or not; else it is pending, or returns after the stretch. */
  isRequired = new Int32Array(0)
  /** The next in the chain of those that put the same. */
  nextPutting = new Int32Array(0)
  /** By value: the first of the chain, and of that of pending ones; -1 if there is none. */
  readonly firstPutting: Int32Array
  readonly firstPendingPutting: Int32Array
  readonly #lastPutting: Int32Array
  readonly #walk: Walk
  /** By operation: where its window begins (`windows.ts`). */
  readonly #windows: Int32Array
  /** By name: its node, if the node has that name. */
  readonly #node: Int32Array

  constructor(walk: Walk, windows: Int32Array) {
    const { count, pending, values } = walk.history
    this.#walk = walk
    this.#windows = windows
    this.#node = new Int32Array(count + pending.members + 1)
    this.firstPutting = new Int32Array(values).fill(none)
    this.firstPendingPutting = new Int32Array(values).fill(none)
    this.#lastPutting = new Int32Array(values)
  }

  /** The node of an operation; -1 if it is not part of the stretch. */
  nodeOf(name: number): number {
    const node = this.#node[name] ?? none
    return node < this.count && this.name[node] === name ? node : none
  }

  isSwap(node: number): boolean {
    return this.meets[node] !== none && this.puts[node] !== none
  }

  /** Makes it that of the walk's configuration and so many levels from there. */
  take(levels: number): void {
    const { history, level, cut, called, inSlot, open: masks, words } = this.#walk
    const { byReturn, returns, call } = history
    this.#unchain()
    this.count = 0
    this.end = Math.min(cut, level + levels)
    const until = returns[byReturn[this.end - 1] ?? 0] ?? open
    this.#addState()
    for (let word = 0; word < words; word++) {
      let rest = 0
      for (let mask = 0; mask < 4; mask++) rest |= masks[mask * words + word] ?? 0
      for (; rest !== 0; rest &= rest - 1) this.#add(inSlot[(word << 5) + 31 - Math.clz32(rest & -rest)] ?? 0)
    }
    // Operations are numbered by their calls.
    this.name.subarray(1, this.count).sort()
    for (let i = called; i < history.count && (call[i] ?? 0) < until; i++) this.#add(i)
    for (let node = 1; node < this.count; node++) this.#describe(node, until)
    this.firstPending = this.count
    this.#addPending(until)
    this.#chain()
  }

  #addState(): void {
    const { history, due, state } = this.#walk
    const name = this.#walk.lastShown()
    this.#add(name)
    if (name >= 0) this.#node[name] = 0
    this.meets[0] = none
    this.puts[0] = state
    this.call[0] = none
    this.returns[0] = history.returns[due] ?? 0
    this.isRequired[0] = 0
  }

  #add(name: number): number {
    if (this.count >= this.name.length) this.#grow()
    this.name[this.count] = name
    return this.count++
  }

  #describe(node: number, until: number): void {
    const { kind, value, next, call, returns } = this.#walk.history
    const i = this.name[node] ?? 0
    const v = value[i] ?? 0
    const k = kind[i]
    this.#node[i] = node
    this.meets[node] = k === kinds.read || k === kinds.cas ? v : none
    this.puts[node] = k === kinds.write ? v : k === kinds.cas ? (next[i] ?? 0) : none
    this.call[node] = call[i] ?? 0
    this.returns[node] = returns[i] ?? 0
    this.since[node] = Math.max(this.#windows[i] ?? none, (call[i] ?? 0) - longestGap)
    this.isRequired[node] = (returns[i] ?? 0) <= until ? 1 : 0
  }

  #addPending(until: number): void {
    const { history, classInSlot, begun, level } = this.#walk
    const { pending } = history
    for (let slot = 0; slot < pending.slots; slot++) {
      const c = classInSlot[slot] ?? none
      if (c >= 0 && (pending.lastLevel[c] ?? 0) >= level) this.#addClass(c, until)
    }
    for (let c = begun; c < pending.count; c++) {
      if ((pending.memberCall[pending.start[c] ?? 0] ?? 0) >= until) break
      this.#addClass(c, until)
    }
  }

  #addClass(c: number, until: number): void {
    const { history, used } = this.#walk
    const { start, size, from, to, memberCall } = history.pending
    const first = (start[c] ?? 0) + (used[c] ?? 0)
    const end = Math.min((start[c] ?? 0) + (size[c] ?? 0), first + mostMembers)
    for (let member = first; member < end && (memberCall[member] ?? 0) < until; member++) {
      const node = this.#add(history.count + member)
      this.#node[history.count + member] = node
      this.meets[node] = from[c] ?? none
      this.puts[node] = to[c] ?? 0
      this.call[node] = memberCall[member] ?? 0
      this.returns[node] = open
      this.since[node] = memberCall[member] ?? 0
      this.isRequired[node] = 0
    }
  }

  #chain(): void {
    this.#chainUp(this.firstPutting, 0, this.firstPending)
    this.#chainUp(this.firstPendingPutting, this.firstPending, this.count)
  }

  #chainUp(first: Int32Array, from: number, to: number): void {
    for (let node = from; node < to; node++) {
      const value = this.puts[node] ?? none
      if (value === none) continue
      if (first[value] === none) first[value] = node
      else this.nextPutting[this.#lastPutting[value] ?? 0] = node
      this.nextPutting[node] = none
      this.#lastPutting[value] = node
    }
  }

  #unchain(): void {
    for (let node = 0; node < this.count; node++) {
      const value = this.puts[node] ?? none
      if (value === none) continue
      this.firstPutting[value] = none
      this.firstPendingPutting[value] = none
    }
  }

  #grow(): void {
    const room = 2 * this.name.length + 256
    this.name = roomFor(this.name, room)
    this.meets = roomFor(this.meets, room)
    this.puts = roomFor(this.puts, room)
    this.call = roomFor(this.call, room)
    this.returns = roomFor(this.returns, room)
    this.since = roomFor(this.since, room)
    this.nextPutting = roomFor(this.nextPutting, room)
    this.isRequired = roomFor(this.isRequired, room)
  }
}
