/** From what a run left behind to its outcome: the checker's verdict, then all that a black box can not say. */
import {
  adviseUnknown,
  check,
  explain,
  longestPrefix,
  minimize,
  type PartitionResult,
  type UnknownAdvice,
  weaker,
} from 'porcupine-ts'
import { HistoryError, type HistoryEvent, type Pairs, pairs, type RecordedOperation } from 'porcupine-ts/formats'
import { type KvModel, models } from 'porcupine-ts/models'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import type { Plan } from '../nemesis/plan.ts'
import type { Anomaly, Outcome, OutcomeName, ReducedOperation, ShownOperation } from '../results/outcome.ts'
import { endsOf, shownOperation } from '../results/spans.ts'
import { countsOf } from '../results/statistics.ts'
import { named } from '../workloads/named.ts'
import type { SessionResult } from './session.ts'

/** Configurations that a check may expand before it says `unknown`. */
export const checkBudget = 20_000_000
/** Fewer ops answered `ok` than this, in number or as a share, and a run proves little. */
const fewOks = 50
const fewOksShare = 0.05
const prefixLength = 12
/** A core of more ops is not recorded as the checker reduced it: nobody could read its proof. */
const reducedAtMost = 12
/** Keys that were not decided of which the outcome tells. */
const undecidedTold = 3

/** What the checker says of a history, as a run's outcome holds it. */
export type Verdict = Pick<Outcome, 'verdict' | 'anomaly' | 'undecided' | 'checker' | 'counts'> & {
  /** Why there is no verdict. */
  readonly problem?: string
}

export interface Conditions {
  /** The worst lag of the tester's own event loop, and how much it may be, in ms. */
  readonly lagMs: number
  readonly lagBoundMs: number
  /** Configurations that the check may expand; `checkBudget` unless told. */
  readonly maxConfigurations?: number
}

export function judge(plan: Plan, model: string, result: SessionResult, conditions: Conditions): Outcome {
  const { problem, ...verdict } = decide(model, result.events, conditions.maxConfigurations)
  const { evidence } = result
  const findings: Finding[] = [
    ...anomalyFindings(verdict),
    ...result.crashes.map((crash) => finding('node-crash', `a node died that nobody had killed (${crash})`)),
    ...harnessFindings(result, conditions, problem),
    ...recoveryFindings(result),
    ...unknownFindings(verdict),
    ...vacuousFindings(verdict, evidence, result),
  ]
  const [worst] = findings
  const begun = evidence.filter((each) => each.beganUs !== undefined)
  return {
    ...verdict,
    outcome: worst?.outcome ?? 'valid',
    cause: worst?.cause ?? validCause(plan, verdict, evidence),
    ...(result.recovery ? { recovery: result.recovery } : {}),
    nodes: result.nodes,
    faults: {
      planned: evidence.length,
      begun: begun.length,
      bit: begun.filter((each) => each.bit !== undefined).length,
    },
    notes: [
      ...findings.slice(1).map((each) => `also ${each.outcome}: ${each.cause}`),
      `the tester's own event loop was late by ${Math.round(conditions.lagMs)} ms at worst`,
    ],
  }
}

/** Decides a history by a model of the registry. */
export function decide(model: string, events: readonly HistoryEvent[], maxConfigurations = checkBudget): Verdict {
  const startMs = performance.now()
  const counts = countsOf(endsOf(events))
  const unchecked = { counts, checker: { configurations: 0, ms: 0, partitions: 0 }, verdict: 'unchecked' } as const
  let paired: Pairs
  try {
    paired = pairs(events)
  } catch (error) {
    if (error instanceof HistoryError)
      return { ...unchecked, problem: `the history contradicts itself: ${error.message}` }
    throw error
  }
  const kvModel: KvModel = named('model', models, model)
  const { verdict, partitions, explored } = check(kvModel, paired.operations, { maxConfigurations })
  const illegal = partitions.find((partition) => partition.verdict === 'illegal')
  return {
    counts,
    verdict,
    checker: { configurations: explored, ms: performance.now() - startMs, partitions: partitions.length },
    ...(illegal ? { anomaly: anomalyOf(kvModel, illegal, paired, events) } : {}),
    ...(verdict === 'unknown' ? { undecided: undecidedIn(partitions) } : {}),
  }
}

function undecidedIn(partitions: readonly PartitionResult<RecordedOperation>[]): readonly UnknownAdvice[] {
  return partitions
    .filter((each) => each.verdict === 'unknown')
    .slice(0, undecidedTold)
    .map(adviseUnknown)
}

interface Finding {
  readonly outcome: OutcomeName
  readonly cause: string
}

function finding(outcome: OutcomeName, cause: string): Finding {
  return { outcome, cause }
}

function anomalyFindings({ anomaly }: Omit<Verdict, 'problem'>): Finding[] {
  return anomaly ? [finding('illegal', anomaly.sentence)] : []
}

function harnessFindings(
  result: SessionResult,
  { lagMs, lagBoundMs }: Conditions,
  problem: string | undefined,
): Finding[] {
  const causes = [...result.harness, ...(problem === undefined ? [] : [problem])]
  if (lagMs > lagBoundMs) {
    causes.push(
      `the tester's own event loop was late by ${Math.round(lagMs)} ms, more than the nodes' heartbeat (${lagBoundMs} ms)`,
    )
  }
  return causes.map((cause) => finding('harness', cause))
}

