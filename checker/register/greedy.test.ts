/** The quick attempts: what they give is an order of all that returned, and easy histories have one. */
import { describe, expect, test } from 'vitest'
import { withArena } from '../arena.ts'
import { noRules, search } from '../general/search.ts'
import { appendKv, casRegister } from '../models/index.ts'
import { type KvInput, type KvOutput, kvModel } from '../models/kv.ts'
import type { Decision } from '../procedure.ts'
import { replayIndexes } from '../replay.ts'
import { greedyOrder } from './greedy.ts'
import { decideInTurn } from './in-turn.ts'
import { greedy } from './procedures.ts'
import { type KvOperation, plain, randomHistory } from './register-histories.fixture.ts'
import { registerColumns } from './translate.ts'

const never = Number.POSITIVE_INFINITY
const limits = { budget: 1000, attempt: 0, isOver: () => false }

const op = (id: number, [call, end]: readonly [number, number], input: KvInput, output?: KvOutput): KvOperation => ({
  id,
  process: id,
  input,
  output,
  call,
  return: end,
})
const write = (id: number, time: readonly [number, number], value: number) => op(id, time, { f: 'write', value }, {})
const read = (id: number, time: readonly [number, number], value: number | null) =>
  op(id, time, { f: 'read' }, { value })
const cas = (id: number, time: readonly [number, number], from: number, to: number) =>
  op(id, time, { f: 'cas', value: [from, to] }, { swapped: true })
const refused = (id: number, time: readonly [number, number], from: number) =>
  op(id, time, { f: 'cas', value: [from, 9] }, { swapped: false })

function orderOf(operations: readonly KvOperation[]): readonly number[] | undefined {
  const columns = registerColumns(casRegister, operations)
  const order = columns && withArena((arena) => greedyOrder(columns, arena))
  return order && Array.from(order, (place) => columns.operation[place] ?? -1)
}

describe('without a way back', () => {
  test.each<readonly [string, readonly KvOperation[], readonly number[] | undefined]>([
    ['a write that a read needs goes before it', [write(0, [0, 9], 1), read(1, [1, 3], 1)], [0, 1]],
    [
      'a write that nobody saw goes directly before another one',
      [write(0, [0, 6], 1), write(1, [1, 4], 2), read(2, [5, 7], 2)],
      [0, 1, 2],
    ],
    [
      'a write of what is there anyway goes unnoticed',
      [write(0, [0, 1], 1), write(1, [2, 8], 1), write(2, [3, 4], 2), read(3, [5, 6], 2)],
      [0, 1, 2, 3],
    ],
    [
      'of two writes the one that is read later goes last',
      [write(0, [0, 3], 1), write(1, [1, 2], 2), read(2, [4, 5], 1)],
      [1, 0, 2],
    ],
    [
      'a pending compare-and-set goes where its value is there, and a pending write is kept for later',
      [
        op(0, [0, never], { f: 'write', value: 1 }),
        op(1, [0, never], { f: 'cas', value: [3, 1] }),
        write(2, [1, 2], 3),
        read(3, [3, 4], 1),
        write(4, [5, 6], 4),
        read(5, [7, 8], 1),
      ],
      [2, 1, 3, 4, 0, 5],
    ],
    [
      'a pending write takes effect where it is needed, and is left out where not',
      [op(0, [0, never], { f: 'write', value: 1 }), op(1, [0, never], { f: 'write', value: 2 }), read(2, [1, 2], 2)],
      [1, 2],
    ],
    [
      'a pending compare-and-set takes effect only where its value is there',
      [op(0, [0, never], { f: 'cas', value: [1, 2] }), write(1, [1, 2], 1), read(2, [3, 4], 2)],
      [1, 0, 2],
    ],
    [
      'a chain of compare-and-sets is found from its end',
      [cas(0, [0, 9], 2, 3), cas(1, [0, 9], 1, 2), write(2, [0, 9], 1), read(3, [1, 4], 3)],
      [2, 1, 0, 3],
    ],
    [
      'what was refused makes another value be there',
      [write(0, [0, 1], 1), write(1, [2, 9], 2), refused(2, [3, 4], 1)],
      [0, 1, 2],
    ],
    ['a value that nobody wrote has no order', [read(0, [0, 1], 7)], undefined],
  ])('%s', (_title, operations, order) => {
    expect(orderOf(operations)).toEqual(order)
  })

  test('an order holds all that returned, respects time, and is one of the register', () => {
    const found = { greedy: 0, inTurn: 0, none: 0 }
    for (let seed = 1; seed <= 3000; seed++) {
      const repeated = [0, 40, 90][seed % 3] ?? 0
      const blind = [0, 60][seed % 2] ?? 0
      const shape = { ...plain, operations: 5 + (seed % 40), repeated, blind, span: 10 + (seed % 60) }
      const { model, operations } = randomHistory(shape, seed)
      const inOrder = operations.toSorted((a, b) => a.call - b.call)
      const inTurn = decideInTurn(model, inOrder)
      if (inTurn?.verdict === 'valid') {
        found.inTurn++
        expect([seed, replayIndexes(model, inOrder, inTurn.order, 'whole')]).toEqual([seed, undefined])
      }
      const decision = greedy.decide(model, operations, limits)
      if (decision?.verdict !== 'valid') {
        found.none++
        continue
      }
      found.greedy++
      expect([seed, replayIndexes(model, operations, decision.order, 'whole')]).toEqual([seed, undefined])
    }
    expect(found.greedy).toBeGreaterThan(500)
    expect(found.inTurn).toBeGreaterThan(100)
    expect(found.none).toBeGreaterThan(100)
  })
})

