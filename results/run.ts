/** A run as it is read back from its directory: all that a report needs. */
import type { Header, HistoryEvent } from 'porcupine-ts/formats'
import type { SystemEvent } from '../cluster/system.ts'
import type { FaultEvidence } from '../nemesis/evidence.ts'
import type { Plan } from '../nemesis/plan.ts'
import type { Environment } from './environment.ts'
import type { StoredMessage } from './messages.ts'
import type { Outcome } from './outcome.ts'

export interface LoadedRun {
  readonly dir: string
  /** The directory's last part. */
  readonly name: string
  readonly plan: Plan
  readonly environment: Environment
  /** The history's first line; absent where there is no history. */
  readonly header?: Header
  readonly history: readonly HistoryEvent[]
  readonly events: readonly SystemEvent[]
  readonly evidence: readonly FaultEvidence[]
  /** Between the nodes around a failure, by the time at which they were sent; only of simulated runs. */
  readonly messages?: readonly StoredMessage[]
  /** Absent where the run was cut short, or was not checked yet. */
  readonly outcome?: Outcome
  /** What is missing or damaged, in sentences. */
  readonly notes: readonly string[]
  /** Raw files beside the report, relative and sorted; the reports themselves are not among them. */
  readonly files: readonly string[]
}
