/** The procedure for appends against brute force and the general search, and each of its conditions taken away. */
import { describe, expect, test } from 'vitest'
import { longestPrefix } from '../explain/longest-prefix.ts'
import { allRules, search } from '../general/search.ts'
import { appendKv, type KvModel, withInitial } from '../models/index.ts'
import type { KvInput, KvOutput } from '../models/kv.ts'
import type { Decision } from '../procedure.ts'
import { type AppendRules, allAppendRules, decideAppends } from './appends.ts'
import { bruteForce, type HistoryShape, type KvOperation, proves, randomHistory } from './versions.suite.ts'

const limits = { budget: 1000, attempt: 0, isOver: () => false }
const appendsOnly: KvModel = { ...appendKv, functions: ['read', 'append'] }
const withoutDeletes: KvModel = { ...withInitial(appendKv, ''), functions: ['read', 'read', 'write', 'append'] }
const models: readonly KvModel[] = [appendKv, appendsOnly, withoutDeletes]

function shapeFor(seed: number, most: number): HistoryShape {
  return {
    model: models[seed % 3]!,
    most,
    span: [4, 12, most * 3][(seed >> 2) % 3]!,
    hasVersions: false,
    pending: [0, 20, 40][(seed >> 4) % 3]!,
    effective: [100, 60, 30][(seed >> 6) % 3]!,
    values: seed % 7 === 0 ? 9 : 0,
    damaged: 60,
    informed: 0,
  }
}

function verdictBySearch(model: KvModel, operations: readonly KvOperation[]): Decision['verdict'] {
  return search(model, operations, { rules: allRules, hasMemory: true, budget: 3000, isOver: () => false }).verdict
}

function compare(
  seeds: number,
  most: number,
  expected: (model: KvModel, operations: readonly KvOperation[]) => string,
  values?: number,
) {
  const seen = { valid: 0, illegal: 0, unknown: 0, undecided: 0, cores: 0 }
  for (let seed = 1; seed <= seeds; seed++) {
    const shape = { ...shapeFor(seed, most), ...(values === undefined ? {} : { values }) }
    const operations = randomHistory(shape, seed)
    const decision = decideAppends(shape.model, operations, limits)
    seen[decision?.verdict ?? 'undecided']++
    if (decision === undefined || decision.verdict === 'unknown') continue
    const right = expected(shape.model, operations)
    if (right !== 'unknown') expect({ seed, verdict: decision.verdict }).toEqual({ seed, verdict: right })
    if (decision.verdict === 'valid') expect(proves(shape.model, operations, decision.order), `${seed}`).toBe(true)
    if (decision.core === undefined) continue
    seen.cores++
    const core = decision.core.map((index) => operations[index]!)
    expect(verdictBySearch(shape.model, core), `${seed}`).toBe('illegal')
    // It has all that tells: it is illegal whatever the others did, and whenever.
    const others = operations.filter((each) => !core.includes(each)).map((each) => ({ ...each, ...atAnyTime }))
    if (operations.length <= 7) expect(bruteForce(shape.model, [...core, ...others]), `${seed}`).toBe(false)
  }
  return seen
}

const atAnyTime = { output: undefined, call: 0, return: Number.POSITIVE_INFINITY }

describe('histories with appends', () => {
  test('are decided as by brute force', () => {
    const seen = compare(8000, 7, (model, operations) => (bruteForce(model, operations) ? 'valid' : 'illegal'))
    expect(seen.valid).toBeGreaterThan(2000)
    expect(seen.illegal).toBeGreaterThan(300)
    expect(seen.cores).toBeGreaterThan(200)
  })

  test('are decided as by the general search, where they are longer', () => {
    const seen = compare(1500, 16, verdictBySearch)
    expect(seen.valid).toBeGreaterThan(500)
    expect(seen.illegal).toBeGreaterThan(150)
  })

  test('are decided as by brute force where tokens come again, or left open', () => {
    const byForce = (model: KvModel, operations: readonly KvOperation[]) =>
      bruteForce(model, operations) ? 'valid' : 'illegal'
    for (const values of [1, 2, 4]) {
      const seen = compare(3000, 7, byForce, values)
      expect(seen.valid).toBeGreaterThan(800)
      expect(seen.illegal).toBeGreaterThan(40)
    }
    expect(compare(600, 14, verdictBySearch, 5).illegal).toBeGreaterThan(20)
  })
})

