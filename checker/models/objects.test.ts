/** The models of objects: what each accepts, from a table; its hints, against a search without them; its codec. */
import { describe, expect, test } from 'vitest'
import { check } from '../check.ts'
import { minimize } from '../explain/minimize.ts'
import type { HistoryEvent } from '../formats/event.ts'
import { operationsOf } from '../formats/operations-of.ts'
import { chances, isLegal, randomHistory, type Subject } from '../general/subjects.fixture.ts'
import type { Model } from '../model.ts'
import { counter } from './counter.ts'
import { fencedLock } from './fenced-lock.ts'
import { itemSet } from './item-set.ts'
import { list } from './list.ts'
import { mutex } from './mutex.ts'
import { examples, history, type Row } from './objects.fixture.ts'
import { isObjectName, type ObjectName, objects } from './objects.ts'
import { priorityQueue } from './priority-queue.ts'
import { queue } from './queue.ts'
import { stack } from './stack.ts'

describe('examples', () => {
  test.each(examples)('%s, %s: %s', (name, verdict, _why, rows) => {
    const model = objects[name]
    const operations = operationsOf(history(rows), model.codec)
    expect(check(model, operations).verdict).toBe(verdict)
    expect(check(model, operations, { internal: { procedures: [] } }).verdict).toBe(verdict)
  })

  test.each(examples.filter(([, verdict]) => verdict === 'illegal'))(
    '%s, %s: %s, has a core',
    (name, _v, _why, rows) => {
      const model = objects[name]
      const found = check(model, operationsOf(history(rows), model.codec)).partitions.find(
        (p) => p.verdict === 'illegal',
      )!
      const { core, confirmed } = minimize(model, found.operations, found.stuck, { core: found.core })
      expect(confirmed).toBe(true)
      expect(core.length).toBeLessThanOrEqual(5)
    },
  )

  test('there are both kinds for each model', () => {
    for (const name of Object.keys(objects)) {
      expect(new Set(examples.flatMap(([of, verdict]) => (of === name ? [verdict] : []))).size).toBe(2)
    }
  })
})

/** Few items, many alike; `answer` is right, or, where damaged, one of `wrong`. */
function subject<S, I, O>(
  model: Model<S, I, O>,
  inputs: readonly I[],
  answer: (input: I, before: S, after: S) => O,
  wrong: readonly O[],
): Subject<S, I, O> {
  return {
    model,
    input: (below) => inputs[below(inputs.length)]!,
    answer: (input, before, after, isDamaged, below) =>
      isDamaged ? wrong[below(wrong.length)]! : answer(input, before, after),
  }
}

function container<S, I extends { readonly f: string; readonly value?: unknown }, O>(
  model: Model<S, I, O>,
  inputs: readonly I[],
) {
  const items = (state: S): readonly number[] => JSON.parse(model.describeState!(state)) as number[]
  const got = (before: readonly number[], after: readonly number[]) =>
    [1, 2].find((item) => before.filter((x) => x === item).length > after.filter((x) => x === item).length) ?? null
  return subject(
    model,
    inputs,
    (input, before, after) => (input.value === undefined ? got(items(before), items(after)) : null) as O,
    [null as O],
  )
}

const locks = (['acquire', 'release'] as const).flatMap((f) => ['a', 'b'].map((owner) => ({ f, owner })))

const subjects = {
  counter: subject(
    counter,
    [{ f: 'read' }, { f: 'add', value: 1 }, { f: 'add', value: 2 }, { f: 'add', value: -1 }],
    (_input, _before, after) => after,
    [0, 1, 2],
  ),
  set: subject(
    itemSet,
    [
      { f: 'read' },
      { f: 'add', value: 1 },
      { f: 'add', value: 2 },
      { f: 'remove', value: 1 },
      { f: 'contains', value: 1 },
    ],
    (input, _before, after) => (input.f === 'read' ? after : input.f === 'contains' ? after.includes(1) : null),
    [[1], [1, 2], [], true, false],
  ),
  list: subject(
    list,
    [{ f: 'read' }, { f: 'append', value: 1 }, { f: 'append', value: 2 }],
    (input, _before, after) => (input.f === 'read' ? (JSON.parse(list.describeState!(after)) as number[]) : null),
    [[1], [2, 1], []],
  ),
  queue: container(queue, [{ f: 'dequeue' }, { f: 'enqueue', value: 1 }, { f: 'enqueue', value: 2 }]),
  stack: container(stack, [{ f: 'pop' }, { f: 'push', value: 1 }, { f: 'push', value: 2 }]),
  'priority-queue': container(priorityQueue, [
    { f: 'remove-min' },
    { f: 'insert', value: 1 },
    { f: 'insert', value: 2 },
  ]),
  mutex: subject(
    mutex,
    locks,
    (input, before, after) => (input.f === 'acquire' ? before === null : before === input.owner) && after !== before,
    [true, false],
  ),
  'fenced-lock': subject(
    fencedLock,
    locks,
    (input, before, after) =>
      before.owner === after.owner ? false : input.f === 'release' ? true : after.token - Number.MIN_SAFE_INTEGER,
    [true, false, 1, 2],
  ),
}

