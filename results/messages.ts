/** The messages between nodes around a failure, as a simulated run keeps them: where a failure is, and which are near. */
import type { SystemEvent } from '../cluster/system.ts'
import type { Outcome } from './outcome.ts'

/** Times in µs on the history's clock. */
export interface StoredMessage {
  readonly sentUs: number
  /** Absent where it got lost. */
  readonly receivedUs?: number
  /** Why it got lost, in a word. */
  readonly lost?: string
  readonly from: string
  readonly to: string
  /** As Raft calls it: `append-request`. */
  readonly type: string
  readonly term: number
  /** In short: `append 12..14 prev 11/3 commit 10`. */
  readonly text: string
  /** An append without entries, or the consent to one: there are many, and few of them matter. */
  readonly isHeartbeat?: boolean
}

export interface Failure {
  readonly timeUs: number
  readonly what: string
}

/** How long before and after a failure messages are kept, and how many at most. */
const beforeUs = 2_000_000
const afterUs = 200_000
const keptAtMost = 5_000
/** A message after a failure counts as so many times further away. */
const afterWeight = 4

/**
 * The moment at which a run showed that it failed: when the op was answered that could not be put in order, when the
 * node died that nobody killed; else the run's end.
 */
export function failureOf(outcome: Outcome | undefined, events: readonly SystemEvent[], endUs: number): Failure {
  const { anomaly } = outcome ?? {}
  const blocked =
    anomaly?.blocked ?? anomaly?.core.toSorted((a, b) => (a.returnUs ?? a.callUs) - (b.returnUs ?? b.callUs)).at(-1)
  if (blocked !== undefined)
    return { timeUs: blocked.returnUs ?? blocked.callUs, what: 'the answer that could not be put in order' }
  const death = events.find((event) => event.type === 'node-dead' && !event.wanted)
  if (outcome?.outcome === 'node-crash' && death?.type === 'node-dead')
    return { timeUs: death.timeUs, what: `${death.node} died` }
  return { timeUs: endUs, what: 'the end of the run' }
}

/** Whether a message was sent, or arrived, near enough to a failure to be kept. */
export function isNear(
  { timeUs }: Failure,
  { sentUs, receivedUs }: Pick<StoredMessage, 'sentUs' | 'receivedUs'>,
): boolean {
  return sentUs <= timeUs + afterUs && (receivedUs ?? sentUs) >= timeUs - beforeUs
}

/** The messages nearest to a failure, by the time at which they were sent; what came before it explains more than what came after. */
export function nearest<T extends Pick<StoredMessage, 'sentUs' | 'receivedUs'>>(
  messages: readonly T[],
  { timeUs }: Failure,
  atMost: number = keptAtMost,
): T[] {
  const away = (us: number): number => (us <= timeUs ? timeUs - us : (us - timeUs) * afterWeight)
  const distance = ({ sentUs, receivedUs }: T): number => Math.min(away(sentUs), away(receivedUs ?? sentUs))
  return messages
    .toSorted((a, b) => distance(a) - distance(b) || a.sentUs - b.sentUs)
    .slice(0, atMost)
    .sort((a, b) => a.sentUs - b.sentUs || (a.receivedUs ?? a.sentUs) - (b.receivedUs ?? b.sentUs))
}

export function isStoredMessage(value: unknown): value is StoredMessage {
  if (typeof value !== 'object' || value === null) return false
  const { sentUs, receivedUs, lost, from, to, type, term, text }: Partial<Record<keyof StoredMessage, unknown>> = value
  return (
    [sentUs, term, receivedUs ?? 0].every(Number.isFinite) &&
    [from, to, type, text, lost ?? ''].every((each) => typeof each === 'string')
  )
}
