/**
 * How a history goes through a foreign format without loss: each event is written as the format has it, read again at
 * once, and what came out differently is written beside it, under a name of our own that other readers pass over.
 */
import type { HistoryEvent, Json } from './event.ts'
import { isEvent } from './jsonl.ts'

export type Overrides = { readonly [field: string]: Json }

/** The names that an event must do without. */
const absentField = 'absent'
const fields = [
  'index',
  'timeUs',
  'process',
  'type',
  'f',
  'key',
  'value',
  'output',
  'error',
  'client',
  'node',
  'extra',
] as const satisfies readonly (keyof HistoryEvent)[]

/** What must be changed in the event that was read to get the one that was meant; `undefined`: nothing. */
export function overrides(meant: HistoryEvent, read: HistoryEvent): Overrides | undefined {
  const changed: Record<string, Json> = {}
  const absent: string[] = []
  for (const field of fields) {
    const wanted = meant[field]
    if (JSON.stringify(wanted) === JSON.stringify(read[field])) continue
    if (wanted === undefined) absent.push(field)
    else changed[field] = wanted
  }
  if (absent.length > 0) changed[absentField] = absent
  return Object.keys(changed).length === 0 ? undefined : changed
}

/** The event that was meant; `undefined` if what stands there are no overrides. */
export function corrected(read: HistoryEvent, given: Json): HistoryEvent | undefined {
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined
  const event: Record<string, unknown> = { ...read }
  for (const [field, value] of Object.entries(given)) if (isField(field)) event[field] = value
  const absent = 'absent' in given ? given.absent : []
  for (const field of Array.isArray(absent) ? absent : []) if (isField(field)) delete event[field]
  return isEvent(event) ? event : undefined
}

function isField(name: Json): boolean {
  return fields.some((field) => field === name)
}
