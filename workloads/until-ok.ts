/** Asks each of some requests until it was answered often enough: what a workload does after the heal. */
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { Request } from '../cluster/kv/request.ts'
import type { Generator } from './generator.ts'
import type { Aim } from './op.ts'

export interface UntilOkOptions {
  /** No two may share their `f` and `key`, by which answers are counted. */
  readonly requests: readonly Request[]
  /** Where an attempt at a request goes; both from 0. */
  aim(request: number, attempt: number): Aim
  /** How many `ok` each request needs. */
  readonly oks: number
  /** How often each request is asked at most, so that a dead system ends the phase too. */
  readonly attempts: number
}

/**
 * Clients begin at different requests, so that several of them see each key. An op here depends on the answers so far:
 * the same answers in the same order give the same ops.
 */
export function untilOk(options: UntilOkOptions): Generator {
  const { requests } = options
  const numbers = new Map(requests.map(({ f, key }, number) => [name(f, key), number]))
  if (numbers.size !== requests.length) throw new RangeError('untilOk: two requests share their f and key')
  return tallied(
    options,
    numbers,
    requests.map(() => ({ asked: 0, open: 0, oks: 0 })),
  )
}

interface Tally {
  readonly asked: number
  readonly open: number
  readonly oks: number
}

function tallied(options: UntilOkOptions, numbers: ReadonlyMap<string, number>, tallies: readonly Tally[]): Generator {
  const { requests, oks, attempts } = options
  const isSettled = (tally: Tally): boolean => tally.oks >= oks || (tally.asked >= attempts && tally.open === 0)
  const self: Generator = {
    next({ client }) {
      for (let step = 0; step < requests.length; step++) {
        const number = (client + step) % requests.length
        const request = requests[number]
        const tally = tallies[number]
        if (request === undefined || tally === undefined) continue
        if (tally.oks + tally.open >= oks || tally.asked >= attempts) continue
        const asked = { ...tally, asked: tally.asked + 1, open: tally.open + 1 }
        return {
          type: 'op',
          op: { request, aim: options.aim(number, tally.asked) },
          next: tallied(options, numbers, tallies.with(number, asked)),
        }
      }
      // Others are still asking: should they fail, this client may be needed again.
      return tallies.every(isSettled)
        ? { type: 'done' }
        : { type: 'pending', untilUs: Number.POSITIVE_INFINITY, next: self }
    },
    update(event: HistoryEvent) {
      if (event.type === 'invoke') return self
      const number = numbers.get(name(event.f, event.key ?? ''))
      const tally = number === undefined ? undefined : tallies[number]
      if (number === undefined || tally === undefined || tally.open === 0) return self
      const ended = { ...tally, open: tally.open - 1, oks: tally.oks + (event.type === 'ok' ? 1 : 0) }
      return tallied(options, numbers, tallies.with(number, ended))
    },
  }
  return self
}

function name(f: string, key: string): string {
  return `${f} ${key}`
}
