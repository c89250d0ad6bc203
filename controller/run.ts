/** One run on real processes, from its plan to its verdict and report. The history is on disk before anything is checked. */
import { basename } from 'node:path'
import { realClock } from '../cluster/real/clock.ts'
import type { System } from '../cluster/system.ts'
import { systems } from '../cluster/systems/index.ts'
import type { SystemKind } from '../cluster/systems/system-kind.ts'
import type { Plan } from '../nemesis/plan.ts'
import { readRun } from '../results/load.ts'
import { type Outcome, outcomes } from '../results/outcome.ts'
import { reportHtml } from '../results/report/page.ts'
import { reportText } from '../results/report/text.ts'
import { createRun, type EventWriter, runName, type StoredRun, StoreError } from '../results/store.ts'
import { writeRunSummaries } from '../results/summaries/of-run.ts'
import { workloadNamed } from '../workloads/index.ts'
import { named } from '../workloads/named.ts'
import { type Display, type RunPhase, showRun, statusLine } from './display.ts'
import { describeEnvironment } from './environment.ts'
import { watchedModel, withAlarm } from './fail-fast.ts'
import { judge } from './judge.ts'
import { LoopLag } from './loop-lag.ts'
import { reasonOf } from './reason.ts'
import { Session, type SessionResult } from './session.ts'
import { version } from './version.ts'

/** For systems without an option that says. */
const defaultHeartbeatMs = 100

export interface RunOptions {
  /** Where the run's directory goes. */
  readonly root: string
  /** As typed, for the record. */
  readonly command: string
  /** What to type to run the plan again; from the run's directory, where that is needed. */
  readonly repeat: string | ((dir: string) => string)
  readonly isQuiet: boolean
  /** Leave the cluster up; `stop` of the result ends it. */
  readonly keepRunning: boolean
  /** Freeze the nodes and end the run as soon as the history is illegal; then they are not left up. */
  readonly failFast?: boolean
  /** Ends the run early, and still checks what there is. */
  readonly signal: AbortSignal
}

export interface RunResult {
  readonly outcome: Outcome
  readonly dir: string
  /** The summary for a terminal. */
  readonly text: string
  /** Addresses of the nodes, while they are up. */
  readonly addresses: Readonly<Record<string, string>>
  /** Ends what still runs. */
  stop(): Promise<void>
}

export async function runReal(plan: Plan, options: RunOptions): Promise<RunResult> {
  const kind: SystemKind = named('system', systems, plan.system.name)
  const workload = workloadNamed(plan.workload.name)
  const { repeat } = options
  const environment = describeEnvironment('real', options.command, typeof repeat === 'string' ? repeat : '')
  const stored = createRun(options.root, runName(plan, environment), {
    plan,
    environment,
    ...(typeof repeat === 'string' ? {} : { repeat }),
  })
  const clock = realClock()
  const nodes = Array.from({ length: plan.system.nodes }, (_none, at) => `n${at + 1}`)
  const system = kind.real?.({
    nodes,
    options: { ...plan.system.options, ...(plan.system.bug === undefined ? {} : { bug: plan.system.bug }) },
    directory: stored.nodes,
    logDirectory: stored.logs,
    clock,
    seed: plan.seed,
  })
  if (!system) throw new Error(`the system ${plan.system.name} can not run on real processes`)
  const lag = new LoopLag()
  const history = stored.historyWriter({
    workload: plan.workload.name,
    model: workload.model,
    seed: plan.seed,
    version,
  })
  const systemEvents = stored.eventsWriter()
  let fail = (_what: string): void => undefined
  let hasFailed = false
  /** A history that is not on disk is none, so the run ends; not at once, as this is in the middle of something. */
  const add = <Event>(writer: EventWriter<Event>, event: Event): void => {
    writer.add(event)
    const { error } = writer
    if (error === undefined || hasFailed) return
    hasFailed = true
    setImmediate(() => fail(reasonOf(error)))
  }
  let display: Display | undefined
  let interrupt = (): void => undefined
  let hasStarted = false
  try {
    const seen = await new Promise<SessionResult>((resolve) => {
      const session = new Session({
        plan,
        system,
        clock,
        onHistory: (event) => add(history, event),
        onSystem: (event) => add(systemEvents, event),
        onPhase: (phase) => {
          if (phase === 'main') {
            hasStarted = true
            lag.reset()
          }
          if (phase !== 'over') display?.enter(phase)
        },
        ...(options.failFast === true ? { failFast: watchedModel(plan) } : {}),
        done: resolve,
      })
      display = showRun({ titles: titlesOf(plan), status: describeWork(session), isQuiet: options.isQuiet })
      interrupt = () => session.interrupt()
      fail = (what) => session.fail(what)
      options.signal.addEventListener('abort', interrupt)
      session.start()
      if (options.signal.aborted) interrupt()
    })
    const lagMs = lag.worstMs
    const result = withStoreErrors(seen, [
      ...storeErrors(() => history.close()),
      ...storeErrors(() => systemEvents.close()),
      ...storeErrors(() => stored.writeEvidence(seen.evidence)),
    ])
    const isLeftUp = options.keepRunning && hasStarted && seen.frozen === undefined
    if (!isLeftUp) {
      display?.enter('stop')
      await stopSystem(system)
    }
    display?.enter('check')
    const judged = withAlarm(
      judge(plan, workload.model, result, { lagMs, lagBoundMs: heartbeatMs(plan) }),
      result,
      `; what they had on disk is in ${basename(stored.nodes)}/, their logs are in ${basename(stored.logs)}/`,
    )
    const unwritten = storeErrors(() => stored.writeOutcome(judged))
    const outcome = unwritten.length === 0 ? judged : withoutRecord(judged, unwritten)
    display?.enter('report')
    const text = unwritten.length === 0 ? reportOf(stored, outcome) : bareReport(stored, outcome)
    await display?.close()
    return {
      outcome,
      dir: stored.dir,
      text,
      addresses: isLeftUp ? system.addresses() : {},
      stop: () => stopSystem(system),
    }
  } catch (error) {
    await stopSystem(system)
    await display?.close()
    throw error
  } finally {
    // The signal outlives the run in a campaign, and must not keep all that each run saw.
    options.signal.removeEventListener('abort', interrupt)
    lag.stop()
  }
}

