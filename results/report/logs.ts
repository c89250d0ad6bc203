/** The nodes' own logs beside a run: their last lines, put on the history's clock where both tell of the same thing. */
import { closeSync, existsSync, fstatSync, openSync, readSync } from 'node:fs'
import { basename, join } from 'node:path'
import type { SystemEvent } from '../../cluster/system.ts'
import type { LoadedRun } from '../run.ts'

export interface LogLine {
  /** On the history's clock; absent where the line has no time, or nothing ties its clock to the history's. */
  readonly timeUs?: number
  readonly text: string
}

export interface NodeLog {
  readonly node: string
  readonly lines: readonly LogLine[]
  /** Older lines are in the file only. */
  readonly isCut: boolean
}

/** What is read of each file, from its end. */
const bytesAtMost = 96 * 1024
const linesAtMost = 600

/** Of each node that left one. A log that can not be read is none: it only explains. */
export function readLogs({ dir, files, events }: Pick<LoadedRun, 'dir' | 'files' | 'events'>): NodeLog[] {
  const logs = files
    .filter((file) => file.startsWith('logs/') && file.endsWith('.log'))
    .map((file) => ({ node: basename(file, '.log'), ...tailOf(join(dir, file)) }))
    .filter(({ lines }) => lines.length > 0)
  const zeroUs = zeroOf(logs, events)
  return logs.map(({ node, lines, isCut }) => ({ node, isCut, lines: lines.map((line) => timed(line, zeroUs)) }))
}

function tailOf(path: string): { lines: string[]; isCut: boolean } {
  if (!existsSync(path)) return { lines: [], isCut: false }
  const file = openSync(path, 'r')
  try {
    const { size } = fstatSync(file)
    const bytes = Buffer.alloc(Math.min(size, bytesAtMost))
    const length = readSync(file, bytes, 0, bytes.length, size - bytes.length)
    const lines = bytes.toString('utf8', 0, length).split('\n')
    if (size > bytes.length) lines.shift()
    if (lines.at(-1) === '') lines.pop()
    return { lines: lines.slice(-linesAtMost), isCut: size > bytes.length || lines.length > linesAtMost }
  } finally {
    closeSync(file)
  }
}

const stamped = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d+Z) (.*)$/s

/**
 * The history's zero as wall time, in µs: a node logs each change of its role, and the tester was told of it at about
 * the same moment. The median over all changes that both know; `undefined` where there is none.
 */
function zeroOf(logs: readonly { node: string; lines: readonly string[] }[], events: readonly SystemEvent[]) {
  const told = new Map<string, number>()
  for (const event of events) {
    if (event.type !== 'trace' || event.event.type !== 'role') continue
    told.set(`${event.node} role ${event.event.role}, term ${event.event.term}`, event.timeUs)
  }
  const zeros = logs.flatMap(({ node, lines }) =>
    lines.flatMap((line) => {
      const [, time = '', text] = stamped.exec(line) ?? []
      const timeUs = told.get(`${node} ${text}`)
      return timeUs === undefined ? [] : [Date.parse(time) * 1000 - timeUs]
    }),
  )
  return zeros.sort((a, b) => a - b)[zeros.length >> 1]
}

function timed(line: string, zeroUs: number | undefined): LogLine {
  const [, time, text] = stamped.exec(line) ?? []
  if (time === undefined || text === undefined || zeroUs === undefined) return { text: line }
  return { timeUs: Date.parse(time) * 1000 - zeroUs, text }
}
