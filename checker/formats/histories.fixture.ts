/** Random histories of events that fit together, for tests of formats. */
import fc from 'fast-check'
import type { HistoryEvent, Json } from './event.ts'

type Function = 'read' | 'write' | 'delete' | 'append' | 'cas'

export interface HistoriesOptions {
  readonly functions: readonly Function[]
  readonly values: fc.Arbitrary<Json>
  /** `undefined` stands for a history without keys. */
  readonly keys: fc.Arbitrary<string | undefined>
  /** Only `ok`, or no completion. */
  readonly isPlain?: boolean
}

const processes = 4

/** Each step of the script begins an op of a client that is free, or ends the one that it has. */
export function histories(options: HistoriesOptions): fc.Arbitrary<readonly HistoryEvent[]> {
  const { functions, values, keys, isPlain = false } = options
  const step = fc.record({
    client: fc.nat(processes - 1),
    f: fc.constantFrom(...functions),
    pause: fc.nat(3),
    values: fc.tuple(values, values),
    key: keys,
    end: fc.constantFrom('ok', 'ok', 'ok', ...(isPlain ? [] : ['fail', 'info'])),
    told: fc.option(fc.constantFrom('timeout', 'a b', ':x'), { nil: undefined }),
    repeats: fc.boolean(),
  })
  return fc.array(step, { maxLength: 24 }).map((steps) => {
    const events: HistoryEvent[] = []
    const open = new Map<number, HistoryEvent>()
    const numbers = Array.from({ length: processes }, (_, client) => client)
    let timeUs = 0
    for (const { client, f, pause, values: given, key, end, told, repeats } of steps) {
      timeUs += pause
      const process = numbers[client] ?? client
      const base = { index: events.length, timeUs, process }
      const begun = open.get(process)
      if (begun === undefined) {
        const about = { f, ...(key === undefined ? {} : { key }), client, node: `n${client}` }
        const event: HistoryEvent = { ...base, type: 'invoke', ...about, ...argumentOf(f, given) }
        events.push(isPlain ? withoutClient(event) : event)
        open.set(process, event)
        continue
      }
      open.delete(process)
      if (end === 'info') numbers[client] = process + processes
      const { index: _, timeUs: __, type: ___, value, ...asked } = begun
      const again = value === undefined || !(repeats || isPlain) ? {} : { value }
      const answer = end === 'ok' ? { output: outputOf(asked.f, given) } : told === undefined ? {} : { error: told }
      const event = { ...asked, ...base, ...again, type: end, ...answer } as HistoryEvent
      events.push(isPlain ? withoutClient(event) : event)
    }
    return events
  })
}

function withoutClient({ client: _, node: __, ...event }: HistoryEvent): HistoryEvent {
  return event
}

function argumentOf(f: Function, [first, second]: readonly [Json, Json]): { readonly value?: Json } {
  switch (f) {
    case 'read':
    case 'delete':
      return {}
    case 'cas':
      return { value: [first, second] }
    case 'write':
    case 'append':
      return { value: first }
    default:
      return f satisfies never
  }
}

function outputOf(f: string, [first, second]: readonly [Json, Json]): Json {
  if (f === 'read') return { value: first }
  return f === 'cas' ? { swapped: first === second } : {}
}
