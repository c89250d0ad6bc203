/** How far each node's log was committed and applied over time, as the nodes told it: packed for the page, and read there. */
import type { SystemEvent } from '../../cluster/system.ts'
import type { NodeProgress } from './page-data.ts'

export interface Reached {
  readonly timeUs: number
  readonly commit: number
  readonly applied: number
}

/** In a page, over all nodes; of more, every second one or fewer is kept. */
const samplesAtMost = 30_000

/** Whether an event tells of something that happened, and not only of how far a node is. */
export function isRare(event: SystemEvent): boolean {
  return event.type !== 'trace' || event.event.type !== 'progress'
}

/** By node, in the order in which they were first heard of. */
export function progressOf(events: readonly SystemEvent[], atMost = samplesAtMost): NodeProgress[] {
  const all = events.flatMap((event) => {
    const reached = reachedBy(event)
    return reached === undefined ? [] : [reached]
  })
  const nodes = Map.groupBy(all, ({ node }) => node)
  const every = Math.max(1, Math.ceil(all.length / atMost))
  return [...nodes].map(([node, samples]) => {
    // Counted from the end, as the last one stands for all the time after it. A restart stays, or it would go unseen.
    const kept = samples.filter(({ isStart }, at) => isStart || (samples.length - 1 - at) % every === 0)
    return {
      node,
      timeUs: differences(kept.map(({ timeUs }) => timeUs)),
      commit: differences(kept.map(({ commit }) => commit)),
      applied: differences(kept.map(({ applied }) => applied)),
    }
  })
}

/** What a node last told before a moment, or at it; `undefined` where it had told nothing. */
export function reachedAt(all: readonly NodeProgress[], node: string, timeUs: number): Reached | undefined {
  const told = all.find((each) => each.node === node)
  if (told === undefined) return undefined
  let found: Reached | undefined
  let sum = { timeUs: 0, commit: 0, applied: 0 }
  for (const [at, us] of told.timeUs.entries()) {
    sum = {
      timeUs: sum.timeUs + us,
      commit: sum.commit + (told.commit[at] ?? 0),
      applied: sum.applied + (told.applied[at] ?? 0),
    }
    if (sum.timeUs <= timeUs) found = sum
  }
  return found
}

/** A node that starts knows to be committed what its snapshot holds, and has applied as much. */
function reachedBy(event: SystemEvent): (Reached & { node: string; isStart: boolean }) | undefined {
  if (event.type !== 'trace') return undefined
  const { timeUs, node, event: trace } = event
  if (trace.type === 'progress') {
    return { timeUs, node, commit: trace.commit, applied: trace.applied, isStart: false }
  }
  if (trace.type !== 'recovered') return undefined
  return { timeUs, node, commit: trace.commit, applied: trace.commit, isStart: true }
}

function differences(numbers: readonly number[]): number[] {
  return numbers.map((number, at) => number - (numbers[at - 1] ?? 0))
}
