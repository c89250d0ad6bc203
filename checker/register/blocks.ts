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
 * Left out at first are compare-and-sets that were refused without saying what they met, and reads that may have seen
 * any of several writes of their value. What is illegal without them is illegal, as they change nothing. Where the rest
 * is valid, `floaters.ts` looks for a place for each; where it finds none, another order of the blocks may still have
 * one, so the question is left to the search. So it is where a compare-and-set may have met any of several writes, one
 * of which was guessed, and that leads to a contradiction.
 */
import { type Arena, withArena } from '../arena.ts'
import type { Decision } from '../procedure.ts'
import { circle, closeCore, entangledBlocks, type Violation } from './block-cores.ts'
import { allBlockRules, type BlockRules } from './block-rules.ts'
import { findSources, type Sources } from './block-sources.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'
import { placeFloaters } from './floaters.ts'
import { sortByKey } from './sort.ts'

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
  if (sources === undefined) return undefined
  if ('illegal' in sources) return illegal(columns, sources)
  const objection = orderBlocks(columns, sources, arena, rules)
  if (objection !== undefined) {
    return sources.isGuessed && rules.leavesOpenWhatIsGuessed ? undefined : illegal(columns, objection)
  }
  const { roots, rootCount, source, consumer } = sources
  const segments = arena.int32(columns.length + 1)
  let segmentCount = 0
  for (let i = 0; i < rootCount; i++) {
    for (let writer = roots[i] ?? -1; writer >= 0; writer = consumer[writer] ?? -1) segments[segmentCount++] = writer
  }
  if (sources.refusalCount + sources.looseCount > 0 && rules.placesFloaters) {
    const isPlaced = placeFloaters({ columns, sources, segments, segmentCount, arena, rules })
    if (!isPlaced) return rules.leavesOpenWhatHasNoPlace ? undefined : illegal(columns, { illegal: undefined })
  }
  const order = linearization(columns, source, segments.subarray(0, segmentCount), arena)
  return { verdict: 'valid', order, explored: 0 }
}

function illegal({ operation }: RegisterColumns, { illegal: core }: Violation): Decision {
  const decision = { verdict: 'illegal', order: [], explored: 0 } as const
  return core === undefined ? decision : { ...decision, core: core.map((index) => operation[index] ?? 0) }
}

/** Follows each block from its root, and puts the roots in an order that respects what must precede what. */
function orderBlocks(
  columns: RegisterColumns,
  sources: Sources,
  arena: Arena,
  rules: BlockRules,
): Violation | undefined {
  const { length, call: calls, return: returns } = columns
  const { consumer, latestRead, earliestRead, roots, rootCount } = sources
  const first = arena.int32(length + 1)
  const last = arena.int32(length + 1)
  const earliest = arena.int32(length + 1)
  let swaps = 0
  for (let i = 0; i < rootCount; i++) {
    const root = roots[i] ?? 0
    let latestCall = -1
    let earliestReturn = open
    for (let writer = root; writer >= 0; writer = consumer[writer] ?? -1) {
      if (writer !== root) swaps++
      if (writer < length) {
        const returned = returns[writer] ?? 0
        // The latest call so far is of something earlier in the block.
        if (returned < latestCall && rules.keepsInnerOrder) {
          return { illegal: closeCore(columns, sources, [calls.indexOf(latestCall), writer]) }
        }
        latestCall = Math.max(latestCall, calls[writer] ?? 0)
        earliestReturn = Math.min(earliestReturn, returned)
      }
      const read = earliestRead[writer] ?? open
      if (read < latestCall && rules.keepsInnerOrder) {
        return { illegal: closeCore(columns, sources, [calls.indexOf(latestCall), returns.indexOf(read)]) }
      }
      latestCall = Math.max(latestCall, latestRead[writer] ?? -1)
      earliestReturn = Math.min(earliestReturn, read)
    }
    first[root] = root === length ? -1 : earliestReturn
    last[root] = latestCall
    earliest[root] = root === length ? 0 : Math.min(earliestReturn, latestCall)
  }
  if (swaps < sources.swapCount && rules.hasRoot) return circle(columns, sources)
  if (!rules.keepsBlocksApart) return undefined
  sortByKey(roots, rootCount, earliest, arena)
  return findEntangled(columns, sources, first, last)
}

/**
 * The roots are in the order of min(first, last). If no two blocks precede each other, that respects what must precede
 * what. For let A precede B, first(A) < last(B), and B not A, last(A) <= first(B). If last(A) is the smaller of A's
 * two, it is below both of B's, as last(A) < first(A) < last(B). If first(A) is, it is too, as
 * first(A) < last(A) <= first(B).
 *
 * And a block B that must precede one that stands before it, first(B) < last(A), shows two that precede each other:
 * were last(A) the smaller of A's two, it would be no more than the smaller of B's, so no more than first(B). So
 * first(A) is the smaller, and no more than the smaller of B's, so A must precede B as well.
 */
function findEntangled(
  columns: RegisterColumns,
  sources: Sources,
  first: Int32Array,
  last: Int32Array,
): Violation | undefined {
  const endsOf = (root: number) => ({
    root,
    earliest: root === columns.length ? -1 : columns.return.indexOf(first[root] ?? 0),
    latest: columns.call.indexOf(last[root] ?? -1),
  })
  let latest = -1
  let latestRoot = columns.length
  for (let i = 0; i < sources.rootCount; i++) {
    const root = sources.roots[i] ?? 0
    const returned = first[root] ?? 0
    const called = last[root] ?? 0
    if (returned < latest && i > 0) {
      return entangledBlocks(columns, sources, endsOf(latestRoot), endsOf(root))
    }
    if (called > latest) {
      latest = called
      latestRoot = root
    }
  }
  return undefined
}

/** Each write followed by what observed it, in the order of calls. */
function linearization(columns: RegisterColumns, source: Int32Array, segments: Int32Array, arena: Arena): Int32Array {
  const { length, kind, operation } = columns
  const observer = arena.filled(length + 1, -1)
  const nextObserver = arena.int32(length)
  let count = segments.length - 1
  for (let i = length - 1; i >= 0; i--) {
    const writer = source[i] ?? -1
    if (writer < 0 || kind[i] === kinds.cas) continue
    nextObserver[i] = observer[writer] ?? -1
    observer[writer] = i
    count++
  }
  const order = new Int32Array(count)
  let placed = 0
  for (let i = 0; i < segments.length; i++) {
    const writer = segments[i] ?? 0
    if (writer < length) order[placed++] = operation[writer] ?? 0
    for (let at = observer[writer] ?? -1; at >= 0; at = nextObserver[at] ?? -1) order[placed++] = operation[at] ?? 0
  }
  return order
}
