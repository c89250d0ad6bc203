/** The depth-first walk of the general search over the configurations of one history; see `search.ts`. */

import { at, type Ints, roomFor } from '../ints.ts'
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import { outOfWork } from '../procedure.ts'
import type { Cache } from './cache.ts'
import type { Entries } from './entries.ts'
import { Footprint } from './footprint.ts'
import { Foresight } from './foresight.ts'
import { lost, Machine } from './machine.ts'
import { PendingGroups } from './pending-groups.ts'
import { Position } from './position.ts'
import type { Rules } from './rules.ts'
import type { SearchOptions, SearchResult } from './search.ts'
import type { Workspace } from './workspace.ts'

const maximumStates = 1 << 23
const defaultBytes = 2 ** 30
/** After how many moves the limits of time and memory are looked at. */
const clockStride = 1024

/** A frame: what is needed to try the next move of a configuration, and to leave it again. Offsets in words. */
const frameWords = 5
const stateAt = 0
const firstMoveAt = 1
const nextMoveAt = 2
/** How long the trail is, and which returns are passed, once the configuration has been left. */
const trailBeforeAt = 3
const levelBeforeAt = 4

/**
 * How far ahead the rule `foresight` looks. Near: it leaves out only what can not come further than the search already
 * came, so that an illegal verdict surely names the first return that can not be passed.
 */
export type Horizon = 'open' | 'near'

export class Walk<S, I, O> {
  readonly #options: SearchOptions
  readonly #rules: Rules
  readonly #workspace: Workspace
  readonly #machine: Machine<S, I, O>
  readonly #entries: Entries
  readonly #cache: Cache
  readonly #groups: PendingGroups
  readonly #footprint: Footprint | undefined
  readonly #foresight: Foresight<S, I, O> | undefined
  /** The user's order of trying, by number of operation. */
  readonly #order: Float64Array | undefined
  /** The class of each operation. */
  readonly #classes: Int32Array
  /** 1 for classes that are placed as soon as they fit. */
  readonly #isEager: Int32Array
  readonly #hasEager: boolean
  readonly #position: Position
  /** Moves of the configurations on the stack, flat: operation as in the trail, next state. */
  #moves: Ints
  #movesEnd = 0
  #frames: Ints
  #framesEnd = 0
  /** Per class, the last time that its moves were looked for, and where the move stands (-1: there is none). */
  readonly #seenAt: Int32Array
  readonly #moveOf: Int32Array
  #time = 0
  #explored = 0
  /** Moves, also those that led to a configuration seen before. */
  #tried = 0
  #bestLevel = -1
  #bestLength = 0
  /** The most returns before one that foresight said can not be passed. */
  #foreseen = -1
  readonly #horizon: Horizon

