import fc from 'fast-check'
import { check, minimize } from 'porcupine-ts'
import type { RecordedOperation } from 'porcupine-ts/formats'
import { casRegister, type KvInput, type KvOutput } from 'porcupine-ts/models'
import { expect, test } from 'vitest'
import { illegalRun } from '../examples.ts'
import type { ReducedCore } from '../outcome.ts'
import { reportHtml } from './page.ts'
import { proofOf } from './proof.ts'
import { proofOfRun } from './proof-of-run.ts'
import { reducedProof } from './proof-reduced.ts'
import { reportText } from './text.ts'

const never = Number.POSITIVE_INFINITY

type Line = readonly [call: number, end: number | undefined, input: KvInput, output?: KvOutput]

function recorded(lines: readonly Line[]): RecordedOperation[] {
  return lines.map(([call, end, input, output], id) => ({
    ...{ id, process: id, input, output: end === undefined ? undefined : output, call },
    ...{ return: end ?? Number.POSITIVE_INFINITY, completedAt: end === undefined ? undefined : id + 100 },
  }))
}

function reducedOf(start: ReducedCore['start'], core: readonly RecordedOperation[]): ReducedCore {
  const ops = core.map(({ process, call, return: end, input, output }) => ({
    ...{ process, callUs: call, input },
    ...(end === Number.POSITIVE_INFINITY ? {} : { returnUs: end }),
    ...(output === undefined ? {} : { output }),
  }))
  return JSON.parse(JSON.stringify({ start, ops })) // As it comes from outcome.json.
}

function proved(reduced: ReducedCore, all: readonly RecordedOperation[]) {
  const named = reduced.ops.flatMap((op) => all.find(({ process }) => process === op.process) ?? [])
  const core = named.map(({ process, call, input }) => ({ process, callUs: call, f: input.f, text: input.f }))
  return reducedProof(casRegister, reduced, { core, recorded: named })
}

/** What the checker makes of a history, and the proof of it. */
function ofHistory(lines: readonly Line[]) {
  const operations = recorded(lines)
  const illegal = check(casRegister, operations).partitions.find(({ verdict }) => verdict === 'illegal')
  if (illegal === undefined) return undefined
  const { core, start } = minimize(casRegister, operations, illegal.stuck, { core: illegal.core })
  return { core, start, operations, proof: proved(reducedOf(start, core), operations) }
}

const told = (proof: ReturnType<typeof proved>) =>
  proof?.map(({ depth, kind, op, text }) => `${'  '.repeat(depth)}${kind} ${op + 1}: ${text}`)

const noise: Line[] = Array.from({ length: 8 }, (_, at) => [
  10 * at,
  10 * at + 5,
  { f: 'write', value: at % 2 === 0 ? 1 : 2 },
  {},
])

test('a value written many times before: two ops suffice, whatever was there when they began', () => {
  const found = ofHistory([
    ...noise,
    [100, 110, { f: 'write', value: 3 }, {}],
    [120, 130, { f: 'read' }, { value: 1 }],
    [140, 150, { f: 'write', value: 1 }, {}],
  ])
  expect(found?.start).toBe('any')
  expect(told(found?.proof)).toEqual([
    'start 1: whatever was there before these ops, as none of them can have seen it',
    '  placed 1: comes next, for it was answered before any other began; then 3 is there',
    '  refused 2: it saw 1, but 3 was there',
  ])
})

test('a run whose core was cut out of its history is proved on the page and in the text', () => {
  const lines: Line[] = [
    ...noise,
    [100, 110, { f: 'write', value: 3 }, {}],
    [120, 130, { f: 'read' }, { value: 1 }],
    [140, 150, { f: 'write', value: 1 }, {}],
  ]
  const history = lines
    .flatMap(([call, end = never, { f, ...asked }, output], process) => {
      const who = { process, f, key: 'k1', ...('value' in asked ? { value: asked.value as number } : {}) }
      const answer = JSON.parse(JSON.stringify(output))
      return [
        { ...who, type: 'invoke' as const, timeUs: call },
        { ...who, type: 'ok' as const, timeUs: end, output: answer },
      ]
    })
    .sort((a, b) => a.timeUs - b.timeUs)
    .map((event, index) => ({ index, ...event }))
  const found = ofHistory(lines)!
  const run = illegalRun({ ops: 40 })
  const core = found.core.map(({ process, call, return: end, input }) => {
    return { process, f: input.f, key: 'k1', text: input.f, callUs: call, returnUs: end }
  })
  const anomaly = { key: 'k1', sentence: 'it is so', core, confirmed: true, prefix: [] }
  const outcome = { ...run.outcome!, anomaly: { ...anomaly, reduced: reducedOf(found.start, found.core) } }
  const loaded = {
    ...run,
    history,
    outcome,
    header: { 'faultline-history': 1 as const, workload: 'register', model: 'cas-register' },
  }
  expect(told(proofOfRun(loaded))?.at(-1)).toBe('  refused 2: it saw 1, but 3 was there')
  expect(reportText(loaded)).toMatch(
    /Why there is no order:\n +– whatever was there[^\n]*\n[^\n]*\n +✕ p\d+ read: it saw 1, but 3/,
  )
  expect(reportHtml(loaded)).toContain('whatever was there before these ops')
  // What an older version stored is as sound as before, and has no proof.
  expect(proofOfRun({ ...loaded, outcome: { ...run.outcome!, anomaly } })).toBeUndefined()
})

