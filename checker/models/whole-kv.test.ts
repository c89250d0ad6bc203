/** The store as one object: against its keys one by one, its simplification, and transactions. */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { readHistory } from '../formats/guess.ts'
import { pairs } from '../formats/pairs.ts'
import { allRules, type Rules, search } from '../general/search.ts'
import { chances, isLegal, randomHistory, separateTextsSubject, textsSubject } from '../general/subjects.fixture.ts'
import type { Operation } from '../operation.ts'
import { replay } from '../replay.ts'
import { appendKv } from './append-kv.ts'
import { casRegister } from './cas-register.ts'
import { models } from './index.ts'
import { type KvInput, withInitial } from './kv.ts'
import { type WholeKvInput, type WholeKvOutput, wholeKv } from './whole-kv.ts'

type WholeOperation = Operation<WholeKvInput, WholeKvOutput>

const unlimited = (rules: Partial<Rules> = {}) => ({
  rules: { ...allRules, ...rules },
  hasMemory: true,
  budget: 200_000,
  isOver: () => false,
})

test.each([
  ['keys of their own', separateTextsSubject],
  ['transactions over several', textsSubject],
] as const)('a simplified history with %s has the very linearizations of the given one', (_, subject) => {
  const model = wholeKv(appendKv)
  const below = chances(7)
  const seen = { valid: 0, illegal: 0 }
  for (let round = 0; round < 500; round++) {
    const operations = randomHistory(subject, below, { most: 9, span: 14 })
    const verdict = isLegal(model, operations) ? 'valid' : 'illegal'
    seen[verdict]++
    const simple = model.simplify!(operations)
    for (const scopes of [true, false]) {
      const found = search(simple.model, simple.operations, unlimited({ scopes }))
      expect(found.verdict, `round ${round}`).toBe(verdict)
      const placed = found.order.map((index) => operations[index]!)
      expect(replay(model, placed, verdict === 'valid' ? operations : [])).toBeUndefined()
    }
  }
  expect(Math.min(seen.valid, seen.illegal)).toBeGreaterThan(50)
})

function operation(id: number, input: WholeKvInput, output: WholeKvOutput, call: number, end: number): WholeOperation {
  return { id, process: id, input, output, call, return: end }
}
const write = (key: string, value: number): KvInput => ({ f: 'write', key, value })
const read = (key: string): KvInput => ({ f: 'read', key })
const both = (...value: KvInput[]): WholeKvInput => ({ f: 'txn', value })

describe('transactions', () => {
  const swap = operation(0, both(write('x', 1), write('y', 1)), { results: [{}, {}] }, 0, 10)
  const model = wholeKv(casRegister)
  const verdictOf = (operations: WholeOperation[]) => search(model, operations, unlimited()).verdict

  test('take effect at one moment: nobody sees one half of it', () => {
    const whole = operation(1, both(read('x'), read('y')), { results: [{ value: 1 }, { value: 1 }] }, 1, 2)
    const half = operation(1, both(read('x'), read('y')), { results: [{ value: 1 }, { value: null }] }, 1, 2)
    expect(verdictOf([swap, whole])).toBe('valid')
    expect(verdictOf([swap, half])).toBe('illegal')
  })

  test('are seen in one order, which no key alone would tell', () => {
    const yAfter = operation(1, read('y'), { value: 1 }, 1, 2)
    const xBefore = operation(2, read('x'), { value: null }, 3, 4)
    expect(verdictOf([swap, yAfter, xBefore])).toBe('illegal')
    expect(search(casRegister, [operation(0, write('x', 1), {}, 0, 10), xBefore] as never, unlimited()).verdict).toBe(
      'valid',
    )
  })

  test('see what they have done themselves', () => {
    const own = operation(
      1,
      both(read('x'), write('x', 5), read('x')),
      { results: [{ value: null }, {}, { value: 5 }] },
      0,
      1,
    )
    expect(verdictOf([own])).toBe('valid')
    expect(verdictOf([{ ...own, output: { results: [{ value: 5 }, {}, { value: 5 }] } }])).toBe('illegal')
  })

  test('that did not return did all or nothing', () => {
    const open = { ...swap, output: undefined, return: Number.POSITIVE_INFINITY }
    const x = (value: number | null) => operation(1, read('x'), { value }, 1, 2)
    const y = (value: number | null) => operation(2, read('y'), { value }, 3, 4)
    expect(verdictOf([open, x(1), y(1)])).toBe('valid')
    expect(verdictOf([open, x(null), y(1)])).toBe('valid')
    expect(verdictOf([open, x(1), y(null)])).toBe('illegal')
  })
})

const data = join(process.env.FAULTLINE_DATA ?? join(import.meta.dirname, '../../../shared/data'), 'porcupine/kv')

describe.skipIf(!existsSync(data))(
  'recorded histories of ten keys, as one object (skipped without FAULTLINE_DATA)',
  () => {
    test.each(['c01-ok', 'c01-bad', 'c10-ok', 'c10-bad'])('%s is decided without taking the keys apart', (name) => {
      const { events, model: of, initial } = readHistory(readFileSync(join(data, `${name}.txt`), 'utf8'))
      const { operations } = pairs(events)
      const model = wholeKv(withInitial(models[of], initial))
      const simple = model.simplify!(operations as readonly WholeOperation[])
      const { verdict, explored, stuck } = search(simple.model, simple.operations, unlimited({ scopes: false }))
      expect(verdict).toBe(name.endsWith('ok') ? 'valid' : 'illegal')
      expect(stuck === undefined).toBe(verdict === 'valid')
      expect(explored).toBeLessThan(10_000)
    })
  },
)
