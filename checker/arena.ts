/**
 * Scratch memory that one decision hands on to the next: setting up typed arrays costs more than deciding a history of
 * a hundred operations. An arena is checked out for the length of a call; whoever asks meanwhile (a check inside a
 * model's step, or one interleaved with another) gets one of its own.
 */

/** What released arenas keep in all, in bytes; what a very large history needed goes back to the collector. */
const maximumKept = 1 << 24

export class Arena {
  readonly #ints: Int32Array[] = []
  readonly #floats: Float64Array[] = []
  #intsUsed = 0
  #floatsUsed = 0

  /** An array of at least this length, with anything in it. It is the caller's until the arena is released. */
  int32(length: number): Int32Array {
    const index = this.#intsUsed++
    const kept = this.#ints[index]
    if (kept !== undefined && kept.length >= length) return kept
    const fresh = new Int32Array(roomFor(length))
    this.#ints[index] = fresh
    return fresh
  }

  /** The same with every item set to `value`, as far as `length`. */
  filled(length: number, value: number): Int32Array {
    const array = this.int32(length)
    return array.fill(value, 0, length)
  }

  float64(length: number): Float64Array {
    const index = this.#floatsUsed++
    const kept = this.#floats[index]
    if (kept !== undefined && kept.length >= length) return kept
    const fresh = new Float64Array(roomFor(length))
    this.#floats[index] = fresh
    return fresh
  }

  /** Makes all arrays available again. */
  reset(): void {
    this.#intsUsed = 0
    this.#floatsUsed = 0
    let bytes = 0
    for (const array of this.#ints) bytes += array.byteLength
    for (const array of this.#floats) bytes += array.byteLength
    if (bytes <= maximumKept) return
    this.#ints.length = 0
    this.#floats.length = 0
  }
}

/** Arenas that nobody uses. As many as were ever used at once, which is as deep as checks are nested. */
const free: Arena[] = []

/** Calls `use` with an arena that nobody else has until it returns. Its arrays must not outlive the call. */
export function withArena<T>(use: (arena: Arena) => T): T {
  const arena = free.pop() ?? new Arena()
  try {
    return use(arena)
  } finally {
    arena.reset()
    free.push(arena)
  }
}

/** Powers of two, so that slowly growing histories do not ask for new memory each time. */
function roomFor(length: number): number {
  return 2 ** Math.max(8, Math.ceil(Math.log2(Math.max(length, 1))))
}
