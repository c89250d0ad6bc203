/** The fault that breaks disks. */
import { seededRandom } from '../cluster/random.ts'
import type { NodeId, SystemEvent } from '../cluster/system.ts'
import { weighted } from '../workloads/weighted.ts'
import type { Fault, Target } from './fault.ts'
import { resolveByDraw } from './targets.ts'

/** `full`: no room for more. `error`: whatever is asked of it fails. `flip`: one bit of what was synced is wrong. */
const picks = ['slow', 'full', 'error', 'flip'] as const

type DiskPick = (typeof picks)[number]

/** Breaks disks. A node may die of it; at the end the disk is whole again, turned bits too, and the node starts again. */
export const disk: Fault<'disk'> = {
  summary: 'make disks slow, full or failing, or turn a bit on one, then heal them and start who died of it',
  needs: 'disk',
  picks,
  plan: (random) => ({
    pick: weighted(random, [
      { item: 'slow', weight: 35 },
      { item: 'error', weight: 25 },
      { item: 'full', weight: 20 },
      { item: 'flip', weight: 20 },
    ]),
    draw: random.uint32(),
  }),
  resolve(target, view) {
    const { nodes, links, text } = resolveByDraw(target, view, 'minority')
    return { nodes, links, text: `the ${nodes.length === 1 ? 'disk' : 'disks'} of ${text}: ${describe(target)}` }
  },
  begin(control, { nodes }, target) {
    for (const node of nodes) {
      switch (knownPick(target)) {
        case 'slow':
          control.slow(node, latencyUs(target))
          break
        case 'full':
          control.fail(node, 'enospc')
          break
        case 'error':
          control.fail(node, 'eio')
          break
        case 'flip':
          control.flip(node)
          break
      }
    }
  },
  end(control, { nodes }) {
    for (const node of nodes) control.heal(node)
  },
  bit({ nodes }, events, target) {
    const proofs = nodes.flatMap((node) => proofOf(knownPick(target), node, events) ?? [])
    return proofs.length === 0 ? undefined : proofs.join('; ')
  },
}

/** What shows that a disk was not only broken but used. */
function proofOf(pick: DiskPick, node: NodeId, events: readonly SystemEvent[]): string | undefined {
  const own = events.filter((event) => 'node' in event && event.node === node)
  const died = own.filter((event) => event.type === 'node-dead').find(({ how }) => how.startsWith('disk: '))
  const healed = own.filter((event) => event.type === 'disk-healed')
  const slowed = healed.reduce((sum, event) => sum + event.slowed, 0)
  const failed = healed.reduce((sum, event) => sum + event.failed, 0)
  switch (pick) {
    case 'slow':
      return slowed > 0 ? `${slowed} disk operations of ${node} took long` : undefined
    case 'full':
    case 'error': {
      if (failed === 0) return undefined
      return `${failed} disk operations of ${node} failed${died ? ', and it died' : ''}`
    }
    case 'flip': {
      const flip = own.filter((event) => event.type === 'disk-broken').find(({ how }) => how === 'flip')
      return flip && died ? `${node} refused to start on a turned bit at ${flip.where ?? 'some place'}` : undefined
    }
    default:
      return pick satisfies never
  }
}

function latencyUs({ draw }: Target): number {
  return seededRandom(draw).fork('disk').between(2, 120) * 1000
}

function describe(target: Target): string {
  const pick = knownPick(target)
  switch (pick) {
    case 'slow':
      return `each operation takes ${latencyUs(target) / 1000} ms longer`
    case 'full':
      return 'no room left'
    case 'error':
      return 'every operation fails'
    case 'flip':
      return 'one bit turned'
    default:
      return pick satisfies never
  }
}

function knownPick({ pick }: Target): DiskPick {
  const found = picks.find((each) => each === pick)
  if (found === undefined) throw new RangeError(`disk '${pick}' is none of ${picks.join(', ')}`)
  return found
}
