/** Whether a simulated run that was repeated is the one that was recorded, and where it is not. */
import { encodeEvent } from 'porcupine-ts/formats'
import type { LoadedRun } from '../results/run.ts'
import type { SimulatedRun } from './simulate.ts'

/** One kind of thing that should have been the same, by the first that was not. */
export interface Difference {
  /** `op 17`, `evidence of fault 3`, `cause`. */
  readonly what: string
  readonly recorded: string
  readonly now: string
}

type Recorded = Pick<LoadedRun, 'history' | 'events' | 'evidence' | 'outcome'>
type Repeated = Pick<SimulatedRun, 'outcome' | 'systemEvents'> & {
  readonly result: Pick<SimulatedRun['result'], 'events' | 'evidence'>
}

/**
 * The first difference of each kind; none where both runs are the same to the byte. A run that was cut short before it
 * was judged has neither evidence nor outcome to differ from.
 */
export function differences({ history, events, evidence, outcome }: Recorded, again: Repeated): Difference[] {
  const judged =
    outcome === undefined
      ? []
      : [
          firstOf('evidence of fault', evidence.map(json), again.result.evidence.map(json)),
          differing('outcome', outcome.outcome, again.outcome.outcome),
          differing('cause', outcome.cause, again.outcome.cause),
        ]
  return [
    firstOf('op', history.map(encodeEvent), again.result.events.map(encodeEvent)),
    firstOf('event of the system', events.map(json), again.systemEvents.map(json)),
    ...judged,
  ].filter((difference) => difference !== undefined)
}

function firstOf(kind: string, recorded: readonly string[], now: readonly string[]): Difference | undefined {
  const length = Math.max(recorded.length, now.length)
  for (let at = 0; at < length; at++) {
    const difference = differing(`${kind} ${at}`, recorded[at], now[at])
    if (difference) return difference
  }
  return undefined
}

function differing(what: string, recorded = 'nothing', now = 'nothing'): Difference | undefined {
  return recorded === now ? undefined : { what, recorded: recorded.trim(), now: now.trim() }
}

function json(value: unknown): string {
  return JSON.stringify(value)
}
