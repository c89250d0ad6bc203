/** The messages around a run's failure: the run repeats to the byte, so it is run again with somebody who looks on. */

import type { Message } from '../cluster/raft/message.ts'
import { describeMessage, isHeartbeat } from '../cluster/sim/describe-message.ts'
import type { Delivery } from '../cluster/sim/peer-parcel.ts'
import type { Plan } from '../nemesis/plan.ts'
import { type Failure, isNear, nearest, type StoredMessage } from '../results/messages.ts'
import { runSimulated, type SimulatedRun } from './simulate.ts'

/** `run` is what this plan came to without anybody looking on. */
export function messagesNear(plan: Plan, run: SimulatedRun, failure: Failure): StoredMessage[] {
  const near: Delivery[] = []
  runSimulated(plan, {
    onMessage({ sentUs, receivedUs, ...rest }) {
      const delivery = {
        ...rest,
        sentUs: sentUs - run.startUs,
        ...(receivedUs === undefined ? {} : { receivedUs: receivedUs - run.startUs }),
      }
      if (isNear(failure, delivery)) near.push(delivery)
    },
  })
  const kept = nearest(near, failure)
  const beats = heartbeatsOf(kept.map(({ message }) => message))
  return kept.map(({ message, sentUs, receivedUs, lost, from, to }, at) => ({
    sentUs,
    ...(receivedUs === undefined ? {} : { receivedUs }),
    ...(lost === undefined ? {} : { lost }),
    from,
    to,
    type: message.type,
    term: message.term,
    text: describeMessage(message),
    ...(beats.has(at) ? { isHeartbeat: true } : {}),
  }))
}

/**
 * The places of heartbeats and of the consents to them, in messages by the time of sending. A reply carries its
 * round's number and the last index that it agrees to: there are as many replies to entries as entries were sent.
 * What a follower refused matters, and the heartbeat that it refused as well.
 */
export function heartbeatsOf(messages: readonly Message[]): Set<number> {
  const refused = new Set<string>()
  const awaited = new Map<string, number>()
  for (const message of messages) {
    if (message.type === 'append-reply' && !message.ok) refused.add(roundOf(message.to, message.from, message))
    const last = message.type === 'append-request' ? message.entries.at(-1) : undefined
    if (message.type !== 'append-request' || last === undefined) continue
    const reply = `${roundOf(message.from, message.to, message)} ${last.index}`
    awaited.set(reply, (awaited.get(reply) ?? 0) + 1)
  }
  const beats = new Set<number>()
  messages.forEach((message, at) => {
    if (isHeartbeat(message) && message.type === 'append-request') {
      if (!refused.has(roundOf(message.from, message.to, message))) beats.add(at)
    } else if (message.type === 'append-reply' && message.ok) {
      const reply = `${roundOf(message.to, message.from, message)} ${message.match}`
      const left = awaited.get(reply) ?? 0
      if (left === 0) beats.add(at)
      else awaited.set(reply, left - 1)
    }
  })
  return beats
}

function roundOf(leader: string, follower: string, { round }: { round: number }): string {
  return `${leader} ${follower} ${round}`
}
