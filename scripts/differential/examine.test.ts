import { describe, expect, test } from 'vitest'
import { casRegister } from '../../checker/models/index.ts'
import { examineBatch } from './batch.ts'
import type { Engine } from './engines.ts'
import { examine, historyText, shrink } from './examine.ts'
import type { KvOperation } from './oracle.ts'
import { type RandomHistory, randomHistory } from './random-history.ts'

const operations: readonly KvOperation[] = [
  { id: 0, process: 0, input: { f: 'write', value: 1 }, output: {}, call: 0, return: 1 },
  { id: 1, process: 0, input: { f: 'read' }, output: { value: 1 }, call: 2, return: 3 },
]
const legal: RandomHistory = { seed: 1, model: casRegister, modelName: 'cas-register', initial: null, operations }
const illegal: RandomHistory = {
  ...legal,
  operations: [...operations, { id: 2, process: 0, input: { f: 'read' }, output: { value: 2 }, call: 4, return: 5 }],
}

function mismatches(history: RandomHistory, engine: Engine): readonly string[] {
  return examine(history, { engines: { it: engine } }).mismatches
}

describe('an engine is found out that', () => {
  test.each<[title: string, history: RandomHistory, engine: Engine, mismatches: readonly string[]]>([
    ['says illegal of a legal history', legal, () => ({ verdict: 'illegal' }), ['it says illegal, but it is valid']],
    [
      'says valid of an illegal history',
      illegal,
      () => ({ verdict: 'valid', order: [0, 1, 2] }),
      ['it says valid, but it is illegal', 'it gives an order that is none: operation 2 can not have answered so'],
    ],
    [
      'proves what is right by a wrong order',
      legal,
      () => ({ verdict: 'valid', order: [1, 0] }),
      ['it gives an order that is none: operation 1 can not have answered so'],
    ],
    [
      'gives a core that is legal',
      illegal,
      () => ({ verdict: 'illegal', core: [0, 1] }),
      ['it gives a core that is legal by itself: 0, 1'],
    ],
    [
      'blames a return that can be passed',
      illegal,
      () => ({ verdict: 'illegal', stuck: 1 }),
      ['it says that no order passes the return of operation 1, but one does'],
    ],
    [
      'blames a return after the first that can not be passed',
      {
        ...illegal,
        operations: [
          ...illegal.operations,
          { id: 3, process: 0, input: { f: 'read' }, output: {}, call: 6, return: 7 },
        ],
      },
      () => ({ verdict: 'illegal', stuck: 3 }),
      ['it blames operation 3, but no order passes a return before its own'],
    ],
  ])('%s', (_title, history, engine, expected) => {
    expect(mismatches(history, engine)).toEqual(expected)
  })

  test('throws', () => {
    const engine: Engine = () => {
      throw new Error('no idea')
    }
    expect(mismatches(legal, engine)[0]).toMatch(/^it threw: Error: no idea/)
  })
})

test.each<[title: string, engine: Engine]>([
  ['is right', () => ({ verdict: 'illegal', core: [2], stuck: 2 })],
  ['does not know', () => ({ verdict: 'unknown' })],
  ['decides histories of another kind', () => undefined],
])('nothing is held against an engine that %s', (_title, engine) => {
  expect(mismatches(illegal, engine)).toEqual([])
})

test('where the judges run out of their budget, engines that contradict each other are found out', () => {
  const engines: Record<string, Engine> = {
    one: () => ({ verdict: 'valid', order: [0, 1] }),
    other: () => ({ verdict: 'illegal' }),
  }
  expect(examine(legal, { budget: 0, engines }).mismatches).toEqual([
    'the search of the judges says illegal, but the permutations do not',
    'one: valid, but other: illegal',
  ])
})

test('a mismatch is made small', () => {
  const engine: Engine = () => ({ verdict: 'valid', order: [] })
  const small = shrink(illegal, { engines: { it: engine } })
  expect(historyText(small)).toBe(
    `  cas-register, initially null
  0: [4, 5] process 0 {"f":"read"} -> {"value":2}`,
  )
})

test('a seed gives the same history again', () => {
  expect(historyText(randomHistory(5))).toBe(historyText(randomHistory(5)))
})

test('the mix has enough of everything', () => {
  const { counts } = examineBatch({ from: 0, count: 1000, budget: 2000 })
  expect(counts.mismatches ?? 0).toBe(0)
  expect(counts['judges: valid']).toBeGreaterThan(500)
  expect(counts['judges: illegal']).toBeGreaterThan(120)
  expect(counts['judges: skipped'] ?? 0).toBeLessThan(100)
})
