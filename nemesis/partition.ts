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
    // A leader that does not know yet that it leads no more is where most bugs live.
    pick: weighted(random, [
      { item: 'isolate-leader', weight: 35 },
      { item: 'one-way', weight: 10 },
      { item: 'isolate-one', weight: 20 },
      { item: 'halves', weight: 15 },
      { item: 'majorities-ring', weight: 10 },
      { item: 'bridge', weight: 10 },
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
