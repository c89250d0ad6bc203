/** What surrounds the engines: events, splits, limits, progress, annotations, and which engine is asked. */
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Annotation } from './annotation.ts'
import { type CheckOptions, check } from './check.ts'
import type { CallOrReturn } from './events.ts'
import { longestPrefix } from './explain/longest-prefix.ts'
import { minimize } from './explain/minimize.ts'
import type { Model } from './model.ts'
import { casRegister, type KvInput, type KvOutput, register } from './models/index.ts'
import type { Operation } from './operation.ts'
import type { Decision } from './procedure.ts'
import type { Progress } from './watch.ts'

type KvOperation = Operation<KvInput, KvOutput>

function write(id: number, value: number, call: number, end: number, key = 'x'): KvOperation {
  return { id, process: id, input: { f: 'write', key, value }, output: {}, call, return: end }
}
function read(id: number, value: number, call: number, end: number, key = 'x'): KvOperation {
  return { id, process: id, input: { f: 'read', key }, output: { value }, call, return: end }
}
const stale = [write(0, 1, 0, 1), write(1, 2, 2, 3), read(2, 1, 4, 5)]
const generalOnly: CheckOptions = { internal: { procedures: [] } }

describe('calls and returns', () => {
  const call = (id: number, value: KvInput, metadata?: unknown): CallOrReturn<KvInput, KvOutput> => ({
    kind: 'call',
    id,
    process: id,
    value,
    metadata,
  })
  const answer = (id: number, value: KvOutput, metadata?: unknown): CallOrReturn<KvInput, KvOutput> => ({
    kind: 'return',
    id,
    process: id,
    value,
    metadata,
  })

  test('are a history by their order alone; a call without a return is pending', () => {
    const events = [
      call(7, { f: 'write', value: 1 }, 'first'),
      call(9, { f: 'write', value: 2 }),
      answer(7, {}, 'last'),
      call(8, { f: 'read' }, 'read'),
      answer(8, { value: 2 }),
    ]
    const { verdict, partitions } = check(register, events)
    expect(verdict).toBe('valid')
    expect(partitions[0]?.operations).toEqual([
      { id: 7, process: 7, input: { f: 'write', value: 1 }, output: {}, call: 0, return: 2, metadata: 'last' },
      { id: 9, process: 9, input: { f: 'write', value: 2 }, output: undefined, call: 1, return: Infinity },
      { id: 8, process: 8, input: { f: 'read' }, output: { value: 2 }, call: 3, return: 4, metadata: 'read' },
    ])
    expect(
      check(register, [
        ...events,
        call(1, { f: 'read' }),
        answer(1, { value: 1 }),
        call(2, { f: 'read' }),
        answer(2, { value: 2 }),
      ]).verdict,
    ).toBe('illegal')
  })

  test.each<[string, CallOrReturn<KvInput, KvOutput>[]]>([
    ['event 1: operation 1 is called a second time', [call(1, { f: 'read' }), call(1, { f: 'read' })]],
    ['event 1: operation 2 returns, but was not called', [call(1, { f: 'read' }), answer(2, {})]],
    ['event 2: operation 1 returns a second time', [call(1, { f: 'read' }), answer(1, {}), answer(1, {})]],
    [
      'event 1: operation 1 of process 1 returns to process 3',
      [call(1, { f: 'read' }), { ...answer(1, {}), process: 3 }],
    ],
  ])('that do not fit together are an error: %s', (message, events) => {
    expect(() => check(register, events)).toThrow(new TypeError(message))
  })
})

describe('Model.partition', () => {
  const twoRooms = { ...register, partition: () => [[0, 2], [1]] }
  const operations = [write(0, 1, 0, 1), read(1, 9, 0, 1), read(2, 1, 2, 3)]

  test('splits where no key can', () => {
    const { verdict, partitions } = check(twoRooms, operations)
    expect([verdict, ...partitions.map(({ size }) => size)]).toEqual(['illegal', 2, 1])
  })

  test.each<[string, number[][]]>([
    ['into no group', [[0, 1]]],
    [
      'into several groups',
      [
        [0, 1],
        [1, 2],
      ],
    ],
    ['no operation', [[0, 1, 2, 3]]],
  ])('that puts an operation %s is an error', (message, groups) => {
    expect(() => check({ ...register, partition: () => groups }, operations)).toThrow(message)
  })
})

