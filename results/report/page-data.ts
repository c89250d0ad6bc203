/** What stands in a page for its program: the agreement between `data.ts`, which runs in Node, and `results/page/`. */
import type { KvValue } from 'porcupine-ts/models'
import type { NodeStatus } from '../../cluster/system.ts'
import type { Failure, StoredMessage } from '../messages.ts'
import type { Bucket, Leadership } from '../statistics.ts'
import type { Band } from './bands.ts'
import type { State } from './lane-states.ts'
import type { NodeLog } from './logs.ts'
import type { OpColumns } from './ops.ts'

/** Times are µs on the history's clock. */
export interface PageData {
  readonly name: string
  /** A key of the checker's `models`; absent where there is no history. */
  readonly model?: string
  /** What every key holds at first; absent: nothing. */
  readonly initial?: KvValue
  readonly endUs: number
  readonly nodes: readonly string[]
  readonly ops: OpColumns
  readonly bands: readonly Band[]
  readonly leaders: readonly Leadership[]
  /** When nodes were dead or frozen. */
  readonly states: readonly State[]
  /** In the order in which they were told. */
  readonly roles: readonly Role[]
  /** How far the nodes told to be. */
  readonly progress: readonly NodeProgress[]
  readonly events: readonly NodeEvent[]
  readonly messages: readonly StoredMessage[]
  readonly logs: readonly NodeLog[]
  /** At the end. */
  readonly status: readonly NodeStatus[]
  readonly buckets: { readonly widthUs: number; readonly pieces: readonly Bucket[] }
  readonly failure: Failure
  /** Ops by the index of their invocation; the core by time of call. */
  readonly anomaly?: { readonly key: string; readonly core: readonly number[]; readonly blocked?: number }
}

export interface Role {
  readonly timeUs: number
  readonly node: string
  readonly role: string
  readonly term: number
}

/** Of one node, in the order of its telling; each number but the first is by how much it is more than the one before. */
export interface NodeProgress {
  readonly node: string
  readonly timeUs: readonly number[]
  readonly commit: readonly number[]
  readonly applied: readonly number[]
}

export interface NodeEvent {
  readonly timeUs: number
  readonly node: string
  readonly text: string
}
