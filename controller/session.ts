/**
 * One run from the first start to the last final op, as a state machine over clock and system: it neither knows nor
 * cares whether the system is real or simulated. start → main (clients and faults) → heal → recover → final → (sweep) → over.
 */
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { KvModel } from 'porcupine-ts/models'
import { type HistoryAlarm, HistoryMonitor } from 'porcupine-ts/monitor'
import type { Cancel, Clock } from '../cluster/env.ts'
import { seededRandom } from '../cluster/random.ts'
import type { NodeId, NodeStatus, System, SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence, Recovery } from '../nemesis/evidence.ts'
import type { Plan, PlannedFault } from '../nemesis/plan.ts'
import { checkRecovery } from '../nemesis/recovery.ts'
import { runSchedule, type Schedule } from '../nemesis/schedule.ts'
import { isAcknowledgedWrite } from '../nemesis/trigger.ts'
import { History } from '../workloads/history.ts'
import { workloads } from '../workloads/index.ts'
import { type Interpretation, interpret } from '../workloads/interpreter.ts'
import { Leaders } from '../workloads/leaders.ts'
import type { Workload } from '../workloads/workload.ts'

export type Phase = 'start' | 'main' | 'recover' | 'final' | 'sweep' | 'over'

/** What a run left behind, to be judged. */
export interface SessionResult {
  readonly events: readonly HistoryEvent[]
  readonly evidence: readonly FaultEvidence[]
  readonly recovery: Recovery | undefined
  readonly nodes: readonly NodeStatus[]
  /** Keys that no final read was answered for, though the system had come back. */
  readonly unread: readonly string[]
  /** Nodes that died though nobody had killed them, with how. */
  readonly crashes: readonly string[]
  /** What went wrong on the tester's side. */
  readonly harness: readonly string[]
  readonly isInterrupted: boolean
  /** Why and when the system was frozen, on the history's clock; absent where it was not. */
  readonly frozen?: { readonly alarm: HistoryAlarm; readonly timeUs: number }
}

export interface SessionOptions {
  readonly plan: Plan
  readonly system: System
  readonly clock: Clock
  /** Gets every event at once, so that the history outlives the tester. */
  readonly onHistory: (event: HistoryEvent) => void
  readonly onSystem: (event: SystemEvent) => void
  readonly onPhase: (phase: Phase) => void
  /** Check the history as it grows, by this model; freeze the system and end the run as soon as it is illegal. */
  readonly failFast?: KvModel
  readonly done: (result: SessionResult) => void
}

/** Final ops take no longer than this, whatever the system does. */
const finalMs = 15_000
/** After the recovery nobody asks anything for so long: what the faults left behind comes to rest. */
const quietMs = 1_000
const statusTimeoutMs = 2_000
/** How often the monitor is told the time, for when no client hears anything. */
const watchMs = 100

/** Keys of the history up to `before` for which no read after it was answered. */
function unreadKeys(events: readonly HistoryEvent[], before: number): string[] {
  const keys = new Set(events.slice(0, before).flatMap(({ key }) => key ?? []))
  for (const { type, f, key } of events.slice(before))
    if (type === 'ok' && f === 'read' && key !== undefined) keys.delete(key)
  return [...keys]
}

export class Session {
  readonly leaders: Leaders
  #options: SessionOptions
  #workload: Workload
  /** Time 0 of the history: the begin of the main phase; what happens before has negative times. */
  #startUs: number
  #history: History | undefined
  #phase: Phase = 'start'
  #schedule: Schedule | undefined
  #interpreter: Interpretation | undefined
  #recovery: Recovery | undefined
  #crashes: string[] = []
  #harness: string[] = []
  #isInterrupted = false
  #early: SystemEvent[] = []
  #unread: readonly string[] = []
  #cancelTimer: Cancel = () => undefined
  #monitor: HistoryMonitor | undefined
  #alarm: HistoryAlarm | undefined
  #frozenUs: number | undefined
  #cancelWatch: Cancel = () => undefined
  #unsubscribe: () => void

  constructor(options: SessionOptions) {
    const { plan, system, clock } = options
    this.#options = options
    this.#workload = workloads[plan.workload.name as keyof typeof workloads]
    this.#startUs = clock.monotonicUs()
    this.leaders = new Leaders(system)
    this.#monitor = options.failFast === undefined ? undefined : new HistoryMonitor(options.failFast)
    this.#unsubscribe = system.subscribe((event) => this.#see(event))
  }

  get phase(): Phase {
    return this.#phase
  }

