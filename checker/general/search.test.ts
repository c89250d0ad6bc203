/** The general search by itself: against a plain decision, its rules and hints one by one, and its limits. */
import { describe, expect, test } from 'vitest'
import type { Model } from '../model.ts'
import type { Operation } from '../operation.ts'
import { replay } from '../replay.ts'
import { allRules, noRules, type Rules, type SearchOptions, search } from './search.ts'
import {
  chances,
  firstStuck,
  isLegal,
  randomHistory,
  registerSubject,
  rowSubject,
  type Subject,
  separateTextsSubject,
  textsSubject,
  tossSubject,
} from './subjects.fixture.ts'

const unlimited: SearchOptions = {
  rules: allRules,
  hasMemory: true,
  budget: Number.POSITIVE_INFINITY,
  isOver: () => false,
}
const names = Object.keys(allRules) as (keyof Rules)[]
const variants: Record<string, SearchOptions> = {
  'all rules': unlimited,
  'no rules': { ...unlimited, rules: noRules },
  'no rules, no memory': { ...unlimited, rules: noRules, hasMemory: false },
  'a memory that forgets': { ...unlimited, maxBytes: 1 },
  ...Object.fromEntries(
    names.map((rule) => [`without ${rule}`, { ...unlimited, rules: { ...allRules, [rule]: false } }]),
  ),
  ...Object.fromEntries(names.map((rule) => [`only ${rule}`, { ...unlimited, rules: { ...noRules, [rule]: true } }])),
}
// biome-ignore lint/suspicious/noExplicitAny: subjects differ in all their types, and each is only used with itself.
const subjects: Record<string, Subject<any, any, any>> = {
  'a register': registerSubject,
  'texts and transactions': textsSubject,
  'texts of separate keys': separateTextsSubject,
  'a row of registers': rowSubject,
  'a nondeterministic object': tossSubject,
}

describe.each(Object.entries(subjects))('the search over %s', (_, subject) => {
  const { model } = subject

  test('agrees with a plain decision that branches on every state, whichever rules are on', () => {
    const below = chances(1)
    const seen = { valid: 0, illegal: 0 }
    for (let round = 0; round < 600; round++) {
      const operations = randomHistory(subject, below, { most: 8, span: 12 })
      const expected = isLegal(model, operations) ? 'valid' : 'illegal'
      seen[expected]++
      for (const [name, options] of Object.entries(variants)) {
        const { verdict, order } = search(model, operations, options)
        expect(verdict, `${name}, round ${round}`).toBe(expected)
        const placed = order.map((index) => operations[index]!)
        expect(replay(model, placed, verdict === 'valid' ? operations : [])).toBeUndefined()
      }
    }
    expect(Math.min(seen.valid, seen.illegal)).toBeGreaterThan(50)
  })

  test('agrees with a plain decision on histories of up to 25 operations', () => {
    const below = chances(2)
    const seen = { valid: 0, illegal: 0 }
    for (let round = 0; round < 300; round++) {
      const operations = randomHistory(subject, below, { most: 25, span: 50 })
      const expected = isLegal(model, operations) ? 'valid' : 'illegal'
      seen[expected]++
      expect(search(model, operations, unlimited).verdict, `round ${round}`).toBe(expected)
    }
    expect(Math.min(seen.valid, seen.illegal)).toBeGreaterThan(50)
  })

  test('names the first return that no order passes, and how far orders come, whichever rules are on', () => {
    const below = chances(3)
    let named = 0
    for (let round = 0; round < 120; round++) {
      const operations = randomHistory(subject, below, { most: 10, span: [8, 20][round % 2]! })
      const end = firstStuck(model, operations)
      for (const [name, options] of Object.entries(variants)) {
        const { stuck, order } = search(model, operations, options)
        if (end === undefined) expect(stuck).toBeUndefined()
        if (stuck === undefined) continue
        named++
        expect(operations[stuck]?.return, `${name}, round ${round}`).toBe(end)
        const placed = new Set(order.map((index) => operations[index]!))
        expect(operations.filter((each) => each.return < end! && !placed.has(each))).toEqual([])
      }
    }
    expect(named).toBeGreaterThan(200)
  })

  test('comes to the same verdict in any order of trying that the model asks for', () => {
    const below = chances(4)
    for (let round = 0; round < 400; round++) {
      const operations = randomHistory(subject, below, { most: 12, span: 16 })
      const ranks = operations.map(() => below(4))
      const ordered: typeof model = { ...model, order: ({ id }: Operation<unknown, unknown>) => ranks[id]! }
      expect(search(ordered, operations, unlimited).verdict).toBe(search(model, operations, unlimited).verdict)
    }
  })
})

