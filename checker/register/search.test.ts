/** The register search against brute force and the general search, rule by rule and condition by condition. */
import { describe, expect, test } from 'vitest'
import { noRules, search } from '../general/search.ts'
import { casRegister, withInitial } from '../models/index.ts'
import { replay } from '../replay.ts'
import { kinds, type RegisterColumns } from './columns.ts'
import { allRegisterRules, type RegisterRules } from './rules.ts'
import { decideRegister } from './search.ts'
import { countingRules, decideBy, type Engine } from './search-engines.suite.ts'
import {
  columnsFrom,
  isLegal,
  isLegalByPermutations,
  objection,
  operationsFrom,
  played,
  scattered,
} from './search-histories.suite.ts'

const isOver = () => false
const limits = { budget: 200_000, attempt: 0, isOver }

/** The verdict, or what is wrong with its proof. */
function answer(columns: RegisterColumns, rules: RegisterRules = allRegisterRules): string {
  try {
    const { verdict, order } = decideRegister(columns, limits, rules)
    return (verdict === 'valid' ? objection(columns, order) : undefined) ?? verdict
  } catch (error) {
    return String(error)
  }
}

function answerBy(engine: Engine, columns: RegisterColumns): string {
  try {
    const { verdict, order } = decideBy(engine, columns)
    return (verdict === 'valid' ? objection(columns, order) : undefined) ?? verdict
  } catch (error) {
    return String(error)
  }
}

const verdictOf = (isRight: boolean) => (isRight ? 'valid' : 'illegal')

describe('the register search', () => {
  test('agrees with all permutations of a few operations', () => {
    const seen = { valid: 0, illegal: 0 }
    for (let seed = 1; seed <= 12_000; seed++) {
      const columns = scattered(seed, 7)
      const expected = verdictOf(isLegalByPermutations(columns))
      seen[expected]++
      expect({ seed, answer: answer(columns) }).toEqual({ seed, answer: expected })
    }
    expect(seen.valid).toBeGreaterThan(3000)
    expect(seen.illegal).toBeGreaterThan(3000)
  })

  test('a search that is given up says how far it came', () => {
    const columns = played(0, 400, true)
    const { verdict, order, reason } = decideRegister(columns, { budget: 1, attempt: 0, isOver })
    expect(verdict).toBe('unknown')
    expect(order.length).toBeGreaterThan(0)
    expect(reason).toMatch(
      /^the budget of configurations ran out: the return of operation [1-9]\d* of \d+ was passed by no order found$/,
    )
  })

  test.each([
    ['as a rule', allRegisterRules],
    ['where it always counts', countingRules],
  ])('calls no legal history of hundreds of operations illegal, %s', (_, rules) => {
    const few = { budget: 3000, attempt: 0, isOver }
    const verdicts = Array.from(
      { length: 150 },
      (_, seed) => decideRegister(played(seed, 400, true), few, rules).verdict,
    )
    expect(verdicts.filter((verdict) => verdict === 'illegal')).toEqual([])
    expect(verdicts.filter((verdict) => verdict === 'valid').length).toBeGreaterThan(140)
  })

  test('agrees with the general search without rules on up to 24 operations', () => {
    const seen = { valid: 0, illegal: 0, unknown: 0 }
    for (let seed = 1; seed <= 1500; seed++) {
      const columns = seed % 2 === 0 ? played(seed, 24) : scattered(seed, 14)
      const model = withInitial(casRegister, columns.initial)
      const operations = operationsFrom(columns)
      const { verdict } = search(model, operations, { rules: noRules, hasMemory: true, budget: 20_000, isOver })
      seen[verdict]++
      if (verdict === 'unknown') continue
      const found = decideRegister(columns, limits)
      expect({ seed, verdict: found.verdict }).toEqual({ seed, verdict })
      const order = Array.from(found.order, (operation) => operations[columns.operation.indexOf(operation)]!)
      expect(replay(model, order, verdict === 'valid' ? operations : [])).toBeUndefined()
    }
    expect(seen.valid).toBeGreaterThan(500)
    expect(seen.illegal).toBeGreaterThan(300)
    expect(seen.unknown).toBeLessThan(50)
  })

  test('agrees with brute force on many more, and names the first return that no order passes', () => {
    const seen = { valid: 0, illegal: 0 }
    for (let seed = 1; seed <= 12_000; seed++) {
      const columns = seed % 2 === 0 ? played(seed, 24) : scattered(seed, 12)
      const expected = verdictOf(isLegal(columns))
      seen[expected]++
      const { verdict, order, stuck } = decideRegister(columns, limits)
      if (verdict === 'valid') {
        expect({ seed, expected, objection: objection(columns, order) }).toEqual({ seed, expected: 'valid' })
        continue
      }
      const end = columns.return[columns.operation.indexOf(stuck!)]!
      const facts = {
        passes: isLegal(columns, end),
        passesBefore: isLegal(columns, end - 1),
        objection: objection(columns, order, end - 1),
      }
      expect({ seed, verdict, ...facts }).toEqual({ seed, verdict: expected, passes: false, passesBefore: true })
    }
    expect(seen.valid).toBeGreaterThan(6000)
    expect(seen.illegal).toBeGreaterThan(3000)
  })

  test.each(['depth', 'stray', 'impatient', 'guided', 'resumed', 'sweep', 'beam'] as const)(
    'in one way alone is as right: %s',
    (name) => {
      const seen = { valid: 0, illegal: 0, unknown: 0 }
      for (let seed = 1; seed <= 2500; seed++) {
        const columns = seed % 2 === 0 ? played(seed, 24) : scattered(seed, 12)
        const found = answerBy({ name, seed, rules: allRegisterRules }, columns)
        if (found === 'unknown') {
          seen.unknown++
          continue
        }
        const expected = verdictOf(isLegal(columns))
        seen[expected]++
        expect({ seed, found }).toEqual({ seed, found: expected })
      }
      expect(seen.valid).toBeGreaterThan(1000)
      expect(seen.illegal).toBeGreaterThan(400)
      expect(seen.unknown).toBeLessThan(name === 'beam' || name === 'impatient' ? 50 : 1)
    },
  )

  const switches = Object.keys(allRegisterRules).filter((name) => name !== 'conditions')
  test.each(switches)('finds the same without the rule %s', (name) => {
    // Without absorption, a write that nobody waits for can not be put off.
    const rules = { ...allRegisterRules, [name]: false, ...(name === 'absorption' ? { onDemand: false } : {}) }
    for (let seed = 1; seed <= 2000; seed++) {
      const columns = seed % 2 === 0 ? played(seed, 16) : scattered(seed, 10)
      expect({ seed, found: answer(columns, rules) }).toEqual({ seed, found: verdictOf(isLegal(columns)) })
    }
  })
})

