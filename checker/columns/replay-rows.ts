/**
 * The proof of a valid verdict on columns: a second reading of the rows themselves, by code that knows neither how keys
 * were split and values renumbered, nor the engines. What `replay.ts` is for objects.
 */
import { f, type HistoryColumns, outcomes, swaps } from './history-columns.ts'
import { nullId } from './value-table.ts'

/** An order of one key's rows, as places in `rows`; without appends. */
export interface Claim {
  readonly rows: Int32Array
  readonly order: ArrayLike<number>
  /** Whether nothing that returned may be missing. */
  readonly extent: 'whole' | 'part'
}

/** What is wrong with an order, or `undefined`. */
export function replayRows(columns: HistoryColumns, claim: Claim): string | undefined {
  return firstObjection(columns, [claim])?.objection
}

/** So many rows stay in a processor's cache while each key has its turn with them. */
const rowsAtOnce = 1 << 13

/**
 * The first order found to be wrong, and what is wrong with it. Keys take turns, a piece of the history after the
 * other: one key after the other would fetch all of the columns from memory for each.
 */
export function firstObjection<C extends Claim>(
  columns: HistoryColumns,
  claims: readonly C[],
): { readonly claim: C; readonly objection: string } | undefined {
  const replays = claims.map((claim) => ({ claim, replay: new Replay(columns, claim) }))
  for (let end = rowsAtOnce; replays.some(({ replay }) => !replay.isDone); end += rowsAtOnce) {
    for (const { claim, replay } of replays) {
      const objection = replay.isDone ? undefined : replay.goOn(end)
      if (objection !== undefined) return { claim, objection }
    }
  }
  return undefined
}

class Replay {
  isDone = false
  readonly #columns: HistoryColumns
  readonly #claim: Claim
  readonly #placed: Uint8Array
  #at = 0
  #state: number
  #version = 0
  #latestCall = Number.NEGATIVE_INFINITY

  constructor(columns: HistoryColumns, claim: Claim) {
    this.#columns = columns
    this.#claim = claim
    this.#placed = new Uint8Array(claim.rows.length)
    this.#state = columns.initial
  }

  /** As far as the first row that is not before `end`. */
  goOn(end: number): string | undefined {
    const columns = this.#columns
    const { call, return: returns, id } = columns
    const { rows, order } = this.#claim
    const placed = this.#placed
    let state = this.#state
    let version = this.#version
    let latestCall = this.#latestCall
    let i = this.#at
    for (; i < order.length; i++) {
      const place = order[i] ?? -1
      const row = rows[place]
      if (row === undefined) return `there is no operation at ${place}`
      if (row >= end) break
      if (placed[place] === 1) return 'an operation appears twice'
      placed[place] = 1
      const called = call[row] ?? 0
      if (called > latestCall) latestCall = called
      if ((returns[row] ?? 0) < latestCall)
        return `operation ${id[row]} returned before one that precedes it was called`
      const next = after(columns, row, state)
      if (next === kept) {
        if (!isVersion(columns, row, version)) return `the model refuses operation ${id[row]}`
      } else {
        if (next < 0 || !isVersion(columns, row, ++version)) return `the model refuses operation ${id[row]}`
        state = next
      }
    }
    this.#at = i
    this.#state = state
    this.#version = version
    this.#latestCall = latestCall
    this.isDone = i >= order.length
    return this.isDone && this.#claim.extent === 'whole' ? this.#missing() : undefined
  }

  #missing(): string | undefined {
    const { outcome, id } = this.#columns
    const { rows } = this.#claim
    for (let place = 0; place < rows.length; place++) {
      const row = rows[place] ?? 0
      if (this.#placed[place] === 0 && outcome[row] !== outcomes.open) return `operation ${id[row]} is missing`
    }
    return undefined
  }
}

/** Instead of the id of a value: the operation can not have answered so; it changes nothing. */
const [refused, kept] = [-1, -2]

/** The id of the value that the operation puts. */
function after(
  { f: functions, outcome, value, next, seen, swapped }: HistoryColumns,
  row: number,
  state: number,
): number {
  const isOpen = outcome[row] === outcomes.open
  const found = isOpen ? -1 : (seen[row] ?? -1)
  switch (functions[row]) {
    case f.read:
      return found < 0 || found === state ? kept : refused
    case f.write:
      return value[row] ?? refused
    case f.delete:
      return nullId
    case f.cas: {
      const matches = state === value[row]
      if (!isOpen && swapped[row] !== swaps.untold && matches !== (swapped[row] === swaps.yes)) return refused
      if (matches) return next[row] ?? refused
      return found < 0 || found === state ? kept : refused
    }
    default:
      return refused
  }
}

function isVersion({ outcome, version }: HistoryColumns, row: number, counted: number): boolean {
  const told = outcome[row] === outcomes.open ? -1 : (version[row] ?? -1)
  return told < 0 || told === counted
}