function recoveryFindings({ recovery, unread }: SessionResult): Finding[] {
  if (!recovery) return []
  if (unread.length > 0 && recovery.servedMs !== undefined) {
    const some = unread.slice(0, 3).join(', ')
    return [
      finding(
        'stuck',
        `after the recovery no read was answered for ${unread.length} keys (${some}${unread.length > 3 ? ' …' : ''})`,
      ),
    ]
  }
  const { servedMs, caughtUpMs, behind, boundMs } = recovery
  if (servedMs === undefined) {
    return [
      finding(
        'stuck',
        `${boundMs / 1000} s after the last heal no write and read had been answered: ${behind.join('; ')}`,
      ),
    ]
  }
  if (caughtUpMs !== undefined || behind.length === 0) return []
  return [
    finding('stuck', `${boundMs / 1000} s after the last heal not every node had caught up: ${behind.join('; ')}`),
  ]
}

function unknownFindings({ verdict, checker, undecided }: Omit<Verdict, 'problem'>): Finding[] {
  if (verdict !== 'unknown') return []
  const cause = `the checker gave up after ${checker.configurations.toLocaleString('en-US')} configurations over ${checker.partitions} keys`
  const [first] = undecided ?? []
  return [finding('unknown', first === undefined ? cause : `${cause}. ${first.text}`)]
}

function vacuousFindings(
  { counts }: Omit<Verdict, 'problem'>,
  evidence: readonly FaultEvidence[],
  result: SessionResult,
): Finding[] {
  if (result.isInterrupted) {
    const unseen = result.recovery ? 'not all final ops were' : 'neither its recovery nor final ops were'
    return [finding('vacuous', `the run was interrupted: ${unseen} seen`)]
  }
  const total = counts.ok + counts.fail + counts.info
  if (counts.ok < fewOks || counts.ok < total * fewOksShare) {
    return [finding('vacuous', `only ${counts.ok} of ${total} ops were answered, too few to prove much`)]
  }
  const kinds = [...new Set(evidence.map(({ planned }) => planned.fault))]
  return kinds.flatMap((kind) => {
    const ofKind = evidence.filter(({ planned }) => planned.fault === kind)
    if (ofKind.some(({ bit }) => bit !== undefined)) return []
    const why =
      ofKind.map(({ skipped }) => skipped).find((reason) => reason !== undefined) ?? 'nothing shows that it bit'
    return [finding('vacuous', `the fault ${kind} was asked for, but it did nothing: ${why}`)]
  })
}

function validCause(plan: Plan, { counts }: Omit<Verdict, 'problem'>, evidence: readonly FaultEvidence[]): string {
  const bit = evidence.filter((each) => each.bit !== undefined).length
  const faults = bit === 0 ? 'without any fault' : `under ${bit} ${bit === 1 ? 'fault' : 'faults'} that bit`
  const { name, nodes } = plan.system
  const ops = counts.ok.toLocaleString('en-US')
  return (
    `${ops} answered ops on ${counts.keys} keys of ${name} (${nodes} ${nodes === 1 ? 'node' : 'nodes'}), ${faults}: ` +
    'each key behaved as a single copy, in an order that respects real time'
  )
}

/** The core, with whatever else the sentence speaks of, so that a reader finds in the picture what the words name. */
function anomalyOf(
  model: KvModel,
  illegal: PartitionResult<RecordedOperation>,
  { failed }: Pairs,
  events: readonly HistoryEvent[],
): Anomaly {
  // An engine that decides without walking through the history does not say how far it makes sense.
  const reached = illegal.stuck ? illegal : longestPrefix(model, illegal.operations)
  const { core, confirmed, start } = minimize(model, illegal.operations, reached.stuck, { core: illegal.core })
  const { kind, text, operations } = explain(core, { history: illegal.operations, failed })
  const show = (operation: RecordedOperation): ShownOperation => shown(operation, events)
  const told = new Map([...core, ...operations].map((operation) => [operation.id, show(operation)]))
  return {
    key: illegal.key ?? '',
    sentence: text,
    class: kind,
    core: [...told.values()].sort((a, b) => a.callUs - b.callUs),
    ...(core.length > reducedAtMost ? {} : { reduced: { start, ops: core.map(reduced) } }),
    confirmed,
    weaker: weaker(model, illegal.operations),
    prefix: reached.linearization.slice(-prefixLength).map(show),
    ...(reached.stuck ? { blocked: show(reached.stuck) } : {}),
  }
}

function reduced({ process, call, return: end, input, output }: RecordedOperation): ReducedOperation {
  return {
    process,
    callUs: call,
    ...(end === Number.POSITIVE_INFINITY ? {} : { returnUs: end }),
    input,
    ...(output === undefined ? {} : { output }),
  }
}

/** As the history has it: a core may say less of an operation than was recorded. */
function shown({ id, completedAt }: RecordedOperation, events: readonly HistoryEvent[]): ShownOperation {
  const invoke = events[id]
  if (!invoke) throw new Error(`an operation of event ${id}, which the history does not have`)
  return shownOperation(invoke, completedAt === undefined ? undefined : events[completedAt])
}
