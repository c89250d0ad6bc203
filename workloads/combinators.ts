/**
 * Generators made of generators, after Jepsen's `jepsen.generator`: pure values, so a test needs neither time nor
 * clients. What they draw for op k of client c depends on (seed, c, k) alone; time only decides when it is given.
 */
import type { HistoryEvent } from 'porcupine-ts/formats'
import type { Random } from '../cluster/random.ts'
import type { Context, Generator, Next } from './generator.ts'
import type { DrawnOp } from './op.ts'
import { type Weighted, weighted } from './weighted.ts'

/** Which op of which client is drawn. */
export interface Place {
  readonly client: number
  readonly count: number
}

/** Draws without end, each op from a random stream of its own, so that no op depends on how many were drawn before. */
export function each(random: Random, draw: (random: Random, place: Place) => DrawnOp): Generator {
  const self: Generator = {
    next: ({ client, count }) => ({
      type: 'op',
      op: draw(random.fork(`${client}/${count}`), { client, count }),
      next: self,
    }),
    update: () => self,
  }
  return self
}

/** At most `ops` ops for each client. Counted by client, as a common count would depend on who comes first. */
export function limit(ops: number, inner: Generator): Generator {
  return around(inner, (now, context) => (context.count >= ops ? { type: 'done' } : now.next(context)))
}

/** Done once `us` microseconds of the phase are over. */
export function timeLimit(us: number, inner: Generator): Generator {
  return around(inner, (now, context) => {
    if (context.timeUs >= us) return { type: 'done' }
    const next = now.next(context)
    return next.type === 'pending' ? { ...next, untilUs: Math.min(next.untilUs, us) } : next
  })
}

/** For these clients only; done for the others. */
export function onClients(belongs: (client: number) => boolean, inner: Generator): Generator {
  return around(inner, (now, context) => (belongs(context.client) ? now.next(context) : { type: 'done' }))
}

/**
 * Lets 0 to 2 × `meanUs` pass between two ops of a client, drawn per op. After a long op the next one follows at once,
 * but nothing is made up for: a stall must not turn into a burst that hides it.
 */
export function stagger(meanUs: number, random: Random, inner: Generator): Generator {
  const after = (current: Generator, givenUs: readonly (number | undefined)[]): Generator => {
    const self: Generator = {
      next(context) {
        const { client, count, timeUs } = context
        const gapUs = random.fork(`${client}/${count}`).between(0, 2 * Math.round(meanUs))
        const dueUs = (givenUs[client] ?? 0) + gapUs
        if (timeUs < dueUs) return { type: 'pending', untilUs: dueUs, next: self }
        const next = current.next(context)
        if (next.type === 'done') return next
        return { ...next, next: after(next.next, next.type === 'op' ? replaced(givenUs, client, timeUs) : givenUs) }
      },
      update(event) {
        const updated = current.update(event)
        return updated === current ? self : after(updated, givenUs)
      },
    }
    return self
  }
  return after(inner, [])
}

/** At most about `opsPerSecond` ops of each client; 0 stands for as many as it can. */
export function rate(opsPerSecond: number, random: Random, inner: Generator): Generator {
  return opsPerSecond === 0 ? inner : stagger(1e6 / opsPerSecond, random, inner)
}

/** Each op from one of the generators, drawn by weight; where that one is done for a client, so is the mix. */
export function mix(random: Random, choices: readonly Weighted<Generator>[]): Generator {
  const self: Generator = {
    next(context) {
      const drawn = weighted(
        random.fork(`${context.client}/${context.count}`),
        choices.map(({ weight }, item) => ({ weight, item })),
      )
      const chosen = choices[drawn]
      if (chosen === undefined) throw new RangeError(`no generator ${drawn}`)
      const next = chosen.item.next(context)
      if (next.type === 'done') return next
      if (next.next === chosen.item) return { ...next, next: self }
      return { ...next, next: mix(random, choices.with(drawn, { ...chosen, item: next.next })) }
    },
    update(event) {
      const updated = choices.map((choice) => ({ ...choice, item: choice.item.update(event) }))
      return updated.every(({ item }, index) => item === choices[index]?.item) ? self : mix(random, updated)
    },
  }
  return self
}

/** One generator after the other, for each client by itself; time and count begin anew in each. */
export function concat(...stages: readonly Generator[]): Generator {
  return staged(stages, [])
}

/** Where a client stands in a `concat`, and when it got there. */
interface Stage {
  readonly index: number
  readonly count: number
  readonly timeUs: number
}

function staged(stages: readonly Generator[], byClient: readonly (Stage | undefined)[]): Generator {
  const self: Generator = {
    next({ client, count, timeUs }) {
      let stage = byClient[client] ?? { index: 0, count: 0, timeUs: 0 }
      for (;;) {
        const inner = stages[stage.index]
        if (inner === undefined) return { type: 'done' }
        const next = inner.next({ client, count: count - stage.count, timeUs: timeUs - stage.timeUs })
        if (next.type === 'done') {
          stage = { index: stage.index + 1, count, timeUs }
          continue
        }
        const rest = staged(stages.with(stage.index, next.next), replaced(byClient, client, stage))
        return next.type === 'op'
          ? { type: 'op', op: next.op, next: rest }
          : { type: 'pending', untilUs: next.untilUs + stage.timeUs, next: rest }
      }
    },
    update(event: HistoryEvent) {
      const updated = stages.map((inner) => inner.update(event))
      return updated.every((inner, index) => inner === stages[index]) ? self : staged(updated, byClient)
    },
  }
  return self
}

/** A generator that asks the one inside in its own way and keeps no state of its own. */
function around(inner: Generator, ask: (inner: Generator, context: Context) => Next): Generator {
  const rewrapped = (now: Generator): Generator => (now === inner ? self : around(now, ask))
  const self: Generator = {
    next(context) {
      const next = ask(inner, context)
      return next.type === 'done' ? next : { ...next, next: rewrapped(next.next) }
    },
    update: (event) => rewrapped(inner.update(event)),
  }
  return self
}

/** The list with one place replaced, grown where it is too short. */
function replaced<T>(list: readonly (T | undefined)[], at: number, item: T): readonly (T | undefined)[] {
  return Array.from({ length: Math.max(list.length, at + 1) }, (_, index) => (index === at ? item : list[index]))
}
