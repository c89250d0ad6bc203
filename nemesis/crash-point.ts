/** The fault that kills a node at a named moment of its work, where a kill by the clock would have to be lucky. */
import type { CrashPoint } from '../cluster/system.ts'
import { weighted } from '../workloads/weighted.ts'
import type { Fault, Target } from './fault.ts'
import { resolveByDraw } from './targets.ts'

const picks = [
  'before-sync',
  'after-sync',
  'before-send',
  'after-send',
  'before-snapshot',
  'after-snapshot',
] as const satisfies readonly CrashPoint[]

/** Kills a node when it next passes a crash point; it comes back on the disk it left. */
export const crashPoint: Fault<'crashPoint'> = {
  summary: 'kill a node right before or after it syncs, sends or takes a snapshot, then start it again',
  needs: 'crashPoint',
  picks,
  plan: (random) => ({
    pick: weighted(random, [
      { item: 'before-sync', weight: 22 },
      { item: 'after-sync', weight: 22 },
      { item: 'before-send', weight: 16 },
      { item: 'after-send', weight: 26 },
      // A fault may well be over before a snapshot is due.
      { item: 'before-snapshot', weight: 7 },
      { item: 'after-snapshot', weight: 7 },
    ]),
    draw: random.uint32(),
  }),
  resolve(target, view) {
    const { nodes, links, text } = resolveByDraw(target, view)
    return { nodes, links, text: `${text}, ${knownPick(target).replace('-', ' its next ')}` }
  },
  begin(control, { nodes }, target) {
    for (const node of nodes) control.arm(node, knownPick(target))
  },
  end(control, { nodes }) {
    for (const node of nodes) control.disarm(node)
  },
  bit({ nodes }, events, { pick }) {
    const dead = events.filter((event) => event.type === 'node-dead').filter(({ how }) => how === `crash point ${pick}`)
    const hit = nodes.filter((node) => dead.some((event) => event.node === node))
    return hit.length === 0 ? undefined : `${hit.join(', ')} died at ${pick}`
  },
}

function knownPick({ pick }: Target): CrashPoint {
  const found = picks.find((each) => each === pick)
  if (found === undefined) throw new RangeError(`crash point '${pick}' is none of ${picks.join(', ')}`)
  return found
}
