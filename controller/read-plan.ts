/** Reads a plan that was stored or written by hand, and says exactly what is wrong with it. */
import { readFileSync } from 'node:fs'
import { bugs } from '../cluster/bugs/index.ts'
import { systems } from '../cluster/systems/index.ts'
import { faults } from '../nemesis/index.ts'
import { type Plan, planVersion } from '../nemesis/plan.ts'
import { workloads } from '../workloads/index.ts'
import { UsageError } from '../workloads/usage-error.ts'
import { named } from './named.ts'

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
  const problem = problemOf(plan)
  if (problem) throw wrong(problem)
  const checked = plan as Plan // Just checked, field by field.
  named('system', systems, checked.system.name)
  named('workload', workloads, checked.workload.name)
  if (checked.system.bug !== undefined) named('bug', bugs, checked.system.bug)
  for (const { fault } of checked.faults) named('fault', faults, fault)
  return checked
}

function problemOf(plan: unknown): string | undefined {
  if (!isRecord(plan)) return 'it is no object'
  if (plan.plan !== planVersion) return `its version is ${JSON.stringify(plan.plan)}`
  if (typeof plan.seed !== 'string') return 'seed is no string'
  if (!isRecord(plan.system) || typeof plan.system.name !== 'string' || !isRecord(plan.system.options))
    return 'system is not whole'
  if (!Number.isInteger(plan.system.nodes) || Number(plan.system.nodes) < 1) return 'system.nodes is no number of nodes'
  if (!isRecord(plan.workload) || typeof plan.workload.name !== 'string' || !isRecord(plan.workload.options))
    return 'workload is not whole'
  for (const field of ['clients', 'durationMs', 'opTimeoutMs', 'recoveryMs']) {
    const value = plan[field]
    if (typeof value !== 'number' || !(value > 0)) return `${field} is no number above 0`
  }
  if (!Array.isArray(plan.faults)) return 'faults is no list'
  for (const [at, fault] of plan.faults.entries()) {
    const problem = faultProblem(fault)
    if (problem) return `faults[${at}]: ${problem}`
  }
  return undefined
}

function faultProblem(fault: unknown): string | undefined {
  if (!isRecord(fault) || typeof fault.id !== 'string' || typeof fault.fault !== 'string')
    return 'id or fault is missing'
  if (!isRecord(fault.target) || typeof fault.target.pick !== 'string' || typeof fault.target.draw !== 'number')
    return 'target is not whole'
  if (typeof fault.forMs !== 'number' || !(fault.forMs >= 0)) return 'forMs is no number'
  const { begin } = fault
  if (!isRecord(begin)) return 'begin is missing'
  const isTimed = typeof begin.atMs === 'number'
  const isTriggered =
    typeof begin.on === 'string' && typeof begin.notBeforeMs === 'number' && typeof begin.afterMs === 'number'
  return isTimed || isTriggered ? undefined : 'begin has neither atMs nor on, notBeforeMs and afterMs'
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
