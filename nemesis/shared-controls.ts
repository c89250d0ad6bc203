/**
 * The controls of a system, shared by faults that overlap: a link cut by two of them stays cut until both have ended,
 * a node killed by one and without power by another stays dead. Each fault gets controls of its own that look as if it
 * were alone. Where two want different things of one link, disk or clock, what is left is what the others still want.
 */
import type {
  ClockControl,
  ClockError,
  Controls,
  CrashControl,
  CrashPoint,
  DiskControl,
  Link,
  LinksControl,
  LinkWeather,
  NodeId,
  PauseControl,
  PowerControl,
  WeatherControl,
} from '../cluster/system.ts'
import type { CrashPointControl, FaultControls, PowerSupply } from './fault.ts'
import { Holders } from './holders.ts'
import { Layers } from './layers.ts'

/** How a disk is broken for as long as a fault lasts; a turned bit is a deed, not a state. */
type DiskState = { readonly slowUs: number } | { readonly fails: 'eio' | 'enospc' } | 'flipped'

export class SharedControls {
  readonly #controls: Partial<Controls>
  readonly #holders = new Holders()
  readonly #weathers = new Layers<LinkWeather>()
  readonly #clocks = new Layers<ClockError>()
  readonly #disks = new Layers<DiskState>()
  /** Where each armed node is to die. */
  readonly #points = new Map<NodeId, CrashPoint>()
  /** Nodes that died and were not started since, whoever killed them. */
  readonly #down = new Set<NodeId>()

  constructor(controls: Partial<Controls>) {
    this.#controls = controls
  }

