/** Follows blocks from their roots, and looks for an order in which each can stand: conditions 2 and 3 of `blocks.ts`. */
import type { Arena } from '../arena.ts'
import { circle, closeCore, entangledBlocks, type Violation } from './block-cores.ts'
import type { BlockRules } from './block-rules.ts'
import type { Sources } from './block-sources.ts'
import { open, type RegisterColumns } from './columns.ts'
import { sortByKey } from './sort.ts'

/** By root: the earliest return and the latest call of its block, and the last write in it. */
export interface Blocks {
  readonly columns: RegisterColumns
  readonly sources: Sources
  readonly first: Int32Array
  readonly last: Int32Array
  readonly tail: Int32Array
}

/** Follows each block from its root, and puts the roots in an order that respects what must precede what. */
export function orderBlocks(
  columns: RegisterColumns,
  sources: Sources,
  arena: Arena,
  rules: BlockRules,
): Blocks | Violation {
  const { length, call: calls, return: returns } = columns
  const { consumer, latestRead, earliestRead, roots, rootCount } = sources
  const first = arena.int32(length + 1)
  const last = arena.int32(length + 1)
  const tail = arena.int32(length + 1)
  const earliest = arena.int32(length + 1)
  let swaps = 0
  for (let i = 0; i < rootCount; i++) {
    const root = roots[i] ?? 0
    let latestCall = -1
    let earliestReturn = open
    for (let writer = root; writer >= 0; writer = consumer[writer] ?? -1) {
      if (writer !== root) swaps++
      tail[root] = writer
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
    // Distinct, as each position is of one operation; 0 is for the initial value.
    earliest[root] = root === length ? 0 : Math.min(earliestReturn, latestCall) + 1
  }
  if (swaps < sources.swapCount && rules.hasRoot) return circle(columns, sources)
  sortByKey(roots, rootCount, earliest, arena)
  const blocks = { columns, sources, first, last, tail }
  return (rules.keepsBlocksApart ? findEntangled(blocks) : undefined) ?? blocks
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
function findEntangled({ columns, sources, first, last }: Blocks): Violation | undefined {
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
