import fc from 'fast-check'
import { check } from 'porcupine-ts'
import type { RecordedOperation } from 'porcupine-ts/formats'
import { appendKv, casRegister, type KvInput, type KvOutput, register } from 'porcupine-ts/models'
import { expect, test } from 'vitest'
import { type ProofLine, proofOf, refusal } from './proof.ts'

const never = Number.POSITIVE_INFINITY

function op(id: number, [call, end]: readonly [number, number], input: KvInput, output?: KvOutput): RecordedOperation {
  return { id, process: id, input, output, call, return: end, completedAt: end === never ? undefined : id + 100 }
}

const told = (lines: readonly ProofLine[] | undefined): string[] | undefined =>
  lines?.map(({ depth, kind, op: at, text }) => `${'  '.repeat(depth)}${at + 1} ${kind}: ${text}`)

test('a stale read: one step, then nothing fits', () => {
  const history = [
    op(1, [0, 10], { f: 'write', value: 1 }, {}),
    op(2, [20, 30], { f: 'write', value: 2 }, {}),
    op(3, [40, 50], { f: 'read' }, { value: 1 }),
  ]
  expect(told(proofOf(register, history, history))).toEqual([
    '1 placed: comes next, for it was answered before any other began; then 1 is there',
    '2 placed: comes next, for it was answered before any other began; then 2 is there',
    '3 refused: it saw 1, but 2 was there',
  ])
})

test('with versions two ops suffice, as others may have written in between', () => {
  const write = op(7, [20, 30], { f: 'write', value: 2 }, { version: 24 })
  const read = op(9, [40, 50], { f: 'read' }, { value: 1, version: 22 })
  const others = [op(1, [0, 10], { f: 'write', value: 1 }, { version: 22 })]
  expect(told(proofOf(casRegister, [read, write], [...others, write, read]))).toEqual([
    '1 placed: comes next, for it was answered before any other began; then 2 is there, version 24',
    '2 refused: it saw version 22, but version 24 had been reached',
  ])
})

test('where two may come next, both ways are told, one step to the right', () => {
  const history = [
    op(1, [0, 30], { f: 'write', value: 1 }, {}),
    op(2, [0, 30], { f: 'write', value: 2 }, {}),
    op(3, [40, 50], { f: 'read' }, { value: 1 }),
    op(4, [60, 70], { f: 'read' }, { value: 2 }),
  ]
  expect(told(proofOf(register, history, history))).toEqual([
    '1 placed: may come next; then 1 is there',
    '  2 placed: comes next, for it was answered before any other began; then 2 is there',
    '  3 refused: it saw 1, but 2 was there',
    '  4 waits: must wait for 3, which was answered before it began',
    '2 placed: may come next; then 2 is there',
    '  1 placed: comes next, for it was answered before any other began; then 1 is there',
    '  3 placed: fits here and changes nothing',
    '  4 refused: it saw 2, but 1 was there',
  ])
})

test('a few ops are no proof where what they leave out was needed', () => {
  const history = [
    op(1, [0, 10], { f: 'write', value: 1 }, {}),
    op(2, [20, 30], { f: 'write', value: 2 }, {}),
    op(3, [40, 50], { f: 'read' }, { value: 1 }),
    op(4, [32, 38], { f: 'write', value: 1 }, {}),
  ]
  expect(proofOf(register, history.slice(0, 3), history)).toBeUndefined()
})

test.each<[KvInput, KvOutput, { value: number | null; version: number }, string]>([
  [{ f: 'read' }, { value: 3 }, { value: null, version: 0 }, 'it saw 3, but nothing was there'],
  [{ f: 'cas', value: [1, 2] }, { swapped: true }, { value: 5, version: 1 }, 'it replaced 1, but 5 was there'],
  [{ f: 'cas', value: [5, 2] }, { swapped: false }, { value: 5, version: 1 }, 'it was refused, although 5 was there'],
  [{ f: 'cas', value: [1, 2] }, { swapped: false, found: 4 }, { value: 5, version: 1 }, 'it found 4, but 5 was there'],
  [{ f: 'read' }, { version: 9 }, { value: 5, version: 1 }, 'it saw version 9, but only version 1 had been reached'],
  [
    { f: 'write', value: 1 },
    { version: 1 },
    { value: 5, version: 1 },
    'it made version 1, but version 1 had been made before',
  ],
  [{ f: 'delete' }, { version: 4 }, { value: 5, version: 1 }, 'it made version 4, but version 2 would have been next'],
])('%j with %j at %j: %s', (input, output, state, text) => {
  expect(refusal(state, { input, output })).toBe(text)
})

const inputs = fc.oneof<fc.Arbitrary<[KvInput, KvOutput]>[]>(
  fc.nat(2).map((value) => [{ f: 'read' }, { value }]),
  fc.nat(2).map((value) => [{ f: 'write', value }, {}]),
  fc
    .tuple(fc.nat(2), fc.nat(2), fc.boolean())
    .map(([from, to, swapped]) => [{ f: 'cas', value: [from, to] }, { swapped }]),
)
const histories = fc.array(fc.tuple(inputs, fc.nat(40), fc.integer({ min: 1, max: 25 }), fc.boolean()), {
  minLength: 1,
  maxLength: 6,
})

test('what is proved is so: by the checker, of the core and of the whole history', () => {
  fc.assert(
    fc.property(histories, fc.nat(63), fc.boolean(), (drawn, kept, hasVersions) => {
      const history = drawn.map(([[input, output], call, long, isOpen], id) => {
        const answer = hasVersions ? { ...output, version: (call + id) % 5 } : output
        return isOpen && input.f !== 'read' && id % 3 === 0
          ? op(id, [call, never], input)
          : op(id, [call, call + long], input, answer)
      })
      const core = history.filter((_, at) => (kept >> at) & 1)
      if (proofOf(casRegister, core, history) === undefined) return
      expect(check(casRegister, history).verdict).toBe('illegal')
    }),
    { numRuns: 3_000 },
  )
})

test('an illegal history that is its own core is proved, whenever it is short', () => {
  fc.assert(
    fc.property(histories, (drawn) => {
      const history = drawn
        .slice(0, 4)
        .map(([[input, output], call, long], id) => op(id, [call, call + long], input, output))
      const isIllegal = check(casRegister, history).verdict === 'illegal'
      expect(proofOf(casRegister, history, history) !== undefined).toBe(isIllegal)
    }),
    { numRuns: 1_000 },
  )
})

test('an append that was lost is told with both ends of a long text', () => {
  const long = 'ab'.repeat(60)
  const history = [op(1, [0, 10], { f: 'append', value: long }, {}), op(2, [20, 30], { f: 'read' }, { value: null })]
  expect(told(proofOf(appendKv, history, history))?.at(-1)).toMatch(
    /^2 refused: it saw nothing, but "abab.*…[ab]+" was there$/,
  )
})
