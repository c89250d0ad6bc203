/** The fault that bends clocks. */
import { seededRandom } from '../cluster/random.ts'
import type { ClockError } from '../cluster/system.ts'
import { weighted } from '../workloads/weighted.ts'
import type { Fault, Target } from './fault.ts'
import { resolveByDraw } from './targets.ts'

/** `fast` and `slow`: all its time, timers too. `ahead` and `back`: the wall clock jumps, and jumps back at the end. */
const picks = ['fast', 'slow', 'ahead', 'back'] as const

/** Bends a node's clock: its time runs at another rate, or its wall clock jumps. */
export const clock: Fault<'clock'> = {
  summary: "make a node's clock run fast or slow, or its wall clock jump ahead or back, then set it right",
  needs: 'clock',
  picks,
  plan: (random) => ({
    pick: weighted(random, [
      { item: 'slow', weight: 40 },
      { item: 'fast', weight: 30 },
      { item: 'back', weight: 15 },
      { item: 'ahead', weight: 15 },
    ]),
    draw: random.uint32(),
  }),
  resolve(target, view) {
    const { nodes, links, text } = resolveByDraw(target, view)
    return { nodes, links, text: `the clock of ${text} ${describe(clockErrorOf(target))}` }
  },
  begin(control, { nodes }, target) {
    const error = clockErrorOf(target)
    for (const node of nodes) control.set(node, error)
  },
  end(control, { nodes }) {
    for (const node of nodes) control.reset(node)
  },
  bit({ nodes }, events) {
    const bent = events.filter((event) => event.type === 'clock-set')
    const hit = nodes.filter((node) => bent.some((event) => event.node === node))
    return hit.length === 0 ? undefined : `the clock of ${hit.join(', ')} was wrong`
  },
}

/** What a target's pick and draw mean for a clock. */
export function clockErrorOf({ pick, draw }: Target): ClockError {
  const known = picks.find((each) => each === pick)
  if (known === undefined) throw new RangeError(`clock '${pick}' is none of ${picks.join(', ')}`)
  const random = seededRandom(draw).fork('clock')
  switch (known) {
    case 'fast':
      return { offsetUs: 0, ratePpm: random.between(1, 30) * 100_000 }
    case 'slow':
      return { offsetUs: 0, ratePpm: -random.between(2, 18) * 50_000 }
    case 'ahead':
      return { offsetUs: random.between(100, 3_600_000) * 1000, ratePpm: 0 }
    case 'back':
      return { offsetUs: -random.between(100, 3_600_000) * 1000, ratePpm: 0 }
    default:
      return known satisfies never
  }
}

function describe({ offsetUs, ratePpm }: ClockError): string {
  if (ratePpm !== 0) return `runs at ${(1_000_000 + ratePpm) / 10_000} % of its speed`
  return `jumps ${Math.abs(offsetUs) / 1_000_000} s ${offsetUs > 0 ? 'ahead' : 'back'}`
}
