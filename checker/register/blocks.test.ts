/** Blocks against brute force and against the search without rules, and each of their conditions against its absence. */
import { describe, expect, test } from 'vitest'
import { noRules, search } from '../general/search.ts'
import { casRegister, type KvModel } from '../models/index.ts'
import type { KvInput, KvValue } from '../models/kv.ts'
import type { Decision } from '../procedure.ts'
import { replay } from '../replay.ts'
import { allBlockRules, type BlockRules } from './block-rules.ts'
import { decideBlocks } from './blocks.ts'
import { open } from './columns.ts'
import { blocks } from './procedures.ts'
import { bruteForce, type KvOperation, plain, randomHistory, type Shape } from './register-histories.fixture.ts'
import { registerColumns } from './translate.ts'

const limits = { budget: 1, attempt: 0, isOver: () => true }
const shapes: Record<string, Shape> = {
  'unique values': plain,
  'equal timestamps': { ...plain, span: 5, longest: 4 },
  'blind refusals': { ...plain, blind: 70, misses: 60, swaps: 45 },
  deletes: { ...plain, deletes: 15 },
  'repeated values': { ...plain, repeated: 20, swaps: 20, longest: 4 },
  everything: { ...plain, deletes: 10, repeated: 5, blind: 40, misses: 40 },
  chains: { ...plain, writes: 10, swaps: 60, misses: 5 },
}

describe.each(Object.entries(shapes))('blocks, with %s', (_, shape) => {
  test('agree with brute force; a valid verdict comes with its order, an illegal one with an honest core', () => {
    const seen = { valid: 0, illegal: 0, undecided: 0, core: 0 }
    for (let seed = 1; seed <= 1500; seed++) {
      const { model, operations } = randomHistory(shape, seed)
      const decision = blocks.decide(model, operations, limits)
      seen[verdictOf(decision)]++
      if (decision === undefined) continue
      expect(decision.verdict, `seed ${seed}`).toBe(bruteForce(model, operations))
      if (decision.core !== undefined) seen.core++
      prove(model, operations, decision)
    }
    expect(seen.valid).toBeGreaterThan(1000)
    expect(seen.illegal).toBeGreaterThan(70)
    expect(seen.core).toBeGreaterThan(0.9 * seen.illegal)
    expect(seen.undecided).toBeLessThan(80)
  })

  test('agree with the search on longer histories', () => {
    const seen = { valid: 0, illegal: 0, undecided: 0 }
    const longer = { ...shape, operations: 24, span: shape.span * 4 }
    for (let seed = 1; seed <= 400; seed++) {
      const { model, operations } = randomHistory(longer, seed)
      const decision = blocks.decide(model, operations, limits)
      seen[verdictOf(decision)]++
      if (decision === undefined) continue
      const options = { rules: noRules, hasMemory: true, budget: 1e6, isOver: () => false }
      expect(decision.verdict, `seed ${seed}`).toBe(search(model, operations, options).verdict)
      prove(model, operations, decision)
    }
    expect(seen.valid).toBeGreaterThan(100)
    expect(seen.illegal).toBeGreaterThan(15)
    expect(seen.undecided).toBeLessThan(20)
  })
})

function verdictOf(decision: Decision | undefined): 'valid' | 'illegal' | 'undecided' {
  return decision === undefined || decision.verdict === 'unknown' ? 'undecided' : decision.verdict
}

/** Replays an order; holds a core against brute force. */
function prove(model: KvModel, operations: readonly KvOperation[], { verdict, order, core }: Decision): void {
  const at = (index: number) => operations[index]!
  if (verdict === 'valid') expect(replay(model, Array.from(order, at), operations)).toBeUndefined()
  if (core === undefined) return
  const members = core.map(at)
  if (core.length <= 8) expect(bruteForce(model, members)).toBe('illegal')
  // Without its writer anything is illegal; a core must have those of all that it shows.
  for (const value of members.flatMap(observed)) {
    const writers = operations.filter((each) => written(each) === value)
    if (writers.length > 0) expect(members.some((each) => written(each) === value)).toBe(true)
  }
}

function observed({ input, output }: KvOperation): KvValue[] {
  if (input.f === 'read') return output?.value === undefined ? [] : [output.value]
  // What was refused by the very value that it expects shows it by itself.
  if (input.f !== 'cas' || output?.found === input.value[0]) return []
  return [output?.swapped === false && output.found !== undefined ? output.found : input.value[0]]
}

