/** Writes the two formats of text that Porcupine's own tests read. */

import { printText } from './edn-json.ts'
import type { HistoryEvent, Json } from './event.ts'
import type { History } from './history.ts'
import { NotWritable } from './writable.ts'

/** One register without a key, of whole numbers. Throws a `NotWritable` that names the event. */
export function writeEtcdLog({ events }: History): string {
  return events.map((event) => `INFO  jepsen.util - ${etcdFields(event).join('\t')}\n`).join('')
}

const etcdLog = 'an etcd log'

function etcdFields(event: HistoryEvent): readonly string[] {
  const { process, f, type, key, error } = event
  if (key !== undefined) throw new NotWritable(etcdLog, event, 'it has a key')
  if (f !== 'read' && f !== 'write' && f !== 'cas') throw new NotWritable(etcdLog, event, `there is no ${f}`)
  const isRefused = type === 'ok' && f === 'cas' && fieldOf(event, 'swapped') === false
  const isUntold = error !== undefined && (type === 'fail' || type === 'info')
  return [String(process), `:${isRefused ? 'fail' : type}`, `:${f}`, isUntold ? ':timed-out' : etcdValue(event)]
}

function etcdValue(event: HistoryEvent): string {
  const { f, type } = event
  if (f === 'read') return type === 'ok' ? whole(event, fieldOf(event, 'value')) : 'nil'
  if (f !== 'cas') return whole(event, event.value)
  const [from, to] = Array.isArray(event.value) ? event.value : []
  return `[${whole(event, from)} ${whole(event, to)}]`
}

function whole(event: HistoryEvent, value: Json | undefined): string {
  if (value === null && event.f === 'read') return 'nil'
  if (typeof value === 'number' && Number.isSafeInteger(value)) return String(value)
  throw new NotWritable(etcdLog, event, `${JSON.stringify(value)} is no whole number`)
}

const kvText = 'key-value text'
const functions: Readonly<Record<string, string>> = { read: 'get', write: 'put', append: 'append' }

/** Texts by keys. Throws a `NotWritable` that names the event; ops that failed have no place here. */
export function writeKvText({ events }: History): string {
  return events.map((event) => `${kvMap(event)}\n`).join('')
}

function kvMap(event: HistoryEvent): string {
  const { process, type, f, key } = event
  const name = functions[f]
  if (name === undefined) throw new NotWritable(kvText, event, `there is no ${f}`)
  if (key === undefined) throw new NotWritable(kvText, event, 'it has no key')
  if (type !== 'invoke' && type !== 'ok') throw new NotWritable(kvText, event, `there is no ${type}`)
  const value = f === 'read' ? (type === 'ok' ? (fieldOf(event, 'value') ?? '') : null) : event.value
  if (value !== null && typeof value !== 'string') throw new NotWritable(kvText, event, 'its value is no text')
  const shown = value === null ? 'nil' : printText(value)
  return `{:process ${process}, :type :${type}, :f :${name}, :key ${printText(key)}, :value ${shown}}`
}

function fieldOf({ output }: HistoryEvent, name: string): Json | undefined {
  return isFields(output) ? output[name] : undefined
}

function isFields(value: Json | undefined): value is { readonly [name: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
