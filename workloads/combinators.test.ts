import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { seededRandom } from '../cluster/random.ts'
import { concat, each, limit, mix, onClients, rate, stagger, timeLimit } from './combinators.ts'
import type { Generator } from './generator.ts'
import { workloadOptions, workloads } from './index.ts'
import type { DrawnOp } from './op.ts'

const write = (value: number): DrawnOp => ({ request: { f: 'write', key: 'x', value }, aim: { at: 'leader' } })
const counted = each(seededRandom(1), (_random, { count }) => write(count))
const drawn = each(seededRandom(1), (random) => write(random.below(1000)))

/** Asks as a run would: at each step one client comes some time later. Ops by client, in the order given. */
function ask(generator: Generator, steps: readonly { client: number; us: number }[]): DrawnOp[][] {
  const byClient: DrawnOp[][] = []
  let timeUs = 0
  let current = generator
  for (const { client, us } of steps) {
    timeUs += us
    byClient[client] ??= []
    const next = current.next({ timeUs, client, count: byClient[client].length })
    if (next.type === 'op') byClient[client].push(next.op)
    if (next.type !== 'done') current = next.next
  }
  return byClient
}

const steps = (us: fc.Arbitrary<number>) =>
  fc.array(fc.record({ client: fc.nat({ max: 3 }), us }), { minLength: 1, maxLength: 120 })

/** Combinators in which time decides when an op is given, but not which. */
const table: Record<string, (seed: number) => Generator> = {
  each: (seed) => each(seededRandom(seed), (random) => write(random.below(1000))),
  limit: (seed) =>
    limit(
      7,
      each(seededRandom(seed), (random) => write(random.below(1000))),
    ),
  stagger: (seed) => stagger(500, seededRandom(seed), drawn),
  rate: (seed) => rate(1000, seededRandom(seed), drawn),
  mix: (seed) =>
    mix(seededRandom(seed), [
      { weight: 1, item: drawn },
      { weight: 3, item: stagger(300, seededRandom('s'), counted) },
    ]),
  onClients: (seed) => onClients((client) => client % 2 === seed % 2, drawn),
  concat: (seed) => concat(limit(3, drawn), limit(4, stagger(400, seededRandom(seed), counted)), drawn),
  register: (seed) => workloads.register.generator(workloadOptions('register'), seededRandom(seed)),
  append: (seed) => workloads.append.generator(workloadOptions('append'), seededRandom(seed)),
}

describe('op k of client c is the same whatever the times and the interleaving', () => {
  for (const [name, make] of Object.entries(table)) {
    test(name, () => {
      const us = name === 'register' || name === 'append' ? fc.nat({ max: 100_000 }) : fc.nat({ max: 2000 })
      fc.assert(
        fc.property(fc.nat(), steps(us), steps(us), (seed, one, other) => {
          const first = ask(make(seed), one)
          const second = ask(make(seed), other)
          for (const [client, ops] of first.entries()) {
            const length = Math.min(ops?.length ?? 0, second[client]?.length ?? 0)
            expect(ops?.slice(0, length) ?? []).toEqual(second[client]?.slice(0, length) ?? [])
          }
        }),
        { numRuns: 60 },
      )
    })
  }
})

test('different seeds draw different ops', () => {
  const many = Array.from({ length: 20 }, () => ({ client: 0, us: 1 }))
  const ops = (seed: number) =>
    ask(
      each(seededRandom(seed), (random) => write(random.below(1e9))),
      many,
    )
  expect(ops(1)).not.toEqual(ops(2))
})

test('a limit counts for each client by itself', () => {
  const order = [0, 0, 0, 1, 0, 1, 1].map((client) => ({ client, us: 1 }))
  expect(ask(limit(2, counted), order).map((ops) => ops.length)).toEqual([2, 2])
})

test('a time limit ends what it holds, also while that is pending', () => {
  const generator = timeLimit(1000, stagger(1e6, seededRandom(4), counted))
  expect(generator.next({ timeUs: 0, client: 0, count: 0 })).toMatchObject({ type: 'pending', untilUs: 1000 })
  expect(timeLimit(1000, counted).next({ timeUs: 999, client: 0, count: 0 }).type).toBe('op')
  expect(timeLimit(1000, counted).next({ timeUs: 1000, client: 0, count: 0 })).toEqual({ type: 'done' })
})

test('staggered ops come at the mean rate, and a stall is not made up for', () => {
  const given: number[] = []
  let generator = stagger(1000, seededRandom(2), counted)
  for (let timeUs = 0; timeUs < 1_000_000; timeUs += 10) {
    if (timeUs === 500_000) timeUs = 600_000 // The client was stuck in an op.
    const next = generator.next({ timeUs, client: 0, count: given.length })
    if (next.type === 'op') given.push(timeUs)
    if (next.type !== 'done') generator = next.next
  }
  expect(given.length).toBeGreaterThan(850)
  expect(given.length).toBeLessThan(950)
  const afterStall = given.filter((timeUs) => timeUs >= 600_000 && timeUs < 610_000)
  expect(afterStall.length).toBeLessThan(20)
})

test('a mix draws by weight', () => {
  const generator = mix(seededRandom(3), [
    { weight: 3, item: each(seededRandom(1), () => write(3)) },
    { weight: 1, item: each(seededRandom(1), () => write(1)) },
    { weight: 0, item: each(seededRandom(1), () => write(0)) },
  ])
  const [ops = []] = ask(
    generator,
    Array.from({ length: 1000 }, () => ({ client: 0, us: 1 })),
  )
  const threes = ops.filter(({ request }) => 'value' in request && request.value === 3).length
  expect(ops.some(({ request }) => 'value' in request && request.value === 0)).toBe(false)
  expect(threes).toBeGreaterThan(690)
  expect(threes).toBeLessThan(810)
})

test('in a concat each client goes on by itself, and counts anew', () => {
  const generator = concat(limit(2, counted), limit(1, counted))
  const order = [0, 0, 0, 1, 0, 1].map((client) => ({ client, us: 1 }))
  expect(ask(generator, order)).toEqual([
    [write(0), write(1), write(0)],
    [write(0), write(1)],
  ])
})
