/**
 * A matching that is right by time may put a pending compare-and-set into a gap before which its value does not stand.
 * Where the version before is a gap too, of a value that nobody saw, what puts the expected value can often change
 * places with what fills it. One pass; nothing here is proved, as whoever asks replays the result.
 */
import type { KvValue } from '../models/kv.ts'
import type { VersionTable } from './versions-table.ts'

/** Changes `fillers`, the pending operation of each of `gaps`, in place. */
export function repair(table: VersionTable, gaps: readonly number[], fillers: number[], deadlines: Float64Array): void {
  const { known, call } = table
  const suppliers = suppliersOf(table, fillers)
  const deadline = (gap: number): number => deadlines[gaps[gap] ?? 0] ?? 0
  const isFree = (gap: number): boolean => {
    const follows = gaps[gap + 1] === (gaps[gap] ?? 0) + 1 && expectedBy(table, fillers[gap + 1]) !== undefined
    return known[gaps[gap] ?? 0] === undefined && !follows
  }
  for (let gap = 1; gap < gaps.length; gap++) {
    const expected = expectedBy(table, fillers[gap])
    const before = fillers[gap - 1]
    const isAfterGap = gaps[gap - 1] === (gaps[gap] ?? 0) - 1 && known[gaps[gap - 1] ?? 0] === undefined
    if (expected === undefined || before === undefined || !isAfterGap) continue
    if (putBy(table, before) === expected || expectedBy(table, before) !== undefined) continue
    for (const supplier of suppliers.get(expected) ?? []) {
      if ((call[supplier.operation] ?? 0) > deadline(gap - 1)) continue
      const other = supplier.gap
      if (other >= 0 && (!isFree(other) || (call[before] ?? 0) > deadline(other))) continue
      if (other >= 0) fillers[other] = before
      fillers[gap - 1] = supplier.operation
      const moved = suppliers.get(putBy(table, before))?.find(({ operation }) => operation === before)
      if (moved !== undefined) moved.gap = other
      supplier.gap = gap - 1
      break
    }
  }
}

interface Supplier {
  readonly operation: number
  /** The gap that it fills, or -1. */
  gap: number
}

/** Pending writes and deletes by what they put. */
function suppliersOf(table: VersionTable, fillers: readonly number[]): ReadonlyMap<KvValue | undefined, Supplier[]> {
  const gapOf = new Map(fillers.map((operation, gap) => [operation, gap]))
  const suppliers = new Map<KvValue | undefined, Supplier[]>()
  for (const operation of table.pending) {
    const value = putBy(table, operation)
    if (value === undefined) continue
    const supplier = { operation, gap: gapOf.get(operation) ?? -1 }
    const same = suppliers.get(value)
    if (same === undefined) suppliers.set(value, [supplier])
    else if (same.length < mostTried) same.push(supplier)
  }
  return suppliers
}

/** Of operations that put the same value, so many are tried. */
const mostTried = 16

function putBy({ operations }: VersionTable, i: number): KvValue | undefined {
  const input = operations.get(i)?.input
  if (input?.f === 'write') return input.value
  return input?.f === 'delete' ? null : undefined
}

function expectedBy({ operations }: VersionTable, i: number | undefined): KvValue | undefined {
  const input = operations.get(i ?? -1)?.input
  return input?.f === 'cas' ? input.value[0] : undefined
}
