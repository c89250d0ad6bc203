import { describe, expect, test } from 'vitest'
import { casRegister } from '../../checker/models/index.ts'
import type { KvInput, KvOutput } from '../../checker/models/kv.ts'
import { type KvOperation, legalByMemory, legalByPermutations, objectionTo } from './oracle.ts'

type Line = readonly [call: number, end: number, input: KvInput, output?: KvOutput]

function history(...lines: readonly Line[]): readonly KvOperation[] {
  return lines.map(([call, end, input, output], id) => ({ id, process: id, input, output, call, return: end }))
}

const write = (value: number): KvInput => ({ f: 'write', value })
const read: KvInput = { f: 'read' }
const cas = (from: number | null, to: number): KvInput => ({ f: 'cas', value: [from, to] })

const cases: readonly (readonly [title: string, isLegal: boolean, operations: readonly KvOperation[]])[] = [
  ['nothing', true, []],
  ['a read of what was there at first', true, history([0, 1, read, { value: null }])],
  ['a read of what nobody wrote', false, history([0, 1, read, { value: 1 }])],
  ['a read that touches a write at one moment', true, history([0, 1, read, { value: 1 }], [1, 2, write(1), {}])],
  ['a read that ends before the write begins', false, history([0, 1, read, { value: 1 }], [2, 3, write(1), {}])],
  ['a pending write that is seen later', true, history([0, Infinity, write(1)], [5, 6, read, { value: 1 }])],
  ['a pending write that is never seen', true, history([0, Infinity, write(1)], [5, 6, read, { value: null }])],
  ['a swap that met something else', false, history([0, 1, cas(1, 2), { swapped: true }])],
  ['a refusal of what was there', false, history([0, 1, cas(null, 2), { swapped: false }])],
  ['a refusal that found something else', true, history([0, 1, cas(1, 2), { swapped: false, found: null }])],
  ['a version too high', false, history([0, 1, write(1), { version: 2 }])],
  [
    'two writes in the order of their versions',
    true,
    history([0, 3, write(1), { version: 2 }], [0, 3, write(2), { version: 1 }]),
  ],
]

describe.each(cases)('%s', (_title, isLegal, operations) => {
  test(`is ${isLegal ? 'legal' : 'illegal'} to both judges`, () => {
    expect(legalByMemory(null, operations, 1000)).toBe(isLegal)
    expect(legalByPermutations(casRegister, operations)).toBe(isLegal)
  })
})

test('the search of the judges says so when it runs out of its budget', () => {
  const writes = Array.from({ length: 12 }, (_none, i): Line => [0, 9, write(i), {}])
  expect(legalByMemory(null, history(...writes, [10, 11, read, { value: 99 }]), 100)).toBe(undefined)
})

describe('an order', () => {
  const operations = history([0, 1, write(1), {}], [2, 3, read, { value: 1 }], [2, Infinity, write(2)])
  test.each([
    [[0, 1], undefined],
    [[0, 1, 2], undefined],
    [[0], 'operation 1 is missing'],
    [[1, 0], 'operation 1 can not have answered so'],
    [[0, 2, 1], 'operation 1 can not have answered so'],
    [[2, 0, 1], 'operation 0 had returned before one ahead of it was called'],
    [[0, 1, 1], 'operation 1 stands in it twice'],
    [[0, 1, 7], 'there is no operation 7'],
  ])('%j gets the objection %j', (order, objection) => {
    expect(objectionTo(order, null, operations)).toBe(objection)
  })
})