function answered(id: number, input: KvInput, output: KvOutput = {}, call = id * 10, end = call + 5): KvOperation {
  return { id, process: id, input, output, call, return: end }
}

const append = (id: number, value: string) => answered(id, { f: 'append', value })
const perhaps = (id: number, value: string): KvOperation => ({
  ...append(id, value),
  output: undefined,
  return: Number.POSITIVE_INFINITY,
})
const read = (id: number, value: string | number | null) => answered(id, { f: 'read' }, { value })

interface Case {
  readonly title: string
  readonly operations: readonly KvOperation[]
  readonly decision: Partial<Decision> | undefined
}

const cases: readonly Case[] = [
  {
    title: 'a pending append that a text has took effect, one that none has is left out',
    operations: [perhaps(0, 'a '), perhaps(1, 'b '), read(2, 'b ')],
    decision: { verdict: 'valid', order: Int32Array.of(1, 2) },
  },
  {
    title: 'an acknowledged append that the next text lacks is lost',
    operations: [append(0, 'a '), append(1, 'b '), read(2, 'a ')],
    decision: { verdict: 'illegal' },
  },
  {
    title: 'an acknowledged append that a write then covered need not be seen',
    operations: [append(0, 'a '), answered(1, { f: 'write', value: 'x ' }), append(2, 'b '), read(3, 'x b ')],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2, 3) },
  },
  {
    title: 'a text that nobody made is the core',
    operations: [append(0, 'a '), read(1, 'a b ')],
    decision: { verdict: 'illegal', core: [1] },
  },
  {
    title: 'two texts that order appends differently are illegal',
    operations: [perhaps(0, 'a '), perhaps(1, 'b '), read(2, 'a b '), read(3, 'b a ')],
    decision: { verdict: 'illegal' },
  },
  {
    title: 'tokens that begin with each other are for the search',
    operations: [append(0, 'a'), append(1, 'ab'), read(2, 'aab')],
    decision: undefined,
  },
  {
    title: 'a token that comes again is that of the append that is called later',
    operations: [append(0, 'a '), read(1, 'a '), append(2, 'a '), read(3, 'a a ')],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2, 3) },
  },
  {
    title: 'where a token comes again and nothing is written, a text that has it too seldom is illegal',
    operations: [append(0, 'a '), append(1, 'a '), read(2, 'a ')],
    decision: { verdict: 'illegal' },
  },
  {
    title: 'a token that comes again after a write is that of an append which is not over by then',
    operations: [append(0, 'a '), answered(1, { f: 'write', value: 'x ' }), append(2, 'a '), read(3, 'x a ')],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2, 3) },
  },
  {
    title: 'a text that was written or appended was written, if that can be',
    operations: [append(0, 'a '), answered(1, { f: 'write', value: 'a ' }), read(2, 'a ')],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2) },
  },
  {
    title: 'a text that was written or appended is for the search, if it can not have been written',
    operations: [append(0, 'a '), read(1, 'a '), answered(2, { f: 'write', value: 'a ' })],
    decision: undefined,
  },
  {
    title: 'nothing and an empty text are not the same, and for the search',
    operations: [append(0, 'a '), answered(1, { f: 'write', value: '' }), read(2, '')],
    decision: undefined,
  },
  {
    title: 'a pending read says nothing, even if it is known what it would',
    operations: [append(0, 'a '), { ...read(1, 'b '), return: Number.POSITIVE_INFINITY }, read(2, 'a ')],
    decision: { verdict: 'valid', order: Int32Array.of(0, 2) },
  },
  {
    title: 'a text that begins like one that was read before, but goes on from another value, is read on its own',
    operations: [
      append(0, 'a '),
      answered(1, { f: 'read' }, { value: 'a ' }, 12, 14),
      answered(2, { f: 'write', value: 'x ' }),
      append(3, 'b '),
      read(4, 'x b '),
      read(5, 'x a '),
    ],
    decision: { verdict: 'illegal' },
  },
  { title: 'a history without appends is for others', operations: [read(0, null)], decision: undefined },
  {
    title: 'an answer with a version is for others',
    operations: [append(0, 'a '), answered(1, { f: 'read' }, { value: 'a ', version: 1 })],
    decision: undefined,
  },
]

test.each(cases)('$title', ({ operations, decision }) => {
  const found = decideAppends(appendKv, operations, limits)
  if (decision === undefined) expect(found).toBeUndefined()
  else expect(found).toMatchObject(decision)
})

