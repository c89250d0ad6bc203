/**
 * The controls of a system, shared by faults that overlap: a link cut by two of them stays cut until both have ended,
 * a node killed by two stays dead. Each fault gets controls of its own that look as if it were alone.
 */
import type { Controls, CrashControl, Link, LinksControl, NodeId, PauseControl } from '../cluster/system.ts'

export class SharedControls {
  readonly #controls: Partial<Controls>
  /** Who holds what: `dead n1`, `frozen n1`, `cut n1 n2`. */
  readonly #holders = new Map<string, Set<string>>()
  /** What each holder ever held. */
  readonly #touched = new Map<string, Set<string>>()

  constructor(controls: Partial<Controls>) {
    this.#controls = controls
  }

  /** The controls as one fault sees them. */
  of(holder: string): Partial<Controls> {
    const { crash, pause, links } = this.#controls
    return {
      ...(crash === undefined ? {} : { crash: this.#crash(crash, holder) }),
      ...(pause === undefined ? {} : { pause: this.#pause(pause, holder) }),
      ...(links === undefined ? {} : { links: this.#links(links, holder) }),
    }
  }

  /** A node that was started again while a fault still freezes it: its new child is frozen as well. */
  nodeReady(node: NodeId): void {
    if (this.#isHeld(frozen(node)) && !this.#isHeld(dead(node))) this.#controls.pause?.pause(node)
  }

  /** Whether a fault keeps this node dead. */
  isDead(node: NodeId): boolean {
    return this.#isHeld(dead(node))
  }

  /** Who else holds something that this holder holds. */
  sharers(holder: string): string[] {
    const others = new Set<string>()
    for (const holders of this.#holders.values())
      if (holders.has(holder)) for (const other of holders) others.add(other)
    others.delete(holder)
    return [...others]
  }

  /** Whether nobody holds any more what this holder ever held. */
  isReleased(holder: string): boolean {
    return [...(this.#touched.get(holder) ?? [])].every((what) => !this.#isHeld(what))
  }

  #crash(control: CrashControl, holder: string): CrashControl {
    return {
      kill: (node) => {
        if (this.#take(dead(node), holder)) control.kill(node)
      },
      restart: (node) => {
        if (this.#drop(dead(node), holder)) control.restart(node)
      },
    }
  }

  /** A dead node can neither be frozen nor let go on; `nodeReady` freezes it when it is back. */
  #pause(control: PauseControl, holder: string): PauseControl {
    return {
      pause: (node) => {
        if (this.#take(frozen(node), holder) && !this.#isHeld(dead(node))) control.pause(node)
      },
      resume: (node) => {
        if (this.#drop(frozen(node), holder) && !this.#isHeld(dead(node))) control.resume(node)
      },
    }
  }

  #links(control: LinksControl, holder: string): LinksControl {
    return {
      cut: (links) => {
        const taken = links.filter((link) => this.#take(cut(link), holder))
        if (taken.length > 0) control.cut(taken)
      },
      heal: (links) => {
        const dropped = links.filter((link) => this.#drop(cut(link), holder))
        if (dropped.length > 0) control.heal(dropped)
      },
    }
  }

  /** True for the first to hold it. */
  #take(what: string, holder: string): boolean {
    const holders = this.#holders.get(what) ?? new Set()
    const isFirst = holders.size === 0
    this.#holders.set(what, holders.add(holder))
    this.#touched.set(holder, (this.#touched.get(holder) ?? new Set()).add(what))
    return isFirst
  }

  /** True for the last that held it; letting go of what one does not hold changes nothing. */
  #drop(what: string, holder: string): boolean {
    const holders = this.#holders.get(what)
    if (!holders?.delete(holder)) return false
    if (holders.size > 0) return false
    this.#holders.delete(what)
    return true
  }

  #isHeld(what: string): boolean {
    return this.#holders.has(what)
  }
}

const dead = (node: NodeId): string => `dead ${node}`
const frozen = (node: NodeId): string => `frozen ${node}`
const cut = ({ from, to }: Link): string => `cut ${from} ${to}`