test('what may have been there before is told case by case', () => {
  const operations = recorded([
    [100, 110, { f: 'read' }, { value: 2 }],
    [120, 130, { f: 'read' }, { value: 1 }],
  ])
  expect(told(proved(reducedOf('any', operations), operations))).toEqual([
    'start 1: if anything was there before these ops that none of them saw',
    '  refused 1: it saw 2, but something else was there',
    '  waits 2: must wait for 1, which was answered before it began',
    'start 1: if 2 was there before these ops',
    '  placed 1: fits here and changes nothing',
    '  refused 2: it saw 1, but 2 was there',
    'start 1: if 1 was there before these ops',
    '  refused 1: it saw 2, but 1 was there',
    '  waits 2: must wait for 1, which was answered before it began',
  ])
})

test('an op that is taken for less than it did says so', () => {
  const operations = recorded([
    [0, 10, { f: 'cas', value: [7, 3] }, { swapped: true, version: 4 }],
    [20, 30, { f: 'read' }, { value: 1, version: 3 }],
    [5, 40, { f: 'write', value: 9 }, { version: 5 }],
  ])
  const reduced: ReducedCore = {
    start: 'any',
    ops: [
      { process: 0, callUs: 0, returnUs: 10, input: { f: 'write', value: 3 }, output: {} },
      { process: 1, callUs: 20, returnUs: 30, input: { f: 'read' }, output: { value: 1 } },
      { process: 2, callUs: 5, input: { f: 'write', value: 9 } },
    ],
  }
  expect(proved(reduced, operations)?.filter(({ kind }) => kind === 'taken')).toEqual([
    { depth: 0, kind: 'taken', op: 0, text: 'counts as a write of 3, which asks for less' },
    {
      depth: 0,
      kind: 'taken',
      op: 2,
      text: 'counts as a write of 9 that was never answered: what its answer says is not needed',
    },
  ])
})

test('versions say more than the few ops hold, so with them there is no such proof', () => {
  const operations = recorded([[0, 10, { f: 'write', value: 1 }, { version: 24 }]])
  expect(proved(reducedOf('given', operations), operations)).toBeUndefined()
  expect(proved(reducedOf('any', operations), operations)).toBeUndefined()
})

const deeds = fc.oneof<fc.Arbitrary<[KvInput, KvOutput]>[]>(
  fc.nat(2).map((value) => [{ f: 'read' }, { value }]),
  fc.nat(2).map((value) => [{ f: 'write', value }, {}]),
  fc
    .tuple(fc.nat(2), fc.nat(2), fc.boolean())
    .map(([from, to, swapped]) => [{ f: 'cas', value: [from, to] }, { swapped }]),
)
const drawn = fc
  .tuple(deeds, fc.nat(80), fc.integer({ min: 1, max: 25 }), fc.boolean())
  .map(([[input, output], call, long, isOpen]): Line => {
    return isOpen && input.f !== 'read' && call % 3 === 0
      ? [call, undefined, input]
      : [call, call + long, input, output]
  })

test('of any few ops, what is proved to fit into no order fits into none, whatever was there before', () => {
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 1, maxLength: 6 }), fc.constantFrom('given', 'any'), (lines, start) => {
      const operations = recorded(lines)
      const proof = proved(reducedOf(start, operations), operations)
      const before: readonly (number | null)[] = start === 'given' ? [null] : [null, 0, 1, 2, 3]
      const isLegal = before.some((value) => {
        const model = { ...casRegister, init: () => ({ value, version: 0 }) }
        return check(model, operations).verdict === 'valid'
      })
      if (proof !== undefined) expect(isLegal).toBe(false)
      else if (lines.length <= 2) expect(isLegal).toBe(true)
    }),
    { numRuns: 2_000 },
  )
})

test('every illegal history whose core is small has a proof, one way or the other', () => {
  const starts = new Set<string>()
  fc.assert(
    fc.property(fc.array(drawn, { minLength: 4, maxLength: 14 }), (lines) => {
      const found = ofHistory(lines)
      if (found === undefined || found.core.length > 4) return
      starts.add(found.start)
      const asRecorded = found.core.flatMap(({ id }) => found.operations[id] ?? [])
      expect(found.proof ?? proofOf(casRegister, asRecorded, found.operations)).toBeDefined()
    }),
    { numRuns: 1_500 },
  )
  expect([...starts].sort()).toEqual(['any', 'given'])
})
