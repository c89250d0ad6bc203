/** From a seed to the plan of a simulated run: a swarm, unless the plain plan was asked for; what was typed always stands. */
import type { Bug } from '../cluster/bugs/bug.ts'
import { bugs } from '../cluster/bugs/index.ts'
import { seededRandom } from '../cluster/random.ts'
import { type Plan, planVersion } from '../nemesis/plan.ts'
import { drawSwarm, workloadsWith } from '../nemesis/swarm.ts'
import { named } from '../workloads/named.ts'
import { type Asked, defaults, drawPlan } from './draw-plan.ts'

/** What the seeds of a campaign are drawn with. */
export interface SimAsked extends Omit<Asked, 'seed'> {
  /** A swarm: everything that was not typed is drawn anew for each seed. Else the plan of `faultline run`. */
  readonly isSwarm: boolean
  /** Rolls all that is neither ops nor faults; the seed of the plan where absent. */
  readonly worldSeed?: string
}

/**
 * A swarm is of raft-kv; other systems get the plain plan. Of what shows a bug a swarm takes the options without which
 * it would be masked, and leaves the faults to chance. Throws a `UsageError` for anything that can not be.
 */
export function drawSimPlan({ isSwarm, worldSeed, ...asked }: SimAsked, seed: string): Plan {
  const takesSwarm = isSwarm && (asked.system ?? defaults.system) === defaults.system
  // A swarm draws faults and the workload of its own; all else that was typed is held to what can be.
  const workload = asked.workload ?? workloadsWith(asked.workloadOptions)[0]
  const drawn = { faults: [], ...(workload === undefined ? {} : { workload }) }
  const plain = drawPlan({ ...asked, ...(takesSwarm ? drawn : {}), seed })
  const plan = takesSwarm ? swarmPlan(asked, seed) : plain
  return worldSeed === undefined ? plan : { ...plan, world: { ...plan.world, seed: worldSeed } }
}

function swarmPlan(asked: Omit<Asked, 'seed'>, seed: string): Plan {
  const bug: Bug | undefined = asked.bug === undefined ? undefined : named('bug', bugs, asked.bug)
  const { mood: _mood, ...setup } = drawSwarm(seededRandom(seed).fork('swarm'), {
    ...asked,
    systemOptions: { ...bug?.shows.options, ...asked.systemOptions },
  })
  return { plan: planVersion, seed, ...setup }
}
