/**
 * The procedures for collections against brute force and against the general search, over random histories; and each of
 * their side conditions: without it, some verdict is wrong. (Before they were committed: 240,000 histories of each at least.)
 */
import { describe, expect, test } from 'vitest'
import { counter } from '../models/counter.ts'
import { itemSet } from '../models/item-set.ts'
import { list } from '../models/list.ts'
import { priorityQueue } from '../models/priority-queue.ts'
import { queue } from '../models/queue.ts'
import { stack } from '../models/stack.ts'
import { decideElement } from './element.ts'
import { decideGrowingSet, decideList } from './growth.ts'
import {
  counters,
  type Examined,
  type ExamineOptions,
  elements,
  examine,
  growingLists,
  growingSets,
  limits,
  priorityQueues,
  queues,
  stacks,
} from './histories.fixture.ts'
import { allPriorityQueueRules, decidePriorityQueue } from './priority-queue.ts'
import { allQueueRules, decideQueue } from './queue.ts'
import { allStackRules, decideStack } from './stack.ts'
import { allUnitCounterRules, decideUnitCounter } from './unit-counter.ts'

/** Without the rules that are named. */
type Examination = (options: ExamineOptions, without?: string) => Examined

const examinations: Readonly<Record<string, Examination>> = {
  queue: (options, without = '') =>
    examine(queue, queues(60), (o) => decideQueue(o, limits, { ...allQueueRules, [without]: false }), options),
  stack: (options, without = '') =>
    examine(stack, stacks(60), (o) => decideStack(o, limits, { ...allStackRules, [without]: false }), options),
  'priority queue': (options, without = '') => {
    const rules = { ...allPriorityQueueRules, [without]: false }
    return examine(priorityQueue, priorityQueues(60), (o) => decidePriorityQueue(o, limits, rules), options)
  },
  'unit counter': (options, without = '') => {
    const rules = { ...allUnitCounterRules, [without]: false }
    return examine(counter, counters, (o) => decideUnitCounter(0, o, limits, rules), options)
  },
  'single item': (options) => examine(itemSet, elements, (o) => decideElement(o, limits), options),
  'growing set': (options) => examine(itemSet, growingSets, (o) => decideGrowingSet(o, limits), options),
  'growing list': (options) => examine(list, growingLists, (o) => decideList(o, limits), options),
}

const small = { seed: 1, rounds: 1500, shape: { most: 7, span: 14 }, judge: 'permutations' } as const
const large = { seed: 2, rounds: 600, shape: { most: 12, span: 36 }, judge: 'search' } as const

describe.each(Object.entries(examinations))('%s', (_, examination) => {
  test.each([
    ['of up to 7 operations as permutations do', small],
    ['of up to 12 operations as the general search does', large],
  ] as const)('decides histories %s', (_title, options) => {
    const { failures, counts } = examination(options)
    expect(failures).toEqual([])
    expect(counts.valid).toBeGreaterThan(options.rounds / 2)
    expect(counts.illegal).toBeGreaterThan(options.rounds / 50)
  })
})

const rules: readonly (readonly [string, string])[] = [
  ...Object.keys(allQueueRules).map((rule) => ['queue', rule] as const),
  ...Object.keys(allStackRules).map((rule) => ['stack', rule] as const),
  ...Object.keys(allPriorityQueueRules).map((rule) => ['priority queue', rule] as const),
  ...Object.keys(allUnitCounterRules).map((rule) => ['unit counter', rule] as const),
]

test.each(rules)('%s: without the rule %s, verdicts are wrong', (name, rule) => {
  const options = { seed: 3, rounds: 4000, shape: { most: 9, span: 20 }, judge: 'search', isOneEnough: true } as const
  const failures = () => examinations[name]!(options, rule).failures
  // Without its second condition, the queue finds no order for its items.
  if (rule === 'order' && name === 'queue') expect(failures).toThrow('items of a queue are in a cycle')
  else expect(failures()).not.toEqual([])
})
