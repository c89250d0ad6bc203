/** Reads the logs of Jepsen's etcd test that Porcupine keeps: one compare-and-set register, absent at first. */
import type { HistoryEvent, Json } from './event.ts'
import { FormatError } from './format-error.ts'
import type { History } from './history.ts'
import { exactNumber } from './number.ts'

const linePattern = /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.+?)\s*$/
const argumentPattern = /^(?:nil|-?\d+|\[-?\d+ -?\d+\])$/

export function readEtcdLog(text: string): History {
  const events: HistoryEvent[] = []
  let skipped = 0
  for (const [i, line] of text.split('\n').entries()) {
    if (line.trim() === '') continue
    const match = linePattern.exec(line)
    if (match === null) {
      // The log has lines of others too, such as the nemesis's; a broken line of ours must not pass for one.
      if (/\s:(?:invoke|ok|fail)\s/.test(line)) throw new FormatError('this is no event of an etcd log', i + 1, 1)
      skipped++
      continue
    }
    const [, process = '', type = '', f = '', value = ''] = match
    const column = line.lastIndexOf(value) + 1
    const client = exactNumber(process)
    if (client === undefined)
      throw new FormatError(`${process} is no number of a process`, i + 1, line.indexOf(process) + 1)
    events.push(toEvent({ index: events.length, process: client, type, f, value, line: i + 1, column }))
  }
  if (events.length === 0 && skipped > 0) throw new FormatError('no line of it is an event of an etcd log', 1, 1)
  const notes = skipped === 0 ? [] : [`${skipped} lines that are no events of clients are left out`]
  return { events, model: 'cas-register', initial: null, notes }
}

interface Line {
  readonly index: number
  readonly process: number
  readonly type: string
  readonly f: string
  readonly value: string
  readonly line: number
  readonly column: number
}

function toEvent({ index, process, type, f, value, line, column }: Line): HistoryEvent {
  const base = { index, timeUs: index, process, f }
  if (value === ':timed-out' && (type === 'fail' || type === 'info')) return { ...base, type, error: 'timed-out' }
  if (!argumentPattern.test(value)) throw new FormatError(`${value} is no value of an etcd log`, line, column)
  const argument = toJson(value, (number) => {
    throw new FormatError(`${number} is too large to be kept exactly`, line, column)
  })
  switch (type) {
    case 'ok':
      if (f === 'read') return { ...base, type, output: { value: argument } }
      return { ...base, type, value: argument, output: f === 'cas' ? { swapped: true } : {} }
    case 'fail':
      // It took place, and saw that something else was there.
      if (f === 'cas') return { ...base, type: 'ok', value: argument, output: { swapped: false } }
      return { ...base, type, value: argument }
    default:
      if (f === 'read') return { ...base, type: type === 'invoke' ? 'invoke' : 'info' }
      return { ...base, type: type === 'invoke' ? 'invoke' : 'info', value: argument }
  }
}

function toJson(value: string, fail: (number: string) => never): Json {
  if (value === 'nil') return null
  const exact = (number: string) => exactNumber(number) ?? fail(number)
  return value.startsWith('[') ? value.slice(1, -1).split(' ').map(exact) : exact(value)
}
