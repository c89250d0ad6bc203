/** Where a value can have come from, where several changes put it there and some of them are used up. */

import type { RecordedOperation } from '../formats/pairs.ts'
import { between, latestBefore, leaves, sawBy, saysNot } from '../models/kv-facts.ts'
import type { Evidence } from './evidence.ts'

/** A change whose value was seen, and gone again, before it could have helped. */
export interface SpentSource {
  readonly writer: RecordedOperation
  readonly sighting: RecordedOperation
}

export interface SpentSources {
  /** The key held another value then. */
  readonly before: RecordedOperation
  readonly sources: readonly SpentSource[]
}

/** Bounds on how far back it is looked, and at how many: beyond them nothing is claimed, and no sentence would be read. */
const depthAtMost = 12
const sourcesAtMost = 12
const sightingsAtMost = 200

/**
 * Whether all that could have put there what `later` saw, after one of the witnesses, had been used up before: there was
 * a sighting of the value for which it was the only source, and then the witness, which found another value. `undefined`
 * if one may have been left, or if there was none to begin with.
 */
export function spentSources(
  later: RecordedOperation,
  witnesses: readonly RecordedOperation[],
  { history, initial }: Pick<Evidence, 'history' | 'initial'>,
): SpentSources | undefined {
  const value = sawBy(later)
  if (value === undefined) return undefined
  const changes = history.filter((each) => leaves(each) === value)
  const sightings = history.filter((each) => sawBy(each) === value)
  let looked = 0
  const known = new Map<RecordedOperation, RecordedOperation | undefined>()

  const spentBefore = (before: RecordedOperation, sources: readonly RecordedOperation[], depth: number) =>
    sources.flatMap((writer): SpentSource[] => {
      if (sources.length > sourcesAtMost) return []
      const sighting = sightings.findLast(
        (each) => each.return < before.call && each.return >= writer.call && onlySource(each, depth + 1) === writer,
      )
      return sighting === undefined ? [] : [{ writer, sighting }]
    })

  /** What surely put there what the sighting saw. */
  const onlySource = (sighting: RecordedOperation, depth: number): RecordedOperation | undefined => {
    if (known.has(sighting) || depth > depthAtMost || ++looked > sightingsAtMost) return known.get(sighting)
    const before = latestBefore(sighting, history, (each) => saysNot(each, value))
    let sources: readonly RecordedOperation[]
    if (before === undefined) {
      sources = value === initial ? [] : changes.filter((each) => each.call <= sighting.return && each !== sighting)
    } else {
      const possible = between(before, sighting, changes)
      const spent = new Set(spentBefore(before, possible, depth).map(({ writer }) => writer))
      sources = possible.filter((each) => !spent.has(each))
    }
    const [only, ...others] = sources
    const found = others.length === 0 ? only : undefined
    known.set(sighting, found)
    return found
  }

  const before = latestBefore(later, witnesses, (each) => saysNot(each, value))
  if (before === undefined) return undefined
  const possible = between(before, later, changes)
  const sources = spentBefore(before, possible, 0)
  return possible.length > 0 && sources.length === possible.length ? { before, sources } : undefined
}
