/**
 * A program that a node runs: the Raft KV, or a toy. `real/` hosts it in a child process behind HTTP, `sim/` hosts it
 * in the simulator; neither knows what it is.
 */
import type { Env } from '../env.ts'
import type { NodeId } from '../raft/message.ts'
import type { ApiAnswer, ApiRequest } from './api.ts'

/** What every hosted node is told. JSON, so that it can cross a process boundary. */
export interface NodeSetup {
  readonly id: NodeId
  /** All nodes of the system, this one included, in a fixed order. */
  readonly nodes: readonly NodeId[]
  /** Where clients reach each node, for redirects: `http://127.0.0.1:40001`. */
  readonly addresses: Readonly<Record<NodeId, string>>
  /** The system's own options, checked by the program. */
  readonly options: Readonly<Record<string, unknown>>
}

export interface RunningNode {
  /** Answers exactly once, perhaps synchronously, unless the node dies. */
  handle(request: ApiRequest, reply: (answer: ApiAnswer) => void): void
}

export interface NodeProgram {
  readonly summary: string
  /**
   * Starts on what `env.disk` holds; `ready` is called once, when it has read its disk and takes requests.
   * With an error the node refuses to run: it logs why and its child exits with code 1.
   */
  start(env: Env, setup: NodeSetup, ready: (error?: Error) => void): RunningNode
}
