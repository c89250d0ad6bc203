/** Reads the logs of Jepsen's etcd test that Porcupine keeps: one compare-and-set register, absent at first. */
import type { HistoryEvent, Json } from './event.ts'
import { FormatError } from './format-error.ts'
import type { History } from './history.ts'
import { exactNumber } from './number.ts'

/** An event as most are: nothing odd about its line, and its numbers so short that a double keeps them. */
const plainLine =
  /INFO[ \t]+jepsen\.util[ \t]+-[ \t]+(\d{1,15})[ \t]+:(invoke|ok|fail|info)[ \t]+:(read|write|cas)[ \t]+(?:nil|(:timed-out)|(-?\d{1,15})|\[(-?\d{1,15}) (-?\d{1,15})\])[ \t\r]*(?:\n|$)/y
const linePattern = /^INFO\s+jepsen\.util\s+-\s+(\d+)\s+:(invoke|ok|fail|info)\s+:(read|write|cas)\s+(.+?)\s*$/
const argumentPattern = /^(?:nil|-?\d+|\[-?\d+ -?\d+\])$/

export function readEtcdLog(text: string): History {
  const events: HistoryEvent[] = []
  let skipped = 0
  for (let at = 0, line = 1; at < text.length; line++) {
    plainLine.lastIndex = at
    const match = plainLine.exec(text)
    const event = match === null ? undefined : plainEvent(match, events.length)
    if (event !== undefined) {
      events.push(event)
      at = plainLine.lastIndex
      continue
    }
    const end = text.indexOf('\n', at)
    const found = eventIn(text.slice(at, end === -1 ? text.length : end), line, events.length)
    if (found === 'other') skipped++
    else if (found !== 'empty') events.push(found)
    at = end === -1 ? text.length : end + 1
  }
  if (events.length === 0 && skipped > 0) throw new FormatError('no line of it is an event of an etcd log', 1, 1)
  const notes = skipped === 0 ? [] : [`${skipped} lines that are no events of clients are left out`]
  return { events, model: 'cas-register', initial: null, notes }
}

/** Groups are asked for by number: to take the match apart, code that has not been optimized would iterate over it. */
function plainEvent(match: RegExpExecArray, index: number): HistoryEvent | undefined {
  const process = Number(match[1])
  const type = match[2] ?? ''
  const f = match[3] ?? ''
  if (match[4] !== undefined) return timedOut(index, process, f, type)
  const number = match[5]
  const from = match[6]
  if (number !== undefined) return toEvent(index, process, f, type, Number(number))
  return toEvent(index, process, f, type, from === undefined ? null : [Number(from), Number(match[7])])
}

function timedOut(index: number, process: number, f: string, type: string): HistoryEvent | undefined {
  if (type !== 'fail' && type !== 'info') return undefined
  return { index, timeUs: index, process, type, f, error: 'timed-out' }
}

/** Whatever stands in a line. Throws a `FormatError`. */
function eventIn(text: string, line: number, index: number): HistoryEvent | 'other' | 'empty' {
  if (text.trim() === '') return 'empty'
  const match = linePattern.exec(text)
  if (match === null) {
    // The log has lines of others too, such as the nemesis's; a broken line of ours must not pass for one.
    if (/\s:(?:invoke|ok|fail)\s/.test(text)) throw new FormatError('this is no event of an etcd log', line, 1)
    return 'other'
  }
  const [, number = '', type = '', f = '', value = ''] = match
  const process = exactNumber(number)
  if (process === undefined)
    throw new FormatError(`${number} is no number of a process`, line, text.indexOf(number) + 1)
  const unanswered = value === ':timed-out' ? timedOut(index, process, f, type) : undefined
  if (unanswered !== undefined) return unanswered
  const column = text.lastIndexOf(value) + 1
  if (!argumentPattern.test(value)) throw new FormatError(`${value} is no value of an etcd log`, line, column)
  return toEvent(
    index,
    process,
    f,
    type,
    toJson(value, (number) => {
      throw new FormatError(`${number} is too large to be kept exactly`, line, column)
    }),
  )
}

/**
 * Such a log tells no times, so an event's place stands for it. There are many events, so each shape is written out, and
 * what is common to all comes as parameters, not as one more object.
 */
function toEvent(index: number, process: number, f: string, type: string, value: Json): HistoryEvent {
  const timeUs = index
  switch (type) {
    case 'ok':
      if (f === 'read') return { index, timeUs, process, type, f, output: { value } }
      return { index, timeUs, process, type, f, value, output: f === 'cas' ? { swapped: true } : {} }
    case 'fail':
      // It took place, and saw that something else was there.
      if (f === 'cas') return { index, timeUs, process, type: 'ok', f, value, output: { swapped: false } }
      return { index, timeUs, process, type, f, value }
    case 'invoke':
    case 'info':
      return f === 'read' ? { index, timeUs, process, type, f } : { index, timeUs, process, type, f, value }
    default:
      throw new TypeError(`no event is called ${type}`)
  }
}

function toJson(value: string, fail: (number: string) => never): Json {
  if (value === 'nil') return null
  const exact = (number: string) => exactNumber(number) ?? fail(number)
  return value.startsWith('[') ? value.slice(1, -1).split(' ').map(exact) : exact(value)
}
