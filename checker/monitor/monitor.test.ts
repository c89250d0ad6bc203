import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { appendKv, casRegister, type KvModel } from '../models/index.ts'
import type { KvInput, KvOutput, KvState } from '../models/kv.ts'
import { isPending } from '../operation.ts'
import * as plainHistories from '../register/register-histories.fixture.ts'
import { chances, type HistoryShape, type KvOperation, randomHistory } from '../register/versions.suite.ts'
import type { Happening } from './key-monitor.ts'
import { kvReductions } from './kv-reductions.ts'
import { Monitor, type MonitorOptions } from './monitor.ts'

type KvHappening = Happening<KvInput, KvOutput>
type Options = MonitorOptions<KvState, KvInput, KvOutput>

/** A history as it is told, and what it is as far as each happening. */
interface Told {
  readonly model: KvModel
  readonly happenings: readonly KvHappening[]
}

/** Of the pending operations, some are given up at some time, some fail, and others stay open. */
function told(model: KvModel, operations: readonly KvOperation[], seed: number): Told {
  const below = chances(seed)
  const happenings = operations.flatMap((operation): KvHappening[] => {
    const { id, process, input, output, call, return: end } = operation
    const called: KvHappening = { kind: 'call', id, process, input, time: call }
    if (!isPending(operation)) return [called, { kind: 'return', id, output, time: end }]
    const time = call + below(6)
    const fate = below(12)
    if (fate < 8) return [called, { kind: 'lost', id, time }]
    return fate < 9 ? [called, { kind: 'fail', id, time }] : [called]
  })
  return { model, happenings: happenings.sort((a, b) => a.time - b.time) }
}

/** At one time calls come first, as operations that touch there are concurrent; they may be told the other way round. */
function inTime({ model, happenings }: Told): Told {
  return { model, happenings: happenings.toSorted((a, b) => a.time - b.time || rank(a) - rank(b)) }
}

const rank = ({ kind }: KvHappening) => (kind === 'call' ? 0 : 1)

/** The operations as far as so many happenings. */
function prefix(happenings: readonly KvHappening[], count: number): KvOperation[] {
  const found = new Map<number, KvOperation>()
  for (const happening of happenings.slice(0, count)) {
    const { kind, id } = happening
    const known = found.get(id)
    if (kind === 'call') {
      const { process, input, time } = happening
      found.set(id, { id, process, input, output: undefined, call: time, return: Infinity })
    } else if (kind === 'fail') found.delete(id)
    else if (kind === 'return') found.set(id, { ...known!, output: happening.output, return: happening.time })
  }
  return [...found.values()]
}

function watch({ model, happenings }: Told, options: Options) {
  const monitor = new Monitor(model, { reductions: kvReductions(model), ...options })
  for (const happening of happenings) if (monitor.see(happening) !== undefined) break
  return { report: monitor.end(), kept: monitor.kept.operations }
}

/** Holds a monitor against `check`; says what came of it, and how much had been forgotten. */
function compare(history: Told, options: Options, name: string) {
  const { model, happenings } = inTime(history)
  const { report, kept } = watch(history, options)
  const whole = check(model, prefix(happenings, happenings.length)).verdict
  expect([name, report.verdict]).toEqual([name, whole])
  const forgotten = prefix(happenings, happenings.length).length - kept
  const { alarm } = report
  if (alarm === undefined) return { verdict: whole, forgotten }
  const at = happenings.findIndex(({ kind, id }) => kind !== 'call' && id === alarm.operation.id)
  const verdictAt = (count: number) => check(model, prefix(happenings, count)).verdict
  expect([name, alarm.isExact, verdictAt(at), verdictAt(at + 1)]).toEqual([name, true, 'valid', 'illegal'])
  const { init } = alarm
  expect(check({ ...model, init: () => init }, alarm.operations).verdict).toBe('illegal')
  return { verdict: whole, forgotten }
}

const withVersions: readonly [string, Pick<HistoryShape, 'model' | 'values' | 'pending' | 'informed'>][] = [
  ['versions', { model: casRegister, values: 0, pending: 12, informed: 70 }],
  ['versions, repeated values and deletes', { model: casRegister, values: 3, pending: 30, informed: 60 }],
  ['versions, mostly pending', { model: casRegister, values: 2, pending: 50, informed: 80 }],
  ['versions, appends', { model: appendKv, values: 2, pending: 25, informed: 50 }],
  ['versions, appends of unique text', { model: appendKv, values: 0, pending: 25, informed: 50 }],
]

describe('a monitor ends with the verdict of `check`, and its alarm is where the history became illegal', () => {
  test.each(withVersions)('%s', (name, some) => {
    const shape = { most: 14, span: 22, hasVersions: true, effective: 75, damaged: 45, ...some }
    const counts = { valid: 0, illegal: 0, unknown: 0, forgotten: 0 }
    for (let seed = 1; seed <= 700; seed++) {
      const history = told(shape.model, randomHistory(shape, seed), seed)
      const { verdict, forgotten } = compare(history, { interval: seed % 4 }, `${name} ${seed}`)
      counts[verdict]++
      counts.forgotten += forgotten
    }
    expect(counts.illegal).toBeGreaterThan(50)
    expect(counts.forgotten).toBeGreaterThan(500)
  })

  const plain = plainHistories.plain
  test.each<[string, Partial<plainHistories.Shape>]>([
    ['unique values', {}],
    ['unique values, deletes', { deletes: 10 }],
    ['unique values, mostly pending', { pending: 45, swaps: 40 }],
    ['some values repeated', { repeated: 15 }],
    ['refusals that do not say what they met', { blind: 40, misses: 40, pending: 10 }],
  ])('without versions: %s', (name, some) => {
    const shape = { ...plain, operations: 14, span: 26, pending: 12, damaged: 40, ...some }
    const counts = { valid: 0, illegal: 0, unknown: 0, forgotten: 0 }
    for (let seed = 1; seed <= 700; seed++) {
      const { model, operations } = plainHistories.randomHistory(shape, seed)
      const { verdict, forgotten } = compare(told(model, operations, seed), { interval: seed % 4 }, `${name} ${seed}`)
      counts[verdict]++
      counts.forgotten += forgotten
    }
    expect(counts.illegal).toBeGreaterThan(50)
    expect(counts.forgotten).toBeGreaterThan(500)
  })
})

