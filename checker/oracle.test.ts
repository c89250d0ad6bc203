/** The search against a brute force that knows no cleverness, and its rules against each other. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type CheckOptions, check, replay } from './check.ts'
import { minimize } from './explain/minimize.ts'
import { allRules, noRules, type Rules } from './general/search.ts'
import { appendKv, casRegister, type KvModel, type KvOutput, register } from './models/index.ts'
import type { KvInput, KvValue } from './models/kv.ts'
import { isPending, type Operation } from './operation.ts'

type KvOperation = Operation<KvInput, KvOutput>

interface Draft {
  readonly input: KvInput
  readonly call: number
  readonly length: number
  /** When it takes effect, as a part of its interval. */
  readonly at: number
  readonly isPending: boolean
  /** What is done to the output that the object really gave. */
  readonly damage: 'none' | 'other value' | 'other version' | 'other swap'
  readonly hides: 'nothing' | 'version' | 'found'
}

const value = fc.constantFrom<KvValue>(1, 2, 3, null)
const text = fc.constantFrom('a', 'b', '')
const inputs: Record<string, fc.Arbitrary<KvInput>> = {
  read: fc.constant({ f: 'read' }),
  write: fc.constantFrom(1, 2, 3).map((written) => ({ f: 'write', value: written })),
  delete: fc.constant({ f: 'delete' }),
  cas: fc.tuple(value, value).map((both) => ({ f: 'cas', value: both })),
  append: text.map((added) => ({ f: 'append', value: added })),
}
const textInputs: Record<string, fc.Arbitrary<KvInput>> = {
  ...inputs,
  write: text.map((written) => ({ f: 'write', value: written })),
}

function history(model: KvModel, most: number, span: number): fc.Arbitrary<KvOperation[]> {
  const source = model === appendKv ? textInputs : inputs
  const input = fc.oneof(...model.functions.map((f) => source[f]!))
  const draft = fc.record<Draft>({
    input,
    call: fc.nat(span),
    length: fc.nat(5),
    at: fc.nat(4).map((quarter) => quarter / 4),
    isPending: fc.nat(4).map((n) => n === 0),
    damage: fc.constantFrom('none', 'none', 'none', 'none', 'none', 'other value', 'other version', 'other swap'),
    hides: fc.constantFrom('nothing', 'version', 'found'),
  })
  return fc
    .tuple(fc.array(draft, { maxLength: most }), fc.boolean(), fc.boolean())
    .map(([drafts, hasVersions, isDamaged]) => play(model, drafts, hasVersions, isDamaged))
}

/** Lets a real object take the operations at their moments, and records what a client would have. */
function play(model: KvModel, drafts: readonly Draft[], hasVersions: boolean, isDamaged: boolean): KvOperation[] {
  let state = model.init()
  const order = drafts.map((draft, id) => ({ ...draft, id, moment: draft.call + draft.at * draft.length }))
  order.sort((a, b) => a.moment - b.moment || a.id - b.id)
  return order.map(({ input, id, call, length, isPending: isOpen, damage, hides, at }) => {
    const before = state
    // A pending operation with `at` 0 never takes effect.
    if (!isOpen || at > 0) state = model.step(state, input, undefined)[0]!
    const wasSwapped = input.f === 'cas' && before.value === input.value[0]
    let output: KvOutput = hasVersions && hides !== 'version' ? { version: state.version } : {}
    if (input.f === 'read') output = { ...output, value: before.value }
    if (input.f === 'cas') output = { ...output, swapped: wasSwapped }
    if (input.f === 'cas' && !wasSwapped && hides !== 'found') output = { ...output, found: before.value }
    if (isDamaged) output = damaged(output, damage)
    return {
      id,
      process: id,
      input,
      output: isOpen ? undefined : output,
      call,
      return: isOpen ? Infinity : call + length,
    }
  })
}

function damaged(output: KvOutput, damage: Draft['damage']): KvOutput {
  if (damage === 'other value' && output.value !== undefined) return { ...output, value: output.value === 1 ? 2 : 1 }
  if (damage === 'other version' && output.version !== undefined) return { ...output, version: output.version ^ 1 }
  if (damage === 'other swap' && output.swapped !== undefined) {
    const { found: _, ...rest } = output
    return { ...rest, swapped: !output.swapped }
  }
  return output
}

/** Tries every order of every subset that holds all operations that returned. */
function bruteForce(model: KvModel, operations: readonly KvOperation[]): boolean {
  const extend = (order: readonly KvOperation[], rest: readonly KvOperation[]): boolean => {
    if (replay(model, order, []) !== undefined) return false
    if (rest.every(isPending)) return true
    return rest.some((next) =>
      extend(
        [...order, next],
        rest.filter((other) => other !== next),
      ),
    )
  }
  return extend([], operations)
}

