/** Reads a plan that was stored or written by hand, and says exactly what is wrong with it. */
import { readFileSync } from 'node:fs'
import { faultNamed } from '../nemesis/index.ts'
import { type Plan, planVersion, type TriggerEvent } from '../nemesis/plan.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { drawPlan } from './draw-plan.ts'

/** Options that a plan leaves out have their defaults, or the values under which its bug shows. */
export function readPlan(file: string): Plan {
  const wrong = (what: string, cause?: unknown): UsageError =>
    new UsageError(
      {
        given: `--plan ${file}: ${what}`,
        expected: `a plan of version ${planVersion}, as in a run's plan.json`,
        type: '--plan results/runs/latest/plan.json',
      },
      { cause },
    )
  let plan: unknown
  try {
    plan = JSON.parse(readFileSync(file, 'utf8'))
  } catch (cause) {
    throw wrong(cause instanceof Error ? cause.message : String(cause), cause)
  }
  // A file of `regressions/` has its plan inside.
  if (isRecord(plan) && isRecord(plan.plan)) plan = plan.plan
  const problem = problemOf(plan)
  if (problem) throw wrong(problem)
  try {
    return withKnownNames(plan as Plan) // Just checked, field by field.
  } catch (cause) {
    if (cause instanceof UsageError) throw wrong(`${cause.usage.given}; expected ${cause.usage.expected}`, cause)
    throw cause
  }
}

/** Faults that can be aimed at nodes by their names. */
const takesThese = new Set(['partition', 'kill', 'pause', 'power'])

function namesKnownNodes({ system }: Plan, nodes: unknown): boolean {
  const known = Array.from({ length: system.nodes }, (_none, at) => `n${at + 1}`)
  return Array.isArray(nodes) && nodes.length > 0 && nodes.every((node) => known.includes(node))
}

/** Names, numbers of nodes and options are held to what could have been asked for. */
function withKnownNames(plan: Plan): Plan {
  for (const { id, fault, target } of plan.faults) {
    const { picks } = faultNamed(fault)
    const namesNodes = target.pick === 'these' && takesThese.has(fault) && namesKnownNodes(plan, target.nodes)
    if (!picks.includes(target.pick) && !namesNodes) {
      throw new UsageError({
        given: `${id}: target '${target.pick}' of ${fault}`,
        expected: `one of ${picks.join(', ')}, or these with nodes`,
        type: `${picks[0]}`,
      })
    }
  }
  const { system, workload } = drawPlan({
    seed: plan.seed,
    system: plan.system.name,
    ...(plan.system.bug === undefined ? {} : { bug: plan.system.bug }),
    nodes: plan.system.nodes,
    systemOptions: plan.system.options,
    workload: plan.workload.name,
    workloadOptions: plan.workload.options,
    clients: plan.clients,
    faults: [],
  })
  return { ...plan, system, workload }
}

/** A simulated run ends only when its plan does. */
export const longestMs = 7 * 24 * 3600 * 1000

function problemOf(plan: unknown): string | undefined {
  if (!isRecord(plan)) return 'it is no object'
  if (plan.plan !== planVersion) return `its version is ${JSON.stringify(plan.plan)}`
  if (typeof plan.seed !== 'string') return 'seed is no string'
  const { system, workload, faults } = plan
  if (!isRecord(system) || typeof system.name !== 'string' || !isRecord(system.options)) return 'system is not whole'
  if (typeof system.nodes !== 'number') return 'system.nodes is no number of nodes'
  if (system.bug !== undefined && typeof system.bug !== 'string') return 'system.bug is no name'
  if (!isRecord(workload) || typeof workload.name !== 'string' || !isRecord(workload.options)) {
    return 'workload is not whole'
  }
  for (const field of ['clients', 'durationMs', 'opTimeoutMs', 'recoveryMs']) {
    const value = plan[field]
    if (typeof value !== 'number' || !(value > 0)) return `${field} is no number above 0`
    if (field !== 'clients' && value > longestMs) return `${field} is more than a week (${longestMs})`
  }
  const { durationMs } = plan
  if (!Number.isInteger(plan.clients)) return 'clients is no whole number'
  if (!Array.isArray(faults)) return 'faults is no list'
  const ids = new Set<unknown>()
  for (const [at, fault] of faults.entries()) {
    const problem = faultProblem(fault, ids) ?? lateProblem(fault, durationMs)
    if (problem) return `faults[${at}]: ${problem}`
  }
  if (plan.sweep !== undefined && typeof plan.sweep !== 'boolean') return 'sweep is neither true nor false'
  return worldProblem(plan.world)
}

function worldProblem(world: unknown): string | undefined {
  if (world === undefined) return undefined
  if (!isRecord(world)) return 'world is no object'
  const { seed, encodesMessages, crashPoints = 0 } = world
  if (seed !== undefined && typeof seed !== 'string') return 'world.seed is no string'
  if (encodesMessages !== undefined && typeof encodesMessages !== 'boolean')
    return 'world.encodesMessages is neither true nor false'
  if (typeof crashPoints !== 'number' || !(crashPoints >= 0 && crashPoints <= 1))
    return 'world.crashPoints is no probability'
  return undefined
}

/** Controls are shared by the faults' ids, so two faults with one id would end each other. */
function faultProblem(fault: unknown, ids: Set<unknown>): string | undefined {
  if (!isRecord(fault) || typeof fault.id !== 'string' || typeof fault.fault !== 'string') {
    return 'id or fault is missing'
  }
  if (ids.has(fault.id)) return `the id '${fault.id}' is there already`
  ids.add(fault.id)
  if (!isRecord(fault.target) || typeof fault.target.pick !== 'string' || typeof fault.target.draw !== 'number') {
    return 'target is not whole'
  }
  if (typeof fault.forMs !== 'number' || !(fault.forMs >= 0)) return 'forMs is no number'
  if (fault.forMs > longestMs) return `forMs is more than a week (${longestMs})`
  return beginProblem(fault.begin)
}

/** Such a fault would never begin, and the run would look as if it had withstood it. */
function lateProblem({ begin }: { begin?: unknown }, durationMs: unknown): string | undefined {
  if (!isRecord(begin) || typeof begin.atMs !== 'number') return undefined
  if (begin.atMs >= 0 && begin.atMs < Number(durationMs)) return undefined
  return `begin.atMs is ${begin.atMs}, not within the main phase of ${durationMs} ms`
}

const triggers = {
  'leader-elected': true,
  'write-acknowledged': true,
  'snapshot-taken': true,
} satisfies Record<TriggerEvent, true>

function beginProblem(begin: unknown): string | undefined {
  if (!isRecord(begin)) return 'begin is missing'
  if (typeof begin.atMs === 'number') return undefined
  const { on, notBeforeMs, nth = 1, afterMs } = begin
  if (typeof on !== 'string' || typeof notBeforeMs !== 'number' || typeof afterMs !== 'number') {
    return 'begin has neither atMs nor on, notBeforeMs and afterMs'
  }
  if (notBeforeMs > longestMs || afterMs > longestMs) return `begin is more than a week (${longestMs}) away`
  if (typeof nth !== 'number' || !Number.isInteger(nth) || nth < 1) return 'begin.nth is no whole number above 0'
  return Object.hasOwn(triggers, on) ? undefined : `begin.on is '${on}', not one of ${Object.keys(triggers).join(', ')}`
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
