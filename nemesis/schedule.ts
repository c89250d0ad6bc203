/** Runs planned faults: begins each at its time or event, ends it, and keeps what proves that it bit. No promise. */
import type { Cancel, Clock } from '../cluster/env.ts'
import type { NodeId, System, SystemEvent } from '../cluster/system.ts'
import { type FaultEvidence, windowOf } from './evidence.ts'
import type { ClusterView, Fault, FaultControls, Resolved } from './fault.ts'
import type { PlannedFault, Trigger, TriggerEvent } from './plan.ts'
import { faultNamed } from './registry.ts'
import { SharedControls } from './shared-controls.ts'
import { triggerEventOf } from './trigger.ts'

export interface ScheduleOptions {
  readonly faults: readonly PlannedFault[]
  readonly system: System
  readonly clock: Clock
  /** Time 0 of the main phase and of the history, on the clock. */
  readonly startUs: number
  /** A fault began or ended. */
  readonly onChange?: () => void
}

export interface Schedule {
  /** To be called for every acknowledged write, for the faults that wait for one. */
  acknowledged(): void
  /** Ends all faults, and begins no more; may be called twice. */
  heal(): void
  /** Begins and ends nothing more: what is broken stays broken, also after `heal` and `stop`. */
  abandon(): void
  /** The faults that have begun and not ended. */
  active(): readonly PlannedFault[]
  /** What became of each fault so far, in the order of the plan. Whole only a second after `heal`. */
  evidence(): FaultEvidence[]
  /** Heals, and listens to the system no more. */
  stop(): void
}

/** Begins the schedule. An unknown fault is a `UsageError`; one whose control the system lacks is skipped. */
export function runSchedule(options: ScheduleOptions): Schedule {
  return new Runner(options)
}

/** A fault with the control it needs and its target: what is left of `Fault` for one that drives it. */
interface Bound {
  resolve(view: ClusterView): Resolved
  begin(resolved: Resolved): void
  end(resolved: Resolved): void
  bit(resolved: Resolved, events: readonly SystemEvent[]): string | undefined
}

interface Entry {
  readonly planned: PlannedFault
  readonly bound: Bound | undefined
  state: 'planned' | 'triggered' | 'active' | 'ended' | 'skipped'
  /** Events so far of those that it waits for. */
  counted: number
  skipped?: string
  resolved?: Resolved
  beganUs?: number
  endedUs?: number
  /** From when on events prove something: earlier than its begin where it holds what another fault already held. */
  provesFromUs?: number
  /** When nobody held any more what it held. */
  releasedUs?: number
  cancel: Cancel
}

class Runner implements Schedule {
  readonly #options: ScheduleOptions
  readonly #shared: SharedControls
  readonly #entries: readonly Entry[]
  readonly #events: SystemEvent[] = []
  readonly #unsubscribe: () => void
  #isHealed = false
  #isStopped = false
  #isAbandoned = false

  constructor(options: ScheduleOptions) {
    this.#options = options
    this.#shared = new SharedControls(options.system.controls)
    this.#entries = options.faults.map((planned) => this.#entry(planned))
    this.#unsubscribe = options.system.subscribe((event) => this.#see(event))
    for (const entry of this.#entries) {
      if (entry.state !== 'planned' || !('atMs' in entry.planned.begin)) continue
      this.#beginAt(entry, options.startUs + entry.planned.begin.atMs * 1000)
    }
  }

  acknowledged(): void {
    this.#trigger('write-acknowledged')
  }

  heal(): void {
    if (this.#isAbandoned) return
    this.#isHealed = true
    for (const entry of this.#entries) {
      entry.cancel()
      if (entry.state === 'planned') this.#skip(entry, whyNever(entry.planned.begin, entry.counted))
      if (entry.state === 'triggered') this.#skip(entry, 'the main phase ended before it could begin')
      this.#end(entry)
    }
  }

  abandon(): void {
    this.#isAbandoned = this.#isHealed = this.#isStopped = true
    this.#unsubscribe()
    for (const entry of this.#entries) {
      entry.cancel()
      if (entry.state === 'planned' || entry.state === 'triggered')
        this.#skip(entry, 'the run ended before it could begin')
    }
  }

  active(): readonly PlannedFault[] {
    return this.#entries.filter(({ state }) => state === 'active').map(({ planned }) => planned)
  }

  evidence(): FaultEvidence[] {
    const { startUs } = this.#options
    return this.#entries.map(({ planned, bound, skipped, resolved, beganUs, endedUs, provesFromUs, releasedUs }) => {
      const bit =
        resolved === undefined || provesFromUs === undefined
          ? undefined
          : bound?.bit(resolved, windowOf(this.#events, provesFromUs, releasedUs))
      return {
        planned,
        ...(beganUs === undefined ? {} : { beganUs: beganUs - startUs }),
        ...(endedUs === undefined ? {} : { endedUs: endedUs - startUs }),
        ...(resolved === undefined ? {} : { resolved }),
        ...(bit === undefined ? {} : { bit }),
        ...(skipped === undefined ? {} : { skipped }),
      }
    })
  }

  stop(): void {
    this.heal()
    this.#isStopped = true
    this.#unsubscribe()
  }

  #entry(planned: PlannedFault): Entry {
    const fault = faultNamed(planned.fault)
    const bound = bind(fault, planned, this.#shared.of(planned.id))
    const entry: Entry = { planned, bound, state: 'planned', counted: 0, cancel: () => {} }
    if (bound === undefined) this.#skip(entry, `the system has no control '${fault.needs}'`)
    return entry
  }

  #see(event: SystemEvent): void {
    this.#events.push(event)
    if (event.type === 'node-started') this.#shared.nodeStarted(event.node)
    if (event.type === 'node-ready') this.#shared.nodeReady(event.node)
    if (event.type === 'node-dead') this.#died(event.node, event.how)
    const trigger = triggerEventOf(event)
    if (trigger !== undefined) this.#trigger(trigger)
  }

