/** The procedure for versions against brute force and the general search, and each of its conditions taken away. */
import { describe, expect, test } from 'vitest'
import { allRules, search } from '../general/search.ts'
import { appendKv, casRegister, type KvModel } from '../models/index.ts'
import type { KvInput, KvOutput } from '../models/kv.ts'
import type { Decision } from '../procedure.ts'
import { bruteForce, everything, type HistoryShape, type KvOperation, proves, randomHistory } from './versions.suite.ts'
import { allVersionRules, decideVersions } from './versions.ts'
import type { VersionRules } from './versions-table.ts'

const limits = { budget: 1000, attempt: 0, isOver: () => false }
const models: readonly KvModel[] = [casRegister, appendKv, everything]

/** A shape for each seed, so that all kinds come up. */
function shapeFor(seed: number, most: number): HistoryShape {
  return {
    model: models[seed % 3]!,
    most,
    span: [4, 12, most * 3][(seed >> 2) % 3]!,
    hasVersions: true,
    pending: [0, 20, 40, 60][(seed >> 4) % 4]!,
    effective: [100, 60, 30][(seed >> 6) % 3]!,
    values: [0, 2, 4][(seed >> 8) % 3]!,
    damaged: 50,
    informed: [90, 40][(seed >> 3) % 2]!,
  }
}

function verdictBySearch(model: KvModel, operations: readonly KvOperation[]): Decision['verdict'] {
  const options = { rules: allRules, hasMemory: true, budget: 100_000, isOver: () => false }
  return search(model, operations, options).verdict
}

function isIllegalByVersionsAlone(model: KvModel, core: readonly KvOperation[]): boolean {
  const options = { rules: allRules, hasMemory: true, budget: 100_000, isOver: () => false }
  return search(model.relax!(core)!, core, options).verdict === 'illegal'
}

/** Compares decisions on many histories with what is right, and counts the verdicts. */
function compare(
  seeds: number,
  most: number,
  expected: (model: KvModel, operations: readonly KvOperation[]) => string,
) {
  const seen = { valid: 0, illegal: 0, unknown: 0, undecided: 0, cores: 0 }
  for (let seed = 1; seed <= seeds; seed++) {
    const { model, ...shape } = shapeFor(seed, most)
    const operations = randomHistory({ model, ...shape }, seed)
    const decision = decideVersions(model, operations, limits)
    seen[decision?.verdict ?? 'undecided']++
    if (decision === undefined) continue
    const right = expected(model, operations)
    if (right !== 'unknown') expect({ seed, verdict: decision.verdict }).toEqual({ seed, verdict: right })
    if (decision.verdict === 'valid') expect(proves(model, operations, decision.order), `${seed}`).toBe(true)
    if (decision.core === undefined) continue
    seen.cores++
    const core = decision.core.map((index) => operations[index]!)
    expect(isIllegalByVersionsAlone(model, core), `${seed}`).toBe(true)
  }
  return seen
}

describe('histories with versions', () => {
  test('are decided as by brute force', () => {
    const seen = compare(8000, 7, (model, operations) => (bruteForce(model, operations) ? 'valid' : 'illegal'))
    expect(seen.valid).toBeGreaterThan(5000)
    expect(seen.illegal).toBeGreaterThan(800)
    expect(seen.cores).toBeGreaterThan(400)
    expect(seen.undecided).toBeLessThan(80)
  })

  test('are decided as by the general search, where they are longer', () => {
    const seen = compare(3000, 25, verdictBySearch)
    expect(seen.valid).toBeGreaterThan(1500)
    expect(seen.illegal).toBeGreaterThan(400)
    expect(seen.undecided).toBeLessThan(90)
  })

  test('that took their operations one by one are valid, out of order or not', () => {
    const operations = Array.from({ length: 50 }, (_, id) =>
      answered(id, { f: 'write', value: id }, { version: id + 1 }),
    )
    const decision = decideVersions(casRegister, operations.toReversed(), limits)
    expect(decision).toEqual({
      verdict: 'valid',
      order: Int32Array.from({ length: 50 }, (_, i) => 49 - i),
      explored: 0,
    })
  })
})

