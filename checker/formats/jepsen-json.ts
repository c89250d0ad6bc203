/** Reads Jepsen's ops as elle-cli takes them: JSON objects, in one array or one after another. */
import type { HistoryEvent, Json } from './event.ts'
import type { History } from './history.ts'
import { historyOfOps } from './jepsen-history.ts'
import type { JepsenOp, JepsenOptions, More } from './jepsen-op.ts'
import { JsonReader } from './json-reader.ts'

export function readJepsenJson(text: string, options: JepsenOptions = {}): History {
  const reader = new JsonReader(text)
  const ops: JepsenOp[] = []
  const readOp = () => {
    ops.push(opOf(reader))
  }
  if (reader.peek() === '[') {
    reader.items(readOp)
    if (!reader.isAtEnd) reader.fail('something stands behind the array of ops')
  } else while (!reader.isAtEnd) readOp()
  return historyOfOps(ops, options, (message, at) => reader.fail(message, at))
}

function opOf(reader: JsonReader): JepsenOp {
  if (reader.peek() !== '{') reader.fail('an op should be an object such as {"process":0,"type":"invoke","f":"read"}')
  const { at } = reader
  let process: number | 'nemesis' | undefined
  let type: HistoryEvent['type'] | undefined
  let f: string | undefined
  let value: Json = null
  let index: number | undefined
  let timeNs: number | undefined
  let more: More | undefined
  const extra: [string, Json][] = []
  reader.entries((name) => {
    const given = reader.value()
    if (name === 'process') process = typeof given === 'string' ? 'nemesis' : toProcess(given, reader, at)
    else if (name === 'type') type = toType(given)
    else if (name === 'f') f = typeof given === 'string' ? given.replace(/^:/, '') : undefined
    else if (name === 'value') value = given
    else if (name === 'index') index = typeof given === 'number' ? given : undefined
    else if (name === 'time') timeNs = typeof given === 'number' ? given : undefined
    else if (name === 'error') more = given === null ? more : { ...more, error: describe(given) }
    else if (name === 'faultline') more = { ...more, faultline: given }
    else if (name === 'client' && typeof given === 'number') more = { ...more, client: given }
    else if (name === 'node' && typeof given === 'string') more = { ...more, node: given }
    else extra.push([name, given])
  })
  if (process === undefined) reader.fail('the op has no process', at)
  if (type === undefined) reader.fail('type should be invoke, ok, fail or info', at)
  if (f === undefined) reader.fail('the op has no f', at)
  if (extra.length > 0) more = { ...more, extra: Object.fromEntries(extra) }
  return { at, index, process, type, f, value, timeNs, more }
}

function toProcess(given: Json, reader: JsonReader, at: number): number {
  return Number.isSafeInteger(given) ? Number(given) : reader.fail('process should be a number or a name', at)
}

function toType(given: Json): HistoryEvent['type'] | undefined {
  const name = typeof given === 'string' ? given.replace(/^:/, '') : ''
  return name === 'invoke' || name === 'ok' || name === 'fail' || name === 'info' ? name : undefined
}

function describe(error: Json): string {
  return typeof error === 'string' ? error : JSON.stringify(error)
}
