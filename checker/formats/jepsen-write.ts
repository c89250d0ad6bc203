/** Writes histories as Jepsen has them, in EDN or JSON, without loss: see `overrides.ts`. */
import { printEdn, printKeyword, printText } from './edn-json.ts'
import type { HistoryEvent } from './event.ts'
import type { History } from './history.ts'
import { defaultSettings, JepsenEvents, type JepsenOp, jepsenOpOf } from './jepsen-op.ts'
import { plainJson, printJson } from './json-write.ts'
import { overrides } from './overrides.ts'

/** One op map a line. */
export function writeJepsen(history: History): string {
  return opsOf(history)
    .map((op) => `${printOp(op)}\n`)
    .join('')
}

/** An array of ops, one a line. */
export function writeJepsenJson(history: History): string {
  const ops = opsOf(history).map(({ at: _, timeNs, more, ...op }) => {
    const { extra, ...told } = more ?? {}
    return printJson(plainJson({ ...extra, ...op, time: timeNs, ...told }))
  })
  return `[${ops.join(',\n')}]\n`
}

function opsOf(history: History): readonly JepsenOp[] {
  const { events } = history
  const independent = events.length > 0 && events.every(({ type, key }) => type !== 'invoke' || key !== undefined)
  const settings = { ...defaultSettings, independent }
  const fail = (message: string): never => {
    throw new TypeError(message)
  }
  const reader = new JepsenEvents(settings, fail)
  const open = new Map<number, HistoryEvent>()
  const mark = { independent, ...(history.header === undefined ? {} : { history: plainJson(history.header) }) }
  return events.map((event, i) => {
    const invocation = open.get(event.process)
    if (event.type === 'invoke') open.set(event.process, event)
    else open.delete(event.process)
    const op = jepsenOpOf(event, invocation, independent)
    const changed = overrides(event, reader.of(op, event.index, (op.timeNs ?? 0) / 1000))
    const faultline = i === 0 ? { ...mark, ...changed } : changed
    return faultline === undefined ? op : { ...op, more: { ...op.more, faultline } }
  })
}

function printOp({ index, timeNs = 0, type, process, f, value, more = {} }: JepsenOp): string {
  const { error, client, node, extra = {}, faultline } = more
  const fields = [
    `:index ${index}`,
    `:time ${printEdn(timeNs)}`,
    `:type :${type}`,
    `:process ${process}`,
    `:f ${printKeyword(f)}`,
    `:value ${printEdn(value)}`,
  ]
  if (error !== undefined) fields.push(`:error ${printText(error)}`)
  if (client !== undefined) fields.push(`:client ${client}`)
  if (node !== undefined) fields.push(`:node ${printEdn(node)}`)
  for (const [name, item] of Object.entries(extra)) fields.push(`${printKeyword(name)} ${printEdn(item)}`)
  if (faultline !== undefined) fields.push(`:faultline ${printEdn(faultline)}`)
  return `{${fields.join(', ')}}`
}