function written({ input, output }: KvOperation): KvValue | undefined {
  if (input.f === 'write') return input.value
  if (input.f === 'cas' && output?.swapped !== false && input.value[0] !== input.value[1]) return input.value[1]
  return undefined
}

const never = Number.POSITIVE_INFINITY

function history(
  ...drafts: [call: number, end: number, input: KvInput, output?: KvOperation['output']][]
): KvOperation[] {
  return drafts.map(([call, end, input, output], id) => ({ id, process: id, input, output, call, return: end }))
}
const read = (value: KvValue): [KvInput, { value: KvValue }] => [{ f: 'read' }, { value }]
const write = (value: KvValue): [KvInput, object] => [{ f: 'write', value }, {}]
const swap = (from: KvValue, to: KvValue): [KvInput, object] => [{ f: 'cas', value: [from, to] }, { swapped: true }]
const refusedSwap = (from: KvValue): [KvInput, object] => [{ f: 'cas', value: [from, 99] }, { swapped: false }]

const withinABlock = history(
  [0, 1, ...write(1)],
  [2, 3, ...read(1)],
  [4, 20, { f: 'delete' }, {}],
  [4, 20, { f: 'delete' }, {}],
  [5, 6, ...read(null)],
  [8, 9, ...read(1)],
)

const known: [title: string, operations: KvOperation[], verdict: string, core?: number[]][] = [
  ['nothing happened', [], 'valid'],
  ['a value that nobody wrote', history([0, 1, ...write(1)], [2, 3, ...read(2)]), 'illegal', [1]],
  [
    'a read after the value was overwritten',
    history([0, 1, ...write(1)], [2, 3, ...write(2)], [4, 5, ...read(1)], [6, 7, ...read(2)]),
    'illegal',
    [0, 1, 2],
  ],
  ['the initial value after a write', history([0, 1, ...write(1)], [2, 3, ...read(null)]), 'illegal', [0, 1]],
  [
    'two compare-and-sets of one write',
    history([0, 1, ...write(1)], [2, 9, ...swap(1, 2)], [2, 9, ...swap(1, 3)]),
    'illegal',
    [0, 1, 2],
  ],
  ['a circle of compare-and-sets', history([0, 9, ...swap(1, 2)], [0, 9, ...swap(2, 1)]), 'illegal', [0, 1]],
  [
    'a chain of pending compare-and-sets that one read shows to have happened',
    history([0, never, ...write(1)], [0, never, ...swap(1, 2)], [0, never, ...swap(2, 3)], [5, 6, ...read(3)]),
    'valid',
  ],
  [
    'a chain that goes back to a value from before',
    history([0, never, ...write(1)], [0, never, ...swap(1, 2)], [5, 6, ...read(2)], [7, 8, ...read(1)]),
    'illegal',
    [0, 1, 2, 3],
  ],
  ['deletes that nobody saw', history([0, 1, ...write(1)], [0, 4, { f: 'delete' }, {}], [2, 9, ...read(1)]), 'valid'],
  [
    'a delete that a read saw, as the initial value was gone before',
    history([0, 1, ...write(1)], [2, 3, ...read(1)], [4, 5, { f: 'delete' }, {}], [6, 7, ...read(null)]),
    'valid',
  ],
  [
    'a read that may have seen the initial value or a delete',
    history([0, 9, { f: 'delete' }, {}], [0, 9, ...write(1)], [1, 8, ...read(null)]),
    'valid',
  ],
  [
    'reads that may have seen either of two deletes, and a write between those',
    history(
      [0, 1, ...write(1)],
      [2, 20, { f: 'delete' }, {}],
      [2, 20, { f: 'delete' }, {}],
      [4, 5, ...read(null)],
      [6, 20, ...write(2)],
      [7, 8, ...read(2)],
    ),
    'valid',
  ],
  [
    'a read of what only a delete without an answer can have put there',
    history([0, 1, ...write(1)], [2, never, { f: 'delete' }], [2, never, { f: 'delete' }], [4, 5, ...read(null)]),
    'valid',
  ],
  [
    'a compare-and-set that met a delete, though one that returned first was overwritten',
    history(
      [0, 1, ...write(1)],
      [2, 6, { f: 'delete' }, {}],
      [2, 12, { f: 'delete' }, {}],
      [3, 7, ...write(2)],
      [4, 8, ...read(2)],
      [9, 10, ...swap(null, 3)],
      [11, 13, ...read(3)],
    ),
    'valid',
  ],
  [
    'a read of one of two deletes that was consumed within a block',
    history(
      [0, 1, ...write(1)],
      [2, 3, { f: 'delete' }, {}],
      [2, 9, ...swap(null, 2)],
      [4, 9, ...read(null)],
      [5, never, { f: 'delete' }],
      [8, 9, ...read(2)],
    ),
    'valid',
  ],
  [
    'a read that has to return while the one block lasts that leaves what it saw',
    history(
      [2, 5, { f: 'delete' }, {}],
      [3, 6, ...write(1)],
      [7, 10, ...read(1)],
      [8, 14, ...read(null)],
      [9, 12, { f: 'delete' }, {}],
      [15, 16, ...read(null)],
    ),
    'valid',
  ],
  [
    'a read that saw what a later block has on its way, before all of that was called',
    history(
      [2, 5, { f: 'delete' }, {}],
      [3, 6, ...write(1)],
      [7, 12, ...read(1)],
      [8, 14, ...read(null)],
      [13, 16, { f: 'delete' }, {}],
      [17, 18, ...swap(null, 2)],
    ),
    'valid',
  ],
  ['a read of a delete while another value was seen before and after it', withinABlock, 'undefined'],
  [
    'a refused one that fits only before a write that began long ago',
    history([0, 9, ...write(1)], [1, 2, ...refusedSwap(1)], [3, 4, ...read(1)]),
    'valid',
  ],
  [
    'a refused one that has no place, which is left to the search',
    history([0, 1, ...write(1)], [2, 3, ...refusedSwap(1)], [4, 5, ...read(1)]),
    'undefined',
  ],
]

