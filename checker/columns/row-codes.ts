/**
 * What a row says of a plain register, read from a table: names and answers come in no order that a processor could
 * predict, so branches on them would take longer than all else that is done with a row.
 */
import { kinds } from '../register/columns.ts'
import { f, outcomes, swaps } from './history-columns.ts'

/** What a row is if none of `kinds`: silent about the register; for objects to tell. */
export const [silent, other] = [255, 254]

/**
 * An entry is a kind, and three bits: whether the value is what was found, or what was given (else null), and whether
 * `next` counts.
 */
export const entry = { kind: 0xff, found: 8, given: 9, next: 10 } as const

/** Where in a code each column stands. Of these, one bit each tells what there is to know of the numbers of a row. */
export const code = { name: 0, outcome: 3, swapped: 5, isUnfound: 7, isMatch: 8, isIdle: 9, isUnversioned: 10 } as const

/** By code. It says what `kv.ts` has, and `translate.ts`, from which it must not differ. */
export const entries = Int32Array.from({ length: 1 << 11 }, (_none, row) => {
  const has = (bit: number) => ((row >> bit) & 1) === 1
  const name = (row >> code.name) & 7
  const isOpen = ((row >> code.outcome) & 3) === outcomes.open
  const isFound = !has(code.isUnfound)
  const given = 1 << entry.given
  if (!isOpen && !has(code.isUnversioned)) return other
  switch (name) {
    case f.write:
      return kinds.write | given
    case f.delete:
      return kinds.write
    case f.read:
      return isFound ? kinds.read | (1 << entry.found) : other
    case f.cas: {
      const swapped = (row >> code.swapped) & 3
      const kind = isOpen
        ? openKind(has(code.isIdle))
        : casKind(swapped, { isFound, isMatch: has(code.isMatch), isIdle: has(code.isIdle) })
      // What an open one found is nobody's knowledge.
      return kind | (isFound && !isOpen ? 1 << entry.found : given) | (kind === kinds.cas ? 1 << entry.next : 0)
    }
    default:
      return other
  }
})

function openKind(isIdle: boolean): number {
  return isIdle ? silent : kinds.cas
}

interface Met {
  readonly isFound: boolean
  /** It found what it expected. */
  readonly isMatch: boolean
  /** It puts what it expects. */
  readonly isIdle: boolean
}

function casKind(swapped: number, { isFound, isMatch, isIdle }: Met): number {
  if (swapped === swaps.untold) return other
  // What a swap found is not recorded; where somebody says it, the model shall judge.
  if (swapped === swaps.yes) return isFound ? other : isIdle ? kinds.read : kinds.cas
  if (!isFound) return kinds.refuse
  return isMatch ? kinds.impossible : kinds.read
}