  /** The controls as one fault sees them. What needs the crash control to be undone is there only with it. */
  of(holder: string): Partial<FaultControls> {
    const { crash, pause, links, weather, clock, power, disk } = this.#controls
    return {
      ...(pause ? { pause: this.#pause(pause, holder) } : {}),
      ...(links ? { links: this.#links(links, holder) } : {}),
      ...(weather ? { weather: this.#weather(weather, holder) } : {}),
      ...(clock ? { clock: this.#clock(clock, holder) } : {}),
      ...(crash ? { crash: this.#crash(crash, holder) } : {}),
      ...(crash && power ? { power: this.#power(power, crash, holder) } : {}),
      ...(crash && disk ? { disk: this.#disk(disk, crash, holder) } : {}),
      ...(crash?.arm ? { crashPoint: this.#crashPoint(crash, holder) } : {}),
    }
  }

  /** A node that comes up while a fault still freezes it: its new child is frozen as well. */
  nodeReady(node: NodeId): void {
    this.#down.delete(node)
    if (this.#holders.isHeld(frozen(node)) && !this.#holders.isHeld(dead(node))) this.#controls.pause?.pause(node)
  }

  nodeStarted(node: NodeId): void {
    this.#down.delete(node)
  }

  /** Who armed the point at which a node died keeps it dead. */
  nodeDead(node: NodeId, how: string): void {
    this.#down.add(node)
    if (how !== `crash point ${this.#points.get(node)}`) return
    for (const holder of this.#holders.of(armed(node))) this.#holders.take(dead(node), holder)
  }

  /**
   * Starts a node that died of its disk after that was healed: one that was frozen meanwhile hears of the error only
   * when it goes on.
   */
  revive(node: NodeId): void {
    const { crash } = this.#controls
    const isWanted = this.#holders.isHeld(dead(node)) || this.#holders.isHeld(broken(node))
    if (crash && this.#down.has(node) && !isWanted) this.#restart(crash, node)
  }

  /** Whether this node is dead, of whatever, or kept dead by a fault. */
  isDead(node: NodeId): boolean {
    return this.#down.has(node) || this.#holders.isHeld(dead(node))
  }

  /** Who else holds something that this holder holds. */
  sharers(holder: string): string[] {
    return this.#holders.sharers(holder)
  }

  /** Whether nobody holds any more what this holder ever held. */
  isReleased(holder: string): boolean {
    return this.#holders.isReleased(holder)
  }

  #crash(control: CrashControl, holder: string): FaultControls['crash'] {
    return {
      kill: (node) => {
        if (this.#holders.take(dead(node), holder)) control.kill(node)
      },
      restart: (node) => {
        if (this.#holders.drop(dead(node), holder)) this.#restart(control, node)
      },
    }
  }

  /** A dead node's machine has power to lose as well. */
  #power(control: PowerControl, crash: CrashControl, holder: string): PowerSupply {
    return {
      cut: (node) => {
        this.#holders.take(dead(node), holder)
        control.cut(node)
      },
      restore: (node) => {
        if (this.#holders.drop(dead(node), holder)) this.#restart(crash, node)
      },
    }
  }

  /** The first of two that arm a node says where it dies. */
  #crashPoint(control: CrashControl, holder: string): CrashPointControl {
    return {
      arm: (node, point) => {
        if (!this.#holders.take(armed(node), holder)) return
        this.#points.set(node, point)
        control.arm?.(node, point)
      },
      disarm: (node) => {
        const isLast = this.#holders.drop(armed(node), holder)
        if (isLast) this.#points.delete(node)
        const isFree = this.#holders.drop(dead(node), holder)
        // A restart takes back what was armed; one that others keep dead is disarmed when they start it.
        if (isFree || (isLast && !this.#holders.isHeld(dead(node)))) this.#restart(control, node)
      },
    }
  }

  /** Harmless for a living node; what others armed stays armed. */
  #restart(control: CrashControl, node: NodeId): void {
    control.restart(node)
    const point = this.#points.get(node)
    if (point !== undefined) control.arm?.(node, point)
  }

  /** A dead node can neither be frozen nor let go on; `nodeReady` freezes it when it is back. */
  #pause(control: PauseControl, holder: string): PauseControl {
    return {
      pause: (node) => {
        if (this.#holders.take(frozen(node), holder) && !this.#holders.isHeld(dead(node))) control.pause(node)
      },
      resume: (node) => {
        if (this.#holders.drop(frozen(node), holder) && !this.#holders.isHeld(dead(node))) control.resume(node)
      },
    }
  }

  #links(control: LinksControl, holder: string): LinksControl {
    return {
      cut: (links) => {
        const taken = links.filter((link) => this.#holders.take(cut(link), holder))
        if (taken.length > 0) control.cut(taken)
      },
      heal: (links) => {
        const dropped = links.filter((link) => this.#holders.drop(cut(link), holder))
        if (dropped.length > 0) control.heal(dropped)
      },
    }
  }

  /** Where weathers meet, each condition is as bad as the worst of them. */
  #weather(control: WeatherControl, holder: string): WeatherControl {
    const apply = (link: Link): void => {
      const weather = this.#weathers.of(stormy(link)).reduce(worse, fair)
      control.set([link], weather)
    }
    return {
      set: (links, weather) => {
        for (const link of links) {
          this.#holders.take(stormy(link), holder)
          this.#weathers.set(stormy(link), holder, weather)
          apply(link)
        }
      },
      clear: (links) => {
        const clear: Link[] = []
        for (const link of links) {
          if (!this.#weathers.remove(stormy(link), holder)) continue
          if (this.#holders.drop(stormy(link), holder)) clear.push(link)
          else apply(link)
        }
        if (clear.length > 0) control.clear(clear)
      },
    }
  }

  /** The newest error counts, as a clock has one time only. */
  #clock(control: ClockControl, holder: string): ClockControl {
    return {
      set: (node, error) => {
        this.#holders.take(bent(node), holder)
        this.#clocks.set(bent(node), holder, error)
        control.set(node, error)
      },
      reset: (node) => {
        const before = this.#clocks.of(bent(node)).at(-1)
        if (!this.#clocks.remove(bent(node), holder)) return
        const left = this.#clocks.of(bent(node)).at(-1)
        this.#holders.drop(bent(node), holder)
        if (left === undefined) control.reset(node)
        else if (left !== before) control.set(node, left)
      },
    }
  }

  #disk(control: DiskControl, crash: CrashControl, holder: string): DiskControl {
    const take = (node: NodeId, state: DiskState): void => {
      this.#holders.take(broken(node), holder)
      this.#disks.set(broken(node), holder, state)
    }
    const apply = (node: NodeId, state: DiskState): void => {
      if (state === 'flipped') return
      if ('slowUs' in state) control.slow(node, state.slowUs)
      else control.fail(node, state.fails)
    }
    return {
      slow: (node, latencyUs) => {
        take(node, { slowUs: latencyUs })
        control.slow(node, latencyUs)
      },
      fail: (node, kind) => {
        take(node, { fails: kind })
        control.fail(node, kind)
      },
      // Only a node that starts reads its disk, so that nobody would ever notice otherwise.
      flip: (node) => {
        take(node, 'flipped')
        const isDead = this.#holders.isHeld(dead(node))
        if (!isDead) crash.kill(node)
        control.flip(node)
        if (!isDead) this.#restart(crash, node)
      },
      /** Others' turned bits turn back as well: what they proved was proved when their node was started. */
      heal: (node) => {
        if (!this.#disks.remove(broken(node), holder)) return
        this.#holders.drop(broken(node), holder)
        control.heal(node)
        for (const state of this.#disks.of(broken(node))) apply(node, state)
        if (this.#down.has(node) && !this.#holders.isHeld(dead(node))) this.#restart(crash, node)
      },
    }
  }
}

const fair: LinkWeather = { lossPercent: 0, duplicatePercent: 0, reorderPercent: 0, delayMs: [0, 0] }

function worse(a: LinkWeather, b: LinkWeather): LinkWeather {
  return {
    lossPercent: Math.max(a.lossPercent, b.lossPercent),
    duplicatePercent: Math.max(a.duplicatePercent, b.duplicatePercent),
    reorderPercent: Math.max(a.reorderPercent, b.reorderPercent),
    delayMs: [Math.max(a.delayMs[0], b.delayMs[0]), Math.max(a.delayMs[1], b.delayMs[1])],
  }
}

const dead = (node: NodeId): string => `dead ${node}`
const frozen = (node: NodeId): string => `frozen ${node}`
const armed = (node: NodeId): string => `armed ${node}`
const broken = (node: NodeId): string => `broken ${node}`
const bent = (node: NodeId): string => `bent ${node}`
const cut = ({ from, to }: Link): string => `cut ${from} ${to}`
const stormy = ({ from, to }: Link): string => `stormy ${from} ${to}`
