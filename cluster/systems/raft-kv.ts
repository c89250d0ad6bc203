import { raftKvOptions } from '../node/options.ts'
import { raftKv } from '../node/raft-kv.ts'
import { hosted } from './system-kind.ts'

/** The built-in Raft key-value store, which can carry the bugs of the zoo. */
export const raftKvSystem = hosted('raft-kv', 'peers', {
  summary: raftKv.summary,
  nodes: { default: 5, min: 1, max: 9 },
  options: raftKvOptions,
  takesBugs: true,
})
