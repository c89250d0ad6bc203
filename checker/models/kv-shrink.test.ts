/** Steps that make a history smaller must keep a legal one legal: held against trying all orders. */
import { describe, expect, test } from 'vitest'
import { beginningAt, endingWith, type Start } from '../explain/cores.ts'
import {
  bruteForce,
  chances,
  type KvOperation,
  plain,
  randomHistory,
  type Shape,
} from '../register/register-histories.fixture.ts'
import type { KvModel } from './index.ts'
import { contradicted } from './kv-facts.ts'
import { shrinkingKv } from './kv-shrink.ts'

const shapes: Record<string, Shape> = {
  'unique values': { ...plain, damaged: 0 },
  'repeated values': { ...plain, damaged: 0, repeated: 75, operations: 8 },
  'repeated values, deletes and blind refusals': {
    ...plain,
    damaged: 0,
    repeated: 70,
    deletes: 10,
    blind: 60,
    swaps: 40,
    misses: 50,
    same: 10,
    operations: 8,
  },
  'few pending, one after the other': {
    ...plain,
    damaged: 0,
    repeated: 80,
    longest: 2,
    span: 22,
    pending: 10,
    blind: 50,
  },
}
const rounds = 1200

function shrinking(model: KvModel, operations: readonly KvOperation[]) {
  const found = shrinkingKv(model, operations)
  if (found === undefined) throw new Error('these operations are of the kind that can be shrunk')
  return found
}

/** By some order, from the model's state or from any. */
function isLegal(model: KvModel, operations: readonly KvOperation[], start: Start): boolean {
  const models = start === 'given' ? [model] : shrinking(model, operations).anyStart(operations)
  return models.some((each) => bruteForce({ ...model, ...each }, operations) === 'valid')
}

describe.each(Object.entries(shapes))('of legal histories with %s', (_, shape) => {
  const histories = Array.from({ length: rounds }, (_, seed) => ({ ...randomHistory(shape, seed + 1), seed }))

  test.each(['given', 'any'] as const)('every move keeps a legal one legal, from %s start', (start) => {
    let moved = 0
    for (const { model, operations, seed } of histories) {
      const below = chances(seed * 7 + 3)
      let current: readonly KvOperation[] = operations
      for (let step = 0; step < 4; step++) {
        const moves = shrinking(model, current).moves(current, start)
        const after = moves[below(moves.length)]?.(current)
        if (after === undefined) continue
        moved++
        current = after
        expect(isLegal(model, current, start), `seed ${seed}`).toBe(true)
      }
    }
    expect(moved).toBeGreaterThan(rounds / 3)
  })

  test('each single move does', () => {
    for (const { model, operations, seed } of histories.slice(0, rounds / 4)) {
      for (const start of ['given', 'any'] as const) {
        for (const move of shrinking(model, operations).moves(operations, start)) {
          const after = move(operations)
          if (after !== undefined) expect(isLegal(model, after, start), `seed ${seed}`).toBe(true)
        }
      }
    }
  })

  test('what follows any moment is legal from some state, and what comes before any return from the first', () => {
    for (const { model, operations, seed } of histories) {
      const time = seed % (shape.span + 2)
      expect(isLegal(model, beginningAt(model, operations, time), 'any'), `seed ${seed}`).toBe(true)
      const end = operations[seed % operations.length]
      if (end === undefined || end.return === Number.POSITIVE_INFINITY) continue
      expect(isLegal(model, endingWith(model, operations, end), 'given'), `seed ${seed}`).toBe(true)
    }
  })

  test('no two operations contradict each other', () => {
    for (const { operations, seed } of histories) {
      for (const later of operations) {
        for (const witness of operations)
          expect(contradicted(later, [witness], operations), `seed ${seed}`).toBe(undefined)
      }
    }
  })
})

test('operations of one history that contradict each other are illegal from any state, and there are some', () => {
  let found = 0
  for (let seed = 0; seed < 3000; seed++) {
    const { model, operations } = randomHistory({ ...plain, repeated: 60, blind: 40 }, seed)
    for (const later of operations) {
      const pair = contradicted(later, operations, operations)
      if (pair === undefined) continue
      found++
      expect(bruteForce(model, operations), `seed ${seed}`).toBe('illegal')
    }
  }
  expect(found).toBeGreaterThan(100)
})
