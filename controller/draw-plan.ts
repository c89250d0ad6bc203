/** From what a person asked for to a plan: the bug's own way of being seen first, what was typed over it, defaults below. */

import type { Bug } from '../cluster/bugs/bug.ts'
import { bugs } from '../cluster/bugs/index.ts'
import { readOptions } from '../cluster/node/options.ts'
import { seededRandom } from '../cluster/random.ts'
import { systems } from '../cluster/systems/index.ts'
import type { SystemKind } from '../cluster/systems/system-kind.ts'
import { drawFaults } from '../nemesis/draw.ts'
import { askedFault } from '../nemesis/index.ts'
import { type Plan, planVersion } from '../nemesis/plan.ts'
import { workloadOptions } from '../workloads/index.ts'
import { named } from '../workloads/named.ts'
import { UsageError } from '../workloads/usage-error.ts'

/** What may be asked for; everything has a default. */
export interface Asked {
  readonly seed: string
  readonly system?: string
  readonly bug?: string
  readonly nodes?: number
  readonly workload?: string
  readonly faults?: readonly string[]
  readonly clients?: number
  readonly durationMs?: number
  readonly opTimeoutMs?: number
  readonly recoveryMs?: number
  readonly systemOptions?: Readonly<Record<string, unknown>>
  readonly workloadOptions?: Readonly<Record<string, unknown>>
}

export const defaults = {
  system: 'raft-kv',
  workload: 'register',
  faults: ['partition', 'kill', 'pause'],
  clients: 10,
  durationMs: 30_000,
  opTimeoutMs: 1_000,
  recoveryMs: 15_000,
} as const

/** More of them tell nothing new, and each one costs the tester memory and time. */
const maxClients = 10_000

/** Throws a `UsageError` for anything that can not be. Equal questions with equal seeds give equal plans. */
export function drawPlan(asked: Asked): Plan {
  const bug: Bug | undefined = asked.bug === undefined ? undefined : named('bug', bugs, asked.bug)
  const shows = bug?.shows
  const systemName = asked.system ?? defaults.system
  const system: SystemKind = named('system', systems, systemName)
  if (bug && !system.takesBugs) {
    throw new UsageError({
      given: `--bug ${asked.bug} with --system ${systemName}`,
      expected: 'a system whose nodes can carry a bug',
      type: `--bug ${asked.bug}`,
    })
  }
  const nodes = asked.nodes ?? shows?.nodes ?? system.nodes.default
  const { min, max } = system.nodes
  if (!Number.isInteger(nodes) || nodes < min || nodes > max) {
    throw new UsageError({
      given: `--nodes ${nodes}`,
      expected: `${systemName} has ${min} to ${max} nodes`,
      type: `--nodes ${system.nodes.default}`,
    })
  }
  const clients = asked.clients ?? defaults.clients
  if (clients > maxClients) {
    throw new UsageError({
      given: `--clients ${clients}`,
      expected: `${maxClients} clients at most`,
      type: `--clients ${defaults.clients}`,
    })
  }
  const workload = asked.workload ?? shows?.workload ?? defaults.workload
  const faultNames = asked.faults ?? shows?.faults ?? defaults.faults
  for (const name of faultNames) askedFault(name)
  const durationMs = asked.durationMs ?? (shows?.timeLimitS ? shows.timeLimitS * 1000 : defaults.durationMs)
  return {
    plan: planVersion,
    seed: asked.seed,
    system: {
      name: systemName,
      nodes,
      options: systemOptions(system, { ...shows?.options, ...asked.systemOptions }),
      ...(asked.bug === undefined ? {} : { bug: asked.bug }),
    },
    workload: {
      name: workload,
      options: workloadOptions(workload, { ...shows?.workloadOptions, ...asked.workloadOptions }),
    },
    clients,
    durationMs,
    opTimeoutMs: asked.opTimeoutMs ?? defaults.opTimeoutMs,
    recoveryMs: asked.recoveryMs ?? defaults.recoveryMs,
    faults: plannedFaults(faultNames, asked.seed, durationMs, nodes),
  }
}

/** A fault that was asked for and finds no room would make a run that proves less than it seems to. */
function plannedFaults(names: readonly string[], seed: string, durationMs: number, nodes: number): Plan['faults'] {
  const planned = drawFaults({ faults: names, random: seededRandom(seed).fork('nemesis'), durationMs, nodes })
  const missing = names.filter((name) => !planned.some(({ fault }) => fault === name.split(':', 1)[0]))
  if (missing.length === 0) return planned
  throw new UsageError({
    given: `a main phase of ${durationMs / 1000} s, which has no room for ${missing.join(', ')}`,
    expected: `about ${3 + 2 * names.length} s or more for ${names.length} faults`,
    type: `--time ${3 + 2 * names.length}, or --faults none`,
  })
}

function systemOptions(system: SystemKind, given: Readonly<Record<string, unknown>>): Plan['system']['options'] {
  try {
    return readOptions(system.options, given)
  } catch (cause) {
    const [name, spec] = Object.entries(system.options)[0] ?? []
    throw new UsageError(
      {
        given: cause instanceof Error ? cause.message : String(cause),
        expected: "one of the system's options with a value of its type",
        type: name ? `--set ${name}=${spec?.default}` : 'no --set at all',
      },
      { cause },
    )
  }
}