const without = (rule: keyof Rules): CheckOptions => ({
  internal: { procedures: [], rules: { ...allRules, [rule]: false } },
})
const only = (rule: keyof Rules): CheckOptions => ({
  internal: { procedures: [], rules: { ...noRules, [rule]: true } },
})
const rules = Object.keys(allRules) as (keyof Rules)[]
const generalOnly: CheckOptions = { internal: { procedures: [] } }
const variants: Record<string, CheckOptions> = {
  'as users check': {},
  'all rules': generalOnly,
  'no simplification': { internal: { procedures: [], simplify: false } },
  'no rules': { internal: { procedures: [], rules: noRules } },
  'no rules, no simplification': { internal: { procedures: [], rules: noRules, simplify: false } },
  'no memory': { internal: { procedures: [], rules: noRules, hasMemory: false, simplify: false } },
  ...Object.fromEntries(rules.map((rule) => [`without ${rule}`, without(rule)])),
  ...Object.fromEntries(rules.map((rule) => [`only ${rule}`, only(rule)])),
}
const models = { register, 'cas-register': casRegister, 'append-kv': appendKv }

describe.each(Object.entries(models))('the search over %s', (_, model) => {
  test('agrees with brute force, whichever rules are on', () => {
    const seen = { valid: 0, illegal: 0, unknown: 0 }
    fc.assert(
      fc.property(history(model, 7, 12), (operations) => {
        const expected = bruteForce(model, operations) ? 'valid' : 'illegal'
        for (const [name, options] of Object.entries(variants)) {
          expect(check(model, operations, options).verdict, name).toBe(expected)
        }
        seen[expected]++
      }),
      { numRuns: 1500, seed: 7 },
    )
    expect(seen.valid).toBeGreaterThan(100)
    expect(seen.illegal).toBeGreaterThan(100)
  })

  test('with all rules agrees with the search that has none, on longer histories', () => {
    fc.assert(
      fc.property(history(model, 14, 25), (operations) => {
        const plain = check(model, operations, variants['no rules, no simplification'])
        const pruned = check(model, operations, generalOnly)
        expect(pruned.verdict).toBe(plain.verdict)
        // Pruning must not move the first return that can not be passed either.
        const passed = (result: typeof plain) => result.partitions[0]?.stuck?.return
        expect(passed(pruned)).toBe(passed(plain))
      }),
      { numRuns: 1500, seed: 11 },
    )
  })

  test('what minimize may take out or weaken leaves a legal history legal', () => {
    let removed = 0
    fc.assert(
      fc.property(history(model, 9, 14), fc.nat(), (operations, choice) => {
        if (check(model, operations).verdict !== 'valid') return
        const weaker = operations.map((each) => (each.output ? { ...each, output: model.weaken!(each.output) } : each))
        expect(check(model, weaker).verdict).toBe('valid')
        for (const base of [operations, weaker]) {
          const groups = model.removable!(base).filter((_group, i) => ((choice >>> (i % 31)) & 1) === 1)
          const gone = new Set(groups.flat())
          removed += gone.size
          const rest = base.filter((_operation, i) => !gone.has(i))
          expect(check(model, rest).verdict).toBe('valid')
        }
      }),
      { numRuns: 1000, seed: 13 },
    )
    expect(removed).toBeGreaterThan(1000)
  })

  test('what is legal is legal by versions alone, and stays so whatever is taken out', () => {
    let seen = 0
    fc.assert(
      fc.property(history(model, 9, 14), fc.nat(), (operations, choice) => {
        const relaxed = model.relax!(operations)
        if (relaxed === undefined) return
        if (check(model, operations).verdict === 'valid') expect(check(relaxed, operations).verdict).toBe('valid')
        if (check(relaxed, operations).verdict !== 'valid') return
        seen++
        const rest = operations.filter((_operation, i) => ((choice >>> i) & 1) === 1)
        expect(check(relaxed, rest).verdict).toBe('valid')
      }),
      { numRuns: 3000, seed: 19 },
    )
    expect(seen).toBeGreaterThan(100)
  })

  test('a minimized core is illegal by brute force too', () => {
    let illegal = 0
    fc.assert(
      fc.property(history(model, 12, 20), (operations) => {
        const { verdict, partitions } = check(model, operations)
        if (verdict !== 'illegal') return
        illegal++
        const { core, confirmed, isMinimal } = minimize(model, operations, partitions[0]?.stuck)
        expect({ confirmed, isMinimal }).toEqual({ confirmed: true, isMinimal: true })
        if (core.length <= 7) expect(bruteForce(model, core)).toBe(false)
      }),
      { numRuns: 500, seed: 17 },
    )
    expect(illegal).toBeGreaterThan(30)
  })
})