describe('time', () => {
  const slow = (asked: { times: number }): Model<number, string, string> => ({
    init: () => 0,
    step(state, _input, _output, context) {
      if (context === undefined) return [state]
      for (let i = 0; i < 1000; i++) {
        asked.times++
        if (context.expired()) return []
      }
      return [state]
    },
  })
  const one = [{ id: 0, process: 0, input: 'x', output: 'y', call: 0, return: 1 }]

  test('that is up inside a slow step makes no verdict of what the step returned', () => {
    let now = 0
    const asked = { times: 0 }
    const result = check(slow(asked), one, { timeLimitMs: 10, now: () => now++ })
    expect([result.verdict, result.partitions[0]?.reason]).toEqual(['unknown', 'time is up'])
    expect(asked.times).toBeGreaterThan(1)
    expect(asked.times).toBeLessThan(20)
    expect(check(slow(asked), one).verdict).toBe('valid')
  })

  test('is measured by the platform where no clock is given', () => {
    expect(check(register, stale, { timeLimitMs: 60_000 }).verdict).toBe('illegal')
    expect(check(register, stale, { timeLimitMs: 0 }).verdict).toBe('unknown')
  })
})

test('progress is reported by work, and not more often than each 64 thousand', () => {
  const operations = Array.from({ length: 300 }, (_, key) =>
    Array.from({ length: 1000 }, (_, i) => write(key * 1000 + i, i, 2 * i, 2 * i + 1, `k${key}`)),
  ).flat()
  const seen: Progress[] = []
  const { explored } = check(register, operations, { onProgress: (progress) => seen.push(progress) })
  expect(seen.length).toBeGreaterThan(2)
  expect(seen.length).toBeLessThanOrEqual((explored + 300 * 1024 + operations.length) / 65_536 + 1)
  expect(seen.map(({ partitions }) => partitions)).toEqual(seen.map(() => 300))
  expect(seen.map(({ partitionsDone }) => partitionsDone)).toEqual(
    seen.map(({ partitionsDone }) => partitionsDone).sort((a, b) => a - b),
  )
})

describe('annotations', () => {
  const pause: Annotation = { tag: 'pause', start: 1, end: 3, text: 'n1 frozen', backgroundColour: '#fa0' }

  test('are carried into the result', () => {
    expect(check(register, stale, { annotations: [pause] }).annotations).toEqual([pause])
    expect(check(register, stale)).not.toHaveProperty('annotations')
  })

  test.each<[string, object]>([
    ['needs either a process or a tag', { tag: undefined }],
    ['needs either a process or a tag', { process: 1 }],
    ['ends at 0, but starts at 1', { end: 0 }],
    ['starts at NaN', { start: Number.NaN }],
    ['has no text', { text: '' }],
    ['has a colour that is none: "red;x:url(y)"', { textColour: 'red;x:url(y)' }],
  ])('that are wrong are an error: %s', (message, change) => {
    expect(() => check(register, [], { annotations: [pause, { ...pause, ...change }] })).toThrow(
      `annotation 1 ${message}`,
    )
  })
})

describe('procedures', () => {
  const saying = (decision: Partial<Decision> | undefined): Model<unknown, string, string> => ({
    init: () => 0,
    step: (state, input) => (input === 'bad' ? [] : [state]),
    procedures: [{ name: 'mine', decide: () => decision && { verdict: 'valid', order: [], explored: 7, ...decision } }],
  })
  const good = [{ id: 0, process: 0, input: 'good', output: '', call: 0, return: 1 }]
  const bad = [
    ...good,
    { id: 1, process: 0, input: 'bad', output: '', call: 2, return: 3 },
    { id: 2, process: 0, input: 'good', output: '', call: 4, return: 5 },
  ]

  test('that know operations of this kind decide them, the general search the others', () => {
    const engine = (model: Model<unknown, string, string>, options?: CheckOptions) =>
      check(model, good, options).partitions[0]?.engine
    expect(engine(saying({ order: [0] }))).toBe('mine')
    expect(engine(saying(undefined))).toBe('general search')
    expect(engine(saying({ order: [0] }), generalOnly)).toBe('general search')
    expect(engine(saying({ order: [0] }), { internal: { procedures: ['mine'] } })).toBe('mine')
  })

  test.each<[string, number[]]>([
    ['operation 0 is missing', []],
    ['twice', [0, 0]],
    ['the model refuses operation 1', [0, 1]],
    ['no operation at 5', [5]],
    ['returned before', [2, 0]],
  ])('that are wrong about a valid history are found out: %s', (message, order) => {
    expect(() => check(saying({ order }), bad)).toThrow(message)
  })

  test('give what they found along with the verdict', () => {
    const [partition] = check(saying({ verdict: 'illegal', core: [1] }), bad).partitions
    expect(partition).toMatchObject({ verdict: 'illegal', core: [bad[1]], linearization: [], blocked: [], explored: 7 })
    expect(partition).not.toHaveProperty('stuck')
  })

  test('that give up for good do not keep the check busy for ever', () => {
    const { verdict, partitions } = check(saying({ verdict: 'unknown', reason: 'no memory', explored: 0 }), good)
    expect([verdict, partitions[0]?.reason]).toEqual(['unknown', 'no memory'])
  })

  test('say unknown with a reason where the budget ran out', () => {
    const values = Array.from({ length: 12 }, (_, i) => i)
    const stubborn = [
      ...values.map((i) => write(i, i, 0, 100)),
      ...values.map((i) => read(20 + i, i, 101 + i, 101 + i)),
    ]
    const [partition] = check(register, stubborn, { ...generalOnly, maxConfigurations: 10 }).partitions
    expect(partition?.reason).toMatch(/./)
  })
})

