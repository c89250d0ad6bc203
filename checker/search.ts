/**
 * Decides whether the operations of one partition can be put in an order that respects time and that the model
 * accepts. Depth-first search over configurations (required operations linearized, state, pending operations used)
 * after Wing & Gong 1993, with the memory of configurations of Lowe 2017 ("Testing for linearizability", section 4)
 * kept for a window: all operations before the first that is not linearized need no bit. Rules that prune stand in
 * `rules`, each with the reason why it loses nothing.
 *
 * Why pruning against configurations that were merely visited (not only against those that failed) is sound, with
 * all rules on: suppose a visited configuration can be completed and the search still fails. Take, of all visited
 * ones that can be completed, one with the fewest operations left to place. All its moves were tried, so the first
 * operation of its shortest completion led to a configuration that was visited, or was pruned in favour of one that
 * can be completed in no more operations and was itself visited: one with fewer left. A contradiction.
 */
import { Bitset } from './bitset.ts'
import { Cache } from './cache.ts'
import { Entries } from './entries.ts'
import { Machine } from './machine.ts'
import type { Model } from './model.ts'
import type { Operation } from './operation.ts'

export interface Rules {
  /**
   * A read-only operation that fits is linearized at once, without an alternative. Sound: in any completion it can
   * be moved forward to this moment; it is after its call, the state accepts it, and no other operation notices.
   * Pending read-only operations are left out: they are never needed, for the same reason.
   */
  readonly readOnly: boolean
  /**
   * Of two operations with equal input and output, the one that was called and returned first goes first. Sound: in
   * any completion the two can change places, since each then still lies within its interval.
   */
  readonly symmetry: boolean
  /**
   * A configuration is not looked at if one with the same required operations and the same state was reached with a
   * subset of its pending operations. Sound: any completion of the one is a completion of the other.
   */
  readonly dominance: boolean
  /**
   * A pending operation must matter to the operation that follows it: if without it the same operation leads to the
   * same state, the pending one was wasted. Sound: that is the configuration that dominates, and it is visited too,
   * from the configuration before the pending operation; so this is dominance, noticed early.
   */
  readonly necessity: boolean
  /**
   * The search turns back where the model says that the operation with the next return can never be accepted any
   * more. Sound: it must be placed before that return. (Other open operations would do as well, but then an illegal
   * history would not be blamed on the first return that can not be passed.)
   */
  readonly lookahead: boolean
}

export const allRules: Rules = { readOnly: true, symmetry: true, dominance: true, necessity: true, lookahead: true }
export const noRules: Rules = { readOnly: false, symmetry: false, dominance: false, necessity: false, lookahead: false }

export interface SearchOptions {
  readonly rules: Rules
  /** Whether configurations are remembered. Without it the search is Wing & Gong's own, for tests and tiny cores. */
  readonly hasMemory: boolean
  /** The most configurations to expand. */
  readonly budget: number
  /** Asked now and then; the search gives up when it says so. */
  readonly isOver: () => boolean
}

/** Operations are given as indexes into the searched list. */
export interface SearchResult {
  readonly verdict: 'valid' | 'illegal' | 'unknown'
  /** A linearization if valid, else the one that passed the most returns. Pending operations not used are missing. */
  readonly order: readonly number[]
  /** Unless valid: the operation whose return no linearization passed (if unknown: so far). */
  readonly stuck: number | undefined
  /** Configurations expanded. */
  readonly explored: number
}

const maximumStates = 1 << 23
const clockStride = 1024

export function search<S, I, O>(
  model: Model<S, I, O>,
  operations: readonly Operation<I, O>[],
  options: SearchOptions,
): SearchResult {
  return new Search(model, operations, options).run()
}

/** What is needed to try the next move of a configuration, and to leave it again. */
interface Frame {
  readonly state: number
  /** Where this configuration's moves end, and the next one to try, in the stack of moves. */
  readonly firstMove: number
  nextMove: number
  /** How long the trail is once this configuration has been left. */
  readonly trailBefore: number
  readonly highestBefore: number
  /** The entry of the first return that has not been passed. */
  readonly barrier: number
  /** The state before the pending operation that led here, if nothing else was linearized since; else -1. */
  readonly stateBeforePending: number
}

