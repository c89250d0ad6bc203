import { staleReplica, staleReplicaOptions } from '../node/stale-replica.ts'
import { hosted } from './system-kind.ts'

/** Asynchronous replication, wrong on purpose. */
export const staleReplicaSystem = hosted('stale-replica', 'peers', {
  summary: staleReplica.summary,
  nodes: { default: 3, min: 2, max: 9 },
  options: staleReplicaOptions,
  takesBugs: false,
})
