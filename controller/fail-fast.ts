/** What a run that was frozen at its first violation adds to its outcome. */
import { type KvModel, models } from 'porcupine-ts/models'
import type { Plan } from '../nemesis/plan.ts'
import type { Outcome } from '../results/outcome.ts'
import { workloadNamed } from '../workloads/index.ts'
import { named } from '../workloads/named.ts'
import type { SessionResult } from './session.ts'

/** The model by which a session watches the plan's history. */
export function watchedModel(plan: Plan): KvModel {
  return named('model', models, workloadNamed(plan.workload.name).model)
}

/** `kept` says where the nodes' state is. An alarm that the whole history does not bear out is a defect of the tester. */
export function withAlarm(judged: Outcome, { frozen }: SessionResult, kept: string): Outcome {
  if (frozen === undefined) return judged
  const { alarm, timeUs } = frozen
  const where = alarm.key === undefined ? '' : ` on key ${alarm.key}`
  const note =
    `--fail-fast: the history became illegal${where} at ${seconds(alarm.time)}, and all nodes were frozen at ` +
    `${seconds(timeUs)}${kept}`
  const notes = [note, ...judged.notes]
  if (judged.verdict !== 'valid') return { ...judged, notes }
  const cause = `the monitor raised an alarm${where} at ${seconds(alarm.time)}, but the history is linearizable`
  return { ...judged, outcome: 'harness', cause, notes: [`also ${judged.outcome}: ${judged.cause}`, ...notes] }
}

function seconds(us: number): string {
  return `${(us / 1e6).toFixed(3)} s`
}