describe('a monitor', () => {
  const call = (id: number, time: number, input: KvInput = { f: 'write', value: 1 }): KvHappening => ({
    kind: 'call',
    id,
    process: id,
    input,
    time,
  })

  test('tells a violation within its interval, if it is told the time', () => {
    const monitor = new Monitor(casRegister, { interval: 100 })
    monitor.see(call(0, 0, { f: 'read' }))
    expect(monitor.see({ kind: 'return', id: 0, output: { value: 7 }, time: 50 })).toBeUndefined()
    expect(monitor.advance(99)).toBeUndefined()
    expect(monitor.advance(150)).toMatchObject({ time: 50, operation: { id: 0 } })
  })

  test('judges no return before the calls of the same time', () => {
    const monitor = new Monitor(casRegister, { interval: 0 })
    monitor.see(call(0, 0, { f: 'read' }))
    monitor.see({ kind: 'return', id: 0, output: { value: 1 }, time: 50 })
    expect(monitor.advance(50)).toBeUndefined()
    monitor.see(call(1, 50))
    expect(monitor.advance(60)).toBeUndefined()
    expect(monitor.end().verdict).toBe('valid')
  })

  test('takes a write that failed for one that never was, once it is known', () => {
    const monitor = new Monitor(casRegister, { interval: 0 })
    monitor.see(call(0, 0))
    monitor.see(call(1, 1, { f: 'read' }))
    monitor.see({ kind: 'return', id: 1, output: { value: 1 }, time: 2 })
    expect(monitor.advance(3)).toBeUndefined()
    monitor.see({ kind: 'fail', id: 0, time: 4 })
    expect(monitor.advance(5)).toMatchObject({ time: 4, operation: { id: 0 }, isExact: true })
  })

  test('keeps keys apart, and says of each what was verified', () => {
    const monitor = new Monitor(casRegister, { interval: 0, reductions: kvReductions(casRegister) })
    const ask = (id: number, time: number, key: string, input: KvInput, output: KvOutput) => {
      monitor.see(call(id, time, { ...input, key }))
      monitor.see({ kind: 'return', id, output, time: time + 1 })
    }
    ask(0, 0, 'a', { f: 'write', value: 1 }, { version: 1 })
    ask(1, 2, 'b', { f: 'read' }, { value: null, version: 0 })
    ask(2, 4, 'a', { f: 'read' }, { value: 1, version: 1 })
    expect(monitor.end()).toEqual({
      verdict: 'valid',
      explored: 0,
      keys: [
        { key: 'a', verdict: 'valid', returned: 2, verified: 2 },
        { key: 'b', verdict: 'valid', returned: 1, verified: 1 },
      ],
    })
  })

  test('says unknown where its budget is too little, and goes on until the end, where there is more', () => {
    const shape = {
      ...plainHistories.plain,
      operations: 80,
      span: 30,
      longest: 20,
      repeated: 80,
      blind: 60,
      misses: 60,
    }
    const counts = { valid: 0, illegal: 0, unknown: 0 }
    for (let seed = 1; seed <= 120; seed++) {
      const { model, operations } = plainHistories.randomHistory(shape, seed)
      const history = told(model, operations, seed)
      const { report } = watch(history, { interval: 0, maxConfigurations: 2, maxConfigurationsAtEnd: 2 })
      const whole = check(model, prefix(history.happenings, history.happenings.length)).verdict
      counts[report.verdict]++
      if (report.verdict !== 'unknown') expect([seed, report.verdict]).toEqual([seed, whole])
      expect([seed, watch(history, { interval: 0, maxConfigurations: 2 }).report.verdict]).toEqual([seed, whole])
    }
    expect(counts.unknown).toBeGreaterThan(5)
  })

  test('gives up a key that would take too much, and nothing else', () => {
    const monitor = new Monitor(casRegister, { interval: 0, maxKept: 5 })
    for (let id = 0; id < 10; id++) {
      monitor.see(call(id, 2 * id, { f: 'write', key: id === 0 ? 'a' : 'b', value: id }))
      monitor.see({ kind: 'return', id, output: {}, time: 2 * id + 1 })
    }
    expect(monitor.kept.operations).toBe(1)
    expect(monitor.end()).toMatchObject({
      verdict: 'unknown',
      keys: [
        { key: 'a', verdict: 'valid' },
        { key: 'b', verdict: 'unknown', returned: 9, verified: 5, reason: expect.stringContaining('more than 5') },
      ],
    })
  })

  test.each<[string, readonly KvHappening[], RegExp]>([
    ['time that goes back', [call(0, 5), call(1, 4)], /time went back from 5 to 4/],
    ['an operation that is called twice', [call(0, 5), call(0, 6)], /operation 0 is called again/],
    ['one that ends without a call', [{ kind: 'fail', id: 3, time: 1 }], /operation 3 ends, but was not called/],
  ])('refuses %s', (_title, happenings, message) => {
    const monitor = new Monitor(casRegister)
    expect(() => happenings.map((happening) => monitor.see(happening))).toThrow(message)
  })
})
