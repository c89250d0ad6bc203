import { expect, test } from 'vitest'
import { casRegister, type KvModel } from '../models/index.ts'
import { replay } from '../replay.ts'
import { blocks, registerSearch } from './procedures.ts'
import { type KvOperation, plain, randomHistory } from './register-histories.fixture.ts'

const limits = { budget: 100_000, attempt: 0, isOver: () => false }
const written: KvOperation = { id: 0, process: 0, input: { f: 'write', value: 1 }, output: {}, call: 0, return: 1 }
const phantom: KvOperation = { id: 1, process: 0, input: { f: 'read' }, output: { value: 2 }, call: 2, return: 3 }

test('an order of the register search holds all that returned, also what says nothing', () => {
  let silent = 0
  for (let seed = 1; seed <= 500; seed++) {
    const { model, operations } = randomHistory({ ...plain, blind: 50, repeated: 30, damaged: 0 }, seed)
    const decision = registerSearch.decide(model, operations, limits)
    silent += operations.filter(({ input, output }) => input.f === 'read' && output?.value === undefined).length
    expect(decision?.verdict).toBe('valid')
    const order = Array.from(decision?.order ?? [], (index) => operations[index]!)
    expect(replay(model, order, operations)).toBeUndefined()
  }
  expect(silent).toBeGreaterThan(10)
})

test('blocks say how much memory they would need where it is not allowed', () => {
  expect(blocks.decide(casRegister, [written], { ...limits, maxBytes: 100 })).toEqual({
    verdict: 'unknown',
    order: [],
    explored: 0,
    reason: 'its columns take 224 bytes, of 100 allowed',
  })
})

test('a model with a step of its own is decided by none of them', () => {
  const decidedBy = (model: KvModel) =>
    (model.procedures ?? []).filter((each) => each.decide(model, [written, phantom], limits) !== undefined).length
  expect(decidedBy(casRegister)).toBeGreaterThan(0)
  expect(decidedBy({ ...casRegister, step: (state) => [state] })).toBe(0)
})
