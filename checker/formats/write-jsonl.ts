/** Writes any history in our own format. */
import type { History } from './history.ts'
import { encodeEvent, encodeHeader, type Header } from './jsonl.ts'

/** Indexes become places, as our own format wants them. */
export function writeJsonl({ events, header, model, initial }: History): string {
  const made: Header = { 'faultline-history': 1, workload: 'imported', model, initial }
  return [encodeHeader(header ?? made), ...events.map((event, index) => encodeEvent({ ...event, index }))].join('')
}