test.each(Object.entries(subjects))('%s: hints and procedures change no verdict', (_name, given) => {
  const of = given as Subject<unknown, unknown, unknown>
  const below = chances(5)
  const seen = { valid: 0, illegal: 0 }
  for (let round = 0; round < 800; round++) {
    const operations = randomHistory(of, below, { most: 7, span: 12 })
    const verdict = isLegal(of.model, operations) ? 'valid' : 'illegal'
    seen[verdict]++
    expect(check(of.model, operations).verdict, JSON.stringify(operations)).toBe(verdict)
    expect(check(of.model, operations, { internal: { procedures: [] } }).verdict).toBe(verdict)
  }
  expect(Math.min(seen.valid, seen.illegal)).toBeGreaterThan(25)
})

test('without reads of the whole, each item of a set is decided on its own', () => {
  const rows: Row[] = [1, 2, 3].map((item) => ['add', item, true, 0, 5])
  const engines = (more: readonly Row[]) =>
    check(itemSet, operationsOf(history([...rows, ...more]), itemSet.codec)).partitions.map((each) => each.engine)
  expect(engines([])).toEqual(['single item', 'single item', 'single item'])
  expect(engines([['read', undefined, [1, 2, 3], 6, 7]])).toEqual(['growing set'])
  expect(
    engines([
      ['remove', 1, true, 6, 7],
      ['read', undefined, [2, 3], 8, 9],
    ]),
  ).toEqual(['general search'])
})

test('a model with a step of its own is decided by no procedure', () => {
  const [operation] = operationsOf(history([['enqueue', 1, null, 0, 1]]), queue.codec)
  const lazy: Model<unknown, unknown, unknown> = { ...objects.queue, step: (state) => [state] }
  expect(check(lazy, [operation!]).partitions[0]?.engine).toBe('general search')
  expect(check(queue, [operation!]).partitions[0]?.engine).toBe('unique queue')
})

test.each<[ObjectName, Row, string]>([
  [
    'queue',
    ['enqueue', null, null, 0, 1],
    'event 0: enqueue needs a string, a number or a boolean as its value, not null',
  ],
  ['queue', ['dequeue', undefined, [1], 0, 1], 'event 1: dequeue needs an item or null as its output, not [1]'],
  ['stack', ['peek', undefined, 1, 0, 1], 'event 0: the model knows push, pop, but not "peek"'],
  ['priority-queue', ['insert', 'a', null, 0, 1], 'event 0: insert needs a number as its value, not "a"'],
  ['counter', ['read', undefined, null, 0, 1], 'event 1: read needs a number as its output, not null'],
  ['set', ['read', undefined, [[1]], 0, 1], 'event 1: read needs a list of items as its output, not [[1]]'],
  ['fenced-lock', ['acquire', 'a', true, 0, 1], 'event 1: acquire needs a whole number, its token, or false, not true'],
  [
    'transactions',
    ['txn', [['x', 'y']], null, 0, 1],
    'event 0: txn needs parts such as ["r", "x", null] or ["w", "x", 1], not ["x","y"]',
  ],
])('%s: what a history can not have is an error with its event: %j', (name, row, message) => {
  expect(() => operationsOf(history([row]), objects[name].codec)).toThrow(message)
})

test('what failed is left out, what nobody knows is pending, and an owner is the client where none is named', () => {
  const op = { process: 4, client: 2, f: 'acquire' }
  const events: HistoryEvent[] = [
    { index: 0, timeUs: 0, type: 'invoke', ...op },
    { index: 1, timeUs: 1, type: 'fail', ...op },
    { index: 2, timeUs: 2, type: 'invoke', ...op },
    { index: 3, timeUs: 3, type: 'info', ...op },
  ]
  const input = { f: 'acquire', owner: 2 }
  expect(operationsOf(events, mutex.codec)).toEqual([
    { id: 2, process: 4, input, output: undefined, call: 2, return: Number.POSITIVE_INFINITY },
  ])
})

test.each<[ObjectName, Row, string, string]>([
  ['queue', ['enqueue', 1, null, 0, 1], 'enqueue 1', '[1]'],
  ['stack', ['push', 'a', undefined, 0], 'push "a" -> ?', '["a"]'],
  ['stack', ['pop', undefined, null, 0, 1], 'pop -> nothing', '[]'],
  ['counter', ['add', 2, 2, 0, 1], 'add 2 -> 2', '2'],
  ['set', ['add', 1, true, 0, 1], 'add 1 -> true', '[1]'],
  ['list', ['append', 1, null, 0, 1], 'append 1', '[1]'],
  ['mutex', ['acquire', 'a', null, 0, 1], 'acquire by a -> true', 'held by a'],
  ['fenced-lock', ['acquire', 'a', 7, 0, 1], 'acquire by a -> 7', 'held by a, token 7'],
  ['transactions', ['txn', [['w', 'x', 1]], [['w', 'x', 1]], 0, 1], 'write x 1', '{"x":{"value":1,"version":1}}'],
])('%s: %j is told as %s, and leaves %s', (name, row, told, left) => {
  const model = objects[name]
  const [{ input, output } = { input: undefined, output: undefined }] = operationsOf(history([row]), model.codec)
  expect(model.describeOperation?.(input, output)).toBe(told)
  expect(model.describeState?.(model.step(model.init(), input, output)[0])).toBe(left)
})

test('names of models are told from other words', () => {
  expect(isObjectName('queue')).toBe(true)
  expect(isObjectName('toString')).toBe(false)
})
