/**
 * Patterns of faults that belong together: each makes a situation that single faults meet only by luck. A pattern is
 * plain planned faults, so that a plan needs no other words for it; parts that mean the same node share their draw.
 */
import type { Random } from '../cluster/random.ts'
import { weighted } from '../workloads/weighted.ts'
import type { Target } from './fault.ts'
import type { PlannedFault } from './plan.ts'
import type { faults } from './registry.ts'

/** One fault of a pattern, at its time in the main phase. */
export type Part = Omit<PlannedFault, 'id' | 'composite'>

export interface Composite {
  readonly summary: string
  /** Drawn only where all of these are asked for. */
  readonly uses: readonly (keyof typeof faults)[]
  /** Begins at `fromMs`, or at an event after it. */
  plan(random: Random, fromMs: number): readonly Part[]
}

/** A leader behind a cut counts its lease by a clock that is wrong. */
const skewedLeader: Composite = {
  summary: 'bend the clock of the leader and cut it off at the same moment',
  uses: ['clock', 'partition'],
  plan(random, fromMs) {
    const draw = leaderDraw(random)
    const pick = weighted(random, [
      { item: 'slow', weight: 60 },
      { item: 'fast', weight: 20 },
      { item: 'back', weight: 20 },
    ])
    const forMs = random.between(800, 3000)
    return [
      { fault: 'clock', target: { pick, draw }, begin: { atMs: fromMs }, forMs },
      isolateLeader(draw, { atMs: fromMs }, forMs - random.between(0, 400)),
    ]
  },
}

/** Its term has risen behind the cut, and it speaks up while others elect a leader. */
const returningTerm: Composite = {
  summary: 'cut a node off until its term has risen, freeze it, heal, kill the leader, and let it go on',
  uses: ['partition', 'pause', 'kill'],
  plan(random, fromMs) {
    const draw = random.uint32()
    const cutMs = random.between(600, 1800)
    const pauseMs = random.between(600, 1600)
    const resumeMs = fromMs + cutMs + pauseMs
    return [
      { fault: 'partition', target: { pick: 'isolate-one', draw }, begin: { atMs: fromMs }, forMs: cutMs },
      {
        fault: 'pause',
        target: { pick: 'one', draw },
        begin: { atMs: fromMs + cutMs - 50 },
        forMs: pauseMs + 50,
      },
      {
        fault: 'kill',
        target: { pick: 'leader', draw },
        begin: { atMs: resumeMs - random.between(50, 600) },
        forMs: random.between(300, 1500),
      },
    ]
  },
}

/** Two copies at once, one of which may have lost what it had not synced. */
const killAndPower: Composite = {
  summary: 'kill the leader and cut the power of another node at the same moment',
  uses: ['power', 'kill'],
  plan(random, fromMs) {
    const draw = random.uint32()
    // The power goes first: once the leader is dead nobody could say who does not lead.
    return [
      {
        fault: 'power',
        target: { pick: 'follower', draw },
        begin: { atMs: fromMs },
        forMs: random.between(200, 2000),
      },
      { fault: 'kill', target: { pick: 'leader', draw }, begin: { atMs: fromMs }, forMs: random.between(200, 2000) },
    ]
  },
}

/** What was just acknowledged is on few nodes, and what comes next on fewer (figure 8 of the Raft paper). */
const cutAfterWrite: Composite = {
  summary: 'isolate the leader right after it acknowledged a write, and then the next one',
  uses: ['partition'],
  plan(random, fromMs) {
    const firstMs = random.between(500, 1500)
    const after = (notBeforeMs: number): Part['begin'] => ({
      on: 'write-acknowledged',
      notBeforeMs,
      afterMs: random.below(5),
    })
    const secondMs = fromMs + firstMs + random.between(-200, 600)
    return [
      isolateLeader(random.uint32(), after(fromMs), firstMs),
      isolateLeader(random.uint32(), after(secondMs), random.between(500, 1500)),
    ]
  },
}

/** Votes and terms that were not written down in time are forgotten. */
const flap: Composite = {
  summary: 'kill a node and start it again within 5 to 60 ms, several times',
  uses: ['kill'],
  plan(random, fromMs) {
    const draw = random.uint32()
    const pick = weighted(random, [
      { item: 'one', weight: 40 },
      { item: 'leader', weight: 40 },
      { item: 'minority', weight: 20 },
    ])
    const gapMs = random.between(60, 400)
    const parts: Part[] = []
    let atMs = fromMs
    for (let left = random.between(3, 8); left > 0; left--) {
      const forMs = random.between(5, 60)
      parts.push({ fault: 'kill', target: { pick, draw }, begin: { atMs }, forMs })
      atMs += forMs + random.between(20, gapMs)
    }
    return parts
  },
}

/** Leaders come and go before they have brought the others' logs in line with theirs. */
const rotateLeader: Composite = {
  summary: 'isolate each leader soon after it was elected',
  uses: ['partition'],
  plan(random, fromMs) {
    const parts: Part[] = [isolateLeader(random.uint32(), { atMs: fromMs }, random.between(400, 1200))]
    let notBeforeMs = fromMs
    for (let left = random.between(2, 4); left > 0; left--) {
      const begin = { on: 'leader-elected', notBeforeMs: notBeforeMs + 50, afterMs: random.between(0, 150) } as const
      parts.push(isolateLeader(random.uint32(), begin, random.between(400, 1200)))
      // Later than the last one is likely to have begun, or one election would begin several.
      notBeforeMs += random.between(600, 1200)
    }
    return parts
  },
}

/** The registry: the key is the only name. */
export const composites = {
  'skewed-leader': skewedLeader,
  'returning-term': returningTerm,
  'kill-and-power': killAndPower,
  'cut-after-write': cutAfterWrite,
  flap,
  'rotate-leader': rotateLeader,
} satisfies Record<string, Composite>

/** The patterns that use no other faults than these, in the order of the registry. */
export function compositesOf(faultNames: ReadonlySet<string>): readonly (readonly [name: string, Composite])[] {
  return Object.entries(composites).filter(([, { uses }]) => uses.every((name) => faultNames.has(name)))
}

/** Even, which means the leader where a draw decides. */
function leaderDraw(random: Random): number {
  return random.below(0x80000000) * 2
}

function isolateLeader(draw: number, begin: Part['begin'], forMs: number): Part {
  const target: Target = { pick: 'isolate-leader', draw }
  return { fault: 'partition', target, begin, forMs }
}
