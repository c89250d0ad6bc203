/**
 * Configurations written down as integers, and rule R9: which of them make another one superfluous.
 *
 * A visited configuration F can do all that C can, in no more visible steps, if they are at the same level with the
 * same state and the same open swaps, if F's open reads are among C's, if F has used no more pending operations of
 * any class, and if for each write F is at least as free as C: an absorbable one may be placed for nothing or be
 * shown, one that is placed needs nothing more, and a fresh one has to be shown or absorbed. So absorbable in C needs
 * absorbable in F, fresh in C needs fresh or absorbable in F, and fresh in F needs fresh in C.
 *
 * That F was merely visited, and has perhaps not failed yet, is enough: suppose that some visited configuration can be
 * completed, and the search fails. Of all those take one whose shortest completion has the fewest steps; its first
 * step led to a configuration that was visited, or superfluous because of a visited one that needs no more steps. Both
 * have a shorter completion: a contradiction.
 */
import type { RegisterRules } from './rules.ts'
import { masks, type Walk } from './search-walk.ts'

/** A record: level, state, fuel spent; swaps, reads, fresh, absorbable by word; used by class slot. */
export class Records {
  /** How many integers a record has. */
  readonly size: number
  readonly #walk: Walk
  readonly #rules: RegisterRules
  readonly #words: number
  readonly #slots: number

  constructor(walk: Walk) {
    this.#walk = walk
    this.#rules = walk.rules
    this.#words = walk.words
    this.#slots = walk.history.pending.slots
    this.size = header + 4 * this.#words + this.#slots
  }

  write(to: Int32Array, at: number): void {
    const { level, state, spent, open, used, classInSlot, history } = this.#walk
    const { lastLevel } = history.pending
    const words = this.#words
    to[at] = level
    to[at + 1] = state
    to[at + 2] = spent
    for (let i = 0; i < 4 * words; i++) to[at + header + i] = open[i] ?? 0
    const first = at + header + 4 * words
    for (let slot = 0; slot < this.#slots; slot++) {
      const c = classInSlot[slot] ?? -1
      // Classes that are of no use any more count as unused.
      to[first + slot] = c < 0 || (lastLevel[c] ?? 0) < level ? 0 : (used[c] ?? 0)
    }
  }

  /** The walk must be at the record's level already, with the same calls made. */
  load(from: Int32Array, at: number): void {
    const walk = this.#walk
    const { lastLevel } = walk.history.pending
    walk.state = from[at + 1] ?? 0
    walk.spent = from[at + 2] ?? 0
    for (let i = 0; i < 4 * this.#words; i++) walk.open[i] = from[at + header + i] ?? 0
    const first = at + header + 4 * this.#words
    for (let slot = 0; slot < this.#slots; slot++) {
      const c = walk.classInSlot[slot] ?? -1
      if (c >= 0 && (lastLevel[c] ?? 0) >= walk.level) walk.used[c] = from[first + slot] ?? 0
    }
  }

  /** Equal for any two records of which one can make the other superfluous. */
  hash(of: Int32Array, at: number): number {
    return this.#hash(of[at] ?? 0, of[at + 1] ?? 0, of, at + header)
  }

  /** The hash of the record that `write` would write. */
  hashOfWalk(): number {
    const { level, state, open } = this.#walk
    return this.#hash(level, state, open, 0)
  }

  #hash(level: number, state: number, ofMasks: Int32Array, at: number): number {
    const { sameState, sameSwaps } = this.#rules.conditions
    let hash = Math.imul(level, 0x9e3779b1)
    if (sameState) hash ^= Math.imul(state + 1, 0x85ebca6b)
    const swaps = at + masks.swaps * this.#words
    for (let word = 0; sameSwaps && word < this.#words; word++) {
      hash = Math.imul(hash ^ (ofMasks[swaps + word] ?? 0), 0xc2b2ae35)
      hash ^= hash >>> 15
    }
    return hash ^ (hash >>> 13)
  }

  /** Whether the record at `f` makes the one at `c` superfluous. */
  covers(from: Int32Array, f: number, of: Int32Array, c: number): boolean {
    const { conditions, dominance } = this.#rules
    if (from[f] !== of[c]) return false
    if (from[f + 1] !== of[c + 1] && conditions.sameState) return false
    if (!dominance) return this.#isEqual(from, f, of, c)
    if ((from[f + 2] ?? 0) > (of[c + 2] ?? 0) && conditions.fewerUsed) return false
    const words = this.#words
    for (let word = 0; word < words; word++) {
      const inF = f + header + word
      const inC = c + header + word
      const swaps = masks.swaps * words
      if (from[inF + swaps] !== of[inC + swaps] && conditions.sameSwaps) return false
      const reads = masks.reads * words
      if (((from[inF + reads] ?? 0) & ~(of[inC + reads] ?? 0)) !== 0 && conditions.fewerReads) return false
      const fresh = from[inF] ?? 0
      const absorbable = from[inF + words] ?? 0
      const itsFresh = of[inC] ?? 0
      const itsAbsorbable = of[inC + words] ?? 0
      if ((itsAbsorbable & ~absorbable) !== 0 && conditions.absorbables) return false
      if ((itsFresh & ~(fresh | absorbable)) !== 0 && conditions.openWrites) return false
      if ((fresh & ~itsFresh) !== 0 && conditions.burdens) return false
    }
    if (!conditions.fewerUsed) return true
    const firstUsed = header + 4 * words
    for (let i = firstUsed; i < firstUsed + this.#slots; i++) {
      if ((from[f + i] ?? 0) > (of[c + i] ?? 0)) return false
    }
    return true
  }

  #isEqual(a: Int32Array, atA: number, b: Int32Array, atB: number): boolean {
    for (let i = 0; i < this.size; i++) if (a[atA + i] !== b[atB + i]) return false
    return true
  }
}

const header = 3
