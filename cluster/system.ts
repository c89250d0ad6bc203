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

/** What a link does with one frame: drops it, holds it for a time, or delivers it `copies` times. */
export type LinkVerdict =
  | { readonly do: 'pass' }
  | { readonly do: 'drop' }
  | { readonly do: 'delay'; readonly ms: number }
  | { readonly do: 'duplicate' }

/** What happened inside the system, on the tester's clock. Triggers of faults and their evidence. */
export type SystemEvent = { readonly timeUs: number } & (
  | { readonly type: 'node-started'; readonly node: NodeId }
  /** It listens and has read its disk. */
  | { readonly type: 'node-ready'; readonly node: NodeId }
  /** `wanted`: the tester killed or stopped it. */
  | { readonly type: 'node-dead'; readonly node: NodeId; readonly wanted: boolean; readonly how: string }
  | { readonly type: 'node-paused'; readonly node: NodeId }
  | { readonly type: 'node-resumed'; readonly node: NodeId }
  | { readonly type: 'link-cut'; readonly link: Link }
  /** Of what was sent while the link was cut: frames (or chunks) held back, and connections tried in vain. */
  | { readonly type: 'link-healed'; readonly link: Link; readonly held: number; readonly destroyed: number }
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
  restart(node: NodeId): void
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
