/** What controller and children tell each other: one JSON value a line, over the child's stdin and stdout; and how it ends. */
import type { TraceEvent } from '../env.ts'
import type { NodeSetup } from '../node/program.ts'
import type { NodeId } from '../raft/message.ts'
import type { Link } from '../system.ts'
import type { Address } from './peer-link.ts'

/** Exit codes of a node's child. `disk`: the machine's disk failed it, which is no fault of the node's. */
export const EXIT = { ended: 0, refused: 1, invariant: 70, disk: 74 } as const

/** The first line that a node's child gets; no other follows. The child ends when its stdin does. */
export interface NodeConfig {
  /** Key of the program in its registry. */
  readonly program: string
  readonly setup: NodeSetup
  readonly directory: string
  readonly peers: Readonly<Record<NodeId, Address>>
  readonly seed: string
  readonly incarnation: number
}

/** What a node's child says. */
export type NodeLine =
  | { readonly event: 'ready'; readonly clientPort: number; readonly peerPort: number }
  | { readonly event: 'trace'; readonly trace: TraceEvent }

/** What the controller asks of the child that owns the link proxies. `open` comes first, and once. */
export type ProxyCommand =
  | { readonly do: 'open'; readonly nodes: readonly NodeId[]; readonly peerLinks: readonly Link[] }
  /** Where a node now listens; `undefined` when it is dead. */
  | { readonly do: 'target'; readonly node: NodeId; readonly clientPort: number; readonly peerPort: number }
  | { readonly do: 'untarget'; readonly node: NodeId }
  | { readonly do: 'cut'; readonly links: readonly Link[] }
  | { readonly do: 'heal'; readonly links: readonly Link[] }

export interface HealedLink {
  readonly link: Link
  /** Chunks that came while the link was cut. */
  readonly held: number
  /** Connections that were made in vain meanwhile. */
  readonly destroyed: number
}

/** What the proxies' child answers: one line for each command, in order. Links that were so already are left out. */
export type ProxyLine =
  | {
      readonly event: 'open'
      readonly clientPorts: Readonly<Record<NodeId, number>>
      readonly peerPorts: readonly { readonly link: Link; readonly port: number }[]
    }
  | { readonly event: 'target' | 'untarget'; readonly node: NodeId }
  | { readonly event: 'cut'; readonly links: readonly Link[] }
  | { readonly event: 'healed'; readonly links: readonly HealedLink[] }
