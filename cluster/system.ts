/**
 * The tester's seam: all that a tester sees of a system under test, whatever it is and wherever it runs.
 * Real children, simulated nodes and foreign systems look the same from here.
 */
import type { TraceEvent, Unreachable } from './env.ts'
import type { Reply, Request } from './kv/request.ts'
import type { NodeId } from './raft/message.ts'

export type { NodeId } from './raft/message.ts'

/** One end of a directed link: a node, or the place where all clients live. */
export type Endpoint = NodeId | 'clients'

export interface Link {
  readonly from: Endpoint
  readonly to: Endpoint
}

/**
 * What a link does with one frame. `delay`: it is held, and those behind it as well. `reorder`: it is held while those
 * behind it pass. `duplicate`: it passes, and a second copy follows so much later, behind whatever passed meanwhile.
 */
export type LinkVerdict =
  | { readonly do: 'pass' }
  | { readonly do: 'drop' }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'reorder'; readonly ms: number }
  | { readonly do: 'duplicate'; readonly ms: number }

/**
 * The conditions on a link: how many frames of a hundred are lost, come twice or are overtaken, and how long every
 * frame is held on top of what the link takes anyway. Plain data, so that a plan can hold it.
 */
export interface LinkWeather {
  readonly lossPercent: number
  readonly duplicatePercent: number
  readonly reorderPercent: number
  /** Whole milliseconds, both included. */
  readonly delayMs: readonly [min: number, max: number]
}

/** What happened inside the system, on the tester's clock. Triggers of faults and their evidence. */
export type SystemEvent = { readonly timeUs: number } & (
  | { readonly type: 'node-started'; readonly node: NodeId }
  /** It listens and has read its disk. */
  | { readonly type: 'node-ready'; readonly node: NodeId }
  /** `wanted`: the tester killed or stopped it, or a disk failed it; `how` begins with `disk: ` where the tester broke that. */
  | { readonly type: 'node-dead'; readonly node: NodeId; readonly wanted: boolean; readonly how: string }
  | { readonly type: 'node-paused'; readonly node: NodeId }
  | { readonly type: 'node-resumed'; readonly node: NodeId }
  | { readonly type: 'link-cut'; readonly link: Link }
  /** Of what was sent while the link was cut: frames (or chunks) held back, and connections tried in vain. */
  | { readonly type: 'link-healed'; readonly link: Link; readonly held: number; readonly destroyed: number }
  /** The weather on a link has cleared up; how many frames it had dropped, doubled, and held or let be overtaken. */
  | {
      readonly type: 'link-weather'
      readonly link: Link
      readonly dropped: number
      readonly duplicated: number
      readonly delayed: number
    }
  /** A disk was made slow or failing, or one bit on it was turned; `where` names file and byte of that bit. */
  | { readonly type: 'disk-broken'; readonly node: NodeId; readonly how: DiskFault; readonly where?: string }
  /** How many of the node's disk operations were slowed down, and how many failed, since the disk was broken. */
  | { readonly type: 'disk-healed'; readonly node: NodeId; readonly slowed: number; readonly failed: number }
  | { readonly type: 'clock-set'; readonly node: NodeId; readonly offsetUs: number; readonly ratePpm: number }
  /** The node's wall clock jumped by so much, back to true time. */
  | { readonly type: 'clock-reset'; readonly node: NodeId; readonly jumpedUs: number }
  | { readonly type: 'trace'; readonly node: NodeId; readonly event: TraceEvent }
  /** The testing environment itself failed, e.g. a proxy died: the run's outcome is `harness`. */
  | { readonly type: 'harness'; readonly what: string }
)

/** A client's way to one node. */
export interface Connection {
  /** Ends in exactly one `done`, also when closed meanwhile; never throws for operating errors. Time-out: `info`. */
  call(request: Request, timeoutMs: number, done: (reply: Reply) => void): void
  close(): void
}

/** Kills nodes as `kill -9` does, and starts dead ones again on the disk they left. Repeated calls do no harm. */
export interface CrashControl {
  kill(node: NodeId): void
  /** Also takes back an `arm` that did not come to pass. */
  restart(node: NodeId): void
  /** Kills the node the next time it passes this crash point. */
  arm?(node: NodeId, point: CrashPoint): void
}