function answered(id: number, input: KvInput, output: KvOutput, call = id * 10, end = call + 5): KvOperation {
  return { id, process: id, input, output, call, return: end }
}

function pending(id: number, input: KvInput, call: number): KvOperation {
  return { id, process: id, input, output: undefined, call, return: Number.POSITIVE_INFINITY }
}

const read = (id: number, value: number | string | null, version: number) =>
  answered(id, { f: 'read' }, { value, version })

interface Case {
  readonly title: string
  readonly operations: readonly KvOperation[]
  readonly model?: KvModel
  readonly decision: Partial<Decision> | undefined
}

const cases: readonly Case[] = [
  { title: 'no operation is valid', operations: [], decision: { verdict: 'valid' } },
  {
    title: 'a read at version 0 sees what was there at first',
    operations: [read(0, 1, 0)],
    decision: { verdict: 'illegal', core: [0] },
  },
  {
    title: 'a version below the first is impossible',
    operations: [read(0, null, -1)],
    decision: { verdict: 'illegal', core: [0] },
  },
  {
    title: 'a version that no number of pending operations reaches is impossible, however large',
    operations: [pending(0, { f: 'write', value: 1 }, 0), read(1, 1, 2 ** 52)],
    decision: { verdict: 'illegal' },
  },
  {
    title: 'two acknowledged writes of one version are the core',
    operations: [
      answered(0, { f: 'write', value: 1 }, { version: 1 }),
      answered(1, { f: 'write', value: 2 }, { version: 1 }),
    ],
    decision: { verdict: 'illegal', core: [0, 1] },
  },
  {
    title: 'a later read of an earlier version is stale',
    operations: [
      answered(0, { f: 'write', value: 1 }, { version: 1 }),
      answered(1, { f: 'write', value: 2 }, { version: 2 }),
      read(2, 1, 1),
    ],
    decision: { verdict: 'illegal', core: [2, 1] },
  },
  {
    title: 'a pending write fills the gap below what it was overwritten by',
    operations: [
      pending(0, { f: 'write', value: 7 }, 0),
      answered(1, { f: 'delete' }, { version: 2 }),
      read(2, null, 2),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2) },
  },
  {
    title: 'a pending write that was called too late fills no gap',
    operations: [answered(1, { f: 'delete' }, { version: 2 }), pending(0, { f: 'write', value: 7 }, 100)],
    decision: { verdict: 'illegal' },
  },
  {
    title: 'a pending compare-and-set tells what was there before it',
    operations: [
      pending(0, { f: 'write', value: 1 }, 0),
      pending(1, { f: 'write', value: 2 }, 0),
      pending(2, { f: 'cas', value: [2, 3] }, 0),
      read(3, 3, 2),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(1, 2, 3) },
  },
  {
    title: 'what a pending compare-and-set expects is put before it, also where nobody saw either',
    operations: [
      pending(0, { f: 'write', value: 1 }, 0),
      pending(1, { f: 'write', value: 2 }, 1),
      pending(2, { f: 'cas', value: [1, 3] }, 2),
      answered(3, { f: 'write', value: 9 }, { version: 4 }),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(0, 2, 1, 3) },
  },
  {
    title: 'missing appends are read off the text',
    model: appendKv,
    operations: [
      pending(0, { f: 'append', value: 'b ' }, 0),
      pending(1, { f: 'append', value: 'a ' }, 0),
      answered(2, { f: 'append', value: 'c ' }, { version: 3 }),
      read(3, 'a b c ', 3),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(1, 0, 2, 3) },
  },
  {
    title: 'an acknowledged append that no later text has is lost',
    model: appendKv,
    operations: [
      pending(0, { f: 'append', value: 'b ' }, 0),
      answered(1, { f: 'append', value: 'c ' }, { version: 2 }),
      read(2, 'b ', 2),
    ],
    decision: { verdict: 'illegal' },
  },
  {
    title: 'a refusal that found what it expected is impossible',
    operations: [answered(0, { f: 'cas', value: [null, 1] }, { version: 0, swapped: false, found: null })],
    decision: { verdict: 'illegal', core: [0] },
  },
  {
    title: 'a pending operation of which it is known what it would answer is for others to decide',
    operations: [{ ...pending(0, { f: 'write', value: 1 }, 0), output: { version: 2 } }, read(1, 1, 1)],
    decision: undefined,
  },
  {
    title: 'below an append, a text may have been a number',
    model: everything,
    operations: [
      pending(0, { f: 'write', value: 5 }, 0),
      answered(1, { f: 'append', value: 'x' }, { version: 2 }),
      read(2, '5x', 2),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2) },
  },
  {
    title: 'or a truth',
    model: everything,
    operations: [
      pending(0, { f: 'write', value: true }, 0),
      answered(1, { f: 'append', value: 'x' }, { version: 2 }),
      read(2, 'truex', 2),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2) },
  },
  {
    title: 'and then a compare-and-set that expected the text was rightly refused',
    model: everything,
    operations: [
      pending(0, { f: 'write', value: 5 }, 0),
      answered(1, { f: 'append', value: 'x' }, { version: 2 }, 10, 50),
      read(2, '5x', 2),
      answered(3, { f: 'cas', value: ['5', 'z'] }, { version: 1, swapped: false }, 10, 50),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(0, 3, 1, 2) },
  },
  {
    title: 'and what a compare-and-set to the text expects need not have been there before',
    model: everything,
    operations: [
      pending(0, { f: 'write', value: 'y' }, 0),
      pending(1, { f: 'write', value: 5 }, 1),
      pending(2, { f: 'cas', value: ['q', '5'] }, 2),
      answered(3, { f: 'append', value: 'x' }, { version: 3 }),
      read(4, '5x', 3),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 3, 4) },
  },
  {
    title: 'nor where an append can have made the text',
    model: everything,
    operations: [
      pending(0, { f: 'write', value: 'y' }, 0),
      pending(1, { f: 'append', value: 'a' }, 1),
      pending(2, { f: 'cas', value: ['q', 'ya'] }, 2),
      read(3, 'ya', 2),
    ],
    decision: undefined,
  },
  {
    title: 'nor where compare-and-sets expect different values',
    operations: [
      pending(0, { f: 'write', value: 1 }, 0),
      pending(1, { f: 'cas', value: [1, 5] }, 1),
      pending(2, { f: 'cas', value: [2, 5] }, 2),
      read(3, 5, 2),
    ],
    decision: undefined,
  },
  {
    title: 'a text is not read off where tokens begin with each other',
    model: appendKv,
    operations: [
      pending(0, { f: 'append', value: 'ab' }, 0),
      pending(1, { f: 'append', value: 'a' }, 1),
      read(2, 'aba', 2),
    ],
    decision: { verdict: 'valid', order: Int32Array.of(0, 1, 2) },
  },
  {
    title: 'appends read off a text prove nothing where a write can have made it',
    model: everything,
    operations: [
      pending(0, { f: 'append', value: 'a ' }, 0),
      pending(1, { f: 'append', value: 'b ' }, 0),
      pending(2, { f: 'write', value: 'x ' }, 0),
      pending(3, { f: 'write', value: 'a b ' }, 0),
      answered(4, { f: 'cas', value: ['a ', 'z '] }, { version: 1, swapped: false }),
      read(5, 'a b ', 2),
    ],
    decision: undefined,
  },
  {
    title: 'an answer without its version is for others to decide',
    operations: [answered(0, { f: 'write', value: 1 }, {}), read(1, 1, 1)],
    decision: undefined,
  },
]