test('the return that can not be passed is not named: what only a later text tells may not be held against it', () => {
  // By the texts, "1 " and "2 " were each the first. But until the read of "2 " returned, "1 " could have come second.
  const operations = [
    answered(0, { f: 'append', value: '1 ' }, {}, 0, 30),
    answered(1, { f: 'read' }, { value: '2 ' }, 10, 40),
    perhaps(2, '2 '),
    answered(3, { f: 'append', value: '5 ' }, {}, 25, 35),
    answered(4, { f: 'append', value: '0 ' }, {}, 5, 60),
    answered(5, { f: 'append', value: '8 ' }, {}, 50, 70),
    answered(6, { f: 'read' }, { value: '1 5 0 8 ' }, 80, 85),
    answered(7, { f: 'delete' }, {}, 90, 95),
  ]
  expect(decideAppends(appendKv, operations, limits)).toEqual({
    verdict: 'illegal',
    order: [],
    explored: expect.any(Number),
  })
  expect(longestPrefix(appendKv, operations).stuck).toBe(operations[6])
})

test('no few operations are said to show it where several append the same', () => {
  const operations = [append(0, 'a '), append(1, 'a '), append(2, 'b '), read(3, 'a b a a ')]
  expect(decideAppends(appendKv, operations, limits)).toEqual({ verdict: 'illegal', order: [], explored: 0 })
})

test('tokens are read once, not once for each text that has them', () => {
  const operations: KvOperation[] = []
  let text = ''
  for (let id = 0; id < 3000; id += 2) {
    text += `${id % 7}.${id} `
    operations.push(append(id, `${id % 7}.${id} `), read(id + 1, text))
  }
  expect(decideAppends(appendKv, operations, limits)?.verdict).toBe('valid')
})

describe('each condition is needed: without it there are wrong verdicts', () => {
  const stored: Partial<Record<keyof AppendRules, readonly KvOperation[]>> = {
    oneAppender: [
      answered(0, { f: 'append', value: 'a ' }, {}, 0, 10),
      read(1, 'a '),
      answered(2, { f: 'append', value: 'a ' }, {}, 20, 30),
    ],
    turnsWithoutResets: [append(0, 'a '), answered(1, { f: 'write', value: 'x ' }), append(2, 'a '), read(3, 'x a ')],
    turnsInOrder: [
      answered(0, { f: 'append', value: 'a ' }, {}, 0, 100),
      answered(1, { f: 'append', value: 'a ' }, {}, 10, 20),
      answered(2, { f: 'read' }, { value: 'a ' }, 30, 40),
    ],
    choiceProvesNothing: [append(0, 'a '), read(1, 'a '), answered(2, { f: 'write', value: 'a ' })],
    onePlace: [perhaps(0, 'a '), perhaps(1, 'b '), read(2, 'b '), read(3, 'a b ')],
    prefixFree: [append(0, 'ab'), append(1, 'a'), append(2, 'b'), read(3, 'abab')],
    allRoots: [
      answered(0, { f: 'append', value: 'a ' }, {}, 0, 100),
      perhaps(1, 'x '),
      answered(2, { f: 'write', value: 'x ' }, {}, 50, 100),
      read(20, 'x a '),
    ],
  }
  test.each(Object.keys(allAppendRules) as (keyof AppendRules)[])('%s', (rule) => {
    const without = { ...allAppendRules, [rule]: false }
    const isWrong = (model: KvModel, operations: readonly KvOperation[]): boolean => {
      const decision = decideAppends(model, operations, limits, without)
      if (decision === undefined) return false
      if (decision.verdict === 'valid') return !proves(model, operations, decision.order)
      return bruteForce(model, operations)
    }
    const example = stored[rule]
    if (example !== undefined) {
      expect(decideAppends(appendKv, example, limits)?.verdict).not.toBe(
        bruteForce(appendKv, example) ? 'illegal' : 'valid',
      )
      expect(isWrong(appendKv, example)).toBe(true)
      return
    }
    let wrong = 0
    for (let seed = 1; seed <= 6000 && wrong === 0; seed++) {
      const shape = shapeFor(seed, 7)
      if (isWrong(shape.model, randomHistory(shape, seed))) wrong++
    }
    expect(wrong).toBeGreaterThan(0)
  })
})