/** Moments in a node's work at which a kill may hurt most. */
export type CrashPoint =
  | 'before-sync'
  | 'after-sync'
  | 'before-send'
  | 'after-send'
  | 'before-snapshot'
  | 'after-snapshot'

/** Cuts the power of a node's machine: what was not synced may be gone. `crash.restart` brings it back. */
export interface PowerControl {
  cut(node: NodeId): void
}

/** What can be wrong with a disk: `flip`: a bit on it was turned. */
export type DiskFault = 'slow' | 'eio' | 'enospc' | 'flip'

/** Breaks disks. A node may die of it, and must rather die than guess. */
export interface DiskControl {
  /** Every operation takes so much longer. */
  slow(node: NodeId, latencyUs: number): void
  /** `eio`: every operation fails. `enospc`: whatever needs room fails. */
  fail(node: NodeId, kind: 'eio' | 'enospc'): void
  /** Turns one bit in the synced part of a log, but not in its last record, which a node may take for a torn one. */
  flip(node: NodeId): void
  /** Makes all of it good again, turned bits included; a dead node stays dead until `crash.restart`. */
  heal(node: NodeId): void
}

/** How a node's clock goes wrong: its wall clock jumps by an offset, and all its time runs faster or slower. */
export interface ClockError {
  readonly offsetUs: number
  /** Millionths; above -1,000,000. The node's timers follow. */
  readonly ratePpm: number
}

/** Bends the clocks of nodes. Monotonic time never goes back, wall time may jump. */
export interface ClockControl {
  set(node: NodeId, error: ClockError): void
  reset(node: NodeId): void
}

/** Sets and clears the weather on directed links. On clients' links nothing comes twice, as over TCP. */
export interface WeatherControl {
  set(links: readonly Link[], weather: LinkWeather): void
  clear(links: readonly Link[]): void
}

/** Freezes nodes as SIGSTOP does: they keep their sockets, but run no code. */
export interface PauseControl {
  pause(node: NodeId): void
  resume(node: NodeId): void
}

/** Cuts directed links. A cut link holds what was sent; healing destroys connections made during the cut. */
export interface LinksControl {
  cut(links: readonly Link[]): void
  heal(links: readonly Link[]): void
}

/** What can be broken, as objects one holds. Verbs return at once; what came of them arrives as an event. */
export interface Controls {
  readonly crash: CrashControl
  readonly pause: PauseControl
  readonly links: LinksControl
  readonly weather: WeatherControl
  readonly power: PowerControl
  readonly disk: DiskControl
  readonly clock: ClockControl
}

/** What a node says of itself, for recovery time and counters; never part of a verdict on linearizability. */
export interface NodeStatus {
  readonly node: NodeId
  readonly role: string
  readonly term: number
  readonly leader: NodeId | undefined
  readonly commit: number
  readonly applied: number
  readonly counters: Readonly<Record<string, number>>
}

export interface System {
  readonly nodes: readonly NodeId[]
  /** The links that a fault may cut, in a fixed order. */
  readonly links: readonly Link[]
  readonly controls: Partial<Controls>
  /** Brings up all nodes; done when each is ready. */
  start(done: (error?: Error) => void): void
  /** Heals, ends all nodes and frees everything; done when nothing is left. May be called at any time, and twice. */
  stop(done: () => void): void
  connect(node: NodeId): Connection
  /** Calls `listener` for every event from now on, until the returned function is called. */
  subscribe(listener: (event: SystemEvent) => void): () => void
  /** The newest leader known from the nodes' own events, if the system tells. */
  leader?(): NodeId | undefined
  /** Asks a node for its status; `undefined` where it does not answer within the time. */
  status?(node: NodeId, timeoutMs: number, done: (status: NodeStatus | undefined) => void): void
  /** Where a person finds each node: `{ n1: 'http://127.0.0.1:40001' }`; empty in simulation. */
  addresses(): Readonly<Record<NodeId, string>>
  /** Log files by node; empty where the system keeps none. */
  logs(): Readonly<Record<NodeId, string>>
}

/** Which of a call's ends say that the op surely did not happen. One table for both modes. */
export function replyToUnreachable(cause: Unreachable): Reply {
  switch (cause) {
    case 'refused':
      return { type: 'fail', error: 'connection refused' }
    case 'reset':
      return { type: 'info', error: 'connection reset' }
    case 'timeout':
      return { type: 'info', error: 'time-out' }
    default:
      return cause satisfies never
  }
}