test.each(cases)('$title', ({ operations, decision, model = casRegister }) => {
  const found = decideVersions(model, operations, limits)
  if (decision === undefined) expect(found).toBeUndefined()
  else expect(found).toMatchObject(decision)
  if (decision !== undefined) expect(decision.verdict).toBe(bruteForce(model, operations) ? 'valid' : 'illegal')
})

test('an operation that the model does not know is an error, as in the search', () => {
  const operations = [answered(0, { f: 'append', value: 'a' }, { version: 1 })]
  expect(() => decideVersions(casRegister, operations, limits)).toThrow('but not append')
})

test('limits are kept: no time, no memory', () => {
  const operations = [read(0, null, 0)]
  expect(decideVersions(casRegister, operations, { ...limits, isOver: () => true })?.verdict).toBe('unknown')
  expect(decideVersions(casRegister, operations, { ...limits, maxBytes: 10 })?.verdict).toBe('unknown')
})

describe('each condition is needed: without it there are wrong verdicts', () => {
  const rules = Object.keys(allVersionRules) as (keyof VersionRules)[]
  /** For those that random histories seldom touch. */
  const stored: Partial<Record<keyof VersionRules, readonly KvOperation[]>> = {
    refusals: [answered(0, { f: 'cas', value: [null, 1] }, { version: 0, swapped: false })],
    expected: [
      pending(0, { f: 'cas', value: [null, 1] }, 2),
      answered(1, { f: 'write', value: 2 }, { version: 2 }, 1, 6),
    ],
    // Two pending writes, only one of which can have made the versions 1 and 3.
    once: [
      pending(0, { f: 'write', value: 1 }, 0),
      pending(4, { f: 'write', value: 7 }, 0),
      read(1, 1, 1),
      answered(2, { f: 'write', value: 2 }, { version: 2 }),
      read(3, 1, 3),
    ],
    // Either compare-and-set could have made version 2, but only the later one version 4.
    exchange: [
      pending(0, { f: 'write', value: 3 }, 0),
      pending(1, { f: 'cas', value: [3, 1] }, 1),
      pending(2, { f: 'cas', value: [2, 1] }, 2),
      read(3, 1, 2),
      answered(4, { f: 'write', value: 2 }, { version: 3 }),
      read(5, 1, 4),
    ],
    // What the pending compare-and-set expects was put by a pending write, and nobody saw it.
    conditional: [
      pending(0, { f: 'write', value: 2 }, 0),
      pending(1, { f: 'cas', value: [2, 1] }, 0),
      answered(2, { f: 'write', value: 5 }, { version: 3 }),
    ],
    // Only the delete can have made version 1, but then what the refused one expected was there.
    replayed: [
      pending(0, { f: 'delete' }, 0),
      answered(1, { f: 'cas', value: [null, 0] }, { version: 1, swapped: false }),
    ],
  }
  /** Where both would notice, both are switched off. */
  const alsoOff: Partial<Record<keyof VersionRules, Partial<VersionRules>>> = { seen: { replayed: false } }

  function isWrong(model: KvModel, operations: readonly KvOperation[], some: VersionRules): boolean {
    const decision = decideVersions(model, operations, limits, some)
    return decision !== undefined && decision.verdict !== (bruteForce(model, operations) ? 'valid' : 'illegal')
  }

  test.each(rules)('%s', (rule) => {
    const without = { ...allVersionRules, ...alsoOff[rule], [rule]: false }
    const example = stored[rule]
    if (example !== undefined) {
      expect(isWrong(casRegister, example, allVersionRules)).toBe(false)
      expect(isWrong(casRegister, example, without)).toBe(true)
      return
    }
    let wrong = 0
    for (let seed = 1; seed <= 6000 && wrong === 0; seed++) {
      const { model, ...shape } = shapeFor(seed, 7)
      if (isWrong(model, randomHistory({ model, ...shape }, seed), without)) wrong++
    }
    expect(wrong).toBeGreaterThan(0)
  })
})
