/** The fault that takes power away. */
import { weighted } from '../workloads/weighted.ts'
import type { Fault } from './fault.ts'
import { anyNodePicks, resolveNodes } from './targets.ts'

/** Cuts the power of nodes' machines: what a node had not synced may be gone when it comes back. */
export const power: Fault<'power'> = {
  summary: 'cut the power of nodes, which may lose what they had not synced, then start them again',
  needs: 'power',
  picks: anyNodePicks,
  plan: (random) => ({
    // A lost write only shows where a majority has lost it, so most cuts take several nodes at once.
    pick: weighted(random, [
      { item: 'all', weight: 25 },
      { item: 'majority', weight: 25 },
      { item: 'leader', weight: 25 },
      { item: 'minority', weight: 10 },
      { item: 'one', weight: 8 },
      { item: 'follower', weight: 7 },
    ]),
    draw: random.uint32(),
  }),
  resolve: resolveNodes,
  begin(control, { nodes }) {
    for (const node of nodes) control.cut(node)
  },
  end(control, { nodes }) {
    for (const node of nodes) control.restore(node)
  },
  bit({ nodes }, events) {
    const dead = events.filter((event) => event.type === 'node-dead').filter(({ wanted }) => wanted)
    const hit = nodes.filter((node) => dead.some((event) => event.node === node))
    return hit.length === 0 ? undefined : `${hit.join(', ')} died`
  },
}