class Search<S, I, O> {
  readonly #options: SearchOptions
  readonly #rules: Rules
  readonly #machine: Machine<S, I, O>
  readonly #entries: Entries
  readonly #cache: Cache
  /** The class of each required operation. */
  readonly #classes: readonly number[]
  /** Groups of pending operations that are alike: their class in the machine, and who they are, in call order. */
  readonly #groups: readonly PendingGroup[]
  /** How many of each group are linearized. */
  readonly #used: Int32Array
  readonly #linearized: Bitset
  #remaining: number
  #highest = -1
  /** What is linearized, in order: a required operation's number, or ~group. */
  readonly #trail: number[] = []
  /** Moves of the configurations on the stack, flat: operation as in the trail, next state. */
  readonly #moves: number[] = []
  readonly #frames: Frame[] = []
  readonly #key: Int32Array
  #explored = 0
  #bestTrail: readonly number[] = []
  #bestBarrier = -1

  constructor(model: Model<S, I, O>, operations: readonly Operation<I, O>[], options: SearchOptions) {
    this.#options = options
    this.#rules = options.rules
    this.#machine = new Machine(model)
    this.#entries = new Entries(operations)
    this.#cache = new Cache(options.rules.dominance)
    const classes = operations.map((operation) => this.#machine.classOf(operation))
    this.#classes = this.#entries.required.map((index) => classes[index] ?? 0)
    this.#groups = this.#groupPending(classes)
    this.#used = new Int32Array(this.#groups.length)
    this.#remaining = this.#entries.required.length
    this.#linearized = new Bitset(this.#remaining)
    this.#key = new Int32Array(this.#linearized.words.length + 2)
  }

  #groupPending(classes: readonly number[]): readonly PendingGroup[] {
    const groups = new Map<number, PendingGroup>()
    for (const [i, index] of this.#entries.pending.entries()) {
      const operationClass = classes[index] ?? 0
      if (this.#rules.readOnly && this.#machine.isReadOnly(operationClass)) continue
      const name = this.#rules.symmetry ? operationClass : i
      let group = groups.get(name)
      if (group === undefined) {
        group = { class: operationClass, members: [], calls: [] }
        groups.set(name, group)
      }
      group.members.push(index)
      group.calls.push(this.#entries.pendingCall[i] ?? 0)
    }
    return [...groups.values()]
  }

  run(): SearchResult {
    if (this.#enter(this.#machine.initial, 0, -1, -1)) return this.#result('valid', this.#trail)
    for (let frame = this.#frames.at(-1); frame !== undefined; frame = this.#frames.at(-1)) {
      if (frame.nextMove >= this.#moves.length) {
        this.#leave(frame)
        continue
      }
      if (this.#explored >= this.#options.budget || this.#isOver()) {
        this.#keepIfBest(frame)
        return this.#result('unknown', this.#bestTrail)
      }
      const move = this.#moves[frame.nextMove] ?? 0
      const state = this.#moves[frame.nextMove + 1] ?? 0
      frame.nextMove += 2
      if (this.#isWasted(frame, move, state)) continue
      const trailBefore = this.#trail.length
      const highestBefore = this.#highest
      this.#linearize(move)
      if (this.#enter(state, trailBefore, highestBefore, move < 0 ? frame.state : -1)) {
        return this.#result('valid', this.#trail)
      }
    }
    return this.#result('illegal', this.#bestTrail)
  }

  /** Rule `necessity`. */
  #isWasted(frame: Frame, move: number, state: number): boolean {
    if (!this.#rules.necessity) return false
    if (move < 0 && state === frame.state) return true
    if (frame.stateBeforePending < 0) return false
    return this.#machine.successors(frame.stateBeforePending, this.#classOfMove(move)).includes(state)
  }

  /** Goes to a configuration, and leaves it at once if nothing can come of it. True if all required are placed. */
  #enter(state: number, trailBefore: number, highestBefore: number, stateBeforePending: number): boolean {
    const trailAtEntry = this.#trail.length
    if (this.#rules.readOnly) this.#linearizeReadOnly(state)
    if (this.#remaining === 0) return true
    if (this.#options.hasMemory && !this.#cache.add(this.#key, this.#writeKey(state), this.#used)) {
      this.#undo(trailBefore, highestBefore)
      return false
    }
    this.#explored++
    const firstMove = this.#moves.length
    const barrier = this.#findMoves(state)
    const isDirect = this.#trail.length === trailAtEntry
    this.#frames.push({
      state,
      firstMove,
      nextMove: firstMove,
      trailBefore,
      highestBefore,
      barrier,
      stateBeforePending: isDirect ? stateBeforePending : -1,
    })
    return false
  }

  #leave(frame: Frame): void {
    this.#keepIfBest(frame)
    this.#frames.pop()
    this.#moves.length = frame.firstMove
    this.#undo(frame.trailBefore, frame.highestBefore)
  }

  /** Rule `readOnly`: the state stays, so one walk over the candidates finds all that fit. */
  #linearizeReadOnly(state: number): void {
    const entries = this.#entries
    let entry = entries.after(entries.anchor)
    while (entry !== entries.anchor && (entry & 1) === 0) {
      const operation = entry >> 1
      const operationClass = this.#classes[operation] ?? 0
      if (this.#machine.isReadOnly(operationClass) && this.#machine.successors(state, operationClass).length > 0) {
        const before = entries.before(entry)
        this.#linearize(operation)
        entry = entries.after(before)
      } else {
        entry = entries.after(entry)
      }
    }
  }

  /** Pushes all moves: the operations called before the first return, then pending ones. Returns that barrier. */
  #findMoves(state: number): number {
    const entries = this.#entries
    const firstMove = this.#moves.length
    const earliestReturn = new Map<number, number>()
    let entry = entries.after(entries.anchor)
    for (; (entry & 1) === 0 && entry !== entries.anchor; entry = entries.after(entry)) {
      const operation = entry >> 1
      const operationClass = this.#classes[operation] ?? 0
      if (this.#rules.symmetry) {
        const returns = entries.positionOf(entry + 1)
        if ((earliestReturn.get(operationClass) ?? Number.POSITIVE_INFINITY) <= returns) continue
        earliestReturn.set(operationClass, returns)
      }
      for (const next of this.#machine.successors(state, operationClass)) this.#moves.push(operation, next)
    }
    const barrierAt = entries.positionOf(entry)
    for (const [group, { class: operationClass, calls }] of this.#groups.entries()) {
      if ((calls[this.#used[group] ?? 0] ?? Number.POSITIVE_INFINITY) > barrierAt) continue
      for (const next of this.#machine.successors(state, operationClass)) this.#moves.push(~group, next)
    }
    const stuckClass = this.#classes[entry >> 1] ?? 0
    if (this.#rules.lookahead && this.#machine.isLost(state, stuckClass)) this.#moves.length = firstMove
    return entry
  }

  #linearize(move: number): void {
    this.#trail.push(move)
    if (move < 0) {
      this.#used[~move] = (this.#used[~move] ?? 0) + 1
      return
    }
    this.#entries.lift(move)
    this.#linearized.add(move)
    this.#remaining--
    if (move > this.#highest) this.#highest = move
  }

  #undo(trailLength: number, highest: number): void {
    while (this.#trail.length > trailLength) {
      const move = this.#trail.pop() ?? 0
      if (move < 0) {
        this.#used[~move] = (this.#used[~move] ?? 0) - 1
      } else {
        this.#entries.unlift(move)
        this.#linearized.remove(move)
        this.#remaining++
      }
    }
    this.#highest = highest
  }

  /** The state and the window of linearized operations: from the first that is not to the last that is. */
  #writeKey(state: number): number {
    const firstOpen = this.#entries.after(this.#entries.anchor) >> 1
    const base = firstOpen >>> 5
    this.#key[0] = state
    this.#key[1] = base
    let length = 2
    for (let word = base; word <= this.#highest >> 5; word++) this.#key[length++] = this.#linearized.words[word] ?? 0
    return length
  }

  #keepIfBest(frame: Frame): void {
    const barrier = this.#entries.positionOf(frame.barrier)
    if (barrier <= this.#bestBarrier) return
    this.#bestBarrier = barrier
    this.#bestTrail = [...this.#trail]
  }

  #classOfMove(move: number): number {
    return (move < 0 ? this.#groups[~move]?.class : this.#classes[move]) ?? 0
  }

  #isOver(): boolean {
    if (this.#machine.stateCount > maximumStates) return true
    return this.#explored % clockStride === 0 && this.#options.isOver()
  }

  #result(verdict: SearchResult['verdict'], trail: readonly number[]): SearchResult {
    const used = new Int32Array(this.#groups.length)
    const order = trail.map((move) => {
      if (move >= 0) return this.#entries.required[move] ?? 0
      const count = used[~move] ?? 0
      used[~move] = count + 1
      return this.#groups[~move]?.members[count] ?? 0
    })
    const stuck = verdict === 'valid' ? undefined : this.#stuck()
    return { verdict, order, stuck, explored: this.#explored }
  }

  #stuck(): number | undefined {
    const { required, anchor } = this.#entries
    for (let entry = 1; entry < anchor; entry += 2) {
      if (this.#entries.positionOf(entry) === this.#bestBarrier) return required[entry >> 1]
    }
    return undefined
  }
}

interface PendingGroup {
  readonly class: number
  readonly members: number[]
  readonly calls: number[]
}