test.each(known)('%s', (_, operations, verdict, core) => {
  const decision = blocks.decide(casRegister, operations, limits)
  expect(String(decision?.verdict)).toBe(verdict)
  expect(decision?.core).toEqual(core)
  if (decision !== undefined) expect(decision.verdict).toBe(bruteForce(casRegister, operations))
})

test('operations that say nothing stand in the order as well', () => {
  const unread: [KvInput, object] = [{ f: 'read' }, {}]
  const operations = history(
    [0, 1, ...unread],
    [3, 4, ...write(1)],
    [2, 8, ...unread],
    [5, 6, ...read(1)],
    [9, 9, ...unread],
  )
  const decision = blocks.decide(casRegister, operations, limits)
  expect(decision?.order).toEqual([0, 2, 1, 3, 4])
})

test('columns may be longer than what they hold', () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const { model, operations } = randomHistory({ ...plain, deletes: 10, blind: 20 }, seed)
    const columns = registerColumns(model, operations)
    if (columns === undefined) continue
    const longer = (ints: Int32Array) => Int32Array.of(...ints.subarray(0, columns.length), -1, 0, 1, 0x7fffffff)
    const { value, next, call, return: returned, operation } = columns
    const padded = {
      ...columns,
      kind: Uint8Array.of(...columns.kind.subarray(0, columns.length), 4, 3, 2, 1),
      value: longer(value),
      next: longer(next),
      call: longer(call),
      return: longer(returned),
      operation: longer(operation),
    }
    expect(decideBlocks(padded)).toEqual(decideBlocks(columns))
  }
})

test('positions need not be dense', () => {
  for (let seed = 1; seed <= 1000; seed++) {
    const { model, operations } = randomHistory({ ...plain, deletes: 10, blind: 20 }, seed)
    const columns = registerColumns(model, operations)
    if (columns === undefined) continue
    const apart = (ints: Int32Array) => ints.map((position) => (position === open ? open : position * 40_000_000))
    const sparse = { ...columns, call: apart(columns.call), return: apart(columns.return) }
    expect(decideBlocks(sparse)).toEqual(decideBlocks(columns))
  }
})

describe('without one of its conditions a wrong verdict appears:', () => {
  const circles = history([0, 9, ...swap(1, 2)], [0, 9, ...swap(2, 1)])
  const rules = Object.keys(allBlockRules) as (keyof BlockRules)[]
  test.each(rules)('%s', (rule) => {
    const isWrong = (model: KvModel, operations: readonly KvOperation[]) => {
      const columns = registerColumns(model, operations)
      const decision = columns && decideBlocks(columns, { ...allBlockRules, [rule]: false })
      return decision !== undefined && decision.verdict !== bruteForce(model, operations)
    }
    const isShown =
      [circles, withinABlock].some((stored) => isWrong(casRegister, stored)) ||
      Object.values(shapes).some((shape) => {
        for (let seed = 1; seed <= 2500; seed++) {
          const { model, operations } = randomHistory(shape, seed)
          if (isWrong(model, operations)) return true
        }
        return false
      })
    expect(isShown).toBe(true)
  })
})
