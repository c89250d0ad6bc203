import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { appendKv, casRegister, type KvModel, register } from '../models/index.ts'
import type { KvInput, KvOutput } from '../models/kv.ts'
import type { Happening } from './key-monitor.ts'
import { kvReductions } from './kv-reductions.ts'
import { Monitor } from './monitor.ts'

type Row = readonly [input: KvInput, output: KvOutput | 'lost', call: number, end: number]

const write = (value: string | number): KvInput => ({ f: 'write', value })
const cas = (from: string | number, to: string | number): KvInput => ({ f: 'cas', value: [from, to] })
const append = (value: string): KvInput => ({ f: 'append', value })
const read: KvInput = { f: 'read' }

function happeningsOf(rows: readonly Row[]): Happening<KvInput, KvOutput>[] {
  return rows
    .flatMap(([input, output, call, end], id): Happening<KvInput, KvOutput>[] => [
      { kind: 'call', id, process: id, input, time: call },
      output === 'lost' ? { kind: 'lost', id, time: end } : { kind: 'return', id, output, time: end },
    ])
    .sort((a, b) => a.time - b.time || (a.kind === 'call' ? -1 : 1))
}

function verdictOf(model: KvModel, rows: readonly Row[]) {
  const operations = rows.map(([input, output, call, end], id) => {
    const isLost = output === 'lost'
    return { id, process: id, input, output: isLost ? undefined : output, call, return: isLost ? Infinity : end }
  })
  return check(model, operations).verdict
}

/** Told all, with a look whenever time goes on. */
function watched(model: KvModel, rows: readonly Row[]) {
  const monitor = new Monitor(model, { reductions: kvReductions(model), interval: 0 })
  for (const happening of happeningsOf(rows)) monitor.see(happening)
  return { ...monitor.end(), kept: monitor.kept.operations }
}

/** Each is legal up to its last row, and only what came long before makes that one illegal. */
describe('what was forgotten still counts', () => {
  test.each<[string, KvModel, readonly Row[], kept: number]>([
    [
      'a version before what was last seen',
      register,
      [
        [write(1), { version: 1 }, 0, 1],
        [write(2), { version: 2 }, 2, 3],
        [write(3), { version: 3 }, 4, 5],
        [read, { value: 1, version: 1 }, 6, 7],
      ],
      0,
    ],
    [
      'the value that was seen in a gap that two could have filled',
      register,
      [
        [write(1), 'lost', 0, 1],
        [write(1), 'lost', 0, 1],
        [write(2), 'lost', 0, 1],
        [write(3), 'lost', 0, 1],
        [read, { value: 1, version: 1 }, 2, 3],
        [write(5), { version: 3 }, 4, 5],
        [read, { value: 5, version: 3 }, 6, 7],
        [read, { value: 1, version: 4 }, 8, 9],
        [read, { value: 1, version: 5 }, 10, 11],
      ],
      8,
    ],
    [
      'what a lost compare-and-set needed that alone can have put the value',
      casRegister,
      [
        [write(7), 'lost', 0, 1],
        [write(7), 'lost', 0, 1],
        [write(9), 'lost', 0, 1],
        [cas(7, 8), 'lost', 0, 1],
        [read, { value: 8, version: 2 }, 2, 3],
        [write(5), { version: 3 }, 4, 5],
        [read, { value: 5, version: 3 }, 6, 7],
        [read, { value: 7, version: 4 }, 8, 9],
        [read, { value: 7, version: 5 }, 10, 11],
      ],
      6,
    ],
    [
      'that a gap is older than a lost write',
      register,
      [
        [write(1), 'lost', 0, 1],
        [write(5), { version: 2 }, 2, 3],
        [write(2), 'lost', 4, 5],
        [read, { value: 5, version: 2 }, 6, 7],
        [read, { value: 1, version: 3 }, 8, 9],
      ],
      4,
    ],
    [
      'a value that was there at first',
      register,
      [
        [write(1), {}, 0, 1],
        [write(2), {}, 2, 3],
        [read, { value: null }, 4, 5],
      ],
      1,
    ],
    [
      'a value that was overwritten',
      register,
      [
        [write(1), {}, 0, 1],
        [write(2), {}, 2, 3],
        [write(3), {}, 4, 5],
        [read, { value: 1 }, 6, 7],
      ],
      1,
    ],
    [
      'a refusal that only a lost write explains, which is seen later',
      casRegister,
      [
        [write(1), {}, 0, 1],
        [write(3), 'lost', 2, 3],
        [cas(1, 2), { swapped: false }, 4, 6],
        [write(5), {}, 7, 8],
        [read, { value: 5 }, 9, 10],
        [read, { value: 3 }, 20, 21],
      ],
      5,
    ],
    [
      'a block before which a read came that may have seen one of two others',
      register,
      [
        [write('v'), 'lost', 2, 3],
        [write('b'), {}, 4, 26],
        [read, { value: 'v' }, 25, 28],
        [write('v'), {}, 27, 40],
        [read, { value: 'b' }, 30, 31],
        [write('c'), {}, 50, 51],
        [read, { value: 'c' }, 52, 53],
        [read, { value: 'v' }, 60, 61],
      ],
      7,
    ],
    [
      'a block before which two others came of which a read may have seen either',
      register,
      [
        [write('b'), {}, 0, 10],
        [write('e'), {}, 1, 29],
        [write('e'), {}, 5, 25],
        [write('c'), {}, 20, 50],
        [read, { value: 'e' }, 8, 40],
        [read, { value: 'b' }, 30, 31],
        [read, { value: 'e' }, 60, 61],
      ],
      6,
    ],
  ])('%s', (_title, model, rows, kept) => {
    expect(verdictOf(model, rows.slice(0, -1))).toBe('valid')
    expect(verdictOf(model, rows)).toBe('illegal')
    const before = watched(model, rows.slice(0, -1))
    const { alarm } = watched(model, rows)
    expect({ verdict: before.verdict, kept: before.kept, at: alarm?.operation.id, isExact: alarm?.isExact }).toEqual({
      verdict: 'valid',
      kept,
      at: rows.length - 1,
      isExact: true,
    })
  })
})

