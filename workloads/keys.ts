/** What the workloads over keys share: keys that come and go, where reads go, and the reads after the heal. */
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { Random } from '../cluster/random.ts'
import type { Generator } from './generator.ts'
import type { Aim } from './op.ts'
import { numberOf } from './options.ts'
import { untilOk } from './until-ok.ts'
import type { WorkloadOption, WorkloadOptions } from './workload.ts'

/** The options that every workload over keys has, next to its own. */
export const keyOptions = {
  rate: { summary: 'ops per second of each client at most; 0 for as many as it can', default: 20, min: 0 },
  keys: { summary: 'keys in use at a time', default: 4, min: 1, max: 1000, whole: true },
  opsPerKey: { summary: 'ops of each client on a key before it is retired', default: 15, min: 1, whole: true },
  previousReads: { summary: 'share of reads sent to the leader before the newest', default: 0.3, min: 0, max: 1 },
  anyReads: { summary: 'share of reads sent to any node', default: 0.2, min: 0, max: 1 },
} as const satisfies Record<string, WorkloadOption>

/**
 * One of the keys in use at a client's op number `count`. Retired keys keep each history short, as deciding one takes
 * more than linear time; they change one by one, so that there is always a key in full use.
 */
export function drawKey(random: Random, count: number, options: WorkloadOptions): string {
  const keys = numberOf(options, 'keys')
  const opsPerKey = numberOf(options, 'opsPerKey')
  const slot = random.below(keys)
  const generation = Math.floor((count + slot * opsPerKey) / (keys * opsPerKey))
  return `k${generation * keys + slot}`
}

/** Where a read goes. Stale data lives with a leader that does not know yet that it leads no more. */
export function drawReadAim(random: Random, options: WorkloadOptions): Aim {
  const draw = random.fraction()
  const anyDraw = random.uint32()
  const previous = numberOf(options, 'previousReads')
  if (draw < previous) return { at: 'previous' }
  return draw < previous + numberOf(options, 'anyReads') ? { at: 'any', draw: anyDraw } : { at: 'leader' }
}

/** Reads every key of the history until it was answered twice: a lost write shows at the latest here. */
export function readAll(random: Random, history: readonly HistoryEvent[]): Generator {
  const keys = [...new Set(history.map(({ key }) => key))].filter((key) => key !== undefined).sort(byNumber)
  return untilOk({
    requests: keys.map((key) => ({ f: 'read', key })),
    aim: (request, attempt) =>
      attempt % 2 === 0 ? { at: 'leader' } : { at: 'any', draw: random.fork(`${request}/${attempt}`).uint32() },
    oks: 2,
    attempts: 20,
  })
}

function byNumber(a: string, b: string): number {
  return a.length - b.length || (a < b ? -1 : 1)
}
