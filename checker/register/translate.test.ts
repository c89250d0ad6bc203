import { describe, expect, test } from 'vitest'
import { appendKv, casRegister, type KvModel, type KvOutput, withInitial } from '../models/index.ts'
import type { KvInput } from '../models/kv.ts'
import type { Operation } from '../operation.ts'
import { kinds, open } from './columns.ts'
import { registerColumns } from './translate.ts'

const never = Number.POSITIVE_INFINITY
const cas = (from: number | null, to: number | null): KvInput => ({ f: 'cas', value: [from, to] })

function operation(
  id: number,
  call: number,
  end: number,
  input: KvInput,
  output?: KvOutput,
): Operation<KvInput, KvOutput> {
  return { id, process: id, input, output, call, return: end }
}

/** Rows of kind, value, next, call, return, operation. */
function rows(operations: Operation<KvInput, KvOutput>[], model: KvModel = casRegister) {
  const columns = registerColumns(model, operations)
  if (columns === undefined) return undefined
  const { length, kind, value, next, call, operation: index } = columns
  return Array.from({ length }, (_, i) => [kind[i], value[i], next[i], call[i], columns.return[i], index[i]])
}

describe('what an operation says of the register', () => {
  // The initial value has id 0, so 5 and 6 get 1 and 2 where they are met.
  const said: [string, KvInput, KvOutput, number[] | undefined][] = [
    ['a read', { f: 'read' }, { value: 5 }, [kinds.read, 1, -1]],
    ['a read of the initial value', { f: 'read' }, { value: null }, [kinds.read, 0, -1]],
    ['a read without a value: nothing', { f: 'read' }, {}, undefined],
    ['a write', { f: 'write', value: 5 }, {}, [kinds.write, 1, -1]],
    ['a delete: a write of null', { f: 'delete' }, {}, [kinds.write, 0, -1]],
    ['a compare-and-set that swapped', cas(5, 6), { swapped: true }, [kinds.cas, 1, 2]],
    ['one that put what it met: a read', cas(5, 5), { swapped: true }, [kinds.read, 1, -1]],
    ['one that was refused and says what it met: a read', cas(5, 6), { swapped: false, found: 6 }, [kinds.read, 1, -1]],
    ['one that was refused', cas(5, 6), { swapped: false }, [kinds.refuse, 1, -1]],
    ['one that was refused by what it expects', cas(5, 6), { swapped: false, found: 5 }, [kinds.impossible, 1, -1]],
  ]
  test.each(said)('%s', (_, input, output, expected) => {
    const row = expected && [...expected, 0, 1, 0]
    expect(rows([operation(0, 3, 4, input, output)])).toEqual(row === undefined ? [] : [row])
  })

  const unanswered: [string, KvInput, number[] | undefined][] = [
    ['a write', { f: 'write', value: 5 }, [kinds.write, 1, -1]],
    ['a delete', { f: 'delete' }, [kinds.write, 0, -1]],
    ['a compare-and-set', cas(5, 6), [kinds.cas, 1, 2]],
    ['one that would put what it meets: nothing', cas(5, 5), undefined],
    ['a read: nothing', { f: 'read' }, undefined],
  ]
  test.each(unanswered)('without an answer: %s', (_, input, expected) => {
    const row = expected && [...expected, 0, open, 0]
    expect(rows([operation(0, 3, never, input)])).toEqual(row === undefined ? [] : [row])
  })
})

test('positions follow time, with calls before returns at one timestamp, whatever order operations come in', () => {
  const write = (id: number, call: number, end: number) => operation(id, call, end, { f: 'write', value: id })
  expect(rows([write(2, 5, 9), write(1, 0.5, 5), write(3, 7, never), write(0, -2, 0.5)])).toEqual([
    [kinds.write, 1, -1, 0, 2, 3],
    [kinds.write, 2, -1, 1, 4, 1],
    [kinds.write, 3, -1, 3, 6, 0],
    [kinds.write, 4, -1, 5, open, 2],
  ])
})

test('values are told apart as === does', () => {
  const values = [0, '0', false, null, -0, 1, '1', true, 1.5, -1, 2 ** 40, 2 ** 40]
  const reads = values.map((value, i) => operation(i, i, i, { f: 'read' }, { value }))
  const columns = registerColumns(withInitial(casRegister, 0), reads)
  expect(columns?.values).toBe(10)
  expect([...(columns?.value ?? [])]).toEqual([0, 1, 2, 3, 0, 4, 5, 6, 7, 8, 9, 9])
})

const others: [string, Operation<KvInput, KvOutput>][] = [
  ['with a version', operation(0, 0, 1, { f: 'write', value: 1 }, { version: 1 })],
  ['with an append', operation(0, 0, 1, { f: 'append', value: 'a' }, {})],
  ['with a compare-and-set that may or may not have swapped', operation(0, 0, 1, cas(1, 2), {})],
  ['with NaN', operation(0, 0, 1, { f: 'read' }, { value: Number.NaN })],
  ['that return before they are called', operation(0, 2, 1, { f: 'write', value: 1 }, {})],
]
test.each(others)('operations %s are not those of a plain register', (_, other) => {
  const model = other.input.f === 'append' ? appendKv : casRegister
  expect(registerColumns(model, [other])).toBeUndefined()
})

test('an operation that the model does not know is an error, as it is in the search', () => {
  expect(() => registerColumns(appendKv, [operation(0, 0, 1, cas(1, 2), { swapped: true })])).toThrow('but not cas')
})

test('a translation within another one, by a step that checks, disturbs neither', () => {
  const inner = [operation(0, 0, 1, { f: 'write', value: 7 }, {}), operation(1, 2, 3, { f: 'read' }, { value: 8 })]
  const outer = [operation(0, 0, 9, { f: 'write', value: 1 }, {}), operation(1, 1, 8, { f: 'read' }, { value: 1 })]
  const expected = [rows(outer), rows(inner)]
  let seen: unknown
  const nested: KvModel = {
    ...casRegister,
    step(state, input, output) {
      seen = rows(inner)
      return casRegister.step(state, input, output)
    },
  }
  expect([rows(outer, nested), seen]).toEqual(expected)
})