  /** Absent before the main phase. */
  get history(): History | undefined {
    return this.#history
  }

  activeFaults(): readonly PlannedFault[] {
    return this.#schedule?.active() ?? []
  }

  start(): void {
    this.#enter('start')
    this.#options.system.start((error) => {
      if (this.#phase !== 'start') return
      if (error) {
        // What died on the way up is in the error, with the end of its log.
        this.#crashes = []
        this.#harness.push(`the system did not start: ${error.message}`)
        return this.#finish([])
      }
      this.#main()
    })
  }

  /** Something of the tester failed, so that it is no use to go on. */
  fail(what: string): void {
    if (this.#phase === 'over') return
    this.#harness.push(what)
    this.interrupt()
  }

  /** Heals, lets open ops end, and goes to the end from wherever it is. */
  interrupt(): void {
    if (this.#isInterrupted || this.#phase === 'over') return
    this.#isInterrupted = true
    this.#cancelTimer()
    this.#schedule?.heal()
    switch (this.#phase) {
      case 'start':
        return this.#finish([])
      case 'main':
      case 'final':
      case 'sweep':
        return this.#interpreter?.stop()
      case 'recover':
        return this.#askNodes()
      default:
        return this.#phase satisfies never
    }
  }

  #main(): void {
    this.#enter('main')
    const { plan, system, clock } = this.#options
    const startUs = clock.monotonicUs()
    this.#startUs = startUs
    this.#tellEarly()
    this.#watch()
    const history = new History({
      clock,
      startUs,
      clients: plan.clients,
      sink: (event) => {
        this.#options.onHistory(event)
        this.#heed(this.#monitor?.see(event))
        if (isAcknowledgedWrite(event)) this.#schedule?.acknowledged()
      },
    })
    this.#history = history
    this.#schedule = runSchedule({ faults: plan.faults, system, clock, startUs })
    const random = seededRandom(plan.seed).fork('workload')
    this.#work(history, this.#workload.generator(plan.workload.options, random), () => this.#recover(history))
    this.#cancelTimer = clock.after(plan.durationMs * 1000, () => {
      this.#schedule?.heal()
      this.#interpreter?.stop()
    })
  }

  #watch(): void {
    const { clock } = this.#options
    if (this.#monitor === undefined) return
    this.#heed(this.#monitor.advance(clock.monotonicUs() - this.#startUs))
    this.#cancelWatch = clock.after(watchMs * 1000, () => this.#watch())
  }

  #heed(alarm: HistoryAlarm | undefined): void {
    if (alarm === undefined || this.#alarm !== undefined) return
    this.#alarm = alarm
    // Not at once, as this may be in the middle of a client's work.
    this.#options.clock.after(0, () => this.#freeze())
  }

  /** Every node stays as it is, in the midst of whatever it did; nothing is healed. Then lets open ops time out. */
  #freeze(): void {
    if (this.#isInterrupted || this.#phase === 'over') return
    this.#isInterrupted = true
    const { system, clock } = this.#options
    this.#frozenUs = clock.monotonicUs() - this.#startUs
    this.#cancelTimer()
    this.#schedule?.abandon()
    for (const node of system.nodes) system.controls.pause?.pause(node)
    if (this.#phase === 'recover') this.#askNodes()
    else this.#interpreter?.stop()
  }

  #recover(history: History): void {
    this.#cancelTimer()
    this.#schedule?.heal()
    if (this.#isInterrupted) return this.#askNodes()
    this.#enter('recover')
    const { plan, system, clock } = this.#options
    this.#cancelTimer = checkRecovery({
      system,
      clock,
      boundMs: plan.recoveryMs,
      done: (recovery) => {
        if (this.#isInterrupted) return
        this.#recovery = recovery
        this.#quiet(history)
      },
    })
  }

  #quiet(history: History): void {
    const { clock } = this.#options
    this.#cancelTimer = clock.after(quietMs * 1000, () => this.#final(history))
  }

  #final(history: History): void {
    this.#enter('final')
    const before = history.events.length
    this.#readAll(history, 'final', () => {
      if (!this.#isInterrupted) this.#unread = unreadKeys(history.events, before)
      this.#sweep(history, 1)
    })
  }

  /** Kills the leader, reads everything from whoever follows it, and brings it back; as often as there are nodes. */
  #sweep(history: History, round: number): void {
    const { plan, system } = this.#options
    const leader = this.leaders.newest()
    const { crash } = system.controls
    if (!plan.sweep || !crash || leader === undefined || this.#isInterrupted) return this.#askNodes()
    if (round > system.nodes.length) return this.#recoverOnceMore()
    if (round === 1) this.#enter('sweep')
    crash.kill(leader)
    this.#readAll(history, `sweep ${round}`, () => {
      if (this.#frozenUs !== undefined) return this.#finish([])
      crash.restart(leader)
      this.#awaitReady(leader, () => this.#sweep(history, round + 1))
    })
  }

  /** After the sweep all nodes are up again, so the system owes what it owed after the heal. */
  #recoverOnceMore(): void {
    this.#enter('recover')
    const { plan, system, clock } = this.#options
    this.#cancelTimer = checkRecovery({
      system,
      clock,
      boundMs: plan.recoveryMs,
      done: (recovery) => {
        const isBack = recovery.servedMs !== undefined && recovery.behind.length === 0
        if (!isBack && !this.#isInterrupted) this.#recovery = recovery
        this.#askNodes()
      },
    })
  }

  /** The next node must not be killed before this one is back, or a majority would be gone. */
  #awaitReady(node: NodeId, next: () => void): void {
    const { clock, system } = this.#options
    const goOn = (): void => {
      unsubscribe()
      cancel()
      next()
    }
    const unsubscribe = system.subscribe((event) => {
      if (event.type === 'node-ready' && event.node === node) goOn()
    })
    const cancel = clock.after(finalMs * 1000, goOn)
  }

  #readAll(history: History, label: string, done: () => void): void {
    const { plan, clock } = this.#options
    const random = seededRandom(plan.seed).fork(label)
    const generator = this.#workload.final?.(plan.workload.options, random, history.events)
    if (!generator) return done()
    this.#work(history, generator, () => {
      this.#cancelTimer()
      done()
    })
    this.#cancelTimer = clock.after(finalMs * 1000, () => this.#interpreter?.stop())
  }

  #work(history: History, generator: ReturnType<Workload['generator']>, done: () => void): void {
    const { plan, system, clock } = this.#options
    this.#interpreter = interpret({
      system,
      clock,
      clients: plan.clients,
      generator,
      opTimeoutMs: plan.opTimeoutMs,
      history,
      leaders: this.leaders,
      random: seededRandom(plan.seed).fork('interpreter'),
      done,
    })
  }

  #askNodes(): void {
    const { system } = this.#options
    const ask = system.status?.bind(system)
    if (!ask || this.#frozenUs !== undefined) return this.#finish([])
    const statuses: NodeStatus[] = []
    let open = system.nodes.length
    for (const node of system.nodes) {
      ask(node, statusTimeoutMs, (status) => {
        if (status) statuses.push(status)
        open--
        if (open === 0) this.#finish(statuses.sort((a, b) => (a.node < b.node ? -1 : 1)))
      })
    }
  }

  #finish(nodes: readonly NodeStatus[]): void {
    if (this.#phase === 'over') return
    this.#tellEarly()
    this.#enter('over')
    this.#cancelWatch()
    this.#schedule?.stop()
    this.#unsubscribe()
    this.leaders.close()
    this.#options.done({
      events: this.#history?.events ?? [],
      evidence: this.#schedule?.evidence() ?? [],
      recovery: this.#recovery,
      nodes,
      unread: this.#unread,
      crashes: this.#crashes,
      harness: this.#harness,
      isInterrupted: this.#isInterrupted,
      ...(this.#alarm === undefined || this.#frozenUs === undefined
        ? {}
        : { frozen: { alarm: this.#alarm, timeUs: this.#frozenUs } }),
    })
  }

  #see(event: SystemEvent): void {
    // What happens before time 0 is told once it is known when that was.
    if (this.#phase === 'start') this.#early.push(event)
    else this.#tell(event)
    if (event.type === 'node-dead' && !event.wanted) this.#crashes.push(`${event.node}: ${event.how}`)
    // It was on its way up when all were frozen.
    const comesLate = event.type === 'node-started' || event.type === 'node-ready'
    if (comesLate && this.#frozenUs !== undefined) this.#options.system.controls.pause?.pause(event.node)
    if (event.type === 'harness') this.#harness.push(event.what)
  }

  #tell(event: SystemEvent): void {
    this.#options.onSystem({ ...event, timeUs: event.timeUs - this.#startUs })
  }

  #tellEarly(): void {
    for (const event of this.#early) this.#tell(event)
    this.#early = []
  }

  #enter(phase: Phase): void {
    this.#phase = phase
    this.#options.onPhase(phase)
  }
}
