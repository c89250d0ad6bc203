/**
 * Decides the history of a register whose observed values come each from one known write, in time linear in the
 * number of operations, however many are pending (the case with a known reads-from mapping of Gibbons & Korach 1997,
 * "Testing shared memories", with compare-and-set and indeterminate operations added).
 *
 * A write, the reads of it, the compare-and-set that consumed it, the reads of that, and so on form a block: nothing
 * else can stand among them in any linearization, and their order is forced but for that of reads of one write. Let
 * first(B) be the earliest return in a block, last(B) its latest call: where first(A) < last(B), something of A
 * returned before something of B was called, so A precedes B. The initial value's block precedes all. There is a
 * linearization if and only if
 *
 *  1. everything observed has a source, no two compare-and-sets consumed the same write, and no circle of them lives
 *     on itself;
 *  2. in no block does an operation return before one that stands earlier in the block is called;
 *  3. no two blocks each precede the other.
 *
 * Why (3) is enough: in a longer circle of blocks take the one, A, with the earliest first(A). Each block Y of the
 * circle has a predecessor P with first(A) <= first(P) < last(Y), so A precedes all of them, its own predecessor too,
 * and those two precede each other.
 *
 * Left out at first are compare-and-sets that were refused without saying what they met, reads that may have seen any of
 * several writes of their value, and of compare-and-sets that may have met any of several, that they met it: those
 * count as writes, and begin a block. What is illegal then was illegal before, as in any order of the whole the rest
 * stands as well. Where it is valid, `block-sweep.ts` looks for an order in which all these have what they observed, and
 * `floaters.ts` for a place for what was refused. Where they find none, there may still be one, so the question is left
 * to the search.
 */
import { type Arena, withArena } from '../arena.ts'
import type { Decision } from '../procedure.ts'
import type { Violation } from './block-cores.ts'
import { type Blocks, orderBlocks } from './block-order.ts'
import { allBlockRules, type BlockRules } from './block-rules.ts'
import { findSources } from './block-sources.ts'
import { sweepBlocks } from './block-sweep.ts'
import { writtenBy } from './block-times.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import { placeFloaters } from './floaters.ts'

/**
 * `undefined` where the question is left open, as said above. Never `unknown`: it takes linear time, and no limits. The
 * order and the core are in terms of the columns' `operation`; there is a core where each value in it has one possible
 * writer.
 */
export function decideBlocks(columns: RegisterColumns, rules: BlockRules = allBlockRules): Decision | undefined {
  return withArena((arena) => decide(columns, arena, rules))
}

function decide(columns: RegisterColumns, arena: Arena, rules: BlockRules): Decision | undefined {
  const sources = findSources(columns, arena, rules)
  if ('illegal' in sources) return illegal(columns, sources)
  const blocks = orderBlocks(columns, sources, arena, rules)
  if ('illegal' in blocks) return illegal(columns, blocks)
  const order = orderOf(blocks, arena, rules)
  if (order === undefined) return rules.leavesOpenWhatHasNoPlace ? undefined : illegal(columns, { illegal: undefined })
  for (let i = 0; i < order.length; i++) order[i] = columns.operation[order[i] ?? 0] ?? 0
  return { verdict: 'valid', order, explored: 0 }
}

function illegal({ operation }: RegisterColumns, { illegal: core }: Violation): Decision {
  const decision = { verdict: 'illegal', order: [], explored: 0 } as const
  return core === undefined ? decision : { ...decision, core: core.map((index) => operation[index] ?? 0) }
}

/** An order of all, where one is found. */
function orderOf(blocks: Blocks, arena: Arena, rules: BlockRules): Int32Array | undefined {
  const { columns, sources } = blocks
  const isLoose = sources.isGuessed || sources.looseCount > 0
  const rootCount = isLoose ? sweepBlocks(blocks, arena) : sources.rootCount
  if (rootCount === undefined) return undefined
  const segments = arena.int32(columns.length + 1)
  let segmentCount = 0
  for (let i = 0; i < rootCount; i++) {
    const root = sources.roots[i] ?? -1
    for (let writer = root; writer >= 0; writer = sources.consumer[writer] ?? -1) segments[segmentCount++] = writer
  }
  const hasRefusals = sources.refusalCount > 0 && rules.placesFloaters
  if (hasRefusals && !placeFloaters({ columns, sources, segments, segmentCount, arena, rules })) return undefined
  const order = linearization(columns, sources.source, segments.subarray(0, segmentCount), arena)
  return isLoose && rules.checksSweep && !isLinearization(columns, order) ? undefined : order
}

/**
 * Each write followed by what observed it, in the order of calls; as places in the columns. Whether an operation
 * observed one write and which is as good as random, so its way has no branch: what did not goes to a place behind all.
 */
function linearization(columns: RegisterColumns, source: Int32Array, segments: Int32Array, arena: Arena): Int32Array {
  const { length, kind } = columns
  // By write, plus 1: how many observed it; later, where the next of them goes. 0 is for all others.
  const places = arena.filled(length + 2, 0)
  for (let i = 0; i < length; i++) {
    const slot = observed(kind[i] ?? 0, source[i] ?? -1) + 1
    places[slot] = (places[slot] ?? 0) + 1
  }
  const count = segments.length - 1 + length - (places[0] ?? 0)
  const order = arena.int32(count + length)
  places[0] = count
  for (let k = 0, placed = 0; k < segments.length; k++) {
    const writer = segments[k] ?? 0
    const observers = places[writer + 1] ?? 0
    if (writer < length) order[placed++] = writer
    places[writer + 1] = placed
    placed += observers
  }
  for (let i = 0; i < length; i++) {
    const slot = observed(kind[i] ?? 0, source[i] ?? -1) + 1
    const place = places[slot] ?? 0
    places[slot] = place + 1
    order[place] = i
  }
  return order.slice(0, count)
}

/** Which write a read saw, or a refusal met; -1 for none, and for compare-and-sets, which stand for themselves. */
function observed(kind: number, source: number): number {
  return source | isZero(kind ^ kinds.cas)
}

/**
 * Whether an order respects time, holds all that returned, and is one that a register can have. What it does next is as
 * good as random, so the register has no branch: numbers are masks, all ones for true, and the state changes by them.
 */
function isLinearization(columns: RegisterColumns, order: Int32Array): boolean {
  const { length, kind, value, next, call, return: returns } = columns
  let missing = 0
  for (let i = 0; i < length; i++) if (returns[i] !== open) missing++
  let state = columns.initial
  let latestCall = -1
  let isWrong = 0
  for (let k = 0; k < order.length; k++) {
    const i = order[k] ?? 0
    const returned = returns[i] ?? 0
    latestCall = Math.max(latestCall, call[i] ?? 0)
    if (returned < latestCall) return false
    if (returned !== open) missing--
    const said = kind[i] ?? 0
    const met = value[i] ?? 0
    const isOther = ~isZero(state ^ met)
    isWrong |= (isOther ^ isZero(said ^ kinds.refuse)) & ~isZero(said ^ kinds.write)
    const put = writtenBy(said, met, next[i] ?? 0)
    const isKept = put >> 31
    state = (state & isKept) | (put & ~isKept)
  }
  return isWrong === 0 && missing === 0
}

/** All ones for 0, else all zeros. */
function isZero(number: number): number {
  return (~number & (number - 1)) >> 31
}