describe('the longest prefix', () => {
  test('ends where the search gets stuck, whichever engine said illegal', () => {
    let illegal = 0
    const draft = fc.record({
      isRead: fc.boolean(),
      value: fc.nat(2),
      call: fc.nat(12),
      length: fc.nat(4),
      isOpen: fc.nat(5).map((n) => n === 0),
    })
    fc.assert(
      fc.property(fc.array(draft, { maxLength: 10 }), (drafts) => {
        const operations = drafts.map(({ isRead, value, call, length, isOpen }, id) => {
          const each = (isRead ? read : write)(id, value, call, call + length)
          return isOpen ? { ...each, output: undefined, return: Infinity } : each
        })
        const searched = check(register, operations, generalOnly)
        const found = longestPrefix(register, operations)
        expect(found.isExact).toBe(true)
        if (searched.verdict === 'valid') {
          expect(found.stuck).toBeUndefined()
          return
        }
        illegal++
        expect(found.stuck?.return).toBe(searched.partitions[0]?.stuck?.return)
        const early = operations.filter((each) => each.return < (found.stuck?.return ?? 0))
        expect(found.linearization).toEqual(expect.arrayContaining(early))
        expect(found.blocked).toContain(found.stuck)
      }),
      { numRuns: 500, seed: 11 },
    )
    expect(illegal).toBeGreaterThan(100)
  })
})

describe('minimize begins with a core that an engine found', () => {
  const later = Array.from({ length: 5 }, (_, i) => write(10 + i, 100 + i, 10 + 2 * i, 11 + 2 * i))
  const operations = [...stale, ...later]

  test('and confirms it', () => {
    const found = minimize(register, operations, undefined, { core: stale })
    expect(found).toEqual({
      core: stale,
      confirmed: true,
      isMinimal: true,
      start: 'given',
      explored: expect.any(Number),
    })
  })

  test('but not one that is only illegal because its writer was left out', () => {
    // A phantom read would be another anomaly than the one that happened.
    const { core, confirmed } = minimize(register, operations, undefined, { core: [stale[2]!] })
    expect([core.map(({ id }) => id), confirmed]).toEqual([[0, 1, 2], true])
  })

  test('nor one that is legal, or is not part of the history', () => {
    for (const core of [stale.slice(0, 2), [read(99, 5, 0, 1)]]) {
      expect(minimize(register, operations, undefined, { core }).core.map(({ id }) => id)).toEqual([0, 1, 2])
    }
  })
})

test('a check inside a step of another, and two at once, do not disturb each other', () => {
  const inner = [...stale.map((each) => ({ ...each, id: each.id + 50 })), write(60, 5, 6, 7)]
  const verdicts = new Set<string>()
  const nested: typeof casRegister = {
    ...casRegister,
    step(state, input, output) {
      for (const options of [{}, generalOnly]) verdicts.add(check(casRegister, inner, options).verdict)
      return casRegister.step(state, input, output)
    },
  }
  for (const options of [{}, generalOnly]) {
    expect(check(nested, stale.slice(0, 2), options).verdict).toBe('valid')
    const { verdict, partitions } = check(nested, stale, options)
    expect([verdict, partitions[0]?.operations]).toEqual(['illegal', stale])
  }
  expect([...verdicts]).toEqual(['illegal'])
})
