/** What is told beside the lanes of a Lamport diagram: what became of a node, who led, what it did to its log. */
import type { SystemEvent } from '../../cluster/system.ts'
import { describeEvent } from '../describe-event.ts'
import type { Outcome } from '../outcome.ts'
import { actorOf } from '../spans.ts'
import type { Leadership } from '../statistics.ts'
import { moment } from './figures.ts'

/** A time in which a node was dead, frozen or the leader; may have begun before the drawing does. */
export interface State {
  readonly node: string
  readonly state: 'dead' | 'frozen' | 'leader'
  readonly fromUs: number
  readonly toUs: number
  /** `dead: SIGKILL`. */
  readonly text: string
}

/** Something that happened on a node's lane. */
export interface Mark {
  readonly timeUs: number
  readonly node: string
  readonly shape: 'leads' | 'dies' | 'changes' | 'asks' | 'answers'
  readonly text: string
}

/** By time. What lasts until the end lasts until `endUs`. */
export function statesOf(events: readonly SystemEvent[], leaders: readonly Leadership[], endUs: number): State[] {
  const states: State[] = leaders.map(({ term, ...leader }) => ({
    ...leader,
    state: 'leader',
    text: `leader of term ${term}`,
  }))
  const open = new Map<string, Omit<State, 'toUs'>>()
  const close = (node: string, toUs: number): void => {
    const state = open.get(node)
    if (state !== undefined) states.push({ ...state, toUs })
    open.delete(node)
  }
  for (const event of events) {
    switch (event.type) {
      case 'node-dead':
      case 'node-paused': {
        const { node, timeUs } = event
        close(node, timeUs)
        open.set(node, {
          node,
          state: event.type === 'node-dead' ? 'dead' : 'frozen',
          fromUs: timeUs,
          text: describeEvent(event),
        })
        break
      }
      case 'node-ready':
      case 'node-resumed':
        close(event.node, event.timeUs)
        break
      default: // Everything else happens to a node without changing what it is.
    }
  }
  for (const node of [...open.keys()]) close(node, endUs)
  return states.sort((a, b) => a.fromUs - b.fromUs)
}

/** What stands at the head of a lane: what had begun before. */
export function standing(states: readonly State[], fromUs: number): Mark[] {
  return states
    .filter((state) => state.fromUs < fromUs && state.toUs > fromUs)
    .map(({ node, state, text, fromUs: sinceUs }) => ({
      timeUs: fromUs,
      node,
      shape: state === 'leader' ? 'leads' : state === 'dead' ? 'dies' : 'changes',
      text: `${text}, since ${moment(sinceUs)}`,
    }))
}

/** The events that change how a node takes part, by time. */
export function marksOf(events: readonly SystemEvent[], leaders: readonly Leadership[]): Mark[] {
  return events.flatMap((event): Mark[] => {
    const text = describeEvent(event)
    switch (event.type) {
      case 'node-dead':
        return [{ timeUs: event.timeUs, node: event.node, shape: 'dies', text }]
      case 'node-ready':
      case 'node-paused':
      case 'node-resumed':
        return [{ timeUs: event.timeUs, node: event.node, shape: 'changes', text }]
      case 'trace': {
        const { timeUs, node, event: trace } = event
        if (trace.type === 'role' && trace.role === 'leader') return [{ timeUs, node, shape: 'leads', text }]
        const isDeposed = leaders.some((leader) => leader.node === node && leader.toUs === timeUs)
        if (trace.type === 'role' && trace.role === 'follower' && !isDeposed) return []
        return telling.has(trace.type) ? [{ timeUs, node, shape: 'changes', text }] : []
      }
      default:
        return []
    }
  })
}

const telling = new Set<string>([
  'role',
  'snapshot-taken',
  'snapshot-installed',
  'log-truncated',
  'read-lost',
  'wal-repaired',
])

/** The ops of the anomaly where they were asked and answered, under the numbers that they have elsewhere on the page. */
export function opMarks(outcome: Outcome | undefined): Mark[] {
  const core = (outcome?.anomaly?.core ?? []).toSorted((a, b) => a.callUs - b.callUs)
  return core.flatMap((op, at): Mark[] => {
    const { node, callUs, returnUs, text } = op
    if (node === undefined) return []
    const name = `op ${at + 1} of ${actorOf(op)}`
    const asked: Mark = { timeUs: callUs, node, shape: 'asks', text: `${name} called` }
    return returnUs === undefined
      ? [asked]
      : [asked, { timeUs: returnUs, node, shape: 'answers', text: `${name}: ${text}` }]
  })
}
