/** A priority queue of numbers: the smallest is taken first. A `remove-min` that finds nothing answers `null`. */
import { decidePriorityQueue } from '../collections/priority-queue.ts'
import { container } from './container.ts'
import { type HeapState, inserted, isSameHeap, itemsOfHeap, withoutLeast } from './heap-state.ts'

export const priorityQueue = container<HeapState, 'insert', 'remove-min'>({
  summary: 'a priority queue of numbers: insert, remove-min (null: it was empty)',
  put: 'insert',
  take: 'remove-min',
  empty: undefined,
  insert: inserted,
  next: (state) => state?.item,
  rest: withoutLeast,
  equal: isSameHeap,
  hash: (state) => state?.hash ?? 0,
  items: itemsOfHeap,
  objection: (item) => (typeof item === 'number' && !Number.isNaN(item) ? undefined : 'a number as its value'),
  procedure: { name: 'unique priority queue', decide: decidePriorityQueue },
})
