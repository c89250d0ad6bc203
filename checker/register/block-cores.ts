/** The few operations of a history by which it is illegal, once it is known to be. */
import type { Sources } from './block-sources.ts'
import { several } from './block-times.ts'
import { kinds, open, type RegisterColumns } from './columns.ts'

/** An answer, with the operations that show it, where they are few and need no others. */
export interface Violation {
  readonly illegal: readonly number[] | undefined
}

/**
 * The given operations and all that must be there for what is said of them to hold: what wrote what they observed,
 * back to the root of the block, and who observed the pending ones. `undefined` where a value may have several
 * writers: then it takes what came between to tell them apart, and that is not among these.
 */
export function closeCore(
  columns: RegisterColumns,
  { source, cause, writers }: Pick<Sources, 'source' | 'cause' | 'writers'>,
  operations: readonly number[],
): readonly number[] | undefined {
  const core = new Set(operations)
  for (const operation of core) {
    const isWrite = operation >= columns.length || columns.kind[operation] === kinds.write
    if (!isWrite && writers[columns.value[operation] ?? 0] === several) return undefined
    const writer = source[operation] ?? -1
    if (writer >= 0 && writer < columns.length) core.add(writer)
    if (columns.return[operation] === open) core.add(cause[operation] ?? 0)
  }
  return [...core].sort((a, b) => a - b)
}

/** One block: its root, the operation with its earliest return (none: the initial value) and that with its latest call. */
interface Ends {
  readonly root: number
  readonly earliest: number
  readonly latest: number
}

/** Something of each of two blocks returned before something of the other was called. */
export function entangledBlocks(columns: RegisterColumns, sources: Sources, a: Ends, b: Ends): Violation {
  const operations = [late(columns, a, b), late(columns, b, a)]
  for (const { earliest } of [a, b]) if (earliest >= 0) operations.push(earliest)
  return { illegal: closeCore(columns, sources, operations) }
}

/** Something of a block that was called after the other's earliest return: one that is needed anyway, if it will do. */
function late({ call, return: returns, length }: RegisterColumns, block: Ends, other: Ends): number {
  const returned = other.earliest < 0 ? -1 : (returns[other.earliest] ?? 0)
  const isLate = (each: number) => each >= 0 && each < length && (call[each] ?? 0) > returned
  return [block.earliest, block.root].find(isLate) ?? block.latest
}

/** Compare-and-sets that no root leads to: each has its value from another of them. */
export function circle(columns: RegisterColumns, sources: Sources): Violation {
  const reached = new Set<number>()
  for (let i = 0; i < sources.rootCount; i++) {
    for (let at = sources.roots[i] ?? -1; at >= 0; at = sources.consumer[at] ?? -1) reached.add(at)
  }
  for (let i = 0; i < columns.length; i++) {
    const writer = sources.source[i] ?? -1
    const isLost = writer >= 0 && sources.consumer[writer] === i && !reached.has(i)
    if (isLost) return { illegal: closeCore(columns, sources, [i]) }
  }
  return { illegal: undefined }
}
