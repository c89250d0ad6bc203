/** What a system said of itself, in a few words: for the report's drawings and for tables in a terminal. */
import type { TraceEvent } from '../cluster/env.ts'
import type { SystemEvent } from '../cluster/system.ts'

/** `leader of term 4`, `dead: SIGKILL`, `cut to n3`. Who it was about stands elsewhere: see `nodeOf`. */
export function describeEvent(event: SystemEvent): string {
  switch (event.type) {
    case 'node-started':
      return 'started'
    case 'node-ready':
      return 'ready'
    case 'node-dead':
      return `dead: ${event.how}`
    case 'node-paused':
      return 'frozen'
    case 'node-resumed':
      return 'goes on'
    case 'link-cut':
      return `cut to ${event.link.to}`
    case 'link-healed':
      return `healed to ${event.link.to}: ${event.held} held, ${event.destroyed} destroyed`
    case 'link-weather':
      return `weather cleared up to ${event.link.to}: ${event.dropped} dropped, ${event.duplicated} doubled, ${event.delayed} delayed`
    case 'disk-broken':
      return `disk broken: ${event.how}${event.where === undefined ? '' : ` at ${event.where}`}`
    case 'disk-healed':
      return `disk healed: ${event.slowed} slowed, ${event.failed} failed`
    case 'clock-set':
      return `clock off by ${event.offsetUs / 1000} ms, rate ${event.ratePpm} ppm`
    case 'clock-reset':
      return `clock right again, jumped ${event.jumpedUs / 1000} ms`
    case 'trace':
      return describeTrace(event.event)
    case 'harness':
      return `harness: ${event.what}`
    default:
      return event satisfies never
  }
}

/** The node that an event happened at; a link's is the sender. */
export function nodeOf(event: SystemEvent): string | undefined {
  if ('node' in event) return event.node
  return 'link' in event ? event.link.from : undefined
}

function describeTrace(event: TraceEvent): string {
  switch (event.type) {
    case 'role':
      return `${event.role} of term ${event.term}`
    case 'snapshot-taken':
      return `snapshot taken up to ${event.index}`
    case 'snapshot-sent':
      return `snapshot up to ${event.index} sent to ${event.to}`
    case 'snapshot-installed':
      return `snapshot installed up to ${event.index}`
    case 'log-truncated':
      return `log truncated from ${event.from}`
    case 'pre-vote-refused':
      return `pre-vote refused by ${event.by}`
    case 'read-lost':
      return `${event.reads} waiting ${event.reads === 1 ? 'read' : 'reads'} lost`
    case 'wal-repaired':
      return `torn log repaired: ${event.droppedBytes} bytes dropped`
    case 'progress':
      return `commit ${event.commit}, applied ${event.applied}`
    case 'recovered':
      return `recovered: term ${event.term}, last ${event.lastIndex}, commit ${event.commit}`
    default:
      return event satisfies never
  }
}
