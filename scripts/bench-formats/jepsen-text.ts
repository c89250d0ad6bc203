/** Histories as Jepsen writes them, of a given size and the same each time: a register under twenty clients. */
import { type Draw, drawFrom } from '../bench-checker/draw.ts'

const clients = 20
const keys = 100

/** How an op is printed, by the versions of Jepsen and what holds the ops. */
export const shapes = {
  maps: (op) =>
    `{:index ${op.index}, :time ${op.time}, :type ${op.type}, :process ${op.process}, :f ${op.f}, :value ${op.value}${op.error}}`,
  older: (op) =>
    `{:type ${op.type}, :f ${op.f}, :value ${op.value}, :process ${op.process}, :time ${op.time}${op.error}, :index ${op.index}}`,
  records: (op) =>
    `#jepsen.history.Op{:index ${op.index}, :time ${op.time}, :type ${op.type}, :process ${op.process}, :f ${op.f}, :value [${op.key} ${op.value}]${op.error}}`,
} satisfies Record<string, (op: Op) => string>

export type ShapeName = keyof typeof shapes

interface Op {
  readonly index: number
  readonly time: number
  readonly type: string
  readonly process: number
  readonly f: string
  readonly key: number
  readonly value: string
  readonly error: string
}

/** Ops, one a line, until there are so many bytes. */
export function jepsenText(shape: ShapeName, bytes: number): string {
  const lines: string[] = []
  const draw = drawFrom(7)
  const open: (Op | undefined)[] = Array.from({ length: clients }, () => undefined)
  const processes = Array.from({ length: clients }, (_, client) => client)
  let time = 3_291_485_317
  for (let size = 0, index = 0; size < bytes; index++) {
    const client = draw.below(clients)
    time += draw.below(2_000_000)
    const invoked = open[client]
    const process = processes[client] ?? client
    const op = invoked === undefined ? invocation(index, time, process, draw) : completion(index, time, invoked, draw)
    open[client] = invoked === undefined ? op : undefined
    if (op.type === ':info') processes[client] = process + clients
    const line = shapes[shape](op)
    size += line.length + 1
    lines.push(line)
  }
  return `${lines.join('\n')}\n`
}

function invocation(index: number, time: number, process: number, { below }: Draw): Op {
  const base = { index, time, type: ':invoke', process, key: below(keys), error: '' }
  const [value, next] = [below(5), below(5)]
  switch (below(3)) {
    case 0:
      return { ...base, f: ':read', value: 'nil' }
    case 1:
      return { ...base, f: ':write', value: String(value) }
    default:
      return { ...base, f: ':cas', value: `[${value} ${next}]` }
  }
}

/** One in twenty times out, three in twenty fail. */
function completion(index: number, time: number, invoked: Op, { below }: Draw): Op {
  const luck = below(20)
  const type = luck === 0 ? ':info' : luck < 4 ? ':fail' : ':ok'
  const value = type === ':ok' && invoked.f === ':read' ? String(below(5)) : invoked.value
  return { ...invoked, index, time, type, value, error: type === ':info' ? ', :error :timeout' : '' }
}