/** Counts up; an answer shows the count before. */
const counter: Model<number, string, number> = {
  init: () => 0,
  step: (state, _input, output) => (output === undefined || output === state ? [state + 1] : []),
}
const count = (id: number, output: number | undefined, call: number, end: number): Operation<string, number> => ({
  id,
  process: id,
  input: 'count',
  output,
  call,
  return: end,
})
const counts = (most: number) => Array.from({ length: most }, (_, i) => count(i, most - 1 - i, 0, 1))

test('an order of trying that the model gives leads straight to the goal', () => {
  const operations = counts(40)
  const { verdict, explored } = search({ ...counter, order: ({ output = 0 }) => output }, operations, unlimited)
  expect({ verdict, explored }).toEqual({ verdict: 'valid', explored: 40 })
})

test('searches inside a step, and searches that take turns, do not disturb each other', () => {
  const below = chances(5)
  const inner = randomHistory(registerSubject, below, { most: 20, span: 20 })
  const expected = search(registerSubject.model, inner, unlimited)
  let nested = 0
  for (let round = 0; round < 100; round++) {
    const operations = randomHistory(tossSubject, below, { most: 14, span: 20 })
    const plain = search(tossSubject.model, operations, unlimited)
    const nesting: typeof tossSubject.model = {
      ...tossSubject.model,
      step(state, input, output) {
        nested++
        expect(search(registerSubject.model, inner, unlimited)).toEqual(expected)
        return tossSubject.model.step(state, input, output)
      },
    }
    expect(search(nesting, operations, unlimited)).toEqual(plain)
  }
  expect(nested).toBeGreaterThan(500)
})

test('a step that throws leaves nothing behind for the next search', () => {
  const operations = counts(10)
  const before = search(counter, operations, unlimited)
  let steps = 0
  const failing: typeof counter = {
    ...counter,
    step(state, input, output) {
      if (++steps > 5) throw new Error('broken')
      return counter.step(state, input, output)
    },
  }
  expect(() => search(failing, operations, unlimited)).toThrow('broken')
  expect(search(counter, operations, unlimited)).toEqual(before)
})

describe('limits', () => {
  /** Any order of these would do but for the last, which no order can meet. */
  const hard = [
    ...Array.from({ length: 30 }, (_, i) => ({ ...count(i, undefined, 0, 1), input: `${i}` })),
    count(30, 99, 0, 1),
  ]

  test('a budget of configurations is kept to the letter', () => {
    const { verdict, explored, reason } = search(counter, hard, { ...unlimited, budget: 1234 })
    expect({ verdict, explored, reason }).toEqual({
      verdict: 'unknown',
      explored: 1234,
      reason: 'the budget of configurations ran out',
    })
  })

  test('time is asked for after every 1024 moves', () => {
    let asked = 0
    const { verdict, explored, reason } = search(counter, hard, { ...unlimited, isOver: () => ++asked > 3 })
    expect({ verdict, reason }).toEqual({ verdict: 'unknown', reason: 'time is up' })
    expect(explored).toBeLessThanOrEqual(4 * 1024)
  })

  test('a step that was told that time is up decides nothing', () => {
    for (const limit of [0, 1, 5, 20]) {
      let asked = 0
      const slow: typeof counter = {
        ...counter,
        step: (state, input, output, context) => (context?.expired() ? [] : counter.step(state, input, output)),
      }
      const context = { expired: () => asked++ >= limit }
      const { verdict, reason } = search(slow, [count(0, 0, 0, 1), ...counts(8)], { ...unlimited, context })
      expect({ limit, verdict, reason }).toEqual({ limit, verdict: 'unknown', reason: 'time is up' })
    }
  })

  test('states that do not fit into the memory allowed are a reason to give up, configurations are not', () => {
    const wordy: Model<string, string, number> = {
      init: () => '',
      step: (state, input, output) => (output === undefined ? [`${state} ${input}`] : []),
    }
    const { verdict, reason } = search(wordy, hard, { ...unlimited, maxBytes: 1 << 18 })
    expect({ verdict, reason }).toEqual({
      verdict: 'unknown',
      reason: 'the states of the model do not fit into the memory allowed',
    })
    const { verdict: forgetful } = search(counter, counts(9), { ...unlimited, maxBytes: 1, rules: noRules })
    expect(forgetful).toBe('valid')
  })
})
