/**
 * How weak a system really was, once it is known not to be linearizable: whether the operations of a key are still
 * sequentially consistent (Lamport 1979), and which session guarantees they keep. A session is a client, or a process
 * where the history does not tell. What a session was never told of may take effect after what it did next.
 */

import type { RecordedOperation } from '../formats/pairs.ts'
import { groupBy } from '../group-by.ts'
import type { KvModel, KvValue } from '../models/kv.ts'
import { leaves, needs } from '../models/kv-facts.ts'
import { isPending } from '../operation.ts'
import { sequentiallyConsistent } from './consistency-search.ts'
import { sessionGuarantees } from './consistency-sessions.ts'

/** `unknown`: a budget ran out, or the guarantee is not defined for such operations. */
export type Answer = 'yes' | 'no' | 'unknown'

export interface Guarantees {
  /** What a session reads is never older than what it had written. */
  readonly readYourWrites: Answer
  /** What a session reads is never older than what it had read. */
  readonly monotonicReads: Answer
  /** A session's changes take effect in its order. */
  readonly monotonicWrites: Answer
  /** A session's changes come after the changes that it had seen. */
  readonly writesFollowReads: Answer
}

export interface Weaker {
  /** Whether one order is legal that keeps each session's own, whatever the times. */
  readonly sequential: Answer
  readonly guarantees: Guarantees
  /** Both in a sentence or two. */
  readonly text: string
}

export interface WeakerOptions {
  /** The most configurations to expand for each question; 10,000 unless told. */
  readonly maxConfigurations?: number
}

const defaultConfigurations = 10_000

/** For the operations of one key. (Keys that are sequentially consistent one by one need not be so together.) */
export function weaker(
  model: KvModel,
  operations: readonly RecordedOperation[],
  { maxConfigurations = defaultConfigurations }: WeakerOptions = {},
): Weaker {
  const sessions = sessionsOf(operations)
  const initial = model.init().value
  const isSearched = operations.length <= searchedAtMost && !isFromNowhere(operations, initial)
  const found = isSearched ? sequentiallyConsistent(model, sessions, maxConfigurations) : 'unknown'
  // A sequentially consistent order shows that each guarantee is kept; so one that is broken rules such an order out.
  const guarantees = found === 'yes' ? kept : sessionGuarantees(sessions, initial, maxConfigurations)
  const isBroken = Object.values(guarantees).includes('no') || isFromNowhere(operations, initial)
  const sequential = isBroken ? 'no' : found
  return { sequential, guarantees, text: sentence(sequential, guarantees) }
}

/** The search goes as deep as there are operations, and so does the stack. */
const searchedAtMost = 2000

const kept: Guarantees = {
  readYourWrites: 'yes',
  monotonicReads: 'yes',
  monotonicWrites: 'yes',
  writesFollowReads: 'yes',
}

/** Whether somebody saw what nothing was to put there. (Appends may make anything.) */
function isFromNowhere(operations: readonly RecordedOperation[], initial: KvValue): boolean {
  if (operations.some(({ input }) => input.f === 'append')) return false
  const written = new Set<KvValue | undefined>([initial, ...operations.map(leaves)])
  return operations.some((each) => {
    const seen = isPending(each) ? undefined : needs(each)
    return seen !== undefined && !written.has(seen)
  })
}

/** What each session did, in its order. A pending operation ends a list of its own: nothing waits for it. */
export interface Session {
  readonly answered: readonly RecordedOperation[]
  /** With how many of `answered` had come before. */
  readonly pending: readonly { readonly operation: RecordedOperation; readonly after: number }[]
}

export function sessionsOf(operations: readonly RecordedOperation[]): readonly Session[] {
  const bySession = groupBy(operations, ({ client, process }) => client ?? process)
  return [...bySession.values()].map((ofSession) => {
    const ordered = ofSession.toSorted((a, b) => a.call - b.call || a.id - b.id)
    const answered = ordered.filter((each) => !isPending(each))
    const pending = ordered.filter(isPending).map((operation) => ({
      operation,
      after: answered.filter(
        (each) => each.call < operation.call || (each.call === operation.call && each.id < operation.id),
      ).length,
    }))
    return { answered, pending }
  })
}

const names: Record<keyof Guarantees, string> = {
  readYourWrites: 'read your writes',
  monotonicReads: 'monotonic reads',
  monotonicWrites: 'monotonic writes',
  writesFollowReads: 'writes follow reads',
}

function sentence(sequential: Answer, guarantees: Guarantees): string {
  if (sequential === 'yes') {
    return "The key is still sequentially consistent: some order fits all answers and keeps each client's own, so no client can tell alone."
  }
  const broken = namesOf(guarantees, 'no')
  const whole = namesOf(guarantees, 'yes')
  if (broken.length > 0) {
    const rest = whole.length === 0 ? '' : `; it keeps ${list(whole)}`
    return `The key is not even sequentially consistent: it breaks ${list(broken)}${rest}.`
  }
  const start =
    sequential === 'no'
      ? 'The key is not even sequentially consistent'
      : 'Whether the key is still sequentially consistent is not known'
  return whole.length === 0 ? `${start}.` : `${start}; taken one by one it keeps ${list(whole)}.`
}

function namesOf(guarantees: Guarantees, answer: Answer): readonly string[] {
  return Object.entries(names).flatMap(([name, told]) =>
    Object.entries(guarantees).some(([each, is]) => each === name && is === answer) ? [told] : [],
  )
}

function list(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`
}
