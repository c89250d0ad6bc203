/** A queue: who is enqueued first is dequeued first. A dequeue that finds nothing answers `null`. */
import { decideQueue } from '../collections/queue.ts'
import { container } from './container.ts'
import { dequeued, emptyQueue, enqueued, isSameQueue, itemsOfQueue } from './queue-state.ts'

export const queue = container({
  summary: 'a queue, first in, first out: enqueue, dequeue (null: it was empty)',
  put: 'enqueue',
  take: 'dequeue',
  empty: emptyQueue,
  insert: enqueued,
  next: ({ front }) => front?.item,
  rest: dequeued,
  equal: isSameQueue,
  hash: ({ hash }) => hash,
  items: itemsOfQueue,
  procedure: { name: 'unique queue', decide: decideQueue },
})
