/** The programs that a node can run, by name: what a child process and the simulator host. */
import type { NodeProgram } from '../node/program.ts'
import { raftKv } from '../node/raft-kv.ts'
import { singleCopy } from '../node/single-copy.ts'
import { staleReplica } from '../node/stale-replica.ts'

export const programs = {
  'raft-kv': raftKv,
  'single-copy': singleCopy,
  'stale-replica': staleReplica,
} satisfies Record<string, NodeProgram>