  constructor(
    model: Model<S, I, O>,
    operations: readonly Operation<I, O>[],
    options: SearchOptions,
    workspace: Workspace,
    horizon: Horizon,
  ) {
    this.#options = options
    this.#horizon = horizon
    this.#rules = options.rules
    this.#workspace = workspace
    workspace.makeRoom(operations.length + 1)
    this.#entries = workspace.entries
    this.#entries.reset(operations)
    this.#machine = new Machine(model, workspace.tables, options.context)
    this.#classes = workspace.classes
    this.#moves = workspace.moves
    this.#frames = workspace.frames
    const { required, index } = this.#entries
    for (let number = 0; number <= operations.length; number++) {
      const operation = number === required ? undefined : operations[at(index, number)]
      if (operation !== undefined) this.#classes[number] = this.#machine.classOf(operation)
    }
    const { classCount } = this.#machine
    workspace.makeRoomForClasses(classCount)
    this.#seenAt = workspace.seenAt.fill(0, 0, classCount)
    this.#moveOf = workspace.moveOf
    this.#isEager = workspace.isEager
    let hasEager = false
    for (let each = 0; each < classCount; each++) {
      const isEager = this.#rules.readOnly && this.#machine.isReadOnly(each)
      this.#isEager[each] = isEager ? 1 : 0
      hasEager ||= isEager
    }
    this.#hasEager = hasEager
    this.#groups = new PendingGroups(this.#entries, this.#classes, this.#isEager, this.#rules.symmetry)
    this.#foresight = this.#rules.foresight
      ? Foresight.of(model, operations, this.#entries, this.#machine, this.#classes)
      : undefined
    this.#footprint = this.#rules.footprint
      ? Footprint.of(model, operations, this.#entries, this.#classes, classCount)
      : undefined
    this.#order = model.order && this.#orderBy(operations, (operation) => model.order?.(operation) ?? 0)
    this.#position = new Position(workspace, this.#isEager, hasEager, this.#groups, this.#foresight)
    const { configuration, keyLength } = this.#position
    this.#cache = workspace.cache
    // Where nothing dominates, all bits tell configurations apart.
    this.#cache.reset(this.#rules.dominance ? keyLength : configuration.length, this.#maxBytes)
  }

  #orderBy(operations: readonly Operation<I, O>[], order: (operation: Operation<I, O>) => number): Float64Array {
    const { index, required } = this.#entries
    return Float64Array.from({ length: operations.length + 1 }, (_, number) => {
      const operation = number === required ? undefined : operations[at(index, number)]
      return operation === undefined ? 0 : order(operation)
    })
  }

  get #maxBytes(): number {
    return this.#options.maxBytes ?? defaultBytes
  }

  /** Whether an illegal verdict names the first return that can not be passed, and the longest order. */
  get isExact(): boolean {
    return this.#foreseen <= this.#bestLevel
  }

