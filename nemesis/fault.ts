/** The seam of a fault: how it is drawn, what it means in this run, how it begins and ends, and what shows that it bit. */
import type { Random } from '../cluster/random.ts'
import type { Controls, CrashControl, CrashPoint, DiskControl, NodeId, SystemEvent } from '../cluster/system.ts'

/** What of the system a symbolic target may refer to, at the moment when the fault begins. */
export interface ClusterView {
  readonly nodes: readonly NodeId[]
  /** The links that can be cut: between nodes, or from and to the clients. */
  readonly links: readonly { readonly from: string; readonly to: string }[]
  /** The newest leader known, if any. */
  readonly leader: NodeId | undefined
}

/** A symbolic target, as it stands in a plan: JSON whose `pick` names what is meant. Draws are in it already. */
export interface Target {
  readonly pick: string
  /**
   * A number drawn when the plan was made; it decides which nodes `one`, `minority`, `halves` … are, and how strong the
   * fault is. Faults with equal draws mean the same node by `one`, `isolate-one`, and an odd draw where it decides
   * between the leader (even) and a drawn node.
   */
  readonly draw: number
  /** With the pick `these`, of plans written by hand: the nodes by name; a cut parts them from all others. */
  readonly nodes?: readonly NodeId[]
}

/** What a target meant in this run: JSON for the evidence. */
export interface Resolved {
  readonly nodes: readonly NodeId[]
  readonly links: readonly { readonly from: string; readonly to: string }[]
  /** In a person's words: `n3 (the leader) from everybody else`. */
  readonly text: string
}

/** The controls as faults see them: made of those of the system, so that each fault needs one and undoes what it did. */
export interface FaultControls extends Pick<Controls, 'pause' | 'links' | 'weather' | 'clock'> {
  readonly crash: Pick<CrashControl, 'kill' | 'restart'>
  readonly power: PowerSupply
  readonly disk: DiskControl
  readonly crashPoint: CrashPointControl
}

/** A node without power is as dead as a killed one. */
export interface PowerSupply {
  cut(node: NodeId): void
  restore(node: NodeId): void
}

/** Kills a node the next time it passes a crash point. */
export interface CrashPointControl {
  arm(node: NodeId, point: CrashPoint): void
  /** Brings it back if it died of that. */
  disarm(node: NodeId): void
}

export interface Fault<Need extends keyof FaultControls = keyof FaultControls> {
  readonly summary: string
  /** The control without which it is skipped, saying so. */
  readonly needs: Need
  /** The symbolic targets it knows. */
  readonly picks: readonly string[]
  plan(random: Random): Target
  resolve(target: Target, view: ClusterView): Resolved
  begin(control: FaultControls[Need], resolved: Resolved, target: Target): void
  /** May be called twice, and always is called. */
  end(control: FaultControls[Need], resolved: Resolved, target: Target): void
  /** What in the events between begin and end (and shortly after) proves that it bit; `undefined` where nothing does. */
  bit(resolved: Resolved, events: readonly SystemEvent[], target: Target): string | undefined
}

/** One of the registry's faults, whatever it needs. */
export type AnyFault = { [Need in keyof FaultControls]: Fault<Need> }[keyof FaultControls]