/** Reads back what is on disk, so that a report is made of nothing else. */
export function writeReport(stored: Pick<StoredRun, 'dir' | 'writeReport'>): string {
  const run = readRun(stored.dir)
  writeRunSummaries(run)
  const text = reportText(run)
  stored.writeReport(reportHtml(run), text)
  return text
}

/** The outcome stands, whatever becomes of its report. */
function reportOf(stored: StoredRun, outcome: Outcome): string {
  try {
    return writeReport(stored)
  } catch (error) {
    return `${bareReport(stored, outcome)}\nThe report could not be written: ${reasonOf(error)}`
  }
}

function bareReport({ dir }: StoredRun, { outcome, cause, notes }: Outcome): string {
  return [`${outcome}: ${cause}`, ...notes, dir].join('\n')
}

/** A failure stands, recorded or not; anything else that left no record can not be shown, and is no result. */
function withoutRecord(judged: Outcome, unwritten: readonly string[]): Outcome {
  const { exitCode } = outcomes[judged.outcome]
  if (exitCode === 1 || exitCode === outcomes.harness.exitCode)
    return { ...judged, notes: [...judged.notes, ...unwritten] }
  const { outcome, cause, notes } = judged
  return { ...judged, outcome: 'harness', cause: unwritten.join('; '), notes: [`also ${outcome}: ${cause}`, ...notes] }
}

/** What kept `write` from writing, in sentences. */
function storeErrors(write: () => void): string[] {
  try {
    write()
    return []
  } catch (error) {
    if (error instanceof StoreError) return [reasonOf(error)]
    throw error
  }
}

/** Where the tester could not write, a node on the same disk may have died of it too: that is nobody's bug. */
function withStoreErrors(result: SessionResult, errors: readonly string[]): SessionResult {
  if (errors.length === 0) return result
  const { harness, crashes } = result
  const deaths = crashes.map((crash) => `meanwhile a node died that nobody had killed (${crash})`)
  return { ...result, harness: [...new Set([...harness, ...errors, ...deaths])], crashes: [] }
}

function stopSystem(system: System): Promise<void> {
  return new Promise((resolve) => system.stop(resolve))
}

/** A tester that stalls for longer than the nodes' heartbeat may have seen what was not there. */
function heartbeatMs(plan: Plan): number {
  const { tickMs, heartbeatTicks } = plan.system.options
  return typeof tickMs === 'number' && typeof heartbeatTicks === 'number' ? tickMs * heartbeatTicks : defaultHeartbeatMs
}

function titlesOf(plan: Plan): Partial<Record<RunPhase, string>> {
  const { system, workload, clients, durationMs, faults } = plan
  const kinds = [...new Set(faults.map((planned) => planned.fault))].join(', ')
  const bug = system.bug === undefined ? '' : ` carrying the bug ${system.bug}`
  return {
    start: `start ${system.nodes} ${system.nodes === 1 ? 'node' : 'nodes'} of ${system.name}${bug}`,
    main: `${clients} clients work for ${durationMs / 1000} s (${workload.name}) while the nemesis acts: ${kinds || 'no faults'}`,
    recover: 'heal everything, and see the system come back',
    final: 'final ops: read back what was written',
    ...(plan.sweep ? { sweep: 'kill each leader in turn, and read everything again' } : {}),
    stop: 'stop the nodes',
    check: 'check the history',
    report: 'write the report',
  }
}

/** What the display shows while clients work; rates are over the last call's interval. */
function describeWork(session: Session): () => string {
  const startMs = performance.now()
  let last = { ms: startMs, ops: 0 }
  return () => {
    const counts = session.history?.counts() ?? { ok: 0, fail: 0, info: 0 }
    const nowMs = performance.now()
    const ops = counts.ok + counts.fail + counts.info
    const opsPerSecond = ((ops - last.ops) * 1000) / Math.max(1, nowMs - last.ms)
    last = { ms: nowMs, ops }
    const newest = session.leaders.newest()
    const term = session.leaders.term()
    return statusLine({
      elapsedMs: nowMs - startMs,
      opsPerSecond,
      ...counts,
      leader: newest === undefined ? 'no leader yet' : `${newest} leads${term === undefined ? '' : ` term ${term}`}`,
      faults: session.activeFaults().map((planned) => `${planned.fault} ${planned.target.pick}`),
    })
  }
}