describe('the limits of the register search', () => {
  /** Writes and reads of many values at once, which leave much to choose, and a last read that no order satisfies. */
  const hard = columnsFrom(
    [
      ...Array.from({ length: 14 }, (_, i) => ({
        kind: i % 2 === 0 ? kinds.write : kinds.read,
        value: 1 + (i >> 1),
        next: -1,
        call: i,
        return: 40 + ((i * 7) % 14),
      })),
      { kind: kinds.cas, value: 1, next: 2, call: 15, return: 60 },
      { kind: kinds.cas, value: 2, next: 1, call: 16, return: 61 },
      { kind: kinds.read, value: 7, next: -1, call: 70, return: 80 },
      { kind: kinds.read, value: 6, next: -1, call: 70, return: 80 },
    ],
    0,
  )

  test('are the budget: what it does not suffice for is unknown, with an order for a beginning', () => {
    const { verdict, order, stuck, reason, explored } = decideRegister(hard, { budget: 3, attempt: 0, isOver })
    expect({ verdict, isFar: explored > 4, reason }).toEqual({
      verdict: 'unknown',
      isFar: false,
      reason: expect.stringContaining('of 18'),
    })
    expect(objection(hard, order, hard.return[hard.operation.indexOf(stuck!)]! - 1)).toBeUndefined()
  })

  test('are the time: it is asked for at least every thousand configurations', () => {
    for (const asked of [0, 1, 5]) {
      let left = asked
      const found = decideRegister(hard, { budget: 1e9, attempt: 0, isOver: () => left-- <= 0 })
      expect(found.explored).toBeLessThan(1000 * (asked + 1))
    }
  })

  test('and with the same limits the answer is the same, whatever was decided in between', () => {
    const limits = { budget: 500, attempt: 3, isOver }
    const first = decideRegister(hard, limits)
    for (let seed = 1; seed <= 20; seed++) decideRegister(played(seed, 200), limits)
    expect(decideRegister(hard, limits)).toEqual(first)
  })

  test('are memory: with next to none the answer takes longer, and stays', () => {
    for (let seed = 1; seed <= 300; seed++) {
      const columns = played(seed, 20)
      const { verdict } = decideRegister(columns, { ...limits, maxBytes: 400 })
      expect({ seed, verdict }).toEqual({ seed, verdict: verdictOf(isLegal(columns)) })
    }
  })

  test('an answer that no register can give is illegal by itself', () => {
    const drafts = [
      { kind: kinds.write, value: 1, next: -1, call: 0, return: 1 },
      { kind: kinds.impossible, value: 1, next: -1, call: 2, return: 3 },
    ]
    expect(decideRegister(columnsFrom(drafts, 0), limits)).toEqual({
      verdict: 'illegal',
      order: [],
      core: [1],
      explored: 0,
    })
  })
})
