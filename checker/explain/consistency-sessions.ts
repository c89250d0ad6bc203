/**
 * The session guarantees of Terry et al. ("Session Guarantees for Weakly Consistent Replicated Data", PDIS 1994), as
 * Burckhardt puts them for a register ("Principles of Eventual Consistency", 2014, chapter 5): there is one order of all
 * changes (arbitration), and an operation sees the last one of those visible to it. Each guarantee asks that some changes
 * be visible or come in order, so for given sources of what was seen it is a set of edges between changes, and holds if
 * these have no cycle:
 *
 * - read your writes: the session's earlier changes come before, or are, the one that it sees;
 * - monotonic reads: what it saw earlier comes before, or is, what it sees;
 * - monotonic writes: its changes come in its order;
 * - writes follow reads: what it saw comes before what it changes next.
 *
 * Monotonic writes alone can not be refuted on one register: who sees the older of two changes last may have lost sight of
 * the newer, which is another guarantee's business. The other three are each asked for together with it, as else a client
 * that writes 1, then 2 and then reads 1 would see its last write.
 *
 * Times play no part: what a client saw may come from a change that was made later elsewhere, unless versions tell.
 *
 * A compare-and-set sees a value and then changes it. Nothing sees what its own session does later. Where a value has
 * several writers, some choice of sources must do. Refusals that do not say what they met, and unseen pending changes,
 * say nothing.
 */

import type { KvValue } from '../models/kv.ts'
import { leaves, needs, sawBy } from '../models/kv-facts.ts'
import type { Answer, Guarantees, Session } from './consistency.ts'

/** Changes are numbers: 0 is the initial value, which comes before all others. */
type Edge = readonly [earlier: number, later: number]

interface Step {
  /** The number of its change, if it made or may have made one. */
  readonly change: number | undefined
  /** Which of the sightings it is, if it saw something. */
  readonly sighting: number | undefined
  /** It may have taken effect after what its session did next. */
  readonly isPending: boolean
}

interface Layout {
  readonly sessions: readonly (readonly Step[])[]
  /** What each sighting may have seen, the most likely first. */
  readonly candidates: readonly (readonly number[])[]
  readonly changes: number
}

/** What each sighting saw, as far as it is chosen. */
type Sources = readonly (number | undefined)[]
type Rule = (steps: readonly Step[], sources: Sources) => readonly Edge[]

/** The edges between a session's changes and sightings grow with its square. */
const sightingsAtMost = 1000

export function sessionGuarantees(sessions: readonly Session[], initial: KvValue, budget: number): Guarantees {
  const operations = sessions.flatMap(({ answered, pending }) => [
    ...answered,
    ...pending.map(({ operation }) => operation),
  ])
  const isOfRegister = operations.every(
    ({ input, output }) =>
      input.f !== 'append' && (input.f !== 'cas' || output === undefined || output.swapped !== undefined),
  )
  const sightings = operations.filter((each) => sawBy(each) !== undefined)
  const isSmall = sightings.length <= sightingsAtMost
  const layout = isOfRegister && isSmall ? layoutOf(sessions, initial) : undefined
  // A value from nowhere breaks no guarantee: there is nothing of which it could be said.
  const isDefined = layout?.candidates.every((each) => each.length > 0)
  const decide = (rule: Rule): Answer =>
    layout !== undefined && isDefined
      ? holds(layout, (steps, sources) => [...monotonicWrites(steps, sources), ...rule(steps, sources)], budget)
      : 'unknown'
  return {
    readYourWrites: decide(readYourWrites),
    monotonicReads: decide(monotonicReads),
    monotonicWrites: decide(monotonicWrites),
    writesFollowReads: decide(writesFollowReads),
  }
}

const readYourWrites: Rule = (steps, sources) => {
  const own: number[] = []
  return steps.flatMap(({ change, sighting, isPending }) => {
    const source = sighting === undefined ? undefined : sources[sighting]
    const edges = source === undefined ? [] : own.map((each): Edge => [each, source])
    if (change !== undefined && !isPending) own.push(change)
    return edges
  })
}

const monotonicReads: Rule = (steps, sources) => {
  const seen = steps.flatMap(({ sighting }) => (sighting === undefined ? [] : (sources[sighting] ?? [])))
  return seen.slice(1).map((source, index): Edge => [seen[index] ?? 0, source])
}

const monotonicWrites: Rule = (steps) => {
  let last = 0
  return steps.flatMap(({ change, isPending }): readonly Edge[] => {
    if (change === undefined) return []
    const edge: Edge = [last, change]
    if (!isPending) last = change
    return [edge]
  })
}

