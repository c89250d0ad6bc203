/** A run in one value: what `summary.json` says, and what JUnit, Markdown and comparisons are made from. */
import type { FaultEvidence } from '../../nemesis/evidence.ts'
import { type OutcomeName, outcomes } from '../outcome.ts'
import type { LoadedRun } from '../run.ts'
import { spansOf } from '../spans.ts'
import { countsOf, endOf, type Latency, latencies, longestUnavailability } from '../statistics.ts'

export const summaryVersion = 1

/** Versioned: fields are added, but none changes its meaning without a new number. */
export interface RunSummary {
  readonly 'faultline-summary': typeof summaryVersion
  readonly name: string
  /** Absent where the run was cut short, or was not judged yet. */
  readonly outcome?: OutcomeName
  /** True for `valid` alone. */
  readonly passed: boolean
  readonly exitCode: number
  readonly cause: string
  readonly anomaly?: { readonly key: string; readonly class?: string; readonly sentence: string }
  readonly mode: string
  readonly system: { readonly name: string; readonly nodes: number; readonly bug?: string }
  readonly workload: string
  readonly clients: number
  readonly seed: string
  readonly startedAt: string
  /** Until the last op. */
  readonly seconds: number
  readonly ops: { readonly ok: number; readonly fail: number; readonly info: number; readonly keys: number }
  readonly latencies: readonly Latency[]
  /** The longest time in which nobody was answered. */
  readonly longestGapMs?: number
  readonly faults: {
    /** How many of each kind were planned. */
    readonly kinds: Readonly<Record<string, number>>
    readonly planned: number
    readonly begun: number
    readonly bit: number
  }
  /** Absent in what did not happen: see `Recovery`. */
  readonly recovery?: { readonly servedMs?: number; readonly caughtUpMs?: number; readonly boundMs: number }
  readonly repeat: string
  readonly notes: readonly string[]
  readonly versions: {
    readonly faultline: string
    readonly node: string
    readonly platform: string
    readonly commit?: string
    readonly dirty?: boolean
  }
}

/** The same run gives the same summary: it holds nothing but what is in the run's files. */
export function summaryOf(run: LoadedRun): RunSummary {
  const { name, plan, environment, outcome, evidence } = run
  const spans = spansOf(run.history)
  const gap = longestUnavailability(spans)
  const { anomaly, recovery } = outcome ?? {}
  const { bug } = plan.system
  const { git } = environment
  return {
    'faultline-summary': summaryVersion,
    name,
    ...(outcome === undefined ? {} : { outcome: outcome.outcome }),
    passed: outcome?.outcome === 'valid',
    exitCode: outcomes[outcome?.outcome ?? 'unknown'].exitCode,
    cause: outcome?.cause ?? 'the run ended before anything was decided',
    ...(anomaly === undefined
      ? {}
      : {
          anomaly: {
            key: anomaly.key,
            ...(anomaly.class === undefined ? {} : { class: anomaly.class }),
            sentence: anomaly.sentence,
          },
        }),
    mode: environment.mode,
    system: { name: plan.system.name, nodes: plan.system.nodes, ...(bug === undefined ? {} : { bug }) },
    workload: plan.workload.name,
    clients: plan.clients,
    seed: plan.seed,
    startedAt: environment.startedAt,
    seconds: endOf(spans) / 1e6,
    ops: outcome?.counts ?? countsOf(spans),
    latencies: latencies(spans),
    ...(gap === undefined ? {} : { longestGapMs: (gap.toUs - gap.fromUs) / 1000 }),
    faults: { kinds: kindsOf(run), ...(outcome?.faults ?? tally(plan.faults.length, evidence)) },
    ...(recovery === undefined
      ? {}
      : {
          recovery: {
            ...(recovery.servedMs === undefined ? {} : { servedMs: recovery.servedMs }),
            ...(recovery.caughtUpMs === undefined ? {} : { caughtUpMs: recovery.caughtUpMs }),
            boundMs: recovery.boundMs,
          },
        }),
    repeat: environment.repeat,
    notes: [...(outcome?.notes ?? []), ...run.notes],
    versions: {
      faultline: environment.faultline,
      node: environment.node,
      platform: environment.platform,
      ...(git === undefined ? {} : { commit: git.commit, dirty: git.dirty }),
    },
  }
}

/** Whether a value that was read from a file is a summary of this version, as far as a glance can tell. */
export function isRunSummary(value: unknown): value is RunSummary {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false
  const fields = new Map<string, unknown>(Object.entries(value))
  return (
    fields.get('faultline-summary') === summaryVersion &&
    ['name', 'cause', 'seed', 'workload', 'startedAt'].every((name) => typeof fields.get(name) === 'string') &&
    ['system', 'ops', 'faults', 'versions'].every((name) => typeof fields.get(name) === 'object') &&
    Array.isArray(fields.get('latencies')) &&
    Array.isArray(fields.get('notes'))
  )
}

function kindsOf({ plan }: LoadedRun): Record<string, number> {
  const kinds = new Map<string, number>()
  for (const { fault } of plan.faults) kinds.set(fault, (kinds.get(fault) ?? 0) + 1)
  return Object.fromEntries([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)))
}

function tally(planned: number, evidence: readonly FaultEvidence[]) {
  const begun = evidence.filter(({ beganUs }) => beganUs !== undefined).length
  return { planned, begun, bit: evidence.filter(({ bit }) => bit !== undefined).length }
}
