/** The fault that kills nodes. */
import { weighted } from '../workloads/weighted.ts'
import type { Fault } from './fault.ts'
import { nodePicks, resolveNodes } from './targets.ts'

/** Kills nodes without a warning; they come back on the disk they left. */
export const kill: Fault<'crash'> = {
  summary: 'kill nodes as kill -9 does, then start them again on their disk',
  needs: 'crash',
  picks: nodePicks,
  plan: (random) => ({
    pick: weighted(random, [
      { item: 'leader', weight: 50 },
      { item: 'one', weight: 15 },
      { item: 'minority', weight: 10 },
      { item: 'majority', weight: 10 },
      { item: 'all', weight: 15 },
    ]),
    draw: random.uint32(),
  }),
  resolve: resolveNodes,
  begin(control, { nodes }) {
    for (const node of nodes) control.kill(node)
  },
  end(control, { nodes }) {
    for (const node of nodes) control.restart(node)
  },
  bit({ nodes }, events) {
    const dead = events.filter((event) => event.type === 'node-dead').filter(({ wanted }) => wanted)
    const hit = nodes.filter((node) => dead.some((event) => event.node === node))
    return hit.length === 0 ? undefined : `${hit.join(', ')} died`
  },
}
