/** Which recorded events a fault may wait for: the same table for a run that is under way and for one to be shown again. */
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { SystemEvent } from '../cluster/system.ts'
import type { TriggerEvent } from './plan.ts'

/** What an event of the system sets off, if anything. */
export function triggerEventOf(event: SystemEvent): Exclude<TriggerEvent, 'write-acknowledged'> | undefined {
  if (event.type !== 'trace') return undefined
  if (event.event.type === 'snapshot-taken') return 'snapshot-taken'
  return event.event.type === 'role' && event.event.role === 'leader' ? 'leader-elected' : undefined
}

/** A compare-and-set that found something else wrote nothing. */
export function isAcknowledgedWrite({ type, f, output }: HistoryEvent): boolean {
  if (type !== 'ok' || f === 'read') return false
  return !(typeof output === 'object' && output !== null && 'swapped' in output && output.swapped === false)
}
