/** The arrows of a Lamport diagram: one way to draw each kind of message, told apart by line, head and words. */
import type { StoredMessage } from '../messages.ts'
import { px } from './axis.ts'
import { duration } from './figures.ts'
import { type Html, html } from './html.ts'

/** The look of a message, as names of classes; replies are dashed. */
export function kindOf({ type, text, isHeartbeat }: Pick<StoredMessage, 'type' | 'text' | 'isHeartbeat'>): string {
  const isReply = type.endsWith('-reply')
  const reply = isReply ? ' reply' : ''
  if (isReply && text.includes('refused')) return `no${reply}`
  if (isHeartbeat === true || text.startsWith('heartbeat')) return `beat${reply}`
  for (const [prefix, kind] of kinds) if (type.startsWith(prefix)) return `${kind}${reply}`
  return `other${reply}`
}

const kinds = [
  ['append', 'append'],
  ['vote', 'vote'],
  ['snapshot', 'snap'],
] as const

export interface Way {
  readonly fromX: number
  readonly fromY: number
  readonly toX: number
  readonly toY: number
}

/** From lane to lane, with a head; a reply's head is open. */
export function drawArrow({ fromX, fromY, toX, toY }: Way): Html {
  const angle = Math.atan2(toY - fromY, toX - fromX)
  // The head ends where the lane's line begins, so that both can be seen.
  const tipX = toX - 2 * Math.cos(angle)
  const tipY = toY - 2 * Math.sin(angle)
  const corner = (side: number): string =>
    `${px(tipX - 8 * Math.cos(angle + side * 0.42))} ${px(tipY - 8 * Math.sin(angle + side * 0.42))}`
  return html`<line x1="${px(fromX)}" y1="${px(fromY)}" x2="${px(tipX)}" y2="${px(tipY)}"/><path class="arrow-head" d="M${corner(1)}L${px(tipX)} ${px(tipY)}L${corner(-1)}"/>`
}

/** Ends in a cross on its way. */
export function drawLost({ fromX, fromY, toX, toY }: Way): Html {
  const [x, y] = [px(toX), px(toY)]
  return html`<line x1="${px(fromX)}" y1="${px(fromY)}" x2="${x}" y2="${y}"/><path class="cross" d="M${px(x - 3.5)} ${px(y - 3.5)}L${px(x + 3.5)} ${px(y + 3.5)}M${px(x - 3.5)} ${px(y + 3.5)}L${px(x + 3.5)} ${px(y - 3.5)}"/>`
}

/** Whether a message was held up, by a cut or by the weather: its arrow crosses many others. */
export function isLate({ sentUs, receivedUs }: Pick<StoredMessage, 'sentUs' | 'receivedUs'>): boolean {
  return receivedUs !== undefined && receivedUs - sentUs >= lateUs
}

const lateUs = 50_000

/** The words beside an arrow; a lost one says so first. */
export function labelOf({ text, term, lost, sentUs, receivedUs }: StoredMessage): string {
  const words = /vote/.test(text) ? `${text} (term ${term})` : text
  if (receivedUs === undefined) return `✕ ${lossOf(lost)}: ${words}`
  return isLate({ sentUs, receivedUs }) ? `${words} · after ${duration(receivedUs - sentUs)}` : words
}

export function titleOf({ from, to, text, term, sentUs, receivedUs, lost }: StoredMessage): string {
  const fate =
    receivedUs === undefined
      ? `got lost: ${lossOf(lost)}`
      : `arrived ${exact(receivedUs)}, after ${duration(receivedUs - sentUs)}`
  return `${from} → ${to}: ${text}, term ${term}; sent ${exact(sentUs)}, ${fate}`
}

/** `refused` alone would read as a follower's answer. */
function lossOf(lost: string | undefined): string {
  switch (lost) {
    case 'refused':
      return 'nobody there'
    case 'reset':
      return 'connection reset'
    case 'timeout':
      return 'timed out'
    default:
      return lost ?? 'lost'
  }
}

/** In simulation microseconds count. */
export function exact(us: number): string {
  return `${(us / 1e6).toFixed(6)} s`
}

export const legend = html`<p class="legend">${[
  sample('append', 'append'),
  sample('append reply', 'append reply'),
  sample('no reply', 'refusal'),
  sample('beat', 'heartbeat'),
  sample('vote', 'vote wanted'),
  sample('vote reply', 'vote granted'),
  sample('snap', 'snapshot'),
  html`<span><svg class="swatch" viewBox="0 0 30 12" aria-hidden="true"><g class="message append">${drawLost({ fromX: 1, fromY: 6, toX: 21, toY: 6 })}</g></svg>lost</span>`,
  stateSample('leader', 'leader'),
  stateSample('frozen', 'frozen'),
  stateSample('dead', 'dead'),
]}</p>`

function sample(kind: string, words: string): Html {
  return html`<span><svg class="swatch" viewBox="0 0 30 12" aria-hidden="true"><g class="message ${kind}">${drawArrow({ fromX: 1, fromY: 6, toX: 29, toY: 6 })}</g></svg>${words}</span>`
}

function stateSample(state: string, words: string): Html {
  return html`<span><svg class="swatch" viewBox="0 0 30 12" aria-hidden="true"><line class="life" x1="1" x2="29" y1="6" y2="6"/><rect class="state ${state}" x="6" y="2" width="18" height="8"/></svg>${words}</span>`
}