describe('in turn', () => {
  const anyStep = kvModel(['read', 'write', 'delete', 'cas', 'append']).step
  const append = (id: number, time: readonly [number, number], value: string) =>
    op(id, time, { f: 'append', value }, {})
  const text = (id: number, time: readonly [number, number], value: string) => op(id, time, { f: 'read' }, { value })
  const valid = (...order: number[]): Decision => ({ verdict: 'valid', order, explored: 0 })
  test.each<readonly [string, readonly KvOperation[], Decision | undefined]>([
    [
      'each takes effect when it is called',
      [append(0, [0, 1], 'a'), text(1, [2, 3], 'a'), append(2, [4, 5], 'b'), text(3, [6, 7], 'ab')],
      valid(0, 1, 2, 3),
    ],
    ['what does not fit waits', [text(0, [0, 5], 'a'), append(1, [1, 2], 'a')], valid(1, 0)],
    [
      'what waits does not wait beyond its return',
      [text(0, [0, 5], 'a'), text(1, [4, 9], 'a'), append(2, [6, 7], 'a')],
      undefined,
    ],
    [
      'what has one order only, and is refused in it, is illegal',
      [append(0, [0, 1], 'a'), text(1, [2, 3], 'b'), append(2, [4, 5], 'b'), append(3, [4, 5], 'c')],
      { verdict: 'illegal', order: [0], stuck: 1, explored: 0 },
    ],
    [
      'a refusal proves nothing where another operation overlaps the one that is refused',
      [text(0, [0, 4], 'xb'), append(1, [3, 9], 'b'), op(2, [4, 5], { f: 'write', value: 'x' }, {})],
      undefined,
    ],
    [
      'a refusal proves nothing where operations before it overlapped',
      [append(0, [0, 2], 'a'), append(1, [1, 3], 'b'), text(2, [4, 5], 'ba')],
      undefined,
    ],
    [
      'a refusal proves nothing where an operation is pending',
      [append(0, [0, never], 'a'), text(1, [1, 2], 'a')],
      undefined,
    ],
    [
      'a refusal proves nothing where an operation returns as the next is called',
      [text(0, [0, 1], 'a'), append(1, [1, 2], 'a')],
      valid(1, 0),
    ],
    [
      'without appends a refusal is for procedures that can show it',
      [write(0, [0, 1], 1), read(1, [2, 3], 2)],
      undefined,
    ],
    ['pending operations are left out', [append(0, [0, never], 'a'), append(1, [1, 2], 'b')], valid(1)],
    [
      'operations that come in another order are for others',
      [append(0, [5, 6], 'a'), append(1, [1, 2], 'b')],
      undefined,
    ],
    ['also where one that is refused comes first', [text(0, [5, 6], 'a'), append(1, [1, 2], 'a')], undefined],
  ])('%s', (_title, operations, decision) => {
    expect(decideInTurn(appendKv, operations)).toEqual(decision)
  })

  test('verdicts are those of the search, whatever the operations', () => {
    const seen = { valid: 0, illegal: 0, undecided: 0 }
    for (let seed = 1; seed <= 4000; seed++) {
      const shape = {
        ...plain,
        operations: 6,
        span: 60,
        longest: 3 + (seed % 9),
        pending: seed % 3 === 0 ? 10 : 0,
        deletes: 10,
      }
      const random = randomHistory(shape, seed)
      // One that is called last of all, so that there is an append.
      const last = append(1000, [1000, 1001], 'a')
      const model = { ...appendKv, step: anyStep, init: random.model.init }
      const inOrder = [...random.operations.toSorted((a, b) => a.call - b.call), last]
      const decision = decideInTurn(model, inOrder)
      seen[decision?.verdict === 'unknown' ? 'undecided' : (decision?.verdict ?? 'undecided')]++
      if (decision === undefined) continue
      const found = search(model, inOrder, { rules: noRules, hasMemory: true, budget: 100_000, isOver: () => false })
      expect([seed, decision.verdict]).toEqual([seed, found.verdict])
      if (decision.verdict === 'illegal') expect([seed, decision.stuck]).toEqual([seed, found.stuck])
    }
    expect(seen.valid).toBeGreaterThan(500)
    expect(seen.illegal).toBeGreaterThan(100)
    expect(seen.undecided).toBeGreaterThan(100)
  })
})
