/** Short histories for tests: one line an event. */
import type { HistoryEvent, Json } from './event.ts'

export type Line = Omit<HistoryEvent, 'index'>

/** `last` is the argument of an invocation, the output of an `ok`, and the error of the rest. Times are in ms. */
export function anEvent(ms: number, process: number, type: HistoryEvent['type'], f: string, last?: Json): Line {
  const base = { timeUs: ms * 1000, process, type, f }
  if (last === undefined) return base
  if (type === 'invoke') return { ...base, value: last }
  return type === 'ok' ? { ...base, output: last } : { ...base, error: String(last) }
}

export function script(lines: readonly Line[]): readonly HistoryEvent[] {
  return lines.map((line, index) => ({ index, ...line }))
}
