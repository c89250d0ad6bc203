/**
 * The seam below a node: all that a node may touch. `real/` implements it with sockets, files and timers,
 * `sim/` with a virtual clock, network and disk; one suite (`env.suite.ts`) runs on both.
 * Everything answers by callback, never synchronously and never by promise, so that order is explicit.
 */
import type { Message, NodeId } from './raft/message.ts'
import type { Random } from './random.ts'

/** Ends a timer; calling it again, or after the timer ran, does nothing. */
export type Cancel = () => void

/** Called when an operation is over; `error` is absent where it succeeded. */
export type Done = (error?: Error) => void

/** Time in integer microseconds. Reading it never moves it. */
export interface Clock {
  /** Time since some fixed moment; never goes back. */
  monotonicUs(): number
  /** Time since 1970; may jump. */
  wallUs(): number
  /** Runs `run` once, `us` microseconds from now or a little later. */
  after(us: number, run: () => void): Cancel
}

/** Files of one node, in one flat directory; names carry no slash. */
export interface Disk {
  /** Names of all files, sorted. */
  list(done: (error: Error | undefined, names: readonly string[]) => void): void
  /** Size in bytes; an absent file has size 0. */
  size(file: string, done: (error: Error | undefined, bytes: number) => void): void
  /** Reads `length` bytes from `offset`, fewer at the end of the file, none of an absent one. */
  read(file: string, offset: number, length: number, done: (error: Error | undefined, bytes: Uint8Array) => void): void
  /** Adds at the end, creating the file if need be. The bytes must not change until `done`. */
  append(file: string, bytes: Uint8Array, done: Done): void
  /** Cuts the file down to `length` bytes. */
  truncate(file: string, length: number, done: Done): void
  /** Replaces `to` atomically; durable only after the directory was synced. */
  rename(from: string, to: string, done: Done): void
  /** Removing an absent file succeeds. */
  remove(file: string, done: Done): void
  /** Makes a file's content, or the directory's names, survive a loss of power. Operations of one node run in the order of their calls. */
  sync(what: { readonly file: string } | 'directory', done: Done): void
}

/** Why a message could not be delivered. `timeout`: sent, and nobody knows. */
export type Unreachable = 'refused' | 'reset' | 'timeout'

/** What a node gets from its peers. Each call is one event; a frozen or dead node gets none. */
export interface NetworkListener {
  message(from: NodeId, message: Message): void
  /** A message to this peer was not delivered, or perhaps not; an input of the Raft core. */
  unreachable(to: NodeId, cause: Unreachable): void
}

/** Messages between nodes. Order is kept per directed link while its connection lives; delivery is not promised. */
export interface Network {
  /** Takes a frozen value; never throws for operating errors. */
  send(to: NodeId, message: Message): void
  listen(listener: NetworkListener): void
}

/** What a node says about itself, for fault triggers, live display, evidence and the report; rare events only. */
export type TraceEvent =
  | {
      readonly type: 'role'
      readonly role: 'follower' | 'pre-candidate' | 'candidate' | 'leader'
      readonly term: number
    }
  | { readonly type: 'snapshot-taken'; readonly index: number }
  | { readonly type: 'snapshot-sent'; readonly to: NodeId; readonly index: number }
  | { readonly type: 'snapshot-installed'; readonly index: number }
  | { readonly type: 'log-truncated'; readonly from: number }
  | { readonly type: 'pre-vote-refused'; readonly by: NodeId }
  /** Reads that waited when this node stepped down. */
  | { readonly type: 'read-lost'; readonly reads: number }
  | { readonly type: 'wal-repaired'; readonly droppedBytes: number }
  | { readonly type: 'recovered'; readonly term: number; readonly commit: number; readonly lastIndex: number }
  /** How far its log is committed and applied, at most ten times a second. */
  | { readonly type: 'progress'; readonly commit: number; readonly applied: number }

/** Everything a node may touch. */
export interface Env {
  readonly clock: Clock
  readonly random: Random
  readonly disk: Disk
  readonly network: Network
  trace(event: TraceEvent): void
  /** A named moment at which a simulation may kill the node, e.g. `before-sync`. */
  crashPoint(name: string): void
  /** A line for the node's own log. */
  log(line: string): void
}