const writesFollowReads: Rule = (steps, sources) => {
  const seen = new Set<number>()
  return steps.flatMap(({ change, sighting }) => {
    const source = sighting === undefined ? undefined : sources[sighting]
    if (source !== undefined) seen.add(source)
    return change === undefined ? [] : Array.from(seen, (each): Edge => [each, change])
  })
}

interface Writer {
  readonly value: KvValue
  /** The version that it was acknowledged with, and that which a sighting saw, as far as they told. */
  readonly version: number | undefined
  readonly session: number
  readonly place: number
  readonly call: number
}

interface Sighting {
  readonly value: KvValue
  readonly version: number | undefined
  readonly session: number
  readonly place: number
  readonly end: number
}

function layoutOf(given: readonly Session[], initial: KvValue): Layout {
  const writers: Writer[] = []
  const sightings: Sighting[] = []
  const sessions = given.map(({ answered, pending }, session) => {
    const placed = [
      ...answered.map((operation, place) => ({ operation, place, isPending: false })),
      ...pending.map(({ operation, after }) => ({ operation, place: after - 0.5, isPending: true })),
    ].sort((a, b) => a.place - b.place)
    return placed.map(({ operation, place, isPending }): Step => {
      const [left, seen] = [leaves(operation), isPending ? undefined : needs(operation)]
      const { version } = operation.output ?? {}
      // A version counts the changes up to and with the operation's own.
      const before = version === undefined || left === undefined ? version : version - 1
      const at = { session, place, version }
      return {
        isPending,
        sighting:
          seen === undefined
            ? undefined
            : sightings.push({ ...at, version: before, value: seen, end: operation.return }) - 1,
        change: left === undefined ? undefined : writers.push({ ...at, value: left, call: operation.call }),
      }
    })
  })
  const candidates = sightings.map((sighting) => candidatesFor(sighting, writers, initial))
  return { sessions, candidates, changes: writers.length + 1 }
}

/** The number of a writer is its place among them, from 1. The one that was called last before is tried first. */
function candidatesFor(
  { value, version, session, place, end }: Sighting,
  writers: readonly Writer[],
  initial: KvValue,
): readonly number[] {
  const possible = writers.flatMap((writer, index) => {
    const isOwnLater = writer.session === session && writer.place >= place
    const isOther = version !== undefined && writer.version !== undefined && writer.version !== version
    if (writer.value !== value || isOwnLater || isOther) return []
    return [{ number: index + 1, isLate: writer.call > end, distance: Math.abs(end - writer.call) }]
  })
  possible.sort((a, b) => Number(a.isLate) - Number(b.isLate) || a.distance - b.distance)
  const numbers = possible.map(({ number }) => number)
  return value === initial && (version ?? 0) === 0 ? [...numbers, 0] : numbers
}

/** Looking for a cycle among so many edges costs as much as a choice. */
const edgesPerChoice = 50

/** Whether some choice of sources leaves the rule's edges without a cycle. Choices are counted; forced ones come first. */
function holds({ sessions, candidates, changes }: Layout, rule: Rule, budget: number): Answer {
  const sources: (number | undefined)[] = candidates.map(([only, ...others]) =>
    others.length === 0 ? only : undefined,
  )
  const open = candidates.flatMap((each, sighting) => (each.length > 1 ? [sighting] : []))
  let explored = 0
  const isPossible = () => {
    const edges = sessions.flatMap((steps) => rule(steps, sources))
    explored += edges.length / edgesPerChoice
    return isAcyclic(changes, edges)
  }
  const choose = (place: number): boolean | undefined => {
    const sighting = open[place]
    if (sighting === undefined) return true
    for (const candidate of candidates[sighting] ?? []) {
      if (++explored > budget) return undefined
      sources[sighting] = candidate
      if (!isPossible()) continue
      const found = choose(place + 1)
      if (found !== false) return found
    }
    sources[sighting] = undefined
    return false
  }
  if (!isPossible()) return 'no'
  const found = choose(0)
  return found === undefined ? 'unknown' : found ? 'yes' : 'no'
}

/** Nothing comes before the initial value, and an edge from a change to itself says nothing. */
function isAcyclic(changes: number, edges: readonly Edge[]): boolean {
  const later: number[][] = Array.from({ length: changes }, () => [])
  const waits = new Int32Array(changes)
  for (const [a, b] of edges) {
    if (a === b) continue
    if (b === 0) return false
    later[a]?.push(b)
    waits[b] = (waits[b] ?? 0) + 1
  }
  const free = Array.from(waits.keys()).filter((change) => waits[change] === 0)
  for (const change of free) {
    for (const next of later[change] ?? []) {
      waits[next] = (waits[next] ?? 0) - 1
      if (waits[next] === 0) free.push(next)
    }
  }
  return free.length === changes
}
