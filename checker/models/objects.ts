/**
 * The models of objects that are no key-value store, by name. Their histories have ops of any name, `{ f, value }`, and
 * outputs as their codecs say. (A register with compare-and-set, also with versions, is `cas-register` of `models`.)
 */
import { counter } from './counter.ts'
import { fencedLock } from './fenced-lock.ts'
import { itemSet } from './item-set.ts'
import { list } from './list.ts'
import { mutex } from './mutex.ts'
import type { ObjectModel } from './object.ts'
import { priorityQueue } from './priority-queue.ts'
import { queue } from './queue.ts'
import { stack } from './stack.ts'
import { transactions } from './transactions.ts'

const all = {
  counter,
  set: itemSet,
  list,
  queue,
  'priority-queue': priorityQueue,
  stack,
  mutex,
  'fenced-lock': fencedLock,
  transactions,
} satisfies Record<string, ObjectModel<unknown, unknown, unknown>>

export type ObjectName = keyof typeof all

/** As whoever picks a model by name sees it: inputs and outputs are what its own codec makes of a history. */
export const objects: Readonly<Record<ObjectName, ObjectModel<unknown, unknown, unknown>>> = all

export function isObjectName(name: string): name is ObjectName {
  return Object.hasOwn(objects, name)
}
