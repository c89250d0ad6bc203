/** The fault that freezes nodes. */
import { weighted } from '../workloads/weighted.ts'
import type { Fault } from './fault.ts'
import { nodePicks, resolveNodes } from './targets.ts'

/** Freezes nodes: they keep their sockets and a stale leadership, but run no code. */
export const pause: Fault<'pause'> = {
  summary: 'stop nodes with SIGSTOP, then let them go on',
  needs: 'pause',
  picks: nodePicks,
  plan: (random) => ({
    pick: weighted(random, [
      { item: 'leader', weight: 55 },
      { item: 'one', weight: 20 },
      { item: 'minority', weight: 15 },
      { item: 'majority', weight: 5 },
      { item: 'all', weight: 5 },
    ]),
    draw: random.uint32(),
  }),
  resolve: resolveNodes,
  begin(control, { nodes }) {
    for (const node of nodes) control.pause(node)
  },
  end(control, { nodes }) {
    for (const node of nodes) control.resume(node)
  },
  bit({ nodes }, events) {
    const frozen = events.filter((event) => event.type === 'node-paused')
    const hit = nodes.filter((node) => frozen.some((event) => event.node === node))
    return hit.length === 0 ? undefined : `${hit.join(', ')} froze`
  },
}
