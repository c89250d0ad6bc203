/** What is known of a node at a moment. */
import type { NodeStatus } from '../../cluster/system.ts'
import type { StoredMessage } from '../messages.ts'
import type { State } from '../report/lane-states.ts'
import type { LogLine } from '../report/logs.ts'
import type { NodeEvent, PageData, Role } from '../report/page-data.ts'
import { type Reached, reachedAt } from '../report/progress.ts'

export interface NodeMoment {
  readonly node: string
  /** Dead or frozen. */
  readonly state: State | undefined
  readonly role: Role | undefined
  /** The last it told before. */
  readonly reached: Reached | undefined
  /** The last few before. */
  readonly events: readonly NodeEvent[]
  readonly log: readonly (LogLine & { readonly isAfter: boolean })[]
  readonly isLogTimed: boolean
  /** At the end of the run. */
  readonly status: NodeStatus | undefined
}

const eventsShown = 3
const linesBefore = 9
const linesAfter = 3
const messagesBefore = 14
const messagesAfter = 8
const nearUs = 1_000_000

export function nodeAt(data: PageData, node: string, timeUs: number): NodeMoment {
  const isBefore = (event: { readonly timeUs: number; readonly node: string }) =>
    event.node === node && event.timeUs <= timeUs
  const state = data.states.find((each) => each.node === node && each.fromUs <= timeUs && each.toUs > timeUs)
  const isDead = state?.state === 'dead'
  const role = data.roles.findLast(isBefore)
  const lines = data.logs.find((log) => log.node === node)?.lines ?? []
  const isLogTimed = lines.some((line) => line.timeUs !== undefined)
  return {
    node,
    state,
    // What died has no role; until it tells of a new one, nobody knows. Nor does it know what is committed.
    role: isDead ? undefined : role,
    reached: isDead ? undefined : reachedAt(data.progress, node, timeUs),
    events: data.events.filter(isBefore).slice(-eventsShown),
    log: isLogTimed ? logAround(lines, timeUs) : lines.slice(-linesBefore).map((line) => ({ ...line, isAfter: false })),
    isLogTimed,
    status: data.status.find((each) => each.node === node),
  }
}

/** A line without a time belongs to the one before it. */
function logAround(lines: readonly LogLine[], timeUs: number): (LogLine & { isAfter: boolean })[] {
  const first = lines.findIndex((line) => (line.timeUs ?? Number.NEGATIVE_INFINITY) > timeUs)
  const split = first < 0 ? lines.length : first
  return lines
    .slice(Math.max(0, split - linesBefore), split + linesAfter)
    .map((line, at) => ({ ...line, isAfter: Math.max(0, split - linesBefore) + at >= split }))
}

/** The messages that were under way near a moment, by the time of sending. Heartbeats only where nothing else is. */
export function around(messages: readonly StoredMessage[], timeUs: number): StoredMessage[] {
  const near = messages.filter(({ sentUs }) => Math.abs(sentUs - timeUs) < nearUs)
  const telling = near.filter(({ isHeartbeat }) => isHeartbeat !== true)
  const shown = telling.length > 0 ? telling : near
  return [
    ...shown.filter(({ sentUs }) => sentUs <= timeUs).slice(-messagesBefore),
    ...shown.filter(({ sentUs }) => sentUs > timeUs).slice(0, messagesAfter),
  ]
}
