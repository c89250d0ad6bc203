/** Where ops stand: a group of lanes per key, client or node, and in each lane one op after the other. */
import { actorAt, type Ops } from '../report/ops.ts'

export type Grouping = 'key' | 'client' | 'node'
export const groupings: readonly Grouping[] = ['key', 'client', 'node']

export interface Lane {
  /** Places of ops that never overlap, by call. */
  readonly ops: readonly number[]
  readonly top: number
}

export interface Group {
  readonly name: string
  readonly top: number
  readonly bottom: number
  readonly lanes: readonly Lane[]
}

export interface LaneLayout {
  readonly groups: readonly Group[]
  readonly height: number
  /** The top of the lane of an op that is shown. */
  topOf(at: number): number | undefined
}

export const laneHeight = 17
const groupGap = 9

/**
 * Each op goes into the first lane of its group that is free again (interval partitioning: with ops by call, that
 * takes as few lanes as ops overlap anywhere). An op that never ended keeps its lane.
 */
export function layLanes(ops: Ops, places: ArrayLike<number>, grouping: Grouping): LaneLayout {
  const byName = new Map<string, number[][]>()
  for (let i = 0; i < places.length; i++) {
    const at = places[i] ?? 0
    const name = groupOf(ops, at, grouping)
    const lanes = byName.get(name) ?? []
    if (lanes.length === 0) byName.set(name, lanes)
    const call = ops.callUs[at] ?? 0
    const free = lanes.find((lane) => (ops.endUs[lane.at(-1) ?? 0] ?? 0) < call)
    if (free === undefined) lanes.push([at])
    else free.push(at)
  }
  const tops = new Map<number, number>()
  let top = 4
  const names = [...byName.keys()].sort(inOrder)
  const groups = names.map((name): Group => {
    const groupTop = top
    const lanes = (byName.get(name) ?? []).map((own, at) => ({ ops: own, top: groupTop + at * laneHeight }))
    for (const lane of lanes) for (const at of lane.ops) tops.set(at, lane.top)
    top += lanes.length * laneHeight + groupGap
    return { name, top: groupTop, bottom: top - groupGap, lanes }
  })
  return { groups, height: top, topOf: (at) => tops.get(at) }
}

/** The first op of a lane that ends at or after a moment: where drawing begins. */
export function firstAfter(ops: Ops, lane: readonly number[], fromUs: number): number {
  let low = 0
  let high = lane.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((ops.endUs[lane[middle] ?? 0] ?? 0) < fromUs) low = middle + 1
    else high = middle
  }
  return low
}

function groupOf(ops: Ops, at: number, grouping: Grouping): string {
  switch (grouping) {
    case 'key':
      return ops.names.key[ops.key[at] ?? -1] ?? '(no key)'
    case 'client':
      return actorAt(ops, at)
    case 'node':
      return ops.names.node[ops.node[at] ?? -1] ?? '(no node)'
    default:
      return grouping satisfies never
  }
}

/** `k2` before `k10`. */
function inOrder(a: string, b: string): number {
  return collator.compare(a, b)
}

const collator = new Intl.Collator('en', { numeric: true })
