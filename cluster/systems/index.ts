/** The systems under test, by name. One file and one line add one. */
import { raftKvSystem } from './raft-kv.ts'
import { singleCopySystem } from './single-copy.ts'
import { staleReplicaSystem } from './stale-replica.ts'
import type { SystemKind } from './system-kind.ts'

export const systems = {
  'raft-kv': raftKvSystem,
  'single-copy': singleCopySystem,
  'stale-replica': staleReplicaSystem,
} satisfies Record<string, SystemKind>
