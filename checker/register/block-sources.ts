/**
 * Who wrote what each operation observed, and with it, which pending operations took effect.
 *
 * A pending write or compare-and-set that is the only possible source of something observed took effect, and so did
 * then the source of what it has observed itself, and so on. A pending operation that is the source of nothing is left
 * out: in any linearization nobody looks before the next write, so without it the rest is one too. (A compare-and-set
 * that was refused may tell; those are left out of this question, see `blocks.ts`.)
 */
import type { Arena } from '../arena.ts'
import { closeCore, type Violation } from './block-cores.ts'
import type { BlockRules } from './block-rules.ts'
import { none, several, TimedSources, writtenBy } from './block-times.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'

/**
 * Indexed by operation; `length` of the columns stands for what put the initial value, and is a root. -1 is none.
 */
export interface Sources {
  /** What wrote that which a read or a compare-and-set observed. */
  readonly source: Int32Array
  /** The compare-and-set that consumed a write. */
  readonly consumer: Int32Array
  /** The latest call (-1 if there is none) and the earliest return (`open`) of the reads of a write. */
  readonly latestRead: Int32Array
  readonly earliestRead: Int32Array
  /** What took effect without having observed a certain write: first the initial value, then in the order of calls. */
  readonly roots: Int32Array
  readonly rootCount: number
  /** How many compare-and-sets took effect, and how many were refused without saying what they met. */
  readonly swapCount: number
  readonly refusalCount: number
  /** How many reads may have seen any of several writes; their source is `none`. */
  readonly looseCount: number
  /** Whether a compare-and-set has several possible sources. It is a root then. */
  readonly isGuessed: boolean
  /** The one operation that can have written a value, or `several`. */
  readonly writers: Int32Array
  /** Of a pending operation that took effect: the one that observed it. */
  readonly cause: Int32Array
}

export function findSources(columns: RegisterColumns, arena: Arena, rules: BlockRules): Sources | Violation {
  const finder = new SourceFinder(columns, arena, rules)
  return finder.observeAll() ?? finder.gather()
}

class SourceFinder {
  readonly #columns: RegisterColumns
  readonly #arena: Arena
  readonly #rules: BlockRules
  readonly #writers: Int32Array
  readonly #source: Int32Array
  /** Who observed a pending operation, and a list of those that were. */
  readonly #cause: Int32Array
  readonly #pending: Int32Array
  #pendingCount = 0
  #times: TimedSources | undefined
  #isGuessed = false

  constructor(columns: RegisterColumns, arena: Arena, rules: BlockRules) {
    this.#columns = columns
    this.#arena = arena
    this.#rules = rules
    this.#writers = findWriters(columns, arena, rules)
    this.#source = arena.filled(columns.length + 1, none)
    this.#cause = arena.filled(columns.length + 1, none)
    this.#pending = arena.int32(columns.length + 1)
  }

  observeAll(): Violation | undefined {
    const { length, kind, return: returns } = this.#columns
    for (let i = 0; i < length; i++) {
      const isPending = returns[i] === open
      if (isPending && this.#rules.dropsUnobserved) continue
      if (isPending) this.#takeEffect(i, i)
      else if (kind[i] === kinds.impossible) return { illegal: [i] }
      else if (kind[i] === kinds.read || kind[i] === kinds.cas) {
        if (!this.#observe(i)) return this.#phantom(i)
      }
    }
    for (let looked = 0; looked < this.#pendingCount && this.#rules.closure; looked++) {
      const operation = this.#pending[looked] ?? 0
      if (kind[operation] !== kinds.cas) continue
      if (!this.#observe(operation)) return this.#phantom(operation)
    }
    return undefined
  }

  /** Finds the source of what an operation observed; false if there is none. */
  #observe(operation: number): boolean {
    let writer = this.#writers[this.#columns.value[operation] ?? 0] ?? none
    if (writer === several) {
      this.#times ??= new TimedSources(this.#columns, this.#writers, this.#arena, this.#rules)
      writer = this.#times.sourceOf(operation)
      // A read need not be in a block, and a compare-and-set begins one; they find a place later.
      if (writer === several) {
        if (this.#columns.kind[operation] === kinds.cas) this.#isGuessed = true
        return true
      }
    }
    if (writer === none) return false
    this.#source[operation] = writer
    if (this.#columns.return[writer] === open && writer < this.#columns.length) this.#takeEffect(writer, operation)
    return true
  }

  #takeEffect(operation: number, observer: number): void {
    if (this.#cause[operation] !== none) return
    this.#cause[operation] = observer
    this.#pending[this.#pendingCount++] = operation
  }

  /** A value that nobody can have written shows it by itself; not so one whose writers are only too late or early. */
  #phantom(operation: number): Violation {
    const isUnwritten = this.#writers[this.#columns.value[operation] ?? 0] === none
    return { illegal: isUnwritten ? this.#core([operation]) : undefined }
  }

  #core(operations: readonly number[]): readonly number[] | undefined {
    return closeCore(this.#columns, { source: this.#source, cause: this.#cause, writers: this.#writers }, operations)
  }

  gather(): Sources | Violation {
    const { length, kind, call: calls, return: returns } = this.#columns
    const source = this.#source
    const cause = this.#cause
    const consumer = this.#arena.filled(length + 1, none)
    const latestRead = this.#arena.filled(length + 1, -1)
    const earliestRead = this.#arena.filled(length + 1, open)
    const roots = this.#arena.int32(length + 1)
    roots[0] = length
    let rootCount = 1
    let swapCount = 0
    let refusalCount = 0
    let looseCount = 0
    for (let i = 0; i < length; i++) {
      const returned = returns[i] ?? 0
      if (returned === open && cause[i] === none) continue
      const writer = source[i] ?? none
      if (kind[i] === kinds.read && writer === none) {
        looseCount++
      } else if (kind[i] === kinds.read) {
        if ((latestRead[writer] ?? 0) < (calls[i] ?? 0)) latestRead[writer] = calls[i] ?? 0
        if ((earliestRead[writer] ?? 0) > returned) earliestRead[writer] = returned
      } else if (kind[i] === kinds.refuse) {
        refusalCount++
      } else if (writer === none) {
        roots[rootCount++] = i
      } else {
        const other = consumer[writer] ?? none
        if (other === none) {
          consumer[writer] = i
          swapCount++
        } else if (this.#rules.consumesOnce) {
          return { illegal: this.#core([other, i]) }
        }
      }
    }
    const writers = this.#writers
    return {
      source,
      consumer,
      latestRead,
      earliestRead,
      roots,
      rootCount,
      swapCount,
      refusalCount,
      looseCount,
      isGuessed: this.#isGuessed,
      writers,
      cause,
    }
  }
}

/** For each value the one operation that can have written it (`length`: it was there at first), or `several`. */
function findWriters(columns: RegisterColumns, arena: Arena, rules: BlockRules): Int32Array {
  const { length, kind, value, next, return: returns, initial, values } = columns
  const writers = arena.filled(values, none)
  if (rules.countsInitial) writers[initial] = length
  for (let i = 0; i < length; i++) {
    const written = writtenBy(kind[i] ?? 0, value[i] ?? 0, next[i] ?? 0)
    if (written === none || (returns[i] === open && !rules.countsPending)) continue
    writers[written] = writers[written] === none || !rules.demandsOneWriter ? i : several
  }
  return writers
}
