/** The fault that cuts links. */
import { weighted } from '../workloads/weighted.ts'
import type { Fault } from './fault.ts'
import { cutPicks, resolveCut } from './targets.ts'

/** Cuts the network: what is sent over a cut link is held, and nobody gets to know. */
export const partition: Fault<'links'> = {
  summary: 'cut links between nodes, one-way or both ways, then heal them',
  needs: 'links',
  picks: cutPicks,
  plan: (random) => ({
    // A leader that does not know that it leads no more serves stale reads; a follower that was away comes back with
    // an old log and a new term. Most bugs need one of the two.
    pick: weighted(random, [
      { item: 'isolate-leader', weight: 32 },
      { item: 'one-way', weight: 10 },
      { item: 'isolate-one', weight: 28 },
      { item: 'halves', weight: 12 },
      { item: 'majorities-ring', weight: 9 },
      { item: 'bridge', weight: 9 },
    ]),
    draw: random.uint32(),
  }),
  resolve: resolveCut,
  begin(control, { links }) {
    control.cut(links)
  },
  end(control, { links }) {
    control.heal(links)
  },
  bit({ links }, events) {
    const healed = events
      .filter((event) => event.type === 'link-healed')
      .filter(({ link }) => links.some(({ from, to }) => from === link.from && to === link.to))
      .filter(({ held, destroyed }) => held + destroyed > 0)
    if (healed.length === 0) return undefined
    const held = healed.reduce((sum, event) => sum + event.held, 0)
    const destroyed = healed.reduce((sum, event) => sum + event.destroyed, 0)
    const hit = new Set(healed.map(({ link }) => `${link.from} ${link.to}`)).size
    return `${hit} of ${links.length} cut links held ${held} frames and destroyed ${destroyed} connections`
  },
}