  run(): SearchResult {
    if (this.#enter(this.#machine.initial, 0, 0, -1)) return this.#result('valid')
    while (this.#framesEnd > 0) {
      const frames = this.#frames
      const frame = this.#framesEnd - frameWords
      const next = at(frames, frame + nextMoveAt)
      const firstMove = at(frames, frame + firstMoveAt)
      if (next >= this.#movesEnd) {
        this.#keepIfBest()
        this.#framesEnd = frame
        this.#movesEnd = firstMove
        this.#position.undo(at(frames, frame + trailBeforeAt), at(frames, frame + levelBeforeAt))
        continue
      }
      const reason = this.#reasonToStop()
      if (reason !== undefined) {
        this.#keepIfBest()
        return { ...this.#result('unknown'), reason }
      }
      const state = at(frames, frame + stateAt)
      const move = at(this.#moves, next)
      const to = at(this.#moves, next + 1)
      let trailBefore = this.#position.trailLength
      let levelBefore = this.#position.level
      if (next + 2 < this.#movesEnd) {
        frames[frame + nextMoveAt] = next + 2
      } else {
        // Nothing is left to come back for: whoever leaves the next configuration leaves this one too.
        this.#framesEnd = frame
        this.#movesEnd = firstMove
        trailBefore = at(frames, frame + trailBeforeAt)
        levelBefore = at(frames, frame + levelBeforeAt)
      }
      this.#foresight?.begin()
      this.#position.linearize(move)
      if (this.#enter(to, trailBefore, levelBefore, move < 0 ? state : -1)) return this.#result('valid')
    }
    const reason = this.#machine.hasExpired ? 'time is up' : undefined
    return reason === undefined ? this.#result('illegal') : { ...this.#result('unknown'), reason }
  }

  /** Goes to a configuration, and leaves it at once if nothing can come of it. True if all required are placed. */
  #enter(state: number, trailBefore: number, levelBefore: number, stateBeforePending: number): boolean {
    const trailAtEntry = this.#position.trailLength
    if (this.#hasEager) this.#linearizeEager(state)
    if (this.#position.remaining === 0) return true
    if (this.#isDoomed(state)) {
      this.#keepIfBest()
      this.#position.undo(trailBefore, levelBefore)
      return false
    }
    if (this.#options.hasMemory && !this.#isNew(state)) {
      // What was seen may be on the way that led here, and leave together with this configuration.
      this.#keepIfBest()
      this.#position.undo(trailBefore, levelBefore)
      return false
    }
    this.#explored++
    const firstMove = this.#movesEnd
    const isDirect = this.#position.trailLength === trailAtEntry
    this.#findMoves(state, isDirect ? stateBeforePending : -1)
    if (this.#movesEnd === firstMove) {
      this.#keepIfBest()
      this.#position.undo(trailBefore, levelBefore)
      return false
    }
    const frame = this.#framesEnd
    this.#framesEnd += frameWords
    if (this.#framesEnd > this.#frames.length) {
      this.#workspace.frames = this.#frames = roomFor(this.#frames, this.#framesEnd)
    }
    const frames = this.#frames
    frames[frame + stateAt] = state
    frames[frame + firstMoveAt] = firstMove
    frames[frame + nextMoveAt] = firstMove
    frames[frame + trailBeforeAt] = trailBefore
    frames[frame + levelBeforeAt] = levelBefore
    return false
  }

  /** Rule `foresight`. */
  #isDoomed(state: number): boolean {
    if (this.#foresight === undefined) return false
    const horizon = this.#horizon === 'open' ? this.#entries.required : Math.max(this.#bestLevel, this.#position.level)
    const level = this.#foresight.doom(state, horizon)
    if (level > this.#foreseen) this.#foreseen = level
    return level >= 0
  }

  #isNew(state: number): boolean {
    const { configuration, level } = this.#position
    configuration[0] = level
    configuration[1] = state
    return this.#cache.add(configuration, configuration.length)
  }

  /** Rule `readOnly`: the state stays, so one walk over the candidates finds all that fit. */
  #linearizeEager(state: number): void {
    const { next, call, return: returns, byReturn, required } = this.#entries
    let barrier = at(returns, at(byReturn, this.#position.level))
    for (let operation = at(next, required); at(call, operation) < barrier; operation = at(next, operation)) {
      const operationClass = at(this.#classes, operation)
      if (at(this.#isEager, operationClass) === 0) continue
      if (this.#machine.successor(state, operationClass) !== state) continue
      this.#position.linearize(operation)
      barrier = at(returns, at(byReturn, this.#position.level))
      if (this.#position.remaining === 0) return
    }
  }

  /**
   * Pushes all moves: the operations called before the first return that is not passed, then pending ones. `before`: the
   * state before the pending operation that led here, if nothing else was linearized since; else -1.
   */
  #findMoves(state: number, before: number): void {
    const { next, call, return: returns, byReturn, required } = this.#entries
    const machine = this.#machine
    const { symmetry, necessity, lookahead } = this.#rules
    const barrierOperation = at(byReturn, this.#position.level)
    const barrier = at(returns, barrierOperation)
    if (lookahead && machine.successor(state, at(this.#classes, barrierOperation)) === lost) return
    const moves = this.#roomForMoves()
    const footprint = this.#footprint
    if (footprint !== undefined) this.#findFootprint(footprint, barrierOperation)
    const time = ++this.#time
    let end = this.#movesEnd
    for (let operation = at(next, required); at(call, operation) < barrier; operation = at(next, operation)) {
      const operationClass = at(this.#classes, operation)
      if (footprint !== undefined && operation !== barrierOperation && !footprint.has(operationClass)) continue
      if (symmetry) {
        if (at(this.#seenAt, operationClass) === time) {
          const move = at(this.#moveOf, operationClass)
          if (move >= 0 && at(returns, operation) < at(returns, at(moves, move))) moves[move] = operation
          continue
        }
        this.#seenAt[operationClass] = time
        this.#moveOf[operationClass] = -1
      }
      const to = machine.successor(state, operationClass)
      if (to < 0) continue
      if (necessity && before >= 0 && machine.successor(before, operationClass) === to) continue
      if (symmetry) this.#moveOf[operationClass] = end
      moves[end++] = operation
      moves[end++] = to
    }
    const groups = this.#groups
    for (let group = 0; group < groups.count && at(groups.firstCall, group) < barrier; group++) {
      const operationClass = at(groups.class, group)
      if (footprint !== undefined && !footprint.has(operationClass)) continue
      if (symmetry && at(this.#seenAt, operationClass) === time) continue
      if (groups.nextCall(group) > barrier) continue
      const to = machine.successor(state, operationClass)
      if (to < 0) continue
      if (necessity && (to === state || (before >= 0 && machine.successor(before, operationClass) === to))) continue
      moves[end++] = ~group
      moves[end++] = to
    }
    if (this.#order !== undefined) this.#sortMoves(this.#order, this.#movesEnd, end)
    this.#movesEnd = end
  }

  /** Rule `footprint`: what is under way, pending operations too, joins its scopes until there is no more to join. */
  #findFootprint(footprint: Footprint, barrierOperation: number): void {
    const { next, call, return: returns, required } = this.#entries
    const groups = this.#groups
    const barrier = at(returns, barrierOperation)
    footprint.begin(at(this.#classes, barrierOperation))
    for (let isMore = true; isMore; ) {
      isMore = false
      for (let operation = at(next, required); at(call, operation) < barrier; operation = at(next, operation)) {
        if (footprint.extend(at(this.#classes, operation))) isMore = true
      }
      for (let group = 0; group < groups.count && at(groups.firstCall, group) < barrier; group++) {
        if (groups.nextCall(group) < barrier && footprint.extend(at(groups.class, group))) isMore = true
      }
    }
  }

  /** By insertion: there are few, and those that are equal keep their order. */
  #sortMoves(order: Float64Array, start: number, end: number): void {
    const moves = this.#moves
    const rank = (move: number) => order[move < 0 ? this.#groups.nextNumber(~move) : move] ?? 0
    for (let from = start + 2; from < end; from += 2) {
      const move = at(moves, from)
      const to = at(moves, from + 1)
      let place = from
      for (; place > start && rank(at(moves, place - 2)) > rank(move); place -= 2) {
        moves[place] = at(moves, place - 2)
        moves[place + 1] = at(moves, place - 1)
      }
      moves[place] = move
      moves[place + 1] = to
    }
  }

  #roomForMoves(): Ints {
    const most = this.#movesEnd + 2 * (this.#entries.slots + this.#groups.count)
    if (most > this.#moves.length) this.#workspace.moves = this.#moves = roomFor(this.#moves, most)
    return this.#moves
  }

  #keepIfBest(): void {
    if (this.#position.level <= this.#bestLevel) return
    this.#bestLevel = this.#position.level
    this.#bestLength = this.#position.trailLength
    const { best } = this.#workspace
    for (let i = 0; i < this.#position.trailLength; i++) best[i] = at(this.#position.trail, i)
  }

  #reasonToStop(): string | undefined {
    if (this.#explored >= this.#options.budget) return outOfWork
    if (this.#machine.hasExpired) return 'time is up'
    if (++this.#tried % clockStride !== 0) return undefined
    if (this.#options.isOver()) return 'time is up'
    if (this.#machine.stateCount > maximumStates) return `the model has more than ${maximumStates} states`
    if (this.#machine.bytes > this.#maxBytes) return 'the states of the model do not fit into the memory allowed'
    return undefined
  }

  #result(verdict: SearchResult['verdict']): SearchResult {
    const { index, byReturn } = this.#entries
    const isValid = verdict === 'valid'
    const trail = isValid ? this.#position.trail : this.#workspace.best
    const length = isValid ? this.#position.trailLength : this.#bestLength
    const numbers = this.#groups.resolve(trail, length)
    const order = Array.from(numbers, (number) => at(index, number))
    const stuck = isValid ? undefined : at(index, at(byReturn, Math.max(this.#bestLevel, 0)))
    return { verdict, order, stuck, explored: this.#explored }
  }
}
