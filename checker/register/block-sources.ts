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
import { none, several, TimedSources, type Written, writtenBy } from './block-times.ts'
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
  /** What took effect without having observed a certain write: first the initial value, then in no certain order. */
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
  return new SourceFinder(columns, arena, rules).run()
}

class SourceFinder {
  readonly #columns: RegisterColumns
  readonly #arena: Arena
  readonly #rules: BlockRules
  readonly #written: Written
  readonly #source: Int32Array
  readonly #consumer: Int32Array
  readonly #latestRead: Int32Array
  readonly #earliestRead: Int32Array
  readonly #roots: Int32Array
  #rootCount = 1
  /** Who observed a pending operation, and a list of those that were. */
  readonly #cause: Int32Array
  readonly #pending: Int32Array
  #pendingCount = 0
  #times: TimedSources | undefined
  #swapCount = 0
  #isGuessed = false
  /** Two compare-and-sets that consumed the same write: the first of these pairs. */
  #rivals: readonly number[] | undefined

  constructor(columns: RegisterColumns, arena: Arena, rules: BlockRules) {
    const size = columns.length + 1
    this.#columns = columns
    this.#arena = arena
    this.#rules = rules
    this.#written = findWriters(columns, arena, rules)
    this.#source = arena.filled(size, none)
    this.#consumer = arena.filled(size, none)
    this.#latestRead = arena.filled(size, -1)
    this.#earliestRead = arena.filled(size, open)
    this.#cause = arena.filled(size, none)
    this.#pending = arena.int32(size)
    this.#roots = arena.int32(size)
    this.#roots[0] = columns.length
  }

  run(): Sources | Violation {
    const { kind, call, return: returns, length } = this.#columns
    const latestRead = this.#latestRead
    const earliestRead = this.#earliestRead
    let refusalCount = 0
    let looseCount = 0
    for (let i = 0; i < length; i++) {
      const returned = returns[i] ?? 0
      const said = kind[i]
      if (returned === open) {
        if (!this.#rules.dropsUnobserved) this.#takeEffect(i, i)
      } else if (said === kinds.read) {
        const writer = this.#observe(i)
        if (writer === none) return this.#phantom(i)
        if (writer === several) {
          looseCount++
        } else {
          if ((latestRead[writer] ?? 0) < (call[i] ?? 0)) latestRead[writer] = call[i] ?? 0
          if ((earliestRead[writer] ?? 0) > returned) earliestRead[writer] = returned
        }
      } else if (said === kinds.write) {
        this.#roots[this.#rootCount++] = i
      } else if (said === kinds.cas) {
        if (!this.#consume(i)) return this.#phantom(i)
      } else if (said === kinds.refuse) {
        refusalCount++
      } else {
        return { illegal: [i] }
      }
    }
    for (let looked = 0; looked < this.#pendingCount; looked++) {
      const operation = this.#pending[looked] ?? 0
      if (kind[operation] !== kinds.cas || !this.#rules.closure) this.#roots[this.#rootCount++] = operation
      else if (!this.#consume(operation)) return this.#phantom(operation)
    }
    // Only now is it known what the pending ones among them have observed.
    if (this.#rivals !== undefined) return { illegal: this.#core(this.#rivals) }
    return this.#sources(refusalCount, looseCount)
  }

  /** The source of what an operation observed; `none` if there is none, `several` if it is not known which. */
  #observe(operation: number): number {
    const { value, return: returns, length } = this.#columns
    let writer = this.#written.writers[value[operation] ?? 0] ?? none
    if (writer === several) {
      this.#times ??= new TimedSources(this.#columns, this.#written, this.#arena, this.#rules)
      writer = this.#times.sourceOf(operation)
    }
    if (writer < 0) return writer
    this.#source[operation] = writer
    if (returns[writer] === open && writer < length) this.#takeEffect(writer, operation)
    return writer
  }

  /** The same for a compare-and-set; false if there is none. One that is not known to have met a certain write begins a block. */
  #consume(operation: number): boolean {
    const writer = this.#observe(operation)
    if (writer === none) return false
    if (writer === several) {
      this.#isGuessed = true
      this.#roots[this.#rootCount++] = operation
      return true
    }
    const other = this.#consumer[writer] ?? none
    if (other === none) {
      this.#consumer[writer] = operation
      this.#swapCount++
    } else if (this.#rules.consumesOnce) {
      this.#rivals ??= [other, operation]
    }
    return true
  }

  #takeEffect(operation: number, observer: number): void {
    if (this.#cause[operation] !== none) return
    this.#cause[operation] = observer
    this.#pending[this.#pendingCount++] = operation
  }

  /** A value that nobody can have written shows it by itself; not so one whose writers are only too late or early. */
  #phantom(operation: number): Violation {
    const isUnwritten = this.#written.writers[this.#columns.value[operation] ?? 0] === none
    return { illegal: isUnwritten ? this.#core([operation]) : undefined }
  }

  #core(operations: readonly number[]): readonly number[] | undefined {
    const { writers } = this.#written
    return closeCore(this.#columns, { source: this.#source, cause: this.#cause, writers }, operations)
  }

  #sources(refusalCount: number, looseCount: number): Sources {
    return {
      source: this.#source,
      consumer: this.#consumer,
      latestRead: this.#latestRead,
      earliestRead: this.#earliestRead,
      roots: this.#roots,
      rootCount: this.#rootCount,
      swapCount: this.#swapCount,
      refusalCount,
      looseCount,
      isGuessed: this.#isGuessed,
      writers: this.#written.writers,
      cause: this.#cause,
    }
  }
}

/** For each value the one operation that can have written it (`length`: it was there at first), or `several`. */
function findWriters(columns: RegisterColumns, arena: Arena, rules: BlockRules): Written {
  const { length, kind, value, next, return: returns, initial, values } = columns
  const writers = arena.filled(values, none)
  const rivals = arena.int32(length)
  let rivalCount = 0
  if (rules.countsInitial) writers[initial] = length
  for (let i = 0; i < length; i++) {
    const written = writtenBy(kind[i] ?? 0, value[i] ?? 0, next[i] ?? 0)
    if (written === none || (returns[i] === open && !rules.countsPending)) continue
    const before = writers[written] ?? none
    if (before === none || !rules.demandsOneWriter) {
      writers[written] = i
      continue
    }
    writers[written] = several
    if (before >= 0 && before < length) rivals[rivalCount++] = before
    rivals[rivalCount++] = i
  }
  return { writers, rivals, rivalCount }
}