describe('of long histories is kept', () => {
  const long = (row: (i: number) => Row): Row[] => Array.from({ length: 500 }, (_none, i) => row(i))

  test.each<[string, KvModel, readonly Row[], kept: number]>([
    ['nothing where versions tell all', register, long((i) => [write(7), { version: i + 1 }, 2 * i, 2 * i + 1]), 0],
    [
      'nothing where appends have versions',
      appendKv,
      long((i) => [append('x'), { version: i + 1 }, 2 * i, 2 * i + 1]),
      0,
    ],
    ['the last write where values tell all', register, long((i) => [write(i), {}, 2 * i, 2 * i + 1]), 1],
    [
      'each lost write that nobody met',
      register,
      long((i) => [write(i), i % 50 === 0 ? 'lost' : {}, 2 * i, 2 * i + 1]),
      11,
    ],
    [
      'no lost write that somebody met',
      register,
      long((i) =>
        i % 2 === 0
          ? [write(i), 'lost', 2 * i, 2 * i + 1]
          : [read, { value: i - 1, version: (i + 1) / 2 }, 2 * i, 2 * i + 1],
      ),
      0,
    ],
    [
      'two for each gap that several can have filled, besides those',
      register,
      long((i) =>
        i < 20
          ? [write(i), 'lost', 2 * i, 2 * i + 1]
          : [write(i), { version: 2 * (i - 19) > 20 ? i - 9 : 2 * (i - 19) }, 2 * i, 2 * i + 1],
      ),
      20 + 2 * 10,
    ],
  ])('%s', (_title, model, rows, kept) => {
    expect(watched(model, rows)).toMatchObject({ verdict: 'valid', kept, keys: [{ verified: expect.any(Number) }] })
  })
})

test('nothing is forgotten of a model with steps of its own', () => {
  const own: KvModel = { ...register, step: (state, input, output) => register.step(state, input, output) }
  const rows = Array.from({ length: 30 }, (_none, i): Row => [write(i), {}, 2 * i, 2 * i + 1])
  expect(watched(own, rows)).toMatchObject({ verdict: 'valid', kept: 30 })
})

test('a key whose answers begin to carry versions after something was forgotten is given up, and said to be', () => {
  const rows: Row[] = [
    [write(1), {}, 0, 1],
    [write(2), {}, 2, 3],
    [read, { value: 2, version: 2 }, 4, 5],
  ]
  expect(verdictOf(register, rows)).toBe('valid')
  const { verdict, keys } = watched(register, rows)
  expect({ verdict, keys }).toEqual({
    verdict: 'unknown',
    keys: [
      {
        key: undefined,
        verdict: 'unknown',
        returned: 3,
        verified: 2,
        reason: 'its operations or answers became of another kind',
      },
    ],
  })
})