  #died(node: NodeId, how: string): void {
    this.#shared.nodeDead(node, how)
    if (!how.startsWith('disk: ')) return
    // Later, as others have yet to hear of the death.
    this.#options.clock.after(0, () => {
      if (!this.#isStopped) this.#shared.revive(node)
    })
  }

  #trigger(on: TriggerEvent): void {
    const { clock, startUs } = this.#options
    const nowUs = clock.monotonicUs()
    for (const entry of this.#entries) {
      const { begin } = entry.planned
      if (entry.state !== 'planned' || !('on' in begin) || begin.on !== on) continue
      if (nowUs < startUs + begin.notBeforeMs * 1000) continue
      entry.counted++
      if (entry.counted < (begin.nth ?? 1)) continue
      this.#beginAt(entry, nowUs + begin.afterMs * 1000)
    }
  }

  #beginAt(entry: Entry, atUs: number): void {
    if (this.#isHealed) return
    const { clock } = this.#options
    if ('on' in entry.planned.begin) entry.state = 'triggered'
    entry.cancel = clock.after(Math.max(0, atUs - clock.monotonicUs()), () => this.#begin(entry))
  }

  #begin(entry: Entry): void {
    const { clock, system, onChange } = this.#options
    const { bound, planned } = entry
    if (bound === undefined) return
    const newest = system.leader?.()
    const resolved = bound.resolve({
      nodes: system.nodes,
      links: system.links,
      // Who was killed leads no more, though nobody may have been elected yet.
      leader: newest !== undefined && this.#shared.isDead(newest) ? undefined : newest,
    })
    if (resolved.nodes.length === 0 && resolved.links.length === 0) {
      this.#skip(entry, resolved.text)
      return
    }
    const beganUs = clock.monotonicUs()
    Object.assign(entry, { state: 'active', resolved, beganUs, provesFromUs: beganUs })
    entry.cancel = clock.after(planned.forMs * 1000, () => this.#end(entry))
    bound.begin(resolved)
    const sharers = this.#shared.sharers(planned.id)
    for (const other of this.#entries) {
      if (!sharers.includes(other.planned.id)) continue
      entry.provesFromUs = Math.min(entry.provesFromUs ?? beganUs, other.provesFromUs ?? beganUs)
    }
    onChange?.()
  }

  /** Also ends again what has ended: ending twice is harmless, forgetting it once is not. */
  #end(entry: Entry): void {
    const { bound, resolved } = entry
    if (bound === undefined || resolved === undefined) return
    bound.end(resolved)
    if (entry.state !== 'active') return
    const nowUs = this.#options.clock.monotonicUs()
    entry.state = 'ended'
    entry.endedUs = nowUs
    for (const ended of this.#entries) {
      if (ended.state !== 'ended' || ended.releasedUs !== undefined) continue
      if (this.#shared.isReleased(ended.planned.id)) ended.releasedUs = nowUs
    }
    this.#options.onChange?.()
  }

  #skip(entry: Entry, why: string): void {
    entry.state = 'skipped'
    entry.skipped = why
  }
}

/** The planned fault with the control it needs, or nothing where the system has none. */
function bind<Need extends keyof FaultControls>(
  fault: Fault<Need>,
  { target }: PlannedFault,
  controls: Partial<FaultControls>,
): Bound | undefined {
  const control = controls[fault.needs]
  if (control === undefined) return undefined
  return {
    resolve: (view) => fault.resolve(target, view),
    begin: (resolved) => fault.begin(control, resolved, target),
    end: (resolved) => fault.end(control, resolved, target),
    bit: (resolved, events) => fault.bit(resolved, events, target),
  }
}

function whyNever(begin: Trigger, counted: number): string {
  if ('atMs' in begin) return 'the main phase ended before its time'
  const since = `came after ${begin.notBeforeMs} ms of the main phase`
  return counted === 0 ? `no ${begin.on} ${since}` : `only ${counted} of ${begin.nth} ${begin.on} ${since}`
}
